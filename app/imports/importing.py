"""A registration file into an event: read, mapped, merged, and told; nothing is stored here."""

from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import ValidationError

from app.errors import Invalid, from_validation
from app.imports.event_book import read_event_book
from app.imports.event_layout import MARKER
from app.imports.mapping import propose_mapping
from app.imports.merge import merge_people, report_import
from app.imports.order import ImportOrder, ReadFile
from app.imports.people import ImportedPeople, read_people
from app.imports.read import read_table
from app.imports.table import Table
from app.planning.document import write_event
from schemas.day import DayState
from schemas.event import Attendee, Event, RoundSeries
from schemas.imports import ColumnMapping, ImportReport
from schemas.incident import Incident

USUAL_ROUNDS = 8
OWN_BOOK = (
    "this is an event that Tertius wrote: it says its rounds and its columns itself; leave out"
    " rounds and mapping"
)


class ImportedTable(NamedTuple):
    """The people of a table, an event's attendees with them, and what is told of it."""

    people: ImportedPeople
    attendees: tuple[Attendee, ...]
    report: ImportReport


def import_file(raw: bytes, order: ImportOrder) -> ReadFile:
    """Read a file for an event; Invalid where it is no table, or a correction names no column."""
    if (book := read_event_book(raw)) is not None:
        return _import_book(book, order)
    table = read_table(raw)
    header = header_of(table)
    corrections = order.corrections
    if corrections is None:
        corrections = order.remembered.get(header, {})
    event = _stored(order)
    found = import_table(table, propose_mapping(table, corrections), event)
    if event is not None and event.held_rounds:
        return _told_of_day(found, event, order, header)
    grown = event_with(event, found.attendees, order.rounds)
    return ReadFile(found.report, write_event(grown), (), header)


def _told_of_day(found: ImportedTable, event: Event, order: ImportOrder, header: str) -> ReadFile:
    """What a file tells once the first round has begun: incidents, and no other event."""
    day = DayState.model_validate_json(order.day)
    return ReadFile(found.report, None, _incidents(event, day, found.people), header)


def _import_book(book: Event, order: ImportOrder) -> ReadFile:
    """A workbook of ours: a new event is what it holds, another one takes its people.

    A new event has no published schedule: that is the server's to say.
    """
    if order.corrections or order.rounds is not None:
        raise Invalid.at("", "misplaced", OWN_BOOK)
    event = _stored(order)
    found = import_book(book, event)
    if event is not None and event.held_rounds:
        return _told_of_day(found, event, order, MARKER)
    if event is not None:
        grown = event_with(event, found.attendees, None)
    else:
        grown = book.model_copy(update={"published": None, "held_rounds": 0})
    report = found.report
    if event is None and book.published is not None:
        notes = (*report.notes, "The published schedule was left out: a new event has none yet.")
        report = report.model_copy(update={"notes": notes})
    return ReadFile(report, write_event(grown), (), MARKER)


def import_book(book: Event, event: Event | None) -> ImportedTable:
    """What becomes of the people of a workbook of ours among those of an event."""
    people = ImportedPeople(
        rows=len(book.attendees), attendees=book.attendees, gone=(), checked_in=(), left_out={},
        guests=0, problems=(),
    )  # fmt: skip
    before = event.attendees if event else ()
    attendees, counts = merge_people(before, people.attendees)
    note = "An event that Tertius wrote: " + ("its people were read." if event else "all of it.")
    report = report_import(people, ColumnMapping(columns=()), before, counts, (note,))
    return ImportedTable(people, attendees, report)


def import_table(table: Table, mapping: ColumnMapping, event: Event | None) -> ImportedTable:
    """What becomes of the people of a table whose columns are known, among those of an event."""
    people = read_people(table, mapping, event)
    before = event.attendees if event else ()
    attendees, counts = merge_people(before, people.attendees)
    report = report_import(people, mapping, before, counts, table.notes)
    return ImportedTable(people, attendees, report)


def header_of(table: Table) -> str:
    """What tells files of one kind from others: their headers in order, whatever their case."""
    names = "\n".join(name.casefold() for name in table.header)
    return sha256(names.encode()).hexdigest()


def event_with(event: Event | None, attendees: tuple[Attendee, ...], rounds: int | None) -> Event:
    """The event with these people; a new one has as many rounds as are asked for, or usual.

    Raises Invalid where they do not go together.
    """
    if event is None:
        count = rounds or max(1, min(USUAL_ROUNDS, len(attendees) - 1))
        fields: dict[str, Any] = {"rounds": RoundSeries(count=count)}
    else:
        fields = {name: getattr(event, name) for name in event.model_fields_set}
    try:
        return Event(**fields | {"attendees": attendees})
    except ValidationError as error:
        raise from_validation(error) from None


def _stored(order: ImportOrder) -> Event | None:
    if order.document is None:
        return None
    event = Event.model_validate_json(order.document)
    return event.model_copy(update={"held_rounds": order.held_rounds})


def _incidents(event: Event, day: DayState, people: ImportedPeople) -> tuple[Incident, ...]:
    """What a file tells on the day: who is new, who does not come any more, who is there by now."""
    listed = {attendee.id: attendee for attendee in event.attendees}
    new = [person for person in people.attendees if person.id not in listed]
    rounds = range(event.held_rounds + 1, len(event.rounds) + 1)
    gone = [v for v in people.gone if v in listed and not _is_absent(listed[v], rounds)]
    there = sorted({*people.checked_in} & listed.keys() - {*day.checked_in})
    told = [
        *(
            Incident(id=_name("comes", v.id), kind="late_arrival", attendee=v.id, profile=v)
            for v in new
        ),
        *(Incident(id=_name("leaves", v), kind="drop_out", attendee=v) for v in gone),
    ]
    if there:
        name = _name("there", " ".join(there))
        told.append(Incident(id=name, kind="checked_in", attendees=tuple(there)))
    return tuple(told)


def _is_absent(attendee: Attendee, rounds: range) -> bool:
    return {*rounds} <= {*attendee.absent_rounds}


def _name(what: str, whom: str) -> str:
    """An id that the same file gives again, so that it is reported once."""
    return f"import-{what}-{sha256(whom.encode()).hexdigest()[:16]}"
