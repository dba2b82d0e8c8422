"""Can the hard rules hold, and why not: starts, contradictions in sight, contradictions proven."""

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench.real.shared import absent as no_shared_data
from bench.real.shared import shared
from schemas.event import Event
from solver.budget import Budget, Meter
from solver.errors import Infeasible, Rule
from solver.feasibility.conflict import find_visible_conflict
from solver.feasibility.construct import Construction
from solver.feasibility.decide import Verdict, decide_feasibility, enough_pairs
from solver.feasibility.feasible import find_feasible_start, is_feasible
from solver.feasibility.rules import rules_in_force
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import pairs_of
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import random_event
from tests.solver.feasibility.oracle import complaints, meter, whole_model
from tests.solver.instances import everybody, instance, mutual


def start(problem: Instance) -> Matchings:
    """A start that obeys every rule, as this test sees them."""
    matchings = find_feasible_start(problem, meter())
    assert matchings is not None
    assert not list(complaints(problem, matchings))
    return matchings


def conflict(problem: Instance) -> set[Rule]:
    with pytest.raises(Infeasible) as raised:
        find_feasible_start(problem, meter())
    return set(raised.value.rules)


def read(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


# A start


def test_where_nothing_is_demanded_nobody_meets() -> None:
    assert start(instance(6, 2)) == ((), ())


def test_held_and_pinned_meetings_are_part_of_it() -> None:
    problem = instance(4, 3, held=(((0, 1),),), pinned=((), (), ((0, 2),)))
    assert start(problem) == (((0, 1),), (), ((0, 2),))


def test_required_pairs_meet_when_both_are_there() -> None:
    problem = instance(4, 2, required=[(0, 1), (2, 3)], absent=[(0, 0), (2, 1)])
    assert start(problem) == (((2, 3),), ((0, 1),))


def test_minimums_are_reached_around_absences_and_limits() -> None:
    start(instance(5, 4, least=dict.fromkeys(range(5), 2), absent=[(0, 0), (0, 1), (1, 2)]))
    start(instance(5, 4, least={0: 3}, most={1: 1, 2: 1, 3: 1, 4: 1}))


@pytest.mark.parametrize("n", [6, 9, 12])
def test_everybody_can_be_made_to_meet_everybody(n: int) -> None:
    rounds = n - 1 + n % 2
    problem = instance(n, rounds, least=dict.fromkeys(range(n), n - 1))
    assert set(pairs_of(start(problem))) == set(combinations(range(n), 2))
    assert Construction.of(problem).complete


def test_a_table_short_of_everybody_is_used_to_the_last_seat() -> None:
    """30 people, two meetings each: 30 meetings in four rounds of 8, 8, 7 and 7 tables."""
    start(instance(30, 4, least=dict.fromkeys(range(30), 2), tables=(8, 8, 7, 7)))


def test_only_mutual_partners_count_where_idle_seats_stay_idle() -> None:
    gains = mutual({(0, 3): 500, (1, 2): 500})
    problem = instance(4, 1, gains, least={0: 1, 1: 1}, fill=False)
    assert start(problem) == (((0, 3), (1, 2)),)
    assert Construction.of(problem).complete


def test_a_triangle_may_have_to_support_what_is_demanded() -> None:
    """0 must have two meetings and gains from nobody who gains from it."""
    round_trip = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
    matchings = start(instance(3, 3, round_trip, least={0: 2}, fill=False))
    assert set(pairs_of(matchings)) == {(0, 1), (0, 2), (1, 2)}


PATH = mutual(dict.fromkeys([(0, 1), (0, 4), (1, 2), (2, 3), (3, 5)], 500))
"""Six people have partners if 0-4, 1-2 and 3-5 meet; the first who come to mind are 0-1 and 2-3."""


def test_partners_are_exchanged_along_a_whole_path() -> None:
    problem = instance(6, 1, PATH, least=dict.fromkeys(range(6), 1), fill=False)
    assert not Construction.of(problem).complete
    assert start(problem) == (((0, 4), (1, 2), (3, 5)),)


@pytest.mark.parametrize("n", [300, 1000])
def test_many_demands_of_a_large_event_are_met(n: int) -> None:
    rng = Random(n)
    required = {edge(*rng.sample(range(n), 2)) for _ in range(n // 5)}
    start(instance(n, 10, least=dict.fromkeys(range(n), 3), required=required))


def test_everybody_of_a_very_large_room_has_three_meetings() -> None:
    start(instance(20_000, 4, least=dict.fromkeys(range(20_000), 3)))


def test_where_the_budget_is_too_small_there_is_no_answer() -> None:
    """All 190 meetings of 20 people in 19 rounds: no draft gets there."""
    problem = instance(20, 19, required=combinations(range(20), 2))
    assert find_feasible_start(problem, Meter(Budget(work=0))) is None
    assert not is_feasible(problem, Meter(Budget(work=0)))
    assert start(problem)


def test_the_same_question_has_the_same_answer() -> None:
    problem = instance(12, 11, required=combinations(range(12), 2))
    assert start(problem) == start(problem)


# Against enumeration, and against a model that leaves nothing out


@pytest.mark.parametrize("block", range(8))
def test_there_is_a_start_when_there_is_a_schedule(block: int) -> None:
    for seed in range(block, 160, 8):
        event = random_event(seed, 6, 3)
        if best_points(event) is not None:
            start(read(event))
        else:
            assert conflict(read(event)), f"seed {seed}"


@pytest.mark.parametrize("block", range(8))
def test_on_the_day_as_well(block: int) -> None:
    for seed in range(block, 160, 8):
        problem = on_the_day(seed)
        verdict = decide_feasibility(problem, meter())
        assert (verdict.matchings is None) == (whole_model(problem) is None), f"seed {seed}"
        assert verdict.matchings is None or not list(complaints(problem, verdict.matchings))
        assert (verdict.impossible is None) == (verdict.matchings is not None)


def on_the_day(seed: int) -> Instance:
    """A random problem with a held round and some pins; about half are impossible."""
    rng = Random(seed)
    problem = read(random_event(seed, 8, 4))
    people = list(range(problem.n))
    rng.shuffle(people)
    held = tuple(sorted(edge(*people[k : k + 2]) for k in range(0, rng.randint(0, 3) * 2 - 1, 2)))
    pinned: list[tuple[Edge, ...]] = [()] * problem.rounds
    for r in range(1, problem.rounds):
        possible = [p for p in combinations(people, 2) if problem.may_meet_in(*edge(*p), r)]
        pinned[r] = tuple(edge(*p) for p in possible[: rng.choice((0, 0, 1))])
    least = tuple(min(high, rng.choice((0, 0, 0, 0, 0, 1))) for high in problem.most)
    return replace(problem, held=(held,), pinned=tuple(pinned), least=least)


# Contradictions in sight


COLLEAGUES = dict.fromkeys(range(3), 7)


@pytest.mark.parametrize(
    ("problem", "rules"),
    [
        (
            instance(4, 2, required=[(0, 1)], barred=[(0, 1)]),
            {Rule("require", (0, 1)), Rule("forbid", (0, 1))},
        ),
        (
            instance(4, 2, required=[(0, 1)], absent=[(0, 0), (1, 1), (2, 0)]),
            {Rule("require", (0, 1)), Rule("absent", (0,)), Rule("absent", (1,))},
        ),
        (
            instance(4, 2, required=[(0, 1)], absent=[(0, 0)], tables=(2, 0)),
            {Rule("require", (0, 1)), Rule("absent", (0,)), Rule("tables", (1,))},
        ),
        (
            instance(4, 1, required=[(0, 1), (0, 2), (2, 3)]),
            {Rule("require", (0, 1)), Rule("require", (0, 2))},
        ),
        (
            instance(4, 3, required=[(0, 1), (0, 2)], most={0: 1}),
            {Rule("require", (0, 1)), Rule("require", (0, 2)), Rule("max", (0,))},
        ),
        (instance(4, 2, least={0: 3}), {Rule("min", (0,))}),
        (
            instance(5, 3, least={0: 3}, absent=[(0, 1)]),
            {Rule("min", (0,)), Rule("absent", (0,))},
        ),
        (
            instance(4, 3, least={0: 3}, tables=(2, 0, 2)),
            {Rule("min", (0,)), Rule("tables", (1,))},
        ),
        (
            instance(4, 3, least={0: 3}, organisation={0: 7, 3: 7}),
            {Rule("min", (0,)), Rule("same_organisation", (0, 3))},
        ),
        (
            instance(4, 3, least={0: 3}, language={0: 1, 3: 2}),
            {Rule("min", (0,)), Rule("language", (0,))},
        ),
        (
            instance(4, 3, least={0: 3}, refused=[(0, 3)]),
            {Rule("min", (0,)), Rule("refused", (0,))},
        ),
        (
            instance(4, 3, least={0: 3}, refused=[(0, 3)], met=((0, 3),)),
            {Rule("min", (0,)), Rule("met", (0, 3))},
        ),
        (instance(3, 3, least={0: 3}, held=(((0, 1),),)), {Rule("min", (0,))}),
        (
            instance(3, 2, least={0: 2}, absent=[(1, 0), (1, 1)]),
            {Rule("min", (0,)), Rule("absent", (1,))},
        ),
        (
            instance(6, 1, least={0: 1, 1: 1, 2: 1}, tables=(1,)),
            {*(Rule("min", (v,)) for v in range(3)), Rule("tables", (0,))},
        ),
        (
            instance(6, 1, required=[(0, 1), (2, 3)], tables=(1,)),
            {Rule("require", (0, 1)), Rule("require", (2, 3)), Rule("tables", (0,))},
        ),
        (
            instance(6, 1, required=[(0, 1)], least={3: 1}, tables=(1,)),
            {Rule("require", (0, 1)), Rule("min", (3,)), Rule("tables", (0,))},
        ),
        (
            instance(5, 1, least=dict.fromkeys(range(3), 1), organisation=COLLEAGUES, tables=(4,)),
            {*(Rule("min", (v,)) for v in range(3)), Rule("same_organisation", (0, 1, 2))},
        ),
        (
            instance(8, 1, least=dict.fromkeys(range(3), 1), organisation=COLLEAGUES, tables=(2,)),
            {
                *(Rule("min", (v,)) for v in range(3)),
                Rule("same_organisation", (0, 1, 2)),
                Rule("tables", (0,)),
            },
        ),
        (
            instance(
                8,
                2,
                least=dict.fromkeys(range(3), 1),
                organisation=COLLEAGUES,
                absent=[(1, 0), (2, 0), (4, 1), (5, 1), (6, 1), (7, 1)],
            ),
            {
                *(Rule("min", (v,)) for v in (1, 2)),
                *(Rule("absent", (v,)) for v in (1, 2, 4, 5, 6, 7)),
                Rule("same_organisation", (0, 1, 2)),
            },
        ),
    ],
)
def test_counting_shows_the_contradiction(problem: Instance, rules: set[Rule]) -> None:
    assert set(find_visible_conflict(problem)) == rules
    assert conflict(problem) == rules
    assert whole_model(problem) is None


def test_held_meetings_count_for_minimums_and_requirements() -> None:
    held = (((0, 1),),)
    assert not find_visible_conflict(instance(4, 2, least={0: 2}, required=[(0, 1)], held=held))
    assert find_visible_conflict(instance(4, 2, least={0: 3}, held=held)) == (Rule("min", (0,)),)


def test_required_colleagues_need_nobody_from_outside() -> None:
    required = instance(2, 1, required=[(0, 1)], least={0: 1, 1: 1}, organisation={0: 7, 1: 7})
    assert not find_visible_conflict(required)
    assert start(required) == (((0, 1),),)


def test_what_benefits_decide_is_not_in_sight() -> None:
    problem = instance(4, 2, least={0: 1}, fill=False)
    assert not find_visible_conflict(problem)
    assert conflict(problem) == {Rule("leave"), Rule("min", (0,))}


def test_a_very_large_room_is_counted_through() -> None:
    n = 20_000
    least = dict.fromkeys(range(n), 2)
    required = [(k, k + 1) for k in range(0, n // 2, 2)]
    problem = instance(
        n, 4, least=least, required=required, organisation={v: v // 3 for v in least}
    )
    assert not find_visible_conflict(problem)
    none_left = replace(problem, tables=(0, 0, 1, 1))
    assert {rule.kind for rule in find_visible_conflict(none_left)} == {"require", "tables"}


def test_of_many_minimums_without_seats_no_more_are_named_than_contradict() -> None:
    """Twenty tables seat forty of sixty people."""
    rules = find_visible_conflict(instance(60, 1, least=dict.fromkeys(range(60), 1), tables=(20,)))
    assert [rule.kind for rule in rules] == ["min"] * 41 + ["tables"]


# Contradictions that only a proof shows


def test_five_who_must_all_meet_need_five_rounds() -> None:
    problem = instance(6, 4, required=combinations(range(5), 2))
    assert not find_visible_conflict(problem)
    rules = conflict(problem)
    assert {rule.kind for rule in rules} == {"require"}
    assert len(rules) == 9  # four rounds hold eight meetings of five people
    start(instance(6, 5, required=combinations(range(5), 2)))


ROUND_TRIP = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
ASKED: list[dict[str, Any]] = [{"least": {0: 2}}, {"pinned": (((0, 1),), (), ())}]
"""What only the triangle 0-1-2 supports, where idle seats stay idle."""


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(
    ("apart", "rule"),
    [
        ({"barred": [(1, 2)]}, Rule("forbid", (1, 2))),
        ({"organisation": {1: 7, 2: 7}}, Rule("same_organisation", (1, 2))),
        ({"absent": [(1, 2), (2, 0), (2, 1)]}, Rule("absent", (2,))),
    ],
)
def test_what_keeps_two_others_apart_stands_against_their_triangle(
    asked: dict[str, Any], apart: dict[str, Any], rule: Rule
) -> None:
    problem = instance(3, 3, ROUND_TRIP, fill=False, **asked, **apart)
    rules = conflict(problem)
    assert {Rule("leave"), rule} <= rules
    assert whole_of(rules - {rule}, problem).matchings is not None


def test_where_meetings_need_support_mutual_pairs_and_triangles_are_enough() -> None:
    """3 and 4 gain from each other, 4 and 5 do not."""
    gains = ROUND_TRIP | mutual({(3, 4): 500}) | {(4, 5): 500}
    assert enough_pairs(instance(6, 3, gains, least={0: 2}, fill=False)) == [
        (0, 1), (0, 2), (1, 2), (3, 4),
    ]  # fmt: skip


def test_what_is_too_large_to_be_proven_is_not_called_impossible() -> None:
    """The triangle that 0 needs is not among the pairs that can be tried."""
    assert (
        decide_feasibility(instance(230, 3, ROUND_TRIP, least={0: 2}, fill=False), meter())
        == Verdict()
    )


@pytest.mark.parametrize("asked", ASKED)
def test_two_who_have_met_need_not_meet_again_for_their_triangle(asked: dict[str, Any]) -> None:
    start(instance(3, 3, ROUND_TRIP, fill=False, refused=[(1, 2)], met=((1, 2),), **asked))


def test_one_contradiction_is_told_of_a_large_event() -> None:
    """Among 300 people with three meetings each, three must all meet in the same two rounds."""
    trio, rng = (40, 50, 60), Random(2)
    required = {edge(*rng.sample(range(100, 300), 2)) for _ in range(50)}
    problem = instance(
        300,
        10,
        least={v: 3 for v in range(300) if v not in trio},
        required=required.union(combinations(trio, 2)),
        absent=[(v, r) for v in trio for r in range(2, 10)],
    )
    rules = conflict(problem)
    assert {rule for rule in rules if rule.kind == "require"} == {
        Rule("require", pair) for pair in combinations(trio, 2)
    }
    assert {rule.kind for rule in rules} == {"require", "absent"}
    assert whole_of(rules, problem).impossible is not None
    for rule in rules:
        assert whole_of(rules - {rule}, problem).matchings is not None


def whole_of(rules: set[Rule], problem: Instance) -> Verdict:
    """What can be said of the problem with no other rules than these."""
    return decide_feasibility(rules_in_force(problem, rules), meter())


@pytest.mark.parametrize("block", range(8))
def test_none_of_the_rules_named_is_one_too_many(block: int) -> None:
    told = 0
    for seed in range(block, 160, 8):
        problem = on_the_day(seed)
        if whole_model(problem) is not None:
            continue
        rules, told = conflict(problem), told + 1
        assert whole_model(rules_in_force(problem, rules)) is None, f"seed {seed}"
        for rule in rules:
            assert whole_model(rules_in_force(problem, rules - {rule})) is not None, f"seed {seed}"
    assert told


@pytest.mark.parametrize(
    ("against", "rule"),
    [
        ({"absent": [(0, 1)]}, Rule("absent", (0,))),
        ({"tables": (2, 0)}, Rule("tables", (1,))),
        ({"barred": [(0, 1)]}, Rule("forbid", (0, 1))),
        ({"refused": [(0, 1)], "met": ((0, 1),)}, Rule("met", (0, 1))),
        ({"refused": [(0, 1)]}, Rule("refused", (0,))),
        ({"organisation": {0: 7, 1: 7}}, Rule("same_organisation", (0, 1))),
        ({"language": {0: 1, 1: 2}}, Rule("language", (0,))),
        ({"most": {0: 0}}, Rule("max", (0,))),
    ],
)
def test_a_pin_that_no_rule_allows_is_told_with_the_rule(
    against: dict[str, Any], rule: Rule
) -> None:
    assert conflict(instance(4, 2, pinned=((), ((0, 1),)), **against)) == {rule}


# Brokerage events that were published with their answers


@pytest.mark.skipif(no_shared_data(), reason="the shared data are not on this machine")
@pytest.mark.parametrize("name", ["forum-13", "forum-13crafc", "tic-12crafc", "tic-13crafb"])
def test_real_events_in_which_every_meeting_is_required_are_scheduled(name: str) -> None:
    start(brokerage(shared("data", "b2b", "instances", f"{name}.original.dzn")))


@pytest.mark.skipif(no_shared_data(), reason="the shared data are not on this machine")
@pytest.mark.parametrize("name", ["tic-12.forb0003", "tic-12crafc.forb0007"])
def test_real_events_published_as_impossible_are_refused(name: str) -> None:
    """Somebody has one meeting more than rounds without an absence."""
    rules = conflict(brokerage(shared("data", "b2b", "instances", f"{name}.dzn")))
    assert sorted({rule.kind for rule in rules}) == ["absent", "require"]


def brokerage(path: Path) -> Instance:
    """An event of the brokerage collection: whom each must meet, and when nobody has time."""
    text = path.read_text(encoding="utf-8")
    people, tables, rounds = (
        int(_field(text, name)) for name in ("nBusiness", "nTables", "nTotalSlots")
    )
    rows = (row.split(",") for row in _field(text, "requested").strip("[]|\n ").split("|"))
    sets = re.findall(r"\{(.*?)\}", _field(text, "forbidden"))
    forbidden = [[int(slot) for slot in found.split(",") if slot.strip()] for found in sets]
    return instance(
        people,
        rounds,
        required={edge(int(row[0]) - 1, int(row[1]) - 1) for row in rows},
        absent=[(v, slot - 1) for v in range(people) for slot in forbidden[v] if slot > 0],
        tables=(tables,) * rounds,
    )


def _field(text: str, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*(.*?);", text, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_everybody_is_a_possible_partner_of_everybody() -> None:
    """Benefits play no part while idle seats may be filled."""
    assert start(instance(4, 1, everybody(4, 0), least={0: 1}))
