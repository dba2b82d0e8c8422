"""The workbook as other programs open it."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.errors import StateConflict
from app.exports import workbook
from app.exports.schedule_rows import NamedSchedule, meeting_rows
from app.exports.workbook import workbook_of
from schemas.day import DayState
from schemas.event import Attendee, Event
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.office import NEEDS_OFFICE, converted, shown
from tests.app.exports.rooms import TWO_ROUNDS, day_of, meeting


def opened(
    event: Event | None = None, schedule: Schedule = TWO_ROUNDS, before: Schedule | None = None
) -> openpyxl.Workbook:
    content = workbook_of(event or day_of(), schedule, before, DayState())
    return openpyxl.load_workbook(BytesIO(content))


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    return [*sheet.iter_rows(values_only=True)]


def test_it_holds_the_meetings_as_they_are() -> None:
    header, *rows = rows_of(opened()["Meetings"])
    told = meeting_rows(NamedSchedule(day_of(), TWO_ROUNDS))
    assert (header, rows) == (tuple(told.header), [*map(tuple, told.rows)])


def test_a_formula_is_a_text_and_a_number_a_number() -> None:
    names = [cell for row in opened()["People"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in names] == ["s"]
    value = opened()["Meetings"]["M3"]
    assert (value.value, value.data_type) == (0.572, "n")


@pytest.mark.parametrize(
    "name", ["=1+1", "https://example.org", "{=A1}", "_x0041_", "a <b> & c", "نور", "\U0001f469 Ö"]
)
def test_any_name_is_the_same_when_it_is_opened_again(name: str) -> None:
    people = (Attendee(id="a", name=name), Attendee(id="b", name="Bo"))
    block = ScheduledRound(round=1, meetings=(meeting("ab"),))
    book = opened(day_of(*people, rounds=1), Schedule(rounds=(block,)))
    cell = book["People"]["B2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
    assert book["Tables"]["B2"].value == f"{name} and Bo"


def test_sheets_can_be_read_and_printed() -> None:
    book = opened(before=TWO_ROUNDS)
    assert book.sheetnames == ["Tables", "People", "Meetings", "Byes", "Changes", "Quality"]
    assert book["Tables"].freeze_panes == "B2"
    assert book["People"].freeze_panes == "D2"
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.column_dimensions["A"].width >= 6
    quality: Any = book["Quality"]
    assert len(quality._charts) == 1


def test_without_a_version_before_nothing_has_changed() -> None:
    assert "Changes" not in opened().sheetnames


def test_headings_are_in_the_language_of_the_event() -> None:
    book = opened(day_of(language="de"), before=TWO_ROUNDS)
    assert book.sheetnames == [
        "Tische", "Personen", "Gespräche", "Ohne Gespräch", "Änderungen", "Qualität",
    ]  # fmt: skip
    assert book["Personen"]["D4"].value == "=1+1, Tisch 12"


def test_the_same_version_gives_the_same_bytes() -> None:
    made = [workbook_of(day_of(), TWO_ROUNDS, None, DayState()) for _ in range(2)]
    assert made[0] == made[1]
    at = datetime(2027, 3, 1, 12)
    later = TWO_ROUNDS.model_copy(update={"created_at": at.replace(tzinfo=UTC)})
    assert opened(None, later).properties.created == at  # no clock was read
    assert opened().properties.created == datetime(2000, 1, 1)


def test_an_empty_schedule_is_a_workbook_too() -> None:
    assert rows_of(opened(None, Schedule(rounds=()))["Tables"]) == [("Table number",)]


def test_rows_that_no_sheet_could_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)  # and there are four people
    with pytest.raises(StateConflict) as refusal:
        opened()
    assert [error.code for error in refusal.value.errors] == ["too_many_rows"]


@NEEDS_OFFICE
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    content = workbook_of(day_of(), TWO_ROUNDS, None, DayState())
    assert "李小龍" in str(shown(content, tmp_path))
    again = openpyxl.load_workbook(converted(content, "xlsx", tmp_path))
    first = openpyxl.load_workbook(BytesIO(content))
    assert again.sheetnames == first.sheetnames
    for name in ("Tables", "People", "Byes"):
        assert rows_of(again[name]) == rows_of(first[name])
    formulas = [cell for row in again["People"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in formulas] == ["s"]
