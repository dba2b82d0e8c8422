"""Four people, six rounds, and the day told to them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.day.incidents.apply import Applied, Logged, apply_incidents
from app.day.incidents.state import Seating
from schemas.day import DayState
from schemas.event import Attendee, Event, Round
from schemas.incident import Incident
from tests.builders import event_of

ROUNDS = 6
SEATS = (
    (("a", "b"), ("c", "d")),
    (("a", "c"), ("b", "d")),
    (("a", "d"), ("b", "c")),
)
"""Everybody meets everybody in the first three rounds, and nobody later."""


def seats(number: int) -> Sequence[Seating]:
    return [Seating(pair) for pair in SEATS[number - 1]] if number <= len(SEATS) else ()


def room(held: int = 0, rounds: Sequence[Round] = (Round(),) * ROUNDS, **absent: Any) -> Event:
    """The event with so many rounds held, and who declared to be absent when."""
    event = event_of("abcd", tuple(rounds), {})
    attendees = tuple(
        Attendee(id=attendee.id, absent_rounds=tuple(absent.get(attendee.id, ())))
        for attendee in event.attendees
    )
    return event.model_copy(update={"attendees": attendees, "held_rounds": held})


def timed(*starts: str, zone: str = "Europe/London", minutes: int = 10) -> Event:
    rounds = [{"starts_at": start, "minutes": minutes} for start in starts]
    document = {"timezone": zone, "rounds": rounds, "attendees": [{"id": v} for v in "abcd"]}
    return Event.model_validate_json(json.dumps(document))


def incident(kind: str, id: str = "c-1", **fields: Any) -> Incident:  # noqa: A002
    return Incident.model_validate_json(json.dumps({"id": id, "kind": kind} | fields))


class Story:
    """A day to which incidents are told one by one, by their kind; the log remembers them."""

    def __init__(self, event: Event, finished: int | None = None) -> None:
        over = event.held_rounds if finished is None else finished
        self.event, self.day = event, DayState(finished_rounds=over)
        self.log: dict[str, Logged] = {}

    def tell(self, kind: str, *people: str, **fields: Any) -> "Story":
        """``people`` is one attendee; the id is that of its place in the log unless given."""
        named = {"attendee": people[0]} if people else {}
        name = fields.pop("id", f"c-{len(self.log) + 1}")
        self.take(incident(kind, name, **named, **fields))
        return self

    def take(self, *batch: Incident) -> Applied:
        new = [each for each in batch if each.id not in self.log]
        applied = apply_incidents(self.event, self.day, batch, seats, self.log)
        self.event, self.day = applied.event, applied.day
        for each, effect in zip(new, applied.effects, strict=True):
            self.log[each.id] = Logged(each, effect, undone=False)
            if each.kind == "undo" and each.incident is not None:
                self.log[each.incident] = self.log[each.incident]._replace(undone=True)
        return applied

    @property
    def absences(self) -> Mapping[str, tuple[int, ...]]:
        return absences(self.event)

    @property
    def missed(self) -> set[tuple[int, tuple[str, str]]]:
        return {(row.round, row.pair) for row in self.day.missed}

    @property
    def tables(self) -> list[tuple[int | None, tuple[int, ...]]]:
        return [(one.tables, one.closed_tables) for one in self.event.rounds]

    @property
    def starts(self) -> list[str | None]:
        return [r.starts_at.isoformat() if r.starts_at else None for r in self.event.rounds]


def absences(event: Event) -> Mapping[str, tuple[int, ...]]:
    return {a.id: a.absent_rounds for a in event.attendees if a.absent_rounds}
