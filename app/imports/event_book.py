"""A workbook that we wrote of an event, edited by hand perhaps, to the event again.

All of it is read or none: what cannot be read is told by sheet, row and column, and nothing that
stands there is repeated.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.errors import Invalid, Refused
from app.imports import cell_kinds as kinds
from app.imports.cell_kinds import CellKind, to_text, value_of
from app.imports.event_layout import (
    CONTINUED,
    LABEL,
    MARKER,
    SETTINGS,
    SETTINGS_HEADER,
    SHEETS,
    TEXT_SETTINGS,
    BookColumn,
    BookSheet,
    label_column,
)
from app.imports.identity import id_of_facts
from app.imports.raw_rows import RawRow
from app.imports.read import check_size
from app.imports.workbook import read_sheets
from app.strict_json import parse_as
from schemas.event import Event
from schemas.problem import ProblemError

Rows = Mapping[str, list[RawRow]]
ZIP = b"PK\x03\x04"


def read_event_book(raw: bytes) -> Event | None:
    """The event of a workbook that we wrote; None for any other file.

    Raises Invalid with a sentence for everything that cannot be read.
    """
    check_size(raw)
    rows = read_sheets(raw, MARKER) if raw.startswith(ZIP) else None
    return None if rows is None else _BookReading(rows).event()


class _Place(NamedTuple):
    """Where in the workbook a part of the event stands; ``row`` from 1."""

    sheet: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        column = "" if self.column is None else f", column “{self.column}”"
        return f"sheet “{self.sheet}”{row}{column}"


class _Headed(NamedTuple):
    """A column of a sheet: what it holds, and the places of its cells, from 0."""

    column: BookColumn
    places: list[int]


class _BookReading:
    """One pass over the sheets."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.errors: list[ProblemError] = []
        self.numbers: dict[tuple[str, str], _Place] = {}
        """Where each entry of a list stands, by field and place in the list."""
        self.settings: dict[tuple[str, ...], _Place] = {}

    def event(self) -> Event:
        """The whole event; Invalid with everything that is wrong."""
        document: dict[str, Any] = {}
        self._read_settings(document)
        for sheet in SHEETS:
            if entries := self._entries(sheet):
                document[sheet.field] = entries
        if self.errors:
            raise Invalid(errors=self.errors)
        try:
            return parse_as(Event, to_text(document).encode())
        except Refused as refusal:
            raise Invalid(errors=map(self._placed, refusal.errors)) from None

    def _sheet(self, title: str) -> tuple[RawRow, Sequence[RawRow]]:
        """The names of the columns of a sheet, and the rows below; told if there are none."""
        rows = self.rows.get(title)
        if not rows:
            self._tell(_Place(title), "no_sheet", "is missing, or has no names of columns")
            return RawRow(1, []), ()
        return rows[0], rows[1:]

    def _entries(self, sheet: BookSheet) -> list[dict[str, Any]]:
        header, rows = self._sheet(sheet.title)
        columns = [*self._columns(sheet, header)]
        entries: list[dict[str, Any]] = []
        for row in rows:
            self.numbers[sheet.field, str(len(entries))] = _Place(sheet.title, row.number)
            entries.append(self._entry(sheet, columns, row))
        return entries

    def _columns(self, sheet: BookSheet, header: RawRow) -> Iterator[_Headed]:
        """What the columns are by their names; a long value has several of them."""
        found: dict[str, _Headed] = {}
        for k, name in enumerate(header.cells):
            if name.strip() in ("", sheet.number):
                continue
            column = _column_named(sheet, name)
            place = _Place(sheet.title, header.number, name)
            if column is None:
                told = ", ".join(known.header for known in sheet.columns)
                self._tell(place, "no_column", f"columns are called {told}")
            elif column.header in found and not name.endswith(CONTINUED):
                self._tell(place, "same_column", "another column is called so too")
            else:
                found.setdefault(column.header, _Headed(column, [])).places.append(k)
        yield from found.values()

    def _entry(self, sheet: BookSheet, columns: Sequence[_Headed], row: RawRow) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        for column, places in columns:
            text = "".join(row.cells[k] for k in places if k < len(row.cells))
            if not text.strip():
                continue
            value = self._value(column.kind, text, _Place(sheet.title, row.number, column.header))
            labels = entry.setdefault("labels", {}) if column.header.startswith(LABEL) else entry
            if isinstance(labels, dict):
                labels[column.field] = value
        if sheet.labels and "id" not in entry and (own := id_of_facts(entry)):
            return {"id": own, **entry}
        return entry

    def _value(self, kind: CellKind, text: str, place: _Place) -> Any:
        try:
            return value_of(kind, text)
        except ValueError as error:
            self._tell(place, "cell", str(error))
            return None

    def _read_settings(self, document: dict[str, Any]) -> None:
        """Everything else, each value where its path says."""
        for row in self._sheet(SETTINGS)[1]:
            place = _Place(SETTINGS, row.number)
            name, text = row.cells[0].strip(), "".join(row.cells[1:])
            path = tuple(part.replace("~1", "/").replace("~0", "~") for part in name.split("/"))
            kind = kinds.TEXT if name in TEXT_SETTINGS else kinds.LOOSE
            if not text:
                continue
            value = self._value(kind, text, place._replace(column=SETTINGS_HEADER[1]))
            self.settings[path] = place
            if not _put(document, path, value):
                self._tell(place, "no_setting", "there is no place for this setting in the event")

    def _tell(self, place: _Place, code: str, message: str) -> None:
        self.errors.append(ProblemError(pointer="", code=code, message=f"{place}: {message}"))

    def _placed(self, error: ProblemError) -> ProblemError:
        """What is wrong with the event, told by where it stands in the workbook."""
        place = self._place(error.pointer)
        if place is None:
            return error
        return error.model_copy(update={"pointer": "", "message": f"{place}: {error.message}"})

    def _place(self, pointer: str) -> _Place | None:
        path = pointer.split("/")[1:]
        sheet = next((s for s in SHEETS if path and s.field == path[0]), None)
        if sheet is None:
            known = (self.settings.get((*path[:k],)) for k in range(len(path), 0, -1))
            return next(filter(None, known), None)
        if len(path) == 1:
            return _Place(sheet.title)
        place = self.numbers.get((sheet.field, path[1]))
        if place is None or len(path) < 3:
            return place
        headers = {column.field: column.header for column in sheet.columns}
        return place._replace(column=headers.get(path[2]))


def _column_named(sheet: BookSheet, name: str) -> BookColumn | None:
    """The column of this name; where there are labels, any other is the label of its name."""
    plain = " ".join(name.removesuffix(CONTINUED).split()).casefold()
    known = next((c for c in sheet.columns if c.header.casefold() == plain), None)
    if known is not None or not sheet.labels:
        return known
    return label_column(name.removeprefix(LABEL))


def _put(document: Any, path: Sequence[str], value: Any) -> bool:
    """Put a value where a path leads, and tell whether it leads anywhere; lists grow at the end."""
    *parents, last = path
    for name in parents:
        if isinstance(document, dict):
            document = document.setdefault(name, {})
        elif isinstance(document, list) and document:
            document = document[-1]
        else:
            return False
    if isinstance(document, list):
        document.append(value)
    elif isinstance(document, dict):
        document[last] = value
    return isinstance(document, list | dict)
