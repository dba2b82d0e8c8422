"""The template, empty and filled in, as the importer and other programs read it."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from app.exports.template import HOW_TO, PEOPLE, template_csv, template_file, template_workbook
from app.imports.cells import intents_of, is_flag, status_of
from app.imports.importing import import_table
from app.imports.mapping import propose_mapping
from app.imports.person_columns import AWAY, GOALS, PERSON_COLUMNS, YES_NO
from app.imports.read import read_table
from schemas.event import Attendee, Event, Intent, Need, Offer, RoundSeries, Want
from schemas.imports import ColumnField
from tests.app.exports.office import NEEDS_OFFICE, converted, shown

NO_PERSON = {
    "order", "position", "name_prefix", "first_name", "middle_name", "last_name", "void", "guests",
    "welcomes_pitches", "label", "ignore",
}  # fmt: skip
"""Of tickets, parts of what has a column, or what an empty cell would say something of."""

ADA: dict[str, Any] = {column.header: column.example for column in PERSON_COLUMNS} | {
    "Wants to meet": "Ben Birch; cem@cedar.example", "Does not want to meet": "0044", "Status": "",
    "Leaves": "", "Min meetings": 2, "Max meetings": 6, "Priority": 150,
}  # fmt: skip
BEN = {"Name": "Ben Birch", "Email": "ben@birch.example", "ID": "0043", "Offers": "=1+1"}
CEM = {"Name": "Cem Cedar", "Email": "cem@cedar.example", "ID": "0044", "Languages": "Deutsch"}
GONE = {"Name": "Dea Dogwood", "ID": "0045", "Status": "cancelled"}

FILLED = (
    Attendee(
        id="0042", name="Ada Ashgrove", email="ada@ashgrove.example", organisation="Ashgrove Books",
        offers=(Offer(text="bookkeeping"), Offer(text="help with annual accounts")),
        needs=(Need(text="a web shop"), Need(text="an apprentice")),
        intents=("clients", "learning"), interests=("sailing", "local history"),
        client_types=("restaurants", "craft businesses"), already_served=("printing", "insurance"),
        welcomes_pitches=False, languages=("en", "de"), wants=(Want(id="0043"), Want(id="0044")),
        avoid=("0044",), absent_rounds=(1, 5, 6), min_meetings=2, max_meetings=6, priority=150,
        table=3,
    ),
    Attendee(id="0043", name="Ben Birch", email="ben@birch.example", offers=(Offer(text="=1+1"),)),
    Attendee(id="0044", name="Cem Cedar", email="cem@cedar.example", languages=("de",)),
)  # fmt: skip


def day() -> Event:
    """Six rounds of ten minutes from 14:20 on: who comes at 14:30 misses the first."""
    return Event(rounds=RoundSeries(count=6, first_starts_at=datetime(2027, 3, 4, 14, 20)))  # type: ignore[arg-type]


def filled(*people: dict[str, Any]) -> bytes:
    """The template as somebody fills it in and saves it."""
    book = openpyxl.load_workbook(BytesIO(template_workbook()))
    sheet = book[PEOPLE]
    headers = [cell.value for cell in sheet[1]]
    for row, person in enumerate(people, 2):
        for header, value in person.items():
            cell = sheet.cell(row, headers.index(header) + 1, value)
            if value == "=1+1":
                cell.data_type = "s"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("wanted", ["xlsx", "csv"])
def test_every_column_of_the_empty_template_is_known_for_sure(wanted: Any) -> None:
    table = read_table(template_file(wanted))
    assert table.rows == ()
    columns = propose_mapping(table).columns
    assert [(c.field, c.sureness) for c in columns] == [(p.field, "sure") for p in PERSON_COLUMNS]


def test_everything_that_a_file_can_say_of_a_person_has_a_column() -> None:
    assert {p.field for p in PERSON_COLUMNS} == {*get_args(ColumnField)} - NO_PERSON


def test_one_that_is_filled_in_gives_just_the_people_who_were_meant() -> None:
    table = read_table(filled(ADA, BEN, CEM, GONE))
    found = import_table(table, propose_mapping(table), day())
    assert found.report.problems == ()
    assert found.attendees == FILLED
    assert found.report.checked_in == ("0042",)
    assert [(left.reason, left.rows) for left in found.report.left_out] == [("cancelled", 1)]


def test_columns_that_stay_empty_say_nothing() -> None:
    table = read_table(filled({"Name": "Ada Ashgrove"}, {"Name": "Ben Birch"}))
    found = import_table(table, propose_mapping(table), None)
    assert found.report.problems == ()
    assert [person.model_fields_set for person in found.attendees] == [{"id", "name"}] * 2


def test_every_choice_is_a_word_that_the_importer_knows() -> None:
    assert [intent for goal in GOALS for intent in intents_of(goal)] == [*get_args(Intent)]
    assert all(map(is_flag, YES_NO))
    assert not {None, "comes", "present"} & {*map(status_of, AWAY)}


def test_only_choices_can_be_entered_far_down_and_headers_stay_in_sight() -> None:
    book = openpyxl.load_workbook(BytesIO(template_workbook()))
    sheet = book[PEOPLE]
    assert book.sheetnames == [PEOPLE, HOW_TO]
    assert sheet.freeze_panes == "B2"
    lists = {
        str(rule.sqref): rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists["J2:J100001"] == '"yes,no"'
    assert len(lists) == 4
    assert sheet.column_dimensions["W"].width > 20
    id_style = sheet.column_dimensions["W"].number_format
    assert id_style == "@"


def test_each_column_is_explained_with_an_example() -> None:
    rows = [*openpyxl.load_workbook(BytesIO(template_workbook()))[HOW_TO].values]
    told = {row[0]: row[1:3] for row in rows}
    assert {(p.header, p.told, p.example) for p in PERSON_COLUMNS} <= {
        (str(header), *texts) for header, texts in told.items()
    }


def test_it_is_always_the_same() -> None:
    assert template_workbook() == template_workbook()
    assert template_csv().startswith(b"\xef\xbb\xbfName,Email,Organisation,")


@NEEDS_OFFICE
def test_libreoffice_keeps_what_was_filled_in(tmp_path: Path) -> None:
    content = filled(ADA, BEN)
    first = read_table(content)
    again = read_table(converted(content, "xlsx", tmp_path).read_bytes())
    assert (again.header, again.rows) == (first.header, first.rows)
    assert "=1+1" in shown(content, tmp_path)[2]
