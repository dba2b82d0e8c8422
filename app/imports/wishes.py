"""Whom people name, by id, by address or by name; a name that several people have is no guess."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.imports.known_people import KnownPeople
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
        self.people = KnownPeople(_documents(event, people))

    def read_into(self, person: RowPerson) -> None:
        """Add to a document whom it names."""
        for field, most in (("wants", limits.WANTS), ("avoid", limits.AVOID)):
            found: dict[str, None] = {}
            for source in self.sheet.of(field):
                for part in self.people.parts_of(source.cell(person.row)):
                    self._read_wish(person, source, self.people.ids_of(part), found)
            put(person.document, field, self.sheet.at_most(person.number, field, [*found], most))

    def _read_wish(
        self, person: RowPerson, source: ColumnSource, ids: frozenset[str], found: dict[str, None]
    ) -> None:
        if len(ids) > 1:
            message = f"a name that {len(ids)} people have: say an id or an address"
            self.sheet.tell(person.number, source, "ambiguous_name", message)
        elif not ids:
            self.sheet.tell(person.number, source, "unknown_person", "nobody on the list: left out")
        elif person.document["id"] in ids:
            self.sheet.tell(person.number, source, "oneself", "the person of the row: left out")
        else:
            found.update(dict.fromkeys(ids))


def _documents(event: Event | None, people: Sequence[RowPerson]) -> Iterator[Mapping[str, Any]]:
    """The people of a file, then those of the event who are not in it."""
    here = {person.document["id"] for person in people}
    yield from (person.document for person in people)
    for known in event.attendees if event else ():
        if known.id not in here:
            yield dict(known)
