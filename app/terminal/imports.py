"""Registration files on the command line: into an event, and an account of what became of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from app.errors import Refused
from app.imports.event_book import read_event_book
from app.imports.importing import OWN_BOOK, event_with, import_book, import_table, refuse_list
from app.imports.lists.list_import import import_list
from app.imports.mapping import propose_mapping
from app.imports.order import ListOrder, order_list
from app.imports.read import read_table
from app.imports.table import Table
from app.plain_words import say_options
from app.terminal.documents import failure_of, file_bytes, place_in
from app.terminal.failure import Failure
from schemas.event import Event
from schemas.imports import ColumnMapping, ImportKind, ImportProblem, ImportReport

SHEETS = (".csv", ".tsv", ".txt", ".xlsx")
"""Endings of files that hold a table rather than a document."""
PROBLEMS_SHOWN = 20
Content = TypeVar("Content")
COUNTED: Mapping[ImportKind, str] = {
    "people": "",
    "benefits": "benefits: ",
    "wants": "wishes: ",
    "pairs": "rules: ",
    "history": "pairs who met: ",
}
"""What is counted in a report."""


class ImportedEvent(NamedTuple):
    """An event with the people of a file, and what became of the file's rows."""

    event: Event
    report: ImportReport


def is_sheet(path: Path) -> bool:
    """Whether a file holds a table, by its ending."""
    return path.suffix.lower() in SHEETS


def import_people(
    path: Path, event: Event | None, corrections: Iterable[str] = (), rounds: int | None = None
) -> ImportedEvent:
    """The event with the people of a file; without one a new event of so many ``rounds``.

    ``corrections`` say ``COLUMN=FIELD``. Raises Failure for a file or a correction that will not
    do.
    """
    raw = file_bytes(path)
    book = _read(path, raw, read_event_book)
    told = [*corrections]
    if book is not None:
        return _import_book(path, book, event, told, rounds)
    table = _read(path, raw, partial(read_table, name=path.name))
    found = import_table(table, _mapping_of(table, told), event)
    try:
        refuse_list(table, corrections_of(told))
        return ImportedEvent(event_with(event, found.attendees, rounds), found.report)
    except Refused as refusal:
        raise failure_of(path, refusal) from None


def _import_book(
    path: Path, book: Event, event: Event | None, corrections: Iterable[str], rounds: int | None
) -> ImportedEvent:
    """The event of a workbook of ours, or an event with its people."""
    if [*corrections] or rounds is not None:
        raise Failure(f"{place_in(path)}: {OWN_BOOK}")
    found = import_book(book, event)
    if event is None:
        return ImportedEvent(book, found.report)
    try:
        return ImportedEvent(event_with(event, found.attendees, None), found.report)
    except Refused as refusal:
        raise failure_of(path, refusal) from None


def list_order(kind: str, scale: str | None, replace: bool, has_event: bool) -> ListOrder | None:
    """How a list of pairs is taken, None for people; Failure where that makes no sense."""
    known = next((one for one in COUNTED if one == kind), None)
    if known is None:
        raise Failure(f"--as: {say_options([*COUNTED], kind)}")
    try:
        order = order_list(known, scale, replace)
    except Refused as refusal:
        raise _failure_of_options(refusal) from None
    if order is not None and not has_event:
        raise Failure(f"--as {kind}: say by --event which event has its people")
    return order


def import_pairs(
    path: Path, event: Event, order: ListOrder, corrections: Iterable[str] = ()
) -> ImportedEvent:
    """The event with what a list of pairs says. Raises Failure as ``import_people`` does."""
    table = _read(path, file_bytes(path), partial(read_table, name=path.name, of_pairs=True))
    try:
        found = import_list(table, order, event, corrections_of(corrections))
    except Refused as refusal:
        is_option = all(error.pointer.startswith(OPTION) for error in refusal.errors)
        raise (_failure_of_options(refusal) if is_option else failure_of(path, refusal)) from None
    return ImportedEvent(found.event, found.report)


OPTION = "query:"
"""How pointers to what is an option here begin."""


def _failure_of_options(refusal: Refused) -> Failure:
    errors = refusal.errors
    return Failure(*(f"--{e.pointer.removeprefix(OPTION)}: {e.message}" for e in errors))


def _read(path: Path, raw: bytes, read: Callable[[bytes], Content]) -> Content:
    try:
        return read(raw)
    except Refused as refusal:
        raise failure_of(path, refusal) from None


def _mapping_of(table: Table, corrections: Iterable[str]) -> ColumnMapping:
    try:
        return propose_mapping(table, corrections_of(corrections))
    except Refused as refusal:
        raise Failure(*(f"--map: {error.message}" for error in refusal.errors)) from None


def corrections_of(told: Iterable[str]) -> Mapping[str, str]:
    """Fields by column, from texts like ``COLUMN=FIELD``; a column may have a ``=`` in it."""
    pairs = [text.rpartition("=") for text in told]
    if any(not sign for _, sign, _ in pairs):
        raise Failure('--map: say it like "Column=field", or 3=field for the third column')
    return {column.strip(): field.strip() for column, _, field in pairs}


def import_view(report: ImportReport) -> RenderableType:
    """What each column was taken for, what became of the rows, and what to look at."""
    columns = (_mapping_view(report),) if report.mapping else ()
    return Group(*columns, *_sentences(report), *_problem_lines(report.problems))


def _mapping_view(report: ImportReport) -> RenderableType:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("", justify="right")
    grid.add_column("column")
    grid.add_column("taken for", no_wrap=True)
    grid.add_column("why")
    for column in report.mapping:
        style = "dim" if column.field in ("label", "ignore") else "bold"
        doubt = "" if column.sureness != "likely" or column.field in ("label", "ignore") else " ?"
        field = Text(column.field + doubt, style=style)
        grid.add_row(str(column.column), Text(column.header), field, Text(column.why))
    return grid


def _sentences(report: ImportReport) -> Iterator[Text]:
    yield from map(Text, report.notes)
    told = f"{report.created} new, {report.updated} changed, {report.unchanged} as they were"
    told += f", {report.removed} taken out" if report.removed else ""
    yield Text(f"{report.rows} rows: {COUNTED[report.kind]}{told}", style="bold")
    if report.left_out:
        reasons = (f"{left.reason.replace('_', ' ')} {left.rows}" for left in report.left_out)
        yield Text(f"left out: {', '.join(reasons)}")
    if report.checked_in:
        yield Text(f"there already: {len(report.checked_in)}")
    if report.further_guests:
        yield Text(f"further guests without a name, not on the list: {report.further_guests}")
    if report.not_in_file:
        yield Text(f"on the list and not in the file, kept: {', '.join(report.not_in_file)}")


def _problem_lines(problems: tuple[ImportProblem, ...]) -> Iterator[Text]:
    for problem in problems[:PROBLEMS_SHOWN]:
        row = None if problem.row is None else f"row {problem.row}"
        place = ", ".join(filter(None, (row, problem.column)))
        yield Text(f"{place}: {problem.message}" if place else problem.message, style="yellow")
    rest = Counter(problem.code for problem in problems[PROBLEMS_SHOWN:])
    if rest:
        counts = ", ".join(f"{code} {count}" for code, count in rest.most_common())
        yield Text(f"and more: {counts}", style="yellow")
