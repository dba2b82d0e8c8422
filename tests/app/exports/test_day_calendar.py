"""The organiser's calendar: an entry a round, as two parsers read it."""

from datetime import UTC, datetime

import pytest
from ical.event import Event as Entry
from ical.event import EventStatus

from app.errors import StateConflict
from app.exports.day_calendar import LONGEST_NOTE, day_calendar_of
from schemas.day import DayState
from schemas.event import Attendee, Event
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.rooms import TWO_ROUNDS, day_of, meeting
from tests.app.exports.test_calendar import instants, read


def entries(
    event: Event | None = None, schedule: Schedule = TWO_ROUNDS, day: DayState | None = None
) -> list[Entry]:
    content = day_calendar_of(event or day_of(), schedule, day or DayState())
    assert content == day_calendar_of(event or day_of(), schedule, day or DayState())
    return read(content).events


def test_a_round_is_an_entry_with_who_sits_where() -> None:
    first, second = entries()
    assert (first.summary, second.summary) == ("Round 1: 1 meeting", "Round 2: 1 meeting")
    assert instants(first) == ("09:00", "09:10")
    assert instants(second) == ("09:15", "09:25")
    assert first.description == "Table 12: c and =1+1"  # who missed each other is not there
    assert second.description == "Table 1: Ada and =1+1"
    assert (first.sequence, first.status) == (2, EventStatus.CONFIRMED)


def test_a_round_keeps_its_uid_from_version_to_version() -> None:
    later = TWO_ROUNDS.model_copy(update={"version": 3})
    other = TWO_ROUNDS.model_copy(update={"event_id": "e2"})
    uids = [[entry.uid for entry in entries(None, each)] for each in (TWO_ROUNDS, later, other)]
    assert uids[0] == uids[1]
    assert len({*uids[0], *uids[2]}) == 4


def test_a_cancelled_round_is_told_to_be_off() -> None:
    first, second = entries(day=DayState(cancellations={"i-1": 2}))
    assert (first.status, second.status) == (EventStatus.CONFIRMED, EventStatus.CANCELLED)
    assert (second.summary, second.description) == ("Round 2 is cancelled.", None)


def test_the_day_is_told_in_the_language_of_the_event() -> None:
    first, _ = entries(day_of(language="de"))
    assert first.summary == "Runde 1: 1 Gespräch"
    assert first.description == "Tisch 12: c und =1+1"


def test_a_long_list_ends_with_how_many_tables_it_leaves_out() -> None:
    people = tuple(Attendee(id=f"{v:03}", name=f"{v:03}" + "x" * 97) for v in range(200))
    met = tuple(
        meeting("ab", k + 1).model_copy(update={"attendees": (f"{2 * k:03}", f"{2 * k + 1:03}")})
        for k in range(100)
    )
    block = ScheduledRound(round=1, meetings=met)
    (entry,) = entries(day_of(*people, rounds=1), Schedule(rounds=(block,)))
    *lines, last = (entry.description or "").split("\n")
    assert sum(len(line) + 1 for line in lines) <= LONGEST_NOTE
    assert last == f"and {100 - len(lines)} more tables"
    assert entry.summary == "Round 1: 100 meetings"


def test_without_times_there_is_no_calendar() -> None:
    bare = day_of()
    event = bare.model_copy(
        update={"rounds": (bare.rounds[0], bare.rounds[1].model_copy(update={"starts_at": None}))}
    )
    with pytest.raises(StateConflict) as refusal:
        entries(event)
    assert [error.code for error in refusal.value.errors] == ["no_times"]
    assert "round 2" in refusal.value.errors[0].message


def test_a_schedule_of_no_rounds_is_an_empty_calendar() -> None:
    assert entries(None, Schedule(rounds=())) == []


def test_it_was_made_when_the_schedule_was() -> None:
    at = datetime(2027, 3, 1, 12, tzinfo=UTC)
    first, _ = entries(None, TWO_ROUNDS.model_copy(update={"created_at": at}))
    assert first.dtstamp == at
