"""Which column of a list of pairs is what, or whether the table is a matrix of people.

A list is told by the names of its columns, else by whom their cells name; a matrix by people in
its header. What a list says of a pair stands in one column, of a matrix in its cells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from app.imports.known_people import KnownPeople
from app.imports.lists.scale import read_score
from app.imports.lists.words import ListHeading, read_list_heading, read_rule_kind
from app.imports.mapping import HALF, MOSTLY, read_corrections
from app.imports.order import Corrections
from app.imports.raw_rows import bad_file
from app.imports.table import Table
from schemas.imports import ListField, ListKind, MappedColumn, Sureness

FIELDS: Mapping[ListKind, tuple[ListField, ...]] = {
    "benefits": ("value", "value_back"),
    "wants": ("rank", "choice"),
    "pairs": ("kind", "round", "table", "reason"),
    "history": ("met", "events_ago", "date"),
}
"""What a list of each kind says of a pair; the first one is what a cell of a matrix says."""
LIKE: Mapping[ListKind, Callable[[str], object]] = {
    "benefits": read_score,
    "pairs": read_rule_kind,
}
"""What the cells of the column look like that such a list cannot do without."""
SAMPLE = 1_000
"""Rows that are looked at to see what columns hold."""


class ListColumns(NamedTuple):
    """What each column is, by its place from 0; columns of choices in their order."""

    attendee: int
    partner: int | None
    fields: Mapping[ListField, int]
    choices: tuple[int, ...]
    mapping: tuple[MappedColumn, ...]


def is_matrix(table: Table, kind: ListKind, people: KnownPeople) -> bool:
    """Whether most of the header, but for its corner, is people.

    Raises Invalid where it could as well be the numbers of choices.
    """
    names = [name for name in table.header[1:] if name]
    known = sum(bool(people.ids_of(name)) for name in names)
    if not known or known < HALF * len(names) or people.ids_of(table.header[0]):
        return False
    is_square = {*names} == {row[0] for row in table.rows}
    if kind == "wants" and all(map(str.isdecimal, names)) and not is_square:
        raise bad_file("choices_or_people", CHOICES_OR_PEOPLE)
    return True


CHOICES_OR_PEOPLE = (
    "the header has numbers that are choices, or people of these ids: call choices choice 1,"
    " choice 2, …, or people by their names"
)


def read_columns(
    table: Table, kind: ListKind, people: KnownPeople, corrections: Corrections
) -> ListColumns:
    """The columns of a list; raises Invalid where it is not known who, whom, or what is said."""
    proposal = _ListProposal(table, kind, people)
    for k, given in read_corrections(table, corrections, get_args(ListField)).items():
        proposal.take(k, given.field, "given", "as whoever imports says")
    proposal.take_named()
    proposal.take_by_content()
    return proposal.finished()


class _ListProposal:
    """The mapping while it is made: what each column is so far, by place."""

    def __init__(self, table: Table, kind: ListKind, people: KnownPeople) -> None:
        self.table, self.kind, self.people = table, kind, people
        self.headings = [read_list_heading(header) for header in table.header]
        self.columns: dict[int, MappedColumn] = {}

    def take(self, k: int, field: ListField, sureness: Sureness, why: str) -> None:
        """Say what a column is."""
        self.columns[k] = MappedColumn(
            column=k + 1, header=self.table.header[k], field=field, sureness=sureness, why=why
        )

    def take_named(self) -> None:
        """Take what the headers name; a second column of one name is whom they are paired with."""
        for k, heading in [*self._open()]:
            field, first = self._meant(heading), self._of("attendee")
            is_again = first is not None and heading.key == self.headings[first].key
            if field == "attendee" and is_again:
                field = "partner"
            if field is not None and (field == "choice" or self._of(field) is None):
                self.take(k, field, "sure", "its name")

    def _meant(self, heading: ListHeading) -> ListField | None:
        """The first field of a header that a list of this kind can have."""
        fields: tuple[ListField, ...] = ("attendee", "partner", *FIELDS[self.kind])
        found = next((field for field in fields if field in heading.fields), None)
        is_one_of_many = heading.number is not None and self.kind == "wants"
        return "choice" if is_one_of_many and found in ("rank", "partner") else found

    def take_by_content(self) -> None:
        """What no header told and the cells leave no doubt about."""
        if self._of("attendee") is None:
            self._guess("attendee", self.people.ids_of)
        if self._of("partner") is None and self._of("choice") is None:
            self._guess("partner", self.people.ids_of)
        needed = FIELDS[self.kind][0]
        if self.kind in LIKE and self._of(needed) is None:
            self._guess(needed, LIKE[self.kind])

    def _guess(self, field: ListField, looks: Callable[[str], object]) -> None:
        for k, _ in [*self._open()]:
            cells = [row[k] for row in self.table.rows[:SAMPLE] if row[k]]
            if cells and sum(bool(looks(cell)) for cell in cells) >= MOSTLY * len(cells):
                self.take(k, field, "likely", f"its content looks like {field}")
                return

    def finished(self) -> ListColumns:
        """The columns; Invalid where the list cannot do without one that is not there."""
        self._check_header()
        attendee, partner = self._of("attendee"), self._of("partner")
        choices = [k for k, column in self.columns.items() if column.field == "choice"]
        needed = FIELDS[self.kind][0]
        if attendee is None or (partner is None and not choices):
            raise bad_file("no_pairs", NO_PAIRS[self.kind])
        if self.kind in LIKE and self._of(needed) is None:
            raise bad_file(f"no_{needed}", NO_PAIRS[self.kind])
        for k, _ in [*self._open()]:
            self.take(k, "ignore", "likely", f"nothing that a list of {self.kind} tells")
        fields = {column.field: k for k, column in self.columns.items()}
        return ListColumns(
            attendee=attendee,
            partner=partner,
            fields={field: fields[field] for field in FIELDS[self.kind] if field in fields},
            choices=tuple(sorted(choices, key=lambda k: (self.headings[k].number or 0, k))),
            mapping=tuple(self.columns[k] for k in sorted(self.columns)),
        )

    def _check_header(self) -> None:
        """Raise Invalid if somebody stands where the name of a column belongs."""
        unnamed = (k for k in self.columns if not self.headings[k].fields)
        if any(self.people.ids_of(self.table.header[k]) for k in unnamed):
            raise bad_file(
                "no_header",
                "somebody stands where the name of a column belongs: put a row with the names of"
                " the columns first",
            )

    def _open(self) -> Iterator[tuple[int, ListHeading]]:
        return ((k, self.headings[k]) for k in range(len(self.headings)) if k not in self.columns)

    def _of(self, field: ListField) -> int | None:
        return next((k for k, column in self.columns.items() if column.field == field), None)


_CHOICES = "columns attendee, choice 1, choice 2, … or attendee, partner, rank are needed"
_MATRIX = ", or a matrix with people in its first row and column"
NO_PAIRS: Mapping[ListKind, str] = {
    "benefits": f"columns attendee, partner and value are needed{_MATRIX}",
    "wants": f"{_CHOICES}{_MATRIX}",
    "pairs": f"columns attendee, partner and kind (must, never, may) are needed{_MATRIX}",
    "history": f"columns attendee and partner are needed{_MATRIX}",
}
"""What to do about a list in which no pairs are found."""


def find_list(table: Table) -> ListKind | None:
    """The kind of list that a table plainly is, by its headers alone; None for lists of people."""
    headings = [read_list_heading(header) for header in table.header]
    if _is_square(table):
        return "benefits"
    who = [field for field in ("attendee", "partner") if _has(headings, field)]
    if len(who) < 2 or not all(heading.fields for heading in headings):
        return None
    for kind, (needed, *others) in FIELDS.items():
        telling = (needed, "events_ago") if "events_ago" in others else (needed,)
        if any(_has(headings, field) for field in telling):
            return kind
    return None


def _has(headings: Sequence[ListHeading], field: str) -> bool:
    return any(field in heading.fields for heading in headings)


def _is_square(table: Table) -> bool:
    """Whether the first column names whom the header names, and numbers stand between them."""
    names = table.header[1:]
    if len(names) < 3 or {*names} != {row[0] for row in table.rows}:
        return False
    return all(read_score(cell) for row in table.rows for cell in row[1:] if cell)
