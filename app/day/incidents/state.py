"""The event and its day while a batch of incidents is applied to them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.errors import Refused, pointer
from schemas.day import (
    AbsenceRecord,
    Arrival,
    Away,
    DayState,
    Effect,
    MissedMeeting,
    Revoked,
    RoundMark,
    WishMark,
)
from schemas.event import Attendee, Event, Round
from schemas.incident import Incident
from schemas.problem import ProblemError

TITLE = "an incident cannot be applied"


class Seating(NamedTuple):
    """Two people who sit together in a round: as planned, or ``added`` while it ran."""

    pair: tuple[str, str]
    added: bool = False

    @property
    def key(self) -> tuple[frozenset[str], bool]:
        """The same for the two in either order."""
        return frozenset(self.pair), self.added


Seats = Callable[[int], Sequence[Seating]]
"""Who sits together in a round of the published schedule, in meetings that count."""
MissedKey = tuple[int, frozenset[str], bool]
"""A missed meeting: its round, its people, and whether it was added."""


class Logged(NamedTuple):
    """An incident of the log, what it did, and whether that was taken back."""

    incident: Incident
    effect: Effect
    undone: bool


class RoundSeating:
    """The meetings of a round, those that were missed included, one by one and by person."""

    def __init__(self, meetings: Iterable[Seating]) -> None:
        self.meetings: dict[tuple[frozenset[str], bool], Seating] = {}
        self.of: dict[str, list[Seating]] = {}
        for meeting in meetings:
            self.add(meeting)

    def add(self, meeting: Seating) -> None:
        """Seat two people together, if they are not."""
        if meeting.key not in self.meetings:
            self.meetings[meeting.key] = meeting
            for v in meeting.pair:
                self.of.setdefault(v, []).append(meeting)


@dataclass
class EventDay:
    """What a batch works on; ``place`` is the incident's in the batch, ``incident`` its id.

    ``changed`` says whether the incident did anything.
    """

    event: Event
    attendees: dict[str, Attendee]
    rounds: tuple[Round, ...]
    held: int
    finished: int
    check_ins: dict[str, tuple[str, ...]]
    away: dict[str, Away]
    lines: dict[str, AbsenceRecord]
    cancellations: dict[str, int]
    missed: dict[MissedKey, MissedMeeting]
    arrivals: dict[str, Arrival]
    revoked: dict[str, Revoked]
    planned: tuple[Round, ...]
    round_marks: tuple[RoundMark, ...]
    wish_marks: tuple[WishMark, ...]
    seats: Seats
    done: dict[str, Logged]
    seatings: dict[int, RoundSeating] = field(default_factory=dict)
    place: int = 0
    incident: str | None = None
    changed: bool = False

    @property
    def running(self) -> int | None:
        """The round that goes on, if one does."""
        return self.held if self.held > self.finished else None

    @property
    def cancelled(self) -> set[int]:
        """The rounds in which nobody is present."""
        return set(self.cancellations.values())

    def first_open(self, number: int | None) -> int:
        """Round ``number``, or the first that an incident can still change."""
        return max(number or 0, self.held + 1)

    def seating(self, number: int) -> RoundSeating:
        """Who sits together in a round, read once."""
        if number not in self.seatings:
            self.seatings[number] = RoundSeating(self.seats(number))
        return self.seatings[number]

    def meetings(self, number: int) -> list[Seating]:
        """Who sits together in a round and has not missed each other, as far as is told."""
        seated = self.seating(number).meetings
        return [meeting for key, meeting in seated.items() if (number, *key) not in self.missed]

    def refused(
        self, kind: type[Refused], where: str | Iterable[str | int], code: str, why: str
    ) -> Refused:
        """The refusal of the incident for what is wrong with a field of it."""
        path = (where,) if isinstance(where, str) else tuple(where)
        at = pointer(("incidents", self.place, *path))
        return kind(TITLE, [ProblemError(pointer=at, code=code, message=why, id=self.incident)])

    def after(self) -> tuple[Event, DayState]:
        """The event and the state of its day as they are now."""
        event = self.event.model_copy(
            update={
                "attendees": tuple(self.attendees.values()),
                "rounds": self.rounds,
                "held_rounds": self.held,
            }
        )
        return event, DayState.model_construct(
            finished_rounds=self.finished,
            check_ins=dict(sorted(self.check_ins.items())),
            away=dict(sorted(self.away.items())),
            lines=dict(sorted(self.lines.items())),
            cancellations=dict(sorted(self.cancellations.items())),
            missed=tuple(
                sorted(self.missed.values(), key=lambda row: (row.round, row.pair, row.added))
            ),
            arrivals=dict(sorted(self.arrivals.items())),
            revoked=dict(sorted(self.revoked.items())),
            planned=self.planned,
            round_marks=self.round_marks,
            wish_marks=self.wish_marks,
        )


def day_at(event: Event, state: DayState, seats: Seats, log: dict[str, Logged]) -> EventDay:
    """The day as it stands before a batch."""
    return EventDay(
        event=event,
        attendees={attendee.id: attendee for attendee in event.attendees},
        rounds=event.rounds,
        held=event.held_rounds,
        finished=state.finished_rounds,
        check_ins=dict(state.check_ins),
        away=dict(state.away),
        lines=dict(state.lines),
        cancellations=dict(state.cancellations),
        missed={(row.round, frozenset(row.pair), row.added): row for row in state.missed},
        arrivals=dict(state.arrivals),
        revoked=dict(state.revoked),
        planned=state.planned,
        round_marks=state.round_marks,
        wish_marks=state.wish_marks,
        seats=seats,
        done=log,
    )
