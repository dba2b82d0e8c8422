"""Lists of people on the command line: into events, told about, and solved."""

import csv
import importlib.util
import json
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from app.imports.table import Table
from schemas.event import Event

LIST = """Name,Firma,E-Mail,Bietet,Sucht,Kommt,Dorf
Ada Ahorn,Moos AG,ada@moos.example,Brot,Honig,ja,Oben
Béla Birke,Farn GmbH,bela@farn.example,Honig,Brot,ja,Unten
Chloé Cypress,Pilz KG,chloe@pilz.example,Pilze,Licht,nein,Oben
Dörte Douglasie,Licht eG,doerte@licht.example,Licht,Pilze,ja,Unten
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


def read_csv(raw: bytes, name: str = "") -> Table:
    header, *rows = csv.reader(StringIO(raw.decode()))
    cells = tuple(tuple(row) for row in rows)
    return Table("", tuple(header), cells, tuple(range(2, len(cells) + 2)))


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads plain files where the reader of all kinds is not there."""
    if importlib.util.find_spec("app.imports.read") is None:
        stand_in: Any = SimpleNamespace(read_table=read_csv)
        monkeypatch.setitem(sys.modules, "app.imports.read", stand_in)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_list_becomes_an_event(people: Path) -> None:
    out = people.with_name("event.json")
    told = run("import", people, "--out", out)
    assert told.exit_code == 0
    assert "4 rows: 3 new" in told.stdout
    assert "left out: declined 1" in told.stdout
    event = document(out)
    assert [a["name"] for a in event["attendees"]] == ["Ada Ahorn", "Béla Birke", "Dörte Douglasie"]
    assert event["attendees"][0]["offers"] == [{"text": "Brot"}]
    assert event["attendees"][0]["labels"] == {"Dorf": "Oben"}
    assert len(event["rounds"]) == 2


def test_a_second_import_leaves_the_same_bytes(people: Path) -> None:
    out = people.with_name("event.json")
    run("import", people, "--out", out, "--rounds", 3)
    first = out.read_bytes()
    told = run("import", people, "--event", out, "--out", out)
    assert "0 new, 0 changed, 3 as they were" in told.stdout
    assert out.read_bytes() == first


def test_a_dry_run_tells_the_same_and_writes_nothing(people: Path) -> None:
    out = people.with_name("event.json")
    told = run("import", people, "--out", out, "--dry-run")
    assert told.exit_code == 0
    assert not out.exists()
    assert told.stdout == run("import", people, "--out", out).stdout


def test_a_column_may_be_corrected(people: Path) -> None:
    out = people.with_name("event.json")
    assert run("import", people, "--out", out, "--map", "Dorf=interests").exit_code == 0
    assert document(out)["attendees"][0]["interests"] == ["Oben"]


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        ("Dorf", 'say it like "Column=field"'),
        ("Dorf=interest", "did you mean interests"),
        ("Insel=interests", "no column of the file has this name or number"),
        ("8=interests", "no column of the file has this name or number"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(people: Path, correction: str, told: str) -> None:
    answer = run("import", people, "--out", people.with_name("e.json"), "--map", correction)
    assert answer.exit_code == 2
    assert told in answer.stderr


def test_without_a_place_to_write_nothing_is_done(people: Path) -> None:
    answer = run("import", people)
    assert answer.exit_code == 2
    assert "--dry-run" in answer.stderr


def test_a_list_is_solved_at_once(people: Path) -> None:
    out = people.with_name("schedule.json")
    answer = run("solve", people, "--out", out, "--rounds", 2, "--work", 1000)
    assert answer.exit_code == 0
    assert len(document(out)["rounds"]) == 2


def test_rounds_of_an_event_are_its_own(people: Path) -> None:
    out = people.with_name("event.json")
    run("import", people, "--out", out)
    answer = run("solve", out, "--out", people.with_name("s.json"), "--rounds", 2)
    assert answer.exit_code == 2


def test_an_event_goes_out_as_a_workbook_and_comes_back(tmp_path: Path) -> None:
    event, book, again = (tmp_path / name for name in ("e.json", "e.xlsx", "again.json"))
    told = {"name": "=1+1", "rounds": {"count": 3}, "attendees": [{"id": "007"}, {"id": "b"}]}
    event.write_text(json.dumps(told), encoding="utf-8")
    assert run("export", event, "--out", book).exit_code == 0
    done = run("import", book, "--out", again)
    assert done.exit_code == 0
    assert "An event that Tertius wrote: all of it." in done.stdout
    assert Event.model_validate_json(again.read_bytes()) == Event.model_validate_json(
        event.read_bytes()
    )
    assert run("import", book, "--event", event, "--out", again).exit_code == 0
    assert len(document(again)["attendees"]) == 2


def test_a_workbook_of_an_event_takes_no_rounds_and_no_columns(tmp_path: Path) -> None:
    event, book = tmp_path / "e.json", tmp_path / "e.xlsx"
    event.write_text('{"rounds": [{}], "attendees": []}', encoding="utf-8")
    assert run("export", event, "--out", book).exit_code == 0
    for option in (("--rounds", 3), ("--map", "Name=label")):
        refused = run("import", book, "--out", tmp_path / "x.json", *option)
        assert refused.exit_code == 2
        assert "leave out rounds and mapping" in refused.stderr


def test_an_event_itself_is_written_as_a_workbook_alone(tmp_path: Path) -> None:
    event = tmp_path / "e.json"
    event.write_text('{"rounds": [{}]}', encoding="utf-8")
    refused = run("export", event, "--out", tmp_path / "e.csv")
    assert (refused.exit_code, "an event itself is an xlsx alone" in refused.stderr) == (2, True)


SCORES = (
    "Von;Mit;Punkte\nAda Ahorn;bela@farn.example;5\nDörte Douglasie;Ada Ahorn;1\n"
    "Gustav;Ada Ahorn;2\n"
)


@pytest.fixture
def event(people: Path) -> Path:
    out = people.with_name("event.json")
    run("import", people, "--out", out)
    return out


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(SCORES, encoding="utf-8")
    return path


def test_a_list_of_pairs_goes_into_an_event_of_its_people(event: Path, scores: Path) -> None:
    arguments = ("import", scores, "--as", "benefits", "--scale", "1..5", "--event", event)
    told = run(*arguments, "--out", event)
    assert told.exit_code == 0, told.stderr
    assert "3 rows: benefits: 2 new, 0 changed, 0 as they were" in told.stdout
    assert "row 4, Von: nobody on the list" in told.stdout
    assert "Gustav" not in told.stdout
    assert [row["value"] for row in document(event)["benefits"]] == [1.0, 0.0]
    first = event.read_bytes()
    assert "benefits: 0 new, 0 changed, 2 as they were" in run(*arguments, "--out", event).stdout
    assert event.read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--as", "benefits"), "--scale: values from 1 to 5: say the scale"),
        (("--as", "benefits", "--scale", "5"), "--scale: say the worst and the best score"),
        (("--as", "benefit"), "did you mean benefits"),
        (("--as", "wants", "--scale", "1..5"), "--scale: only benefits have a scale"),
        (("--replace",), "--replace: people are never taken out"),
        (("--as", "pairs"), "kind (must, never, may) are needed"),
        ((), "import it as benefits"),
    ],
)
def test_a_list_that_cannot_be_is_refused(
    event: Path, scores: Path, arguments: tuple[str, ...], told: str
) -> None:
    before = event.read_bytes()
    answer = run("import", scores, *arguments, "--event", event, "--out", event)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert event.read_bytes() == before


def test_a_list_of_pairs_needs_an_event(scores: Path) -> None:
    answer = run("import", scores, "--as", "benefits", "--out", scores.with_name("e.json"))
    assert (answer.exit_code, "--event" in answer.stderr) == (2, True)


def test_what_is_a_list_by_its_headers_may_be_people_all_the_same(scores: Path) -> None:
    out = scores.with_name("e.json")
    told = run("import", scores, "--out", out, "--map", "Von=name", "--map", "Mit=label")
    assert told.exit_code == 0, told.stderr
    assert len(document(out)["attendees"]) == 3
