"""Rows as they come out of a file, their limits, and how places and refusals are told.

Nothing that is told quotes a cell: rows are numbers, columns the letters that spreadsheets give
them.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from app.errors import Invalid
from schemas import limits

MOST_ROWS = 1_048_576
"""Of a sheet, in every spreadsheet program."""
PLACES_TOLD = 5
"""So many rows or columns are named in one note."""
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\u0085\u2028\u2029]")
_UNSEEN = " \t\n\r\u00a0\u200b\u200e\u200f\u2060\ufeff"


class RawRow(NamedTuple):
    """The cells of a row, and its number in the file, from 1."""

    number: int
    cells: list[str]


class RawSheet(NamedTuple):
    """What a file holds: the name of the sheet, its rows, none of them blank, and notes."""

    name: str
    rows: list[RawRow]
    notes: list[str]


class RowList:
    """Rows of a file, one after the other; the first one beyond a limit raises Invalid.

    Blank rows are left out, and so are blank cells at the end of a row.
    """

    def __init__(self) -> None:
        self.rows: list[RawRow] = []
        self._cells = 0
        self._characters = 0

    def append(self, number: int, cells: Iterable[str]) -> None:
        """Take the row with this number in the file, of clean cells."""
        if number > MOST_ROWS:  # most of them blank
            raise too_many("rows", MOST_ROWS)
        row = list(cells)
        while row and not row[-1]:
            row.pop()
        if not row:
            return
        self._check_size(number, row)
        self.rows.append(RawRow(number, row))

    def _check_size(self, number: int, row: Sequence[str]) -> None:
        self._cells += len(row)
        if len(self.rows) > limits.FILE_ROWS:  # the header is one more
            raise too_many("rows", limits.FILE_ROWS)
        if len(row) > limits.LIST_COLUMNS:
            raise too_many("columns", limits.LIST_COLUMNS)
        if self._cells > limits.FILE_CELLS:
            raise too_many("cells", limits.FILE_CELLS)
        if max(map(len, row)) > limits.CELL:
            raise long_cell(number, max(range(len(row)), key=lambda k: len(row[k])))
        self._characters += sum(map(len, row))  # a workbook holds a text once and shows it often
        if self._characters > limits.FILE_CHARACTERS:
            raise too_many("characters", limits.FILE_CHARACTERS)


def clean_cell(cell: str) -> str:
    """The cell without what nobody sees around it, its line breaks as ``\\n``."""
    cell = cell.strip()
    if cell.isascii() and cell.isprintable():
        return cell
    return _BREAK.sub("\n", cell).strip(_UNSEEN)


def even_breaks(cell: str) -> str:
    """The cell to the letter, but with its line breaks as ``\\n``: programs write them anew."""
    return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell


def bad_file(code: str, message: str) -> Invalid:
    """The refusal of a file, in one sentence."""
    return Invalid.at("", code, message)


def long_cell(number: int, column: int | None = None) -> Invalid:
    """The refusal of a cell beyond the limit; its ``column`` from 0, if that is known."""
    place = f"row {number}" if column is None else f"row {number}, column {letters_of(column)}"
    return bad_file(
        "cell_too_long",
        f"{place}: a cell has more than {limits.CELL:,} characters; if it should not, a quotation"
        " mark may be opened there that is not closed",
    )


def too_many(what: str, most: int) -> Invalid:
    """The refusal of a table beyond a limit."""
    return bad_file(
        f"too_many_{what}",
        f"the table has more than {most:,} {what}: leave out what is not needed, or send it in"
        " parts",
    )


def letters_of(column: int) -> str:
    """The letters of a column, which is counted from 0."""
    return get_column_letter(column + 1)


def name_rows(numbers: Sequence[int]) -> str:
    """Rows in words: ``row 7``, ``rows 7, 9``, and of many the first ones and how many more."""
    return _name_places("row", [str(number) for number in numbers])


def name_columns(columns: Iterable[int]) -> str:
    """Columns, counted from 0, in words: ``columns C, F``."""
    return _name_places("column", [letters_of(column) for column in sorted(columns)])


def _name_places(word: str, places: Sequence[str]) -> str:
    told = ", ".join(places[:PLACES_TOLD])
    more = len(places) - PLACES_TOLD
    return f"{word}{'s' * (len(places) > 1)} {told}" + (f" and {more:,} more" if more > 0 else "")
