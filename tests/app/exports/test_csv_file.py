"""CSV as spreadsheets read it: any script, and nothing that they would run."""

import csv
from datetime import datetime

import pytest

from app.exports.csv_file import csv_of, plain_csv_of
from app.exports.schedule_rows import Cell, NamedSchedule, SheetRows, meeting_rows
from tests.app.exports.rooms import TWO_ROUNDS, day_of


def cell(value: Cell) -> str:
    """What a file says of one value."""
    ((told,),) = csv.reader(plain_csv_of(SheetRows(("x",), [(value,)])).decode().splitlines()[1:])
    return told


def test_a_file_begins_with_its_mark_and_its_lines_end_as_rfc_4180_says() -> None:
    content = csv_of(SheetRows(("name", "n"), [("李小龍", 1), ('a "b", c', 2)]))
    assert content == '\ufeffname,n\r\n李小龍,1\r\n"a ""b"", c",2\r\n'.encode()
    assert plain_csv_of(SheetRows(("n",), [])) == b"n\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\uff1d", "\uff20"])
def test_a_text_like_a_formula_is_a_text(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"
    assert cell(f"1{start}1") == f"1{start}1"


def test_values_are_written_as_what_they_are() -> None:
    values = (None, True, False, -0.5, 3, datetime(2027, 3, 4, 9), "Ada")
    told = ["", "true", "false", "-0.5", "3", "2027-03-04 09:00:00", "Ada"]
    assert [*map(cell, values)] == ["", *told[1:]]


def test_no_cell_of_a_schedule_begins_like_a_formula() -> None:
    rows = meeting_rows(NamedSchedule(day_of(), TWO_ROUNDS))
    _, *told = csv.reader(csv_of(rows).decode("utf-8-sig").splitlines())
    assert told[1][7:9] == ["'=1+1", "'@SUM(A1)"]
    assert not [cell for row in told for cell in row if cell.startswith(tuple("=+-@"))]
