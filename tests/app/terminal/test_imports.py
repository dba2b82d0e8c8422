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
