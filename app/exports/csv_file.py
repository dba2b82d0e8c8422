"""CSV that spreadsheets open: UTF-8 with a byte order mark, commas, lines that end in CR LF.

A spreadsheet takes a text that begins like a formula for one, and runs it. Such a text gets an
apostrophe before it, which shows that it is a text; numbers stay numbers.
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from datetime import datetime
from io import StringIO

from app.exports.schedule_rows import Cell, SheetRows

LIKE_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What formulas begin with, or what is cut off before them; the last four are full-width."""


def csv_of(sheet: SheetRows) -> bytes:
    """The rows below their header, for a spreadsheet."""
    return BOM_UTF8 + plain_csv_of(sheet)


def plain_csv_of(sheet: SheetRows) -> bytes:
    """The same without the mark, which programs may take for a part of the header."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.header)
    writer.writerows(_written(row) for row in sheet.rows)
    return text.getvalue().encode()


def _written(row: Iterable[Cell]) -> list[str | int | float]:
    return [_cell(value) for value in row]


def _cell(value: Cell) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return shielded(value) if isinstance(value, str) else value


def shielded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(LIKE_FORMULA) else text
