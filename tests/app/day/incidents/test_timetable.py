"""Rounds start, finish, are cancelled, added and delayed; tables close and open."""

from typing import Any

import pytest

from app.errors import Refused
from schemas import limits
from schemas.day import DayState
from schemas.event import Round
from tests.app.day.room import Story, incident, room, timed


@pytest.mark.parametrize(
    ("held", "finished", "kind", "number", "after"),
    [
        (0, 0, "round_started", 1, (1, 0)),
        (3, 3, "round_started", 4, (4, 3)),
        (3, 2, "round_started", 4, (4, 3)),
        (3, 2, "round_started", 3, (3, 2)),
        (3, 2, "round_started", 1, (3, 2)),
        (5, 5, "round_started", 6, (6, 5)),
        (3, 2, "round_finished", 3, (3, 3)),
        (3, 2, "round_finished", 1, (3, 2)),
        (3, 1, "round_finished", 2, (3, 2)),
    ],
)
def test_rounds_are_held_one_after_the_other(
    held: int, finished: int, kind: str, number: int, after: tuple[int, int]
) -> None:
    story = Story(room(held), finished).tell(kind, round=number)
    assert (story.event.held_rounds, story.day.finished_rounds) == after


def test_a_cancelled_round_is_passed_by() -> None:
    story = Story(room(held=2, b=[3]), finished=1).tell("round_cancelled", round=3)
    assert story.absences == dict.fromkeys("abcd", (3,))
    assert story.day.cancelled_rounds == (3,)
    story.tell("round_started", round=4)
    assert (story.event.held_rounds, story.day.finished_rounds) == (4, 3)


def test_a_cancelled_running_round_is_over_and_all_of_it_missed() -> None:
    story = Story(room(held=2), finished=1).tell("round_cancelled", round=2)
    assert story.missed == {(2, ("a", "c")), (2, ("b", "d"))}
    assert story.day.finished_rounds == 2
    assert story.absences == {}
    assert story.day.cancelled_rounds == ()


def test_a_closed_table_stays_closed_to_the_end_and_held_rounds_keep_theirs() -> None:
    story = Story(room(held=2, rounds=[Round(tables=3, closed_tables=(3,))] * 4), finished=1)
    story.tell("table_closed", table=1)
    assert story.tables == [(3, (3,)), (3, (3,)), (3, (1, 3)), (3, (1, 3))]
    assert story.tell("table_closed", table=1).tables[2:] == [(3, (1, 3))] * 2
    story.tell("table_opened", table=3, round=4)
    assert story.tables == [(3, (3,)), (3, (3,)), (3, (1, 3)), (3, (1,))]


def test_only_rounds_that_have_the_table_close_it() -> None:
    story = Story(room(rounds=[Round(tables=2), Round(tables=3)])).tell("table_closed", table=3)
    assert story.tables == [(2, ()), (3, (3,))]


def test_after_the_last_round_no_table_is_left_to_close() -> None:
    story = Story(room(held=6))
    assert story.tell("table_closed", table=1).day.round_marks == ()


def test_tables_nobody_counted_are_half_as_many_as_people() -> None:
    story = Story(room(held=4)).tell("table_closed", table=2)
    assert story.tables == [(None, ())] * 4 + [(2, (2,))] * 2


def test_the_next_table_after_the_last_is_added() -> None:
    story = Story(room(rounds=[Round(tables=2), Round(tables=3), Round(tables=1)]))
    assert story.tell("table_opened", table=4).tables == [(2, ()), (4, ()), (1, ())]
    assert story.tell("table_opened", table=3).tables == [(3, ()), (4, ()), (1, ())]


@pytest.mark.parametrize(
    ("rounds", "minutes", "start", "long"),
    [
        pytest.param(
            ["2027-03-04T09:00:00", "2027-03-04T09:13:00"], None, "2027-03-04T09:26:00", 10
        ),
        pytest.param(["2027-03-04T09:00:00", "2027-03-04T09:13:00"], 5, "2027-03-04T09:26:00", 5),
        pytest.param(["2027-03-04T09:00:00"], None, "2027-03-04T09:10:00", 10, id="one round"),
        pytest.param([None, None], None, None, 10, id="no times"),
    ],
)
def test_an_added_round_follows_the_last_after_the_usual_break(
    rounds: list[Any], minutes: int | None, start: str | None, long: int
) -> None:
    story = Story(timed(*rounds)).tell("round_added", minutes=minutes)
    assert story.starts == [*rounds, start]
    assert story.event.rounds[-1].minutes == long


def test_an_added_round_has_the_tables_of_the_last_and_nobody_who_is_away_for_good() -> None:
    story = Story(room(held=5, rounds=[Round(tables=2)] * 6, b=[6]))
    story.tell("table_closed", table=1).tell("drop_out", "a").tell("pause", "c", round=6)
    story.tell("round_added")
    assert story.tables[6:] == [(2, (1,))]
    assert story.absences == {"a": (6, 7), "b": (6,), "c": (6,)}
    assert story.day.away["a"].rounds == (6, 7)


def test_who_left_after_the_last_round_misses_one_that_is_added() -> None:
    story = Story(room(held=6)).tell("drop_out", "a").tell("round_added")
    assert story.absences == {"a": (7,)}


def test_a_delay_moves_the_open_rounds_from_its_own_on() -> None:
    times = [f"2027-03-04T09:{m:02}:00" for m in (0, 12, 24, 36)]
    story = Story(timed(*times).model_copy(update={"held_rounds": 1}))
    story.tell("delay", minutes=5)
    assert story.starts == [times[0], *(f"2027-03-04T09:{m}:00" for m in (17, 29, 41))]
    story.tell("delay", minutes=30, round=4)
    assert story.starts[2:] == ["2027-03-04T09:29:00", "2027-03-04T10:11:00"]


def test_rounds_without_times_are_not_delayed() -> None:
    before = room()
    assert Story(before).tell("delay", minutes=5).event == before


@pytest.mark.parametrize(
    ("start", "after"),
    [
        pytest.param("2027-03-28T00:55:00", "2027-03-28T02:05:00", id="over the hour skipped"),
        pytest.param("2027-10-31T00:55:00", "2027-10-31T01:05:00+01:00", id="into the hour twice"),
        pytest.param("2027-03-28T00:55:00+02:00", "2027-03-28T01:05:00+02:00", id="own offset"),
    ],
)
def test_a_delay_is_real_time_also_when_clocks_change(start: str, after: str) -> None:
    story = Story(timed(start)).tell("delay", minutes=10)
    assert story.starts == [after]
    assert story.tell("undo", incident="c-1").starts == [start]
    assert story.day == DayState()


def test_rounds_that_were_edited_are_the_new_plan() -> None:
    story = Story(timed("2027-03-04T09:00:00")).tell("delay", minutes=5)
    story.event = timed("2027-03-04T14:00:00")
    assert story.tell("delay", minutes=2).starts == ["2027-03-04T14:02:00"]
    with pytest.raises(Refused):
        story.tell("undo", incident="c-1")


def test_no_more_rounds_are_added_than_an_event_can_have() -> None:
    story = Story(room(rounds=[Round()] * limits.ROUNDS))
    with pytest.raises(Refused) as refused:
        story.take(incident("round_added"))
    assert refused.value.errors[0].code == "too_long"


def test_no_round_leaves_the_times_an_event_can_have() -> None:
    story = Story(timed("2199-12-31T23:59:00"))
    with pytest.raises(Refused) as refused:
        story.take(incident("delay", minutes=5))
    assert refused.value.errors[0].code == "times"


def test_who_is_absent_when_a_round_starts_has_missed_the_meeting_published_for_it() -> None:
    """The round may start before the repair is published that the absence asked for."""
    story = Story(room()).tell("pause", "a", round=1).tell("round_started", round=1)
    assert [(row.round, row.pair) for row in story.day.missed] == [(1, ("a", "b"))]
    story.tell("undo", incident="c-2")
    assert story.day.missed == ()
