"""An event as a workbook that people can edit, and that is the same event when it is read again.

What is as usual has an empty cell; everything else is written by ``app.imports.cell_kinds``, whose
reader gives it back exactly. No clock is read: the same event gives the same bytes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import chain
from typing import Any, NamedTuple

import xlsxwriter

from app.errors import StateConflict
from app.exports.template import head_format, lay_out_list
from app.exports.workbook import DAWN, OPTIONS
from app.imports import cell_kinds as kinds
from app.imports.cell_kinds import EXACT, LONGEST_PIECE, cell_of, pieces_of, stands, to_text
from app.imports.event_layout import (
    CONTINUED,
    HOW_TO_EDIT,
    MARKER,
    SETTINGS,
    SETTINGS_HEADER,
    SHEETS,
    TEXT_SETTINGS,
    BookColumn,
    BookSheet,
    label_column,
)
from schemas import limits
from schemas.event import Event

MOST_LABELS = 100
"""Labels that have columns of their own, the most used."""
SPREAD = ("policy", "weights", "matching")
"""Settings of which each field has a row."""
Entry = Mapping[str, Any]


def event_workbook_of(event: Event) -> bytes:
    """The workbook of an event; StateConflict if a list has more rows than are read again."""
    document = event.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content = BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties({"title": MARKER, "created": DAWN})
        writer = _BookWriter(book)
        for sheet in SHEETS:
            writer.entries(sheet, document.pop(sheet.field, []))
        writer.settings(document)
        writer.how_to()
    return content.getvalue()


class _WrittenColumn(NamedTuple):
    """A column with the texts of its cells; empty ones are of entries that do not say it."""

    column: BookColumn
    cells: Sequence[str]


class _BookWriter:
    """Adds the sheets of an event to a workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._number = book.add_format({"valign": "top"})
        self._head = head_format(book, "first")

    def entries(self, sheet: BookSheet, entries: Sequence[Entry]) -> None:
        """A sheet with a row for each entry of a list."""
        if len(entries) > limits.FILE_ROWS:
            told = f"{limits.FILE_ROWS:,} rows are read again, and “{sheet.title}” would have more"
            raise StateConflict.at(f"/{sheet.field}", "too_many_rows", told)
        page, left = self._sheet(sheet.title), 0
        if sheet.number is not None:
            numbers = [str(k + 1) for k in range(len(entries))]
            self._column(page, 0, sheet.number, 10, numbers, is_number=True)
            left = 1
        written = [_written(column, entries) for column in sheet.columns]
        if sheet.labels:
            written = [*_with_labels(written, entries)]
        for column, cells in written:
            left = self._pieces(page, left, column, cells)

    def settings(self, document: Entry) -> None:
        """Everything else, with where it stands in the event."""
        rows = [*chain.from_iterable(_setting_rows(name, document[name]) for name in document)]
        page = self._sheet(SETTINGS)
        for k, (title, width) in enumerate(zip(SETTINGS_HEADER, (30, 100), strict=True)):
            self._column(page, k, title, width, [row[k] for row in rows])

    def how_to(self) -> None:
        """What the workbook is, and how to edit it: the sheet by which it is known."""
        page = self._sheet(MARKER)
        self._column(page, 0, MARKER, 110, HOW_TO_EDIT)

    def _sheet(self, title: str) -> Any:
        page = self._book.add_worksheet(title)
        lay_out_list(page)
        return page

    def _pieces(self, page: Any, left: int, column: BookColumn, cells: Sequence[str]) -> int:
        """Write a column, and more of them where cells are too long; the next place."""
        pieces = [pieces_of(cell) for cell in cells]
        for k in range(max(1, *map(len, pieces)) if pieces else 1):
            title = column.header + (CONTINUED if k else "")
            part = [piece[k] if k < len(piece) else "" for piece in pieces]
            is_number = column.kind.is_number
            self._column(page, left + k, title, column.width, part, is_number=is_number)
            self._offer_choices(page, left + k, column)
        return left + k + 1

    def _offer_choices(self, page: Any, place: int, column: BookColumn) -> None:
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices)}
            kind = {"error_type": "information" if column.several else "stop"}
            page.data_validation(1, place, limits.FILE_ROWS, place, rule | kind)

    def _column(
        self,
        page: Any,
        place: int,
        title: str,
        width: int,
        cells: Sequence[str],
        *,
        is_number: bool = False,
    ) -> None:
        form = self._number if is_number else self._text
        page.set_column(place, place, width, form)
        page.write_string(0, place, title, self._head)
        for k, cell in enumerate(cells, 1):
            if is_number and cell and not cell.startswith(EXACT):
                page.write_number(k, place, float(cell), form)
            elif cell:
                page.write_string(k, place, cell, form)


def _written(column: BookColumn, entries: Sequence[Entry]) -> _WrittenColumn:
    cells = [cell_of(column.kind, e[column.field]) if column.field in e else "" for e in entries]
    return _WrittenColumn(column, cells)


def _with_labels(
    written: Sequence[_WrittenColumn], entries: Sequence[Entry]
) -> Iterator[_WrittenColumn]:
    """The columns with one for each label; who has others, or in another order, has one for all."""
    labels = [entry.get("labels", {}) for entry in entries]
    counts = Counter(name for row in labels for name in row)
    names = [name for name in counts if name in dict(counts.most_common(MOST_LABELS))]
    fits = [[name for name in names if name in row and stands(name)] == [*row] for row in labels]
    for column, cells in written:
        both = zip(cells, fits, strict=True)
        is_all = column.field == "labels"
        yield _WrittenColumn(column, ["" if is_all and fit else cell for cell, fit in both])
    spread = [row if fit else {} for row, fit in zip(labels, fits, strict=True)]
    yield from (_written(label_column(name), spread) for name in names)


def _setting_rows(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The rows of a setting: paths and values; objects of settings have a row a field."""
    if name in TEXT_SETTINGS:
        yield name, cell_of(kinds.TEXT, value)
    elif name in SPREAD:
        for field, inner in value.items():
            yield from _rows_below(f"{name}/{field}", inner)
    else:
        yield from _rows_below(name, value)


def _rows_below(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """A value in one row if a cell can hold it, else in a row for each of its parts."""
    cell = cell_of(kinds.LOOSE, value)
    if len(cell) <= LONGEST_PIECE or not isinstance(value, dict | list):
        yield path, cell
        return
    yield path, to_text(type(value)())
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in parts:
        escaped = str(name).replace("~", "~0").replace("/", "~1")
        yield from _rows_below(f"{path}/{escaped}", inner)
