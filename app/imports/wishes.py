"""Whom people name, by id, by address or by name; a name that several people have is no guess."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.imports import cells
from app.imports.aliases import key_of
from app.imports.profiles import put
from app.imports.sheet import ColumnSource, KnownSheet
from schemas import limits
from schemas.event import Event


class RowPerson(NamedTuple):
    """A row that comes: its number and cells, and the document so far."""

    number: int
    row: Sequence[str]
    document: dict[str, Any]


class NamedPeople:
    """Reads whom people would like to meet, or not."""

    def __init__(self, sheet: KnownSheet, event: Event | None, people: Sequence[RowPerson]) -> None:
        self.sheet = sheet
        self.event = event
        self.index = self._index(people)

    def _index(self, people: Sequence[RowPerson]) -> Mapping[str, set[str]]:
        """The ids of people by what they may be called."""
        index = defaultdict[str, set[str]](set)
        known = [dict(one) for one in self.event.attendees] if self.event else []
        here = {person.document["id"] for person in people}
        for document in [p.document for p in people] + [d for d in known if d["id"] not in here]:
            for field in ("id", "email", "name"):
                if called := document.get(field):
                    index[f"{field}:{key_of(called)}"].add(document["id"])
        return index

    def read_into(self, person: RowPerson) -> None:
        """Add to a document whom it names."""
        for field, most in (("wants", limits.WANTS), ("avoid", limits.AVOID)):
            found: dict[str, None] = {}
            for source in self.sheet.of(field):
                for part in _people_in(source.cell(person.row), self.index):
                    self._read_wish(person, source, _ids_of(part, self.index), found)
            put(person.document, field, self.sheet.at_most(person.number, field, [*found], most))

    def _read_wish(
        self, person: RowPerson, source: ColumnSource, ids: set[str], found: dict[str, None]
    ) -> None:
        if len(ids) > 1:
            message = f"a name that {len(ids)} people have: say an id or an address"
            self.sheet.tell(person.number, source, "ambiguous_name", message)
        elif not ids:
            self.sheet.tell(person.number, source, "unknown_person", "nobody on the list: left out")
        elif person.document["id"] in ids:
            self.sheet.tell(person.number, source, "oneself", "the person of the row: left out")
        else:
            found[ids.copy().pop()] = None


def _people_in(cell: str, index: Mapping[str, set[str]]) -> Iterator[str]:
    """The people that a cell names, between semicolons or lines; commas may be in a name."""
    for part in cells.split_lines(cell):
        yield from (part,) if _ids_of(part, index) else cells.split_commas(part)


def _ids_of(part: str, index: Mapping[str, set[str]]) -> set[str]:
    """Whom a text names: by id, else by address, else by name."""
    address = cells.find_address(part) or ""
    tries = (f"id:{key_of(part)}", f"email:{key_of(address)}", f"name:{key_of(part)}")
    return next((index[key] for key in tries if key in index), set())
