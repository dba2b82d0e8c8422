"""The room as it is shown: who sits where, who stands by and why, and what is counted down to."""

from datetime import UTC, datetime

from app.day.notices.live_view import live_view, round_times
from schemas.day import Away, DayState
from schemas.event import Event, Policy
from schemas.live import Live, LiveRound
from schemas.schedule import Schedule
from tests.app.day.days import event, schedule

HALF_PAST_EIGHT = datetime(2027, 3, 4, 8, 30, tzinfo=UTC)
DAY = schedule("ab1 cd2", "cd2 ab1", "ac1 -d")


def room(
    held: int = 0,
    day: DayState | None = None,
    of: Schedule | None = DAY,
    on: Event | None = None,
    now: datetime = HALF_PAST_EIGHT,
) -> Live:
    return live_view(on or event(3, held, timed=True), day or DayState(), of, now)


def seats(of: LiveRound | None) -> list[str]:
    assert of is not None
    return ["".join(p.id for p in seat.people) + str(seat.table) for seat in of.seats]


def idle(of: LiveRound | None) -> dict[str, tuple[str, int | None]]:
    assert of is not None
    return {row.person.id: (row.reason, row.turn) for row in of.idle}


def test_before_anything_is_published_there_is_a_room_without_rounds() -> None:
    shown = room(of=None)
    assert (shown.state, shown.version, shown.running, shown.next) == (
        "unpublished",
        None,
        None,
        None,
    )
    assert (shown.event, shown.rounds) == ("Breakfast", 3)
    assert shown.seconds == 30 * 60


def test_a_round_has_its_tables_and_which_of_them_are_closed() -> None:
    on = event(3, 1, timed=True)
    few = on.rounds[1].model_copy(update={"tables": 7, "closed_tables": (2, 5)})
    on = on.model_copy(update={"rounds": (on.rounds[0], few, on.rounds[2])})
    shown = room(of=schedule("ab1", "ab1", "ab1"), on=on)
    assert shown.running is not None
    assert shown.next is not None
    half = len(on.attendees) // 2
    assert (shown.running.tables, shown.running.closed_tables) == (half, ())
    assert (shown.next.tables, shown.next.closed_tables) == (7, (2, 5))


def test_whoever_has_a_break_is_not_asked_to_step_in() -> None:
    on = event(3, timed=True, policy=Policy(max_in_a_row=1))
    shown = room(of=schedule("cd1", "ab1", "cd1"), on=on)
    assert idle(shown.next) == {"e": ("bye", 1), "a": ("on_break", None), "b": ("on_break", None)}
    assert shown.next is not None
    assert [row.place is None for row in shown.next.idle] == [False, True, True]


def test_who_has_no_open_table_does_not_stand_by() -> None:
    on = event(3, timed=True)
    shut = on.rounds[0].model_copy(update={"closed_tables": (1,)})
    booth = on.attendees[1].model_copy(update={"table": 1})
    people = (on.attendees[0], booth, *on.attendees[2:])
    on = on.model_copy(update={"rounds": (shut, *on.rounds[1:]), "attendees": people})
    away = DayState(away={"b": Away(reason="paused", rounds=(1,))})
    of = schedule("cd2", "ab1", "cd1")
    assert idle(room(of=of, on=on).next) == {
        "a": ("bye", 1), "e": ("bye", 2), "b": ("place_closed", None),
    }  # fmt: skip
    assert idle(room(of=of, on=on, day=away).next)["b"] == ("paused", None)


def test_before_the_first_round_the_next_is_shown() -> None:
    shown = room()
    assert (shown.state, shown.running, shown.seconds, shown.ends_in) == (
        "before",
        None,
        1800,
        None,
    )
    assert seats(shown.next) == ["ab1", "cd2"]
    assert idle(shown.next) == {"e": ("bye", 1)}
    assert shown.next is not None
    assert shown.next.idle[0].place == "Wait at the standby point by the tables"
    assert shown.next.seats[0].people[0].name == "Ada"
    assert "example.org" not in shown.model_dump_json()


def test_while_a_round_runs_it_and_the_next_are_shown_by_table() -> None:
    shown = room(
        held=1, day=DayState(finished_rounds=0), now=datetime(2027, 3, 4, 9, 4, tzinfo=UTC)
    )
    assert (shown.state, shown.seconds, shown.ends_in) == ("running", 11 * 60, 6 * 60)
    assert shown.running is not None
    assert shown.running.round == 1
    assert seats(shown.next) == ["ab1", "cd2"]


def test_a_round_that_is_late_counts_below_nothing() -> None:
    late = room(held=1, now=datetime(2027, 3, 4, 9, 16, tzinfo=UTC))
    assert (late.seconds, late.ends_in) == (-60, -6 * 60)


def test_between_rounds_and_after_the_last_nobody_sits() -> None:
    between = room(held=1, day=DayState(finished_rounds=1))
    assert (between.state, between.running, between.next and between.next.round) == (
        "between",
        None,
        2,
    )
    over = room(held=3, day=DayState(finished_rounds=3))
    assert (over.state, over.running, over.next, over.starts_at, over.seconds) == (
        "over",
        None,
        None,
        None,
        None,
    )


def test_a_cancelled_round_is_neither_running_nor_next() -> None:
    shown = room(held=1, day=DayState(cancellations={"x": 1, "y": 2}))
    assert (shown.state, shown.cancelled_rounds) == ("between", (1, 2))
    assert shown.next is not None
    assert shown.next.round == 3


def test_whoever_lost_a_partner_stands_by_and_whoever_is_missing_does_not() -> None:
    away = {
        "b": Away(reason="no_show", rounds=(1,), until_return=True),
        "d": Away(reason="paused", rounds=(3,)),
    }
    shown = room(held=1, day=DayState(away=away), of=schedule("ab1! cd2", "cd2", "ac1"))
    assert idle(shown.running) == {
        "a": ("partner_missing", 1),
        "e": ("bye", 2),
        "b": ("no_show", None),
    }
    assert seats(shown.running) == ["ab1", "cd2"]
    assert shown.running is not None
    assert [seat.outcome for seat in shown.running.seats] == ["missed", "planned"]
    assert shown.away == 1


def test_a_meeting_added_in_the_place_of_a_missed_one_is_shown_with_it() -> None:
    shown = room(held=1, of=schedule("cd2 ab1! ae1+", "", ""))
    assert seats(shown.running) == ["ab1", "ae1", "cd2"]
    assert shown.running is not None
    assert [seat.added for seat in shown.running.seats] == [False, True, False]
    assert idle(shown.running) == {"b": ("partner_missing", 1)}


def test_whoever_is_not_there_is_shown_with_the_reason() -> None:
    away = {"b": Away(reason="dropped_out", rounds=(3,)), "e": Away(reason="paused", rounds=(3,))}
    of = schedule("", "", "ac1 -b -d -e").model_copy()
    shown = room(held=2, day=DayState(finished_rounds=2, away=away), of=of)
    assert idle(shown.next) == {
        "b": ("dropped_out", None),
        "d": ("absent", None),
        "e": ("paused", None),
    }


def test_somebody_whom_the_schedule_does_not_know_yet_is_unplanned() -> None:
    block = DAY.rounds[0].model_copy(update={"byes": ()})
    of = DAY.model_copy(update={"rounds": (block, *DAY.rounds[1:])})
    assert idle(room(of=of).next) == {"e": ("unplanned", None)}


def test_a_round_that_the_schedule_does_not_have_yet_is_shown_without_people() -> None:
    shown = room(held=3, day=DayState(finished_rounds=3), on=event(4, 3, timed=True))
    assert shown.next is not None
    assert (shown.next.round, shown.next.seats, shown.next.idle) == (4, (), ())


def test_who_is_checked_in_and_who_is_away_is_counted() -> None:
    day = DayState(
        check_ins={"x": ("a", "b")},
        away={"c": Away(reason="late", rounds=(1,)), "d": Away(reason="paused", rounds=(3,))},
    )
    shown = room(day=day)
    assert (shown.checked_in, shown.away) == (2, 1)


def test_without_times_nothing_is_counted_down() -> None:
    shown = room(on=event(3), of=DAY)
    assert (shown.starts_at, shown.seconds, shown.ends_in) == (None, None, None)
    assert round_times(event(3), DayState()).start is None
