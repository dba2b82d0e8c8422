"""The hosted-buyer day: what the other methods do is valid, and what is counted is so."""

import pytest

from bench.wishes import (
    ROUNDS,
    WISHES,
    WishCounts,
    WishDay,
    by_registration,
    by_stable_matchings,
    counted,
    hosted_buyers,
)
from schemas.base import Pair
from solver.compatibility.wishes import wants_of

LISTS = {"b1": ["s1", "s2"], "b2": ["s1"], "b3": ["s2", "s1"], "s1": ["b2", "b3"], "s2": ["b1"]}


def test_the_same_seed_is_the_same_day_and_lists_are_of_the_other_side() -> None:
    event = hosted_buyers(3)
    assert event == hosted_buyers(3) != hosted_buyers(4)
    lists = wants_of(event.attendees)
    assert {len(set(wanted)) for wanted in lists.values()} == {WISHES}
    assert all(v[0] != w[0] for v in lists for w in lists[v])


def test_a_stable_matching_is_the_one_found_by_hand() -> None:
    assert list(by_stable_matchings(LISTS, 1)) == [("b1", "s2"), ("b2", "s1")]
    assert list(by_stable_matchings(LISTS, 2))[2:] == [("b1", "s1"), ("b3", "s2")]


@pytest.mark.parametrize("seed", range(3))
def test_nobody_has_more_meetings_than_rounds_and_no_pair_meets_twice(seed: int) -> None:
    lists = wants_of(hosted_buyers(seed).attendees)
    days: list[list[Pair]] = [
        list(by_registration(lists, ROUNDS, seed)),
        list(by_stable_matchings(lists, ROUNDS)),
    ]
    for meetings in days:
        assert len(set(meetings)) == len(meetings)
        assert all(w in lists[v] or v in lists[w] for v, w in meetings)
        assert max(sum(v in two for two in meetings) for v in lists) <= ROUNDS


def test_wishes_are_counted_and_a_buyer_without_any_is_empty_handed() -> None:
    event = hosted_buyers(1)
    lists = wants_of(event.attendees)
    first = lists["b00"][0]
    told = counted(event, {("b00", first)})
    both = "b00" in lists[first]
    assert (told.mutual, told.met) == (int(both), 1 + both)
    assert len(told.empty) == 39
    assert "b00" not in told.empty


def test_a_day_holds_with_enough_more_and_nobody_left_whom_others_serve() -> None:
    def day(mutual: int, *empty: str) -> WishDay:
        rival = WishCounts(90, 0, frozenset({"b1"}))
        return WishDay(1, 100, WishCounts(mutual, 0, frozenset(empty)), rival, rival)

    assert day(97, "b1").holds()
    assert not day(96).holds()
    assert not day(97, "b2").holds()
