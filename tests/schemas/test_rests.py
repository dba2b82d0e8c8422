"""A bye is a break where one more meeting would leave none."""

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.breaks import Break
from schemas.event import Event, Policy, Round
from schemas.rests import Rests, people_without_place
from tests.app.day.days import event, schedule


def with_policy(rounds: int, **policy: Any) -> Event:
    return event(rounds, policy=Policy(**policy))


def windows(*spans: tuple[int, int]) -> tuple[Break, ...]:
    return tuple(Break.model_validate({"from": first, "to": last}) for first, last in spans)


def resting(of: Event, *rounds: str) -> list[str]:
    rests = Rests(of, schedule(*rounds))
    return ["".join(sorted(rests.on_break(r))) for r in range(1, len(rounds) + 1)]


def test_without_rules_nobody_has_a_break() -> None:
    assert resting(event(3), "ab1", "-a", "ac1") == ["", "", ""]


def test_one_free_round_of_a_window_is_a_break_and_two_are_not() -> None:
    of = with_policy(3, breaks=windows((1, 2)))
    assert resting(of, "ab1 cd2", "ac1", "ad1 bc2") == ["", "bd", ""]


def test_an_absence_is_a_break_and_makes_no_other_round_one() -> None:
    of = with_policy(3, max_in_a_row=2)
    assert resting(of, "ab1", "cd2 -a", "ae2") == ["", "", ""]
    assert resting(of, "ab1", "cd2", "ae2") == ["", "a", ""]


def test_a_meeting_that_was_missed_leaves_both_free() -> None:
    of = with_policy(2, max_in_a_row=1)
    assert resting(of, "ab1", "cd1") == ["cd", "ab"]
    assert resting(of, "ab1!", "cd1") == ["cd", ""]


def test_the_window_is_told() -> None:
    of = with_policy(4, max_in_a_row=2, breaks=windows((3, 4)))
    rests = Rests(of, schedule("ab1", "ab1", "cd1", "ab1"))
    assert rests.window("a", 3) == (1, 3)
    assert rests.window("c", 4) == (3, 4)
    assert rests.window("e", 1) is None


def with_tables(*rounds: Round, **tables: Any) -> Event:
    """Five people; ``a=1``: Ada has to sit at table 1."""
    five = event(len(rounds))
    people = tuple(a.model_copy(update={"table": tables.get(a.id)}) for a in five.attendees)
    return five.model_copy(update={"rounds": rounds, "attendees": people})


def test_who_has_to_sit_where_no_table_is_open_has_no_place() -> None:
    of = with_tables(
        Round(tables=3), Round(tables=3, closed_tables=(3,)), Round(), a=3, b=(1, 3), d=(4, 9)
    )
    assert people_without_place(of) == {1: {"d"}, 2: {"a", "d"}, 3: {"a", "d"}}


def test_where_nobody_has_to_sit_anywhere_everybody_has_a_place() -> None:
    assert people_without_place(with_tables(Round(tables=1), a=())) == {}


def test_a_closed_place_is_the_reason_of_who_is_there() -> None:
    of = with_tables(*(Round(tables=2, closed_tables=(1,)),) * 2, a=1, b=1)
    of = of.model_copy(update={"policy": Policy(max_in_a_row=1)})
    rests = Rests(of, schedule("cd2 -b", "ce2"))
    assert rests.reasons(1) == {"a": "place_closed", "e": "on_break"}
    assert rests.reasons(2) == {"a": "place_closed", "b": "place_closed", "d": "on_break"}
    assert rests.reasons(3) == {}


@given(st.integers(2, 6), st.integers(1, 4), st.data())
def test_whoever_has_a_break_could_not_have_met(rounds: int, in_a_row: int, data: Any) -> None:
    rows = [
        data.draw(st.sampled_from(["ab1 cd2", "ab1", "cd1 -a", "bc1", ""])) for _ in range(rounds)
    ]
    of = with_policy(rounds, max_in_a_row=in_a_row)
    told = resting(of, *rows)
    for v in "abcde":
        busy = {r for r, row in enumerate(rows) if v in row.replace(f"-{v}", "")}
        for r, row in enumerate(rows):
            idle = r not in busy and f"-{v}" not in row
            assert (v in told[r]) == (idle and _too_long(busy | {r}, r, in_a_row))


def _too_long(busy: set[int], r: int, in_a_row: int) -> bool:
    """Whether a run of meetings through round ``r`` is longer than allowed, by trying all runs."""
    runs = (set(range(x, y + 1)) for x, y in combinations(range(-1, 8), 2) if x <= r <= y)
    return any(run <= busy and len(run) > in_a_row for run in runs)
