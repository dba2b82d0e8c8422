"""Documents as files: what is in the place of another is told as what it is."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.planning.plan import plan_schedule
from app.terminal.documents import read_file, write_file
from app.terminal.failure import Failure
from schemas.edit import ScheduleEdits
from schemas.event import Event
from schemas.graph import Graph
from schemas.incident import Incidents
from schemas.schedule import Schedule
from solver.budget import Budget
from tests.builders import event_of


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    event = event_of("ab", 1, {}).model_copy(update={"name": "Breakfast"})
    written = {"event": event, "schedule": plan_schedule(event, Budget(work=10))}
    for name, document in written.items():
        write_file(document, folder / name)
    drop_out = {"id": "c-1", "kind": "drop_out", "attendee": "a"}
    part = {"kind": "part", "attendees": ["a", "b"]}
    (folder / "incidents").write_text(json.dumps({"incidents": [drop_out]}))
    (folder / "edits").write_text(json.dumps({"edits": [part]}))
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "model", "told"),
    [
        ("schedule", Event, "this is a schedule; an event is needed here"),
        ("event", Schedule, "this is an event; a schedule is needed here"),
        ("edits", Incidents, "this is a list of edits; a list of incidents is needed here"),
        ("incidents", ScheduleEdits, "this is a list of incidents; a list of edits is needed here"),
        ("event", Graph, "this is an event; another file is needed here"),
    ],
)
def test_a_file_in_the_place_of_another_is_one_error(
    files: dict[str, Path], name: str, model: type[BaseModel], told: str
) -> None:
    with pytest.raises(Failure) as failure:
        read_file(model, files[name])
    assert failure.value.lines == (f"{files[name]}: {told}",)


def test_what_is_no_other_document_is_told_by_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    for text in ("[]", "{}", '{"rounds": 5}', '{"rounds": [{}], "sttus": "draft"}', "{"):
        path.write_text(text)
        with pytest.raises(Failure) as failure:
            read_file(Event, path)
        assert "event is needed here" not in str(failure.value.lines)
