"""What people are told when one schedule takes the place of another."""

from app.day.notices.changes import changes_between, meetings_moved
from schemas.schedule import Meeting, Outcome, Schedule, ScheduledRound


def schedule(*rounds: str, outcome: Outcome = "planned") -> Schedule:
    """``schedule("ab1 cd2")``: one round, a and b at table 1, c and d at table 2."""
    return Schedule(
        rounds=tuple(
            ScheduledRound(
                round=number,
                meetings=tuple(
                    Meeting(attendees=(m[0], m[1]), table=int(m[2]), outcome=outcome)
                    for m in row.split()
                ),
            )
            for number, row in enumerate(rounds, start=1)
        )
    )


def told(before: Schedule, after: Schedule) -> list[tuple[str, int, str | None, str | None]]:
    return [(c.attendee, c.round, c.from_, c.to) for c in changes_between(before, after)]


def test_the_same_schedule_changes_nothing() -> None:
    assert told(schedule("ab1 cd2"), schedule("cd2 ba1")) == []


def test_everybody_with_another_partner_or_none_is_told() -> None:
    assert told(schedule("ab1 cd2", "ac1"), schedule("ac1", "ac1")) == [
        ("a", 1, "b", "c"),
        ("b", 1, "a", None),
        ("c", 1, "d", "a"),
        ("d", 1, "c", None),
    ]


def test_a_round_that_was_not_there_before_is_all_new() -> None:
    assert told(schedule("ab1"), schedule("ab1", "ac1")) == [
        ("a", 2, None, "c"),
        ("c", 2, None, "a"),
    ]


def test_a_missed_meeting_is_no_meeting() -> None:
    assert told(schedule("ab1"), schedule("ab1", outcome="missed")) == [
        ("a", 1, "b", None),
        ("b", 1, "a", None),
    ]


def test_another_table_moves_both_and_changes_no_partner() -> None:
    before, after = schedule("ab1 cd2"), schedule("ba3 cd2")
    assert told(before, after) == []
    assert meetings_moved(before, after) == (("a", 1), ("b", 1))


def test_a_new_partner_is_no_move() -> None:
    assert meetings_moved(schedule("ab1"), schedule("ac2")) == ()
