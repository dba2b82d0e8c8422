"""What the rows of a list, or the cells of a matrix, say of two people each.

Whoever is not known, or could be several, is a problem of the row, and the row is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.imports.known_people import KnownPeople
from app.imports.lists.columns import FIELDS, ListColumns, is_matrix, read_columns
from app.imports.lists.problems import ListProblems
from app.imports.lists.words import is_nothing
from app.imports.order import Corrections
from app.imports.raw_rows import letters_of
from app.imports.table import Table
from schemas.imports import ListField, ListKind, MappedColumn

ZEROS = ("0", "0.0", "0,0")
"""What a matrix may say of somebody with themselves, besides nothing; and as a rank of nobody."""


class PairEntry(NamedTuple):
    """What a file says of a pair, by field: texts, none of them empty; and where it says so.

    ``columns`` name the column of each field: its header, in a matrix its letters.
    """

    attendee: str
    partner: str
    said: Mapping[ListField, str]
    row: int
    columns: Mapping[ListField, str]


class PairList(NamedTuple):
    """All that a file says of pairs, and what its columns were taken for; none of a matrix."""

    entries: list[PairEntry]
    mapping: tuple[MappedColumn, ...]
    is_matrix: bool


def read_pairs(
    table: Table,
    kind: ListKind,
    people: KnownPeople,
    corrections: Corrections,
    problems: ListProblems,
) -> PairList:
    """What a table says of pairs; raises Invalid where its columns are not understood."""
    names = _Names(people, problems)
    if not corrections and is_matrix(table, kind, people):
        return PairList([*_cells(table, FIELDS[kind][0], names)], (), True)
    columns = read_columns(table, kind, people, corrections)
    return PairList([*_rows(table, columns, names)], columns.mapping, False)


class _Names:
    """Tells who is meant, or what is wrong."""

    def __init__(self, people: KnownPeople, problems: ListProblems) -> None:
        self.people = people
        self.problems = problems

    def one(self, cell: str, row: int | None, column: str | None) -> str | None:
        """Whom a cell names; None if it is told what is wrong."""
        ids = self.people.ids_of(cell) if cell else frozenset[str]()
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            message = f"a name that {len(ids)} people have: say an id or an address: left out"
            self.problems.tell(row, column, "ambiguous_name", message)
        elif cell:
            message = "nobody on the list of the event: left out"
            self.problems.tell(row, column, "unknown_person", message)
        else:
            self.problems.tell(row, column, "nobody", "no person here: left out")
        return None


def _rows(table: Table, columns: ListColumns, names: _Names) -> Iterator[PairEntry]:
    """What each row of a list says."""
    where = {field: table.header[k] for field, k in columns.fields.items()}
    for number, row in zip(table.numbers, table.rows, strict=True):
        attendee = names.one(row[columns.attendee], number, table.header[columns.attendee])
        if attendee is None:
            continue
        said = {field: row[k] for field, k in columns.fields.items() if row[k]}
        for partner, rank in _partners(table.header, row, columns, number, names):
            if partner == attendee:
                message = "one person twice: left out"
                names.problems.tell(number, None, "oneself", message)
            else:
                yield PairEntry(attendee, partner, {**rank, **said}, number, where)


def _partners(
    header: Sequence[str], row: Sequence[str], columns: ListColumns, number: int, names: _Names
) -> Iterator[tuple[str, Mapping[ListField, str]]]:
    """Whom a row pairs somebody with; choices are ranked as they stand."""
    if columns.partner is not None:
        partner = names.one(row[columns.partner], number, header[columns.partner])
        if partner is not None:
            yield partner, {}
    rank = 0
    for k in columns.choices:
        for part in names.people.parts_of(row[k]):
            rank += 1
            choice = names.one(part, number, header[k])
            if choice is not None:
                yield choice, {"rank": str(rank)}


def _cells(table: Table, field: ListField, names: _Names) -> Iterator[PairEntry]:
    """What each cell of a matrix says; of a header or a row that is nobody only that is told."""
    width = len(table.header)
    letters = {k: letters_of(k) for k in range(width)}
    partners = [
        (k, partner)
        for k in range(1, width)
        if (partner := _head_of(table, k, letters[k], names)) is not None
    ]
    where: dict[int, Mapping[ListField, str]] = {k: {field: letters[k]} for k, _ in partners}
    texts: dict[str, Mapping[ListField, str]] = {}  # few differ, and each is needed once
    for number, row in zip(table.numbers, table.rows, strict=True):
        attendee = names.one(row[0], number, letters[0])
        for k, partner in partners if attendee is not None else ():
            if is_nothing(row[k]) or (field == "rank" and row[k] in ZEROS):
                continue
            if attendee == partner:
                _check_diagonal(row[k], number, letters[k], names.problems)
            elif attendee is not None:
                said = texts.setdefault(row[k], {field: row[k]})
                yield PairEntry(attendee, partner, said, number, where[k])


def _head_of(table: Table, k: int, letters: str, names: _Names) -> str | None:
    """Who heads a column; an empty one has no head and lacks none."""
    if not table.header[k] and not any(row[k] for row in table.rows):
        return None
    return names.one(table.header[k], None, letters)


def _check_diagonal(cell: str, row: int, column: str, problems: ListProblems) -> None:
    if cell not in ZEROS:
        message = "a value of somebody with themselves: left out"
        problems.tell(row, column, "oneself", message)
