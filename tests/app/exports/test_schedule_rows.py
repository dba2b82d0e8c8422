"""Rows of a schedule: who meets whom where, with the names and times of the event."""

from datetime import UTC, datetime

from app.exports.schedule_rows import NamedSchedule, meeting_rows, people_rows, seats_of
from schemas.event import Attendee, Round
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.rooms import NINE, TWO_ROUNDS, day_of, meeting


def test_a_row_a_meeting_by_round_and_table() -> None:
    told = meeting_rows(NamedSchedule(day_of(), TWO_ROUNDS))
    first, second, third = told.rows
    assert dict(zip(told.header, second, strict=True)) == {
        "round": 1, "start": NINE, "table": 12,
        "id_1": "c", "name_1": None, "organisation_1": None,
        "id_2": "d", "name_2": "=1+1", "organisation_2": "@SUM(A1)",
        "outcome": "planned", "added": False, "purpose": "mutual", "value": 0.572,
    }  # fmt: skip
    assert (first[2], first[9], third[0], third[10]) == (3, "missed", 2, True)


def test_a_row_a_person_with_partner_and_table_of_each_round() -> None:
    told = people_rows(NamedSchedule(day_of(), TWO_ROUNDS))
    assert told.header[3:6] == ("round_1_partner", "round_1_partner_name", "round_1_table")
    assert [row[0] for row in told.rows] == ["a", "b", "c", "d"]
    assert [row[3:] for row in told.rows] == [
        (None, None, None, "d", "=1+1", 1),  # a missed b
        (None, None, None, None, None, None),
        ("d", "=1+1", 12, None, None, None),
        ("c", None, 12, "a", "Ada", 1),
    ]


def test_whoever_left_the_list_is_told_by_id() -> None:
    event = day_of(Attendee(id="a", name="Ada"))
    told = people_rows(NamedSchedule(event, TWO_ROUNDS))
    assert [row[:3] for row in told.rows][1] == ("b", None, None)
    assert len(told.rows) == 4


def test_times_are_those_of_the_event_by_its_clocks() -> None:
    summer = Round(starts_at=datetime(2027, 7, 1, 9, tzinfo=UTC))
    event = day_of().model_copy(update={"rounds": (summer,)})
    named = NamedSchedule(event, TWO_ROUNDS)
    first, second = TWO_ROUNDS.rounds
    assert named.clock(first) == datetime(2027, 7, 1, 10)
    later = second.model_copy(update={"starts_at": NINE})  # of a round that was taken back
    assert (named.clock(second), named.clock(later)) == (None, NINE)
    planned = first.model_copy(update={"starts_at": NINE})  # before the delay
    assert named.clock(planned) == datetime(2027, 7, 1, 10)


def test_two_of_one_name_are_told_apart() -> None:
    people = (Attendee(id="a", name="Ada"), Attendee(id="b", name="Ada"), Attendee(id="c"))
    named = NamedSchedule(day_of(*people), Schedule(rounds=()))
    assert [*map(named.label, "abcz")] == ["Ada (a)", "Ada (b)", "c", "z"]


def test_who_was_missed_and_seated_anew_sits_there() -> None:
    missed, anew = meeting("ab", 1, outcome="missed"), meeting("ac", 2, added=True)
    for meetings in ((missed, anew), (anew, missed)):
        seats = seats_of(ScheduledRound(round=1, meetings=meetings))
        assert (seats["a"], seats["b"]) == (anew, missed)
