"""The template: a list to fill that the importer understands for certain, as a workbook or as CSV.

No clock is read: the bytes are always the same.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from textwrap import wrap
from typing import Any

import xlsxwriter

from app.exports.csv_file import csv_of
from app.exports.schedule_file import TemplateFormat
from app.exports.schedule_rows import SheetRows
from app.exports.workbook import DAWN, OPTIONS, lay_out_page
from app.imports.person_columns import FIRST_COLUMNS, PERSON_COLUMNS, PersonColumn
from schemas import limits

PEOPLE, HOW_TO = "People", "How to fill it in"
SHADES = {"first": "#cfe3d4", "further": "#e7e7e2"}
HOW_TO_WIDTHS = (24, 70, 40, 60)
LINE = 15
"""The height of a line, in points."""
LAST_ROW = limits.FILE_ROWS
INTRODUCTION = (
    "One person a row, on the sheet “People”. Only a name or an e-mail address is needed.",
    "The green columns are what a list needs. The grey ones may stay empty, and may be deleted.",
    "Columns of your own are welcome: Tertius keeps them with the person, under the name you give.",
    "Then: tertius import FILE --out event.json, or send it to POST /v1/imports.",
)


def template_file(wanted: TemplateFormat) -> bytes:
    """The template in a format."""
    return template_csv() if wanted == "csv" else template_workbook()


def template_csv() -> bytes:
    """The names of all columns."""
    return csv_of(SheetRows([column.header for column in PERSON_COLUMNS], ()))


def template_workbook() -> bytes:
    """A sheet to fill, and one that explains it."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties({"title": "People of an event", "created": DAWN})
        add_people_columns(book, book.add_worksheet(PEOPLE), PERSON_COLUMNS)
        _add_how_to(book)
    return content.getvalue()


def add_people_columns(book: Any, sheet: Any, columns: tuple[PersonColumn, ...]) -> None:
    """Write headers that stay in sight, with widths, kinds and choices for all rows below."""
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    number = book.add_format({"valign": "top"})
    heads = {name: head_format(book, name) for name in SHADES}
    lay_out_list(sheet)
    for k, column in enumerate(columns):
        sheet.set_column(k, k, column.width, text if column.most is None else number)
        sheet.write_string(0, k, column.header, heads[_shade(column)])
        if rule := _rule(column):
            sheet.data_validation(1, k, LAST_ROW, k, rule)


def lay_out_list(sheet: Any) -> None:
    """Have a sheet of people or other things stay readable: its head and first column in sight.

    Ids that are digits are texts, and no fault that a spreadsheet should point out.
    """
    sheet.freeze_panes(1, 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    lay_out_page(sheet)


def head_format(book: Any, shade: str) -> Any:
    """How the names of columns look, on one of the ``SHADES``."""
    return book.add_format(
        {"bold": True, "bg_color": SHADES[shade], "bottom": 1, "text_wrap": True, "valign": "top"}
    )


def _shade(column: PersonColumn) -> str:
    return "first" if column in FIRST_COLUMNS else "further"


def _rule(column: PersonColumn) -> dict[str, Any] | None:
    """What a spreadsheet lets somebody enter in a column, if not anything."""
    if column.most is not None:
        return {
            "validate": "integer", "criteria": "between", "minimum": 0, "maximum": column.most,
            "error_title": column.header, "error_message": f"A number from 0 to {column.most}.",
        }  # fmt: skip
    if not column.choices:
        return None
    return {
        "validate": "list", "source": list(column.choices),
        "error_title": column.header,
        "error_message": "Several go between semicolons; other words are not known."
        if column.several
        else f"One of: {', '.join(column.choices)}.",
        "error_type": "information" if column.several else "stop",
    }  # fmt: skip


def _add_how_to(book: Any) -> None:
    sheet = book.add_worksheet(HOW_TO)
    head = head_format(book, "first")
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for k, width in enumerate(HOW_TO_WIDTHS):
        sheet.set_column(k, k, width, plain)
    for k, row in enumerate(_how_to_rows()):
        sheet.set_row(k, LINE * _lines(row))
        for m, cell in enumerate(row):
            sheet.write_string(k, m, cell, head if k == len(INTRODUCTION) else plain)
    for k, sentence in enumerate(INTRODUCTION):
        sheet.merge_range(k, 0, k, 3, sentence, plain)
    lay_out_page(sheet)


def _lines(row: Sequence[str]) -> int:
    """How many lines the longest of some cells takes, where words are wrapped."""
    if len(row) == 1:
        return 1
    both = zip(row, HOW_TO_WIDTHS, strict=True)
    return max(len(wrap(cell, int(width * 0.9))) for cell, width in both)


def _how_to_rows() -> Iterator[tuple[str, ...]]:
    """What the explaining sheet says, row by row."""
    yield from ((sentence,) for sentence in INTRODUCTION)
    yield "Column", "What goes in", "Example", "Only these words"
    for column in PERSON_COLUMNS:
        yield column.header, column.told, column.example, "; ".join(column.choices)
