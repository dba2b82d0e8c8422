"""A schedule as rows of cells, with the names and the times that the event has now.

Whoever is not on the list any more is told by id, as somebody without a name is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from app.briefs.day import partner_of
from app.briefs.plain_text import name_of
from app.day.people import people_of
from app.day.seats import meetings_as_told
from schemas.agenda import Person
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound

Cell: TypeAlias = str | int | float | bool | datetime | None
"""What stands in one cell; None is an empty one, a time is local and has no offset."""


class SheetRows(NamedTuple):
    """A header, and rows of as many cells."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


class NamedSchedule:
    """A schedule beside the people and the rounds of its event."""

    def __init__(self, event: Event, schedule: Schedule) -> None:
        self.event, self.schedule = event, schedule
        self._people = people_of(event)
        self._names = Counter(name_of(person) for person in self._people.values())

    @cached_property
    def people(self) -> Sequence[Person]:
        """Everybody of the event, and everybody whom the schedule knows besides, by id."""
        seen = {v for block in self.schedule.rounds for v in _present(block)}
        return [self.person(v) for v in sorted(self._people.keys() | seen)]

    def person(self, v: str) -> Person:
        """Somebody as the event has them; without a name if it has them no more."""
        return self._people.get(v) or Person(id=v)

    def label(self, v: str) -> str:
        """A name that tells somebody from everybody else: with the id where two share it."""
        name = name_of(self.person(v))
        return name if name == v or self._names[name] == 1 else f"{name} ({v})"

    def begin(self, block: ScheduledRound) -> datetime | None:
        """When a round starts, with the offset that was given, if any; None if that is open."""
        known = self.event.rounds
        now = known[block.round - 1].starts_at if block.round <= len(known) else None
        return now or block.starts_at

    def clock(self, block: ScheduledRound) -> datetime | None:
        """The same by the clocks of the event's zone."""
        begin = self.begin(block)
        if begin is None or begin.tzinfo is None:
            return begin
        return begin.astimezone(ZoneInfo(self.event.timezone)).replace(tzinfo=None)


def _present(block: ScheduledRound) -> Iterator[str]:
    """Everybody whom a round names."""
    yield from (*block.byes, *block.absent)
    for meeting in block.meetings:
        yield from meeting.attendees


def seats_of(block: ScheduledRound) -> Mapping[str, Meeting]:
    """Where everybody sits in a round; a meeting that was missed stands back behind another."""
    told = sorted(meetings_as_told(block), key=lambda meeting: meeting.outcome != "missed")
    return {v: meeting for meeting in told for v in meeting.attendees}


MEETING_COLUMNS = (
    "round", "start", "table",
    "id_1", "name_1", "organisation_1", "id_2", "name_2", "organisation_2",
    "outcome", "added", "purpose", "value",
)  # fmt: skip


def meeting_rows(named: NamedSchedule) -> SheetRows:
    """One row a meeting, by round and table; those that were missed as well."""
    rows = [
        (block.round, named.clock(block), *_meeting(named, meeting))
        for block in named.schedule.rounds
        for meeting in sorted(block.meetings, key=lambda m: (m.table, m.added))
    ]
    return SheetRows(MEETING_COLUMNS, rows)


def _meeting(named: NamedSchedule, meeting: Meeting) -> Iterator[Cell]:
    yield meeting.table
    for v in meeting.attendees:
        yield from person_cells(named.person(v))
    yield from (meeting.outcome, meeting.added, meeting.purpose, meeting.value)


def person_cells(person: Person) -> tuple[Cell, ...]:
    """Who somebody is: id, name, organisation."""
    return person.id, person.name, person.organisation


PERSON_COLUMNS = ("id", "name", "organisation")


def people_rows(named: NamedSchedule) -> SheetRows:
    """One row a person, by id: whom they meet at which table in each round, if anybody."""
    blocks = named.schedule.rounds
    columns = ("partner", "partner_name", "table")
    header = [f"round_{block.round}_{name}" for block in blocks for name in columns]
    seats = [seats_of(block) for block in blocks]
    rows = [
        (*person_cells(who), *(cell for seat in seats for cell in _seat(named, who.id, seat)))
        for who in named.people
    ]
    return SheetRows((*PERSON_COLUMNS, *header), rows)


def _seat(named: NamedSchedule, v: str, seats: Mapping[str, Meeting]) -> tuple[Cell, ...]:
    """Partner, the partner's name and the table; all empty for who has no meeting, or missed it."""
    meeting = seats.get(v)
    if meeting is None or meeting.outcome == "missed":
        return None, None, None
    partner = named.person(partner_of(v, meeting))
    return partner.id, partner.name, meeting.table
