"""`tertius briefs`: agendas as JSON, or as sheets to print."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from app.terminal.briefs import PAGE, WIDTH
from schemas.agenda import Agenda, Briefs
from tests.app.briefs.rooms import schedule

PEOPLE = [{"id": "a", "name": "Ada", "interests": ["chess"]}, {"id": "b", "interests": ["chess"]}]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """An event of two, and its schedule."""
    event, planned = tmp_path / "event.json", tmp_path / "schedule.json"
    event.write_text(json.dumps({"name": "Breakfast", "rounds": [{}], "attendees": PEOPLE}))
    planned.write_text(schedule([["ab"]]).model_dump_json())
    return event, planned


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["briefs", *map(str, arguments)])


def test_everybodys_agendas_are_written_or_those_of_one(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    assert run(*files, "--out", out).exit_code == 0
    everybody = Briefs.model_validate_json(out.read_text()).agendas
    assert [agenda.attendee.id for agenda in everybody] == ["a", "b"]
    assert run(*files, "--attendee", "b", "--out", out).exit_code == 0
    assert Agenda.model_validate_json(out.read_text()) == everybody[1]


def test_sheets_to_print_start_with_a_name_and_fit_a_page(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out.txt"
    assert run(*files, "--out", out).exit_code == 0
    ada, other = out.read_text().split(PAGE)
    assert ada.startswith("Ada · Breakfast\n\nRound 1, table 1: b\n")
    assert other.startswith("b · Breakfast\n\nRound 1, table 1: Ada\n")
    assert "  You share an interest in chess.\n" in other
    assert max(map(len, ada.splitlines())) <= WIDTH


def test_a_stranger_has_no_agenda(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = run(*files, "--attendee", "z", "--out", tmp_path / "out.json")
    assert (result.exit_code, "z" in result.stderr.split()) == (2, False)
    assert "no attendee of this event has this id" in result.stderr
