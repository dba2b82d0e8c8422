"""The room as it is now: who sits where, who stands by, what comes next and when.

The event's own times count, not those of the schedule: a delay holds from the moment that it is
reported. What is running goes by reports, never by the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.day.notices.idle import idle_people
from app.day.people import people_of
from app.day.seats import meetings_as_told
from app.day.standby import people_gone, standby_place
from app.strict_json import join_objects
from schemas.agenda import Person
from schemas.clock import instant
from schemas.day import DayState
from schemas.event import Event
from schemas.live import Clock, LastChange, Live, LiveRound, LiveSeats, State
from schemas.rests import Rests
from schemas.schedule import Meeting, Schedule


@dataclass(frozen=True)
class RoundTimes:
    """The planned start of the next round and the planned end of the running one, in UTC."""

    start: datetime | None = None
    end: datetime | None = None

    def clock(self, now: datetime) -> Clock:
        """Counted from ``now``."""
        seconds, ends_in = (
            None if time is None else round((time - now).total_seconds())
            for time in (self.start, self.end)
        )
        return Clock(now=now, seconds=seconds, ends_in=ends_in)


@dataclass(frozen=True)
class View:
    """The room as JSON without the time, what the time is counted to, and what is proposed."""

    body: str
    times: RoundTimes
    proposals: str = "[]"

    def at(self, now: datetime) -> str:
        """The JSON of the room at a time."""
        return join_objects(self.for_readers(now), f'{{"proposals":{self.proposals}}}')

    def for_readers(self, now: datetime) -> str:
        """The same without what organisers alone are told."""
        return join_objects(self.times.clock(now).model_dump_json(), self.body)


def round_times(event: Event, day: DayState) -> RoundTimes:
    """When the next round is to start, and when the running one is to end."""
    running, coming = running_round(event, day), next_round(event, day)
    since = _instant(event, running)
    minutes = event.rounds[running - 1].minutes if running else 0
    return RoundTimes(_instant(event, coming), since and since + timedelta(minutes=minutes))


def live_view(
    event: Event,
    day: DayState,
    schedule: Schedule | None,
    now: datetime,
    last_change: LastChange | None = None,
) -> Live:
    """The room at the time ``now``, by the ``schedule`` that is published, if any."""
    running, coming = running_round(event, day), next_round(event, day)
    people = people_of(event)
    return Live(
        **dict(round_times(event, day).clock(now)),
        event=event.name,
        timezone=event.timezone,
        version=schedule.version if schedule else None,
        state=_state(event, schedule, running, coming),
        rounds=len(event.rounds),
        running=_round(event, day, schedule, people, running),
        next=_round(event, day, schedule, people, coming),
        starts_at=event.rounds[coming - 1].starts_at if coming else None,
        cancelled_rounds=day.cancelled_rounds,
        checked_in=len(day.checked_in),
        away=len(people_gone(day, running or coming or 0)),
        last_change=last_change,
    )


def running_round(event: Event, day: DayState) -> int | None:
    """The round that has started and is not over."""
    held = event.held_rounds
    return held if day.finished_rounds < held and held not in day.cancelled_rounds else None


def next_round(event: Event, day: DayState) -> int | None:
    """The first round still to come that is not cancelled."""
    rounds = range(event.held_rounds + 1, len(event.rounds) + 1)
    return next((r for r in rounds if r not in day.cancelled_rounds), None)


def _instant(event: Event, number: int | None) -> datetime | None:
    starts_at = event.rounds[number - 1].starts_at if number else None
    return starts_at and instant(starts_at, event.timezone)


def _state(
    event: Event, schedule: Schedule | None, running: int | None, coming: int | None
) -> State:
    if schedule is None:
        return "unpublished"
    if running:
        return "running"
    if coming is None:
        return "over"
    return "between" if event.held_rounds else "before"


def _round(
    event: Event,
    day: DayState,
    schedule: Schedule | None,
    people: Mapping[str, Person],
    number: int | None,
) -> LiveRound | None:
    """A round of the event with its people, as far as the schedule has it."""
    if schedule is None or number is None:
        return None
    asked = event.rounds[number - 1]
    bare = LiveRound(
        round=number,
        starts_at=asked.starts_at,
        minutes=asked.minutes,
        tables=len(event.attendees) // 2 if asked.tables is None else asked.tables,
        closed_tables=asked.closed_tables,
    )
    if number > len(schedule.rounds):
        return bare
    resting = Rests(event, schedule).reasons(number)
    meetings = sorted(meetings_as_told(schedule.rounds[number - 1]), key=lambda m: m.table)
    return bare.model_copy(
        update={
            "seats": tuple(_seats(meeting, people) for meeting in meetings),
            "idle": tuple(
                idle_people(day, schedule, number, people, standby_place(event), resting)
            ),
        }
    )


def _seats(meeting: Meeting, people: Mapping[str, Person]) -> LiveSeats:
    one, other = (people.get(v, Person(id=v)) for v in meeting.attendees)
    return LiveSeats(
        table=meeting.table, people=(one, other), outcome=meeting.outcome, added=meeting.added
    )
