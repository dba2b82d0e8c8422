"""Open triangles: found by hand, and against a search through every three people."""

from itertools import combinations, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback.introductions import Trio, find_open_triangles, pairs_to_meet
from schemas.event import Attendee, Event, PairRule, Policy
from solver.compatibility.forbidden import STANDING
from solver.compatibility.graph import Compatibility, build_graph
from tests.app.briefs.rooms import schedule
from tests.builders import event_of, random_event
from tests.solver.compatibility.words import HandEncoder

ROUND = {"ab": 0.8, "bc": 0.6, "ca": 0.4}
"""a gains from b, b from c, c from a."""


def graph_of(event: Event) -> Compatibility:
    return build_graph(event, HandEncoder())


def found(event: Event, met: str, coming: str = "", v: str | None = None) -> list[Trio]:
    return find_open_triangles(graph_of(event), pairs(met), pairs(coming), v)


def pairs(told: str) -> set[tuple[str, str]]:
    return {(two[0], two[1]) for two in told.split()}


def test_two_who_met_the_same_third_are_one_meeting_short_of_a_triangle() -> None:
    assert found(event_of("abc", 3, ROUND), "ab bc") == [Trio(400, "b", ("a", "c"))]


def test_a_triangle_that_is_closed_or_lacks_two_meetings_is_not_open() -> None:
    event = event_of("abc", 3, ROUND)
    assert found(event, "ab ac bc") == []
    assert found(event, "ab") == []


def test_the_better_way_round_counts() -> None:
    turned = {"ba": 0.7, "cb": 0.7, "ac": 0.5}
    assert found(event_of("abc", 3, turned), "ab bc")[0].value == 500
    assert found(event_of("abc", 3, ROUND | turned), "ab bc")[0].value == 500


def test_what_closes_for_nobody_is_not_suggested() -> None:
    assert found(event_of("abc", 3, {"ab": 0.8, "bc": 0.6}), "ab bc") == []


def test_who_will_meet_in_an_open_round_needs_no_introduction() -> None:
    assert found(event_of("abc", 3, ROUND), "ab bc", coming="ac") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"pair_rules": (PairRule(kind="forbid", pair=("c", "a")),)},
        {"pair_rules": (PairRule(kind="met", pair=("c", "a")),)},
        {
            "pair_rules": (PairRule(kind="met", pair=("c", "a")),),
            "policy": Policy(rematch="allow"),
        },
        {"attendees": (Attendee(id="a"), Attendee(id="b"), Attendee(id="c", avoid=("a",)))},
        {
            "attendees": (
                Attendee(id="a", organisation="North"),
                Attendee(id="b"),
                Attendee(id="c", organisation="north "),
            )
        },
    ],
)
def test_who_may_not_meet_or_know_each_other_is_not_introduced(fields: dict[str, Any]) -> None:
    event = event_of(fields.pop("attendees", "abc"), 3, ROUND, **fields)
    assert found(event, "ab bc") == []


@pytest.mark.parametrize("apart", ["ab", "cb"])
def test_nobody_introduces_whom_they_keep_away_from_by_now(apart: str) -> None:
    rule = PairRule(kind="forbid", pair=(apart[0], apart[1]))
    assert found(event_of("abc", 3, ROUND, pair_rules=(rule,)), "ab bc") == []


def test_an_earlier_meeting_counts_beside_one_of_today() -> None:
    earlier = (PairRule(kind="met", pair=("b", "a")), PairRule(kind="met", pair=("d", "c")))
    gains = ROUND | {"bd": 0.5, "dc": 0.5, "cb": 0.5, "ad": 0.9, "db": 0.9}
    event = event_of("abcd", 3, gains, pair_rules=earlier)
    assert found(event, "bc") == [Trio(500, "c", ("b", "d")), Trio(400, "b", ("a", "c"))]
    assert found(event, "") == []


def test_somebody_is_told_of_triangles_in_which_they_are_introduced() -> None:
    event = event_of("abc", 3, ROUND)
    assert found(event, "ab bc", v="a") == found(event, "ab bc", v="c") == found(event, "ab bc")
    assert found(event, "ab bc", v="b") == []


def test_somebody_who_is_not_on_the_list_is_passed_over() -> None:
    assert found(event_of("abc", 3, ROUND), "ab bc ax cx") == [Trio(400, "b", ("a", "c"))]


def test_meetings_of_cancelled_rounds_do_not_come() -> None:
    planned = schedule([["ab"], ["cd"], ["ac"]])
    assert pairs_to_meet(planned, 1, (2,)) == {("a", "c")}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_every_open_triangle_is_found_once_the_best_first(seed: int) -> None:
    rng = Random(seed)
    event = random_event(seed, 7, 4)
    graph = graph_of(event)
    every = list(combinations(sorted(graph.ids), 2))
    met = {two for two in every if rng.random() < 0.4}
    coming = {two for two in every if two not in met and rng.random() < 0.1}
    trios = find_open_triangles(graph, met, coming)
    assert trios == sorted(trios, key=lambda trio: (-trio.value, trio.people, trio.introducer))
    assert sorted(trios) == sorted(by_hand(graph, met, coming))
    for v in graph.ids:
        assert find_open_triangles(graph, met, coming, v) == [t for t in trios if v in t.people]


def by_hand(
    graph: Compatibility, met: set[tuple[str, str]], coming: set[tuple[str, str]]
) -> list[Trio]:
    def two(i: str, j: str) -> tuple[str, str]:
        return min(i, j), max(i, j)

    def gain(i: str, j: str) -> int:
        return graph.gains[i].get(j, 0)

    earlier = {two(*r.pair) for r in graph.event.pair_rules if r.kind == "met"}
    told = []
    for a, b, c in permutations(graph.ids, 3):
        sides = [two(a, b), two(b, c)]
        known = all(side in met | earlier for side in sides) and any(s in met for s in sides)
        at_ease = all(STANDING.isdisjoint(graph.forbidden.codes(side)) for side in sides)
        apart = (a, c) in met | earlier | coming or (a, c) in graph.forbidden
        ways = [(gain(a, b), gain(b, c), gain(c, a)), (gain(b, a), gain(c, b), gain(a, c))]
        value = max(map(min, ways))
        if a < c and known and at_ease and not apart and value > 0:
            told.append(Trio(value, b, (a, c)))
    return told
