"""Can the hard rules hold, and why not: starts, contradictions in sight, contradictions proven."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest

from bench.real.shared import absent as no_shared_data
from bench.real.shared import shared
from schemas.event import Event
from solver.budget import Budget, Meter
from solver.conflict import visible_conflict
from solver.day import Day
from solver.decide import Verdict, decide
from solver.draft import Draft
from solver.errors import Infeasible, Rule
from solver.feasible import feasible_start, possible
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import pairs, supported
from solver.part import part_of
from solver.rules import in_force
from solver.search import FOUND, new_solver, run
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import random_event
from tests.solver.instances import everybody, instance, mutual


def meter() -> Meter:
    return Meter(Budget(seconds=20))


def start(problem: Instance) -> Matchings:
    """A start that obeys every rule, as this test sees them."""
    matchings = feasible_start(problem, meter())
    assert matchings is not None
    assert not list(complaints(problem, matchings))
    return matchings


def conflict(problem: Instance) -> set[Rule]:
    with pytest.raises(Infeasible) as raised:
        feasible_start(problem, meter())
    return set(raised.value.rules)


def read(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


def complaints(problem: Instance, matchings: Matchings) -> Iterator[str]:
    """The hard rules, written down once more."""
    assert matchings[: len(problem.held)] == problem.held
    met = list(pairs(matchings))
    counts = np.bincount(np.array(met, np.int64).reshape(-1), minlength=problem.n)
    if len(set(met)) < len(met):
        yield "H2"
    for r in problem.open_rounds:
        seated = [v for pair in matchings[r] for v in pair]
        if len(set(seated)) < len(seated) or not all(problem.present[v, r] for v in seated):
            yield f"H1 in round {r}"
        if len(matchings[r]) > problem.tables[r]:
            yield f"H3 in round {r}"
        if not all(problem.permissions.may_meet(*pair) for pair in matchings[r]):
            yield f"H4 in round {r}"
        if problem.pinned and not set(problem.pinned[r]) <= set(matchings[r]):
            yield f"pins of round {r}"
        if not problem.fill and not set(matchings[r]) <= supported(problem, matchings):
            yield f"H8 in round {r}"
    if not set(problem.required) <= set(met):
        yield "H5"
    least = [0 if v in problem.excused else low for v, low in enumerate(problem.least)]
    most = np.maximum(problem.most, problem.held_counts)
    if (counts < least).any() or (counts > most).any():
        yield "H6"


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
    matchings = start(instance(n, rounds, least=dict.fromkeys(range(n), n - 1)))
    assert set(pairs(matchings)) == set(combinations(range(n), 2))


def test_a_table_short_of_everybody_is_used_to_the_last_seat() -> None:
    """30 people, two meetings each: 30 meetings in four rounds of 8, 8, 7 and 7 tables."""
    start(instance(30, 4, least=dict.fromkeys(range(30), 2), tables=(8, 8, 7, 7)))


def test_only_mutual_partners_count_where_idle_seats_stay_idle() -> None:
    gains = mutual({(0, 3): 500, (1, 2): 500})
    problem = instance(4, 1, gains, least={0: 1, 1: 1}, fill=False)
    assert start(problem) == (((0, 3), (1, 2)),)


def test_a_triangle_may_have_to_support_what_is_demanded() -> None:
    """0 must have two meetings and gains from nobody who gains from it."""
    round_trip = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
    matchings = start(instance(3, 3, round_trip, least={0: 2}, fill=False))
    assert set(pairs(matchings)) == {(0, 1), (0, 2), (1, 2)}


@pytest.mark.parametrize("n", [300, 1000])
def test_many_demands_of_a_large_event_are_met(n: int) -> None:
    rng = Random(n)
    required = {edge(*rng.sample(range(n), 2)) for _ in range(n // 5)}
    start(instance(n, 10, least=dict.fromkeys(range(n), 3), required=required))


def test_a_hundred_thousand_have_three_meetings_each() -> None:
    problem = instance(100_000, 4, least=dict.fromkeys(range(100_000), 3))
    assert feasible_start(problem, meter()) is not None


def test_where_the_budget_is_too_small_there_is_no_answer() -> None:
    """All 190 meetings of 20 people in 19 rounds: no draft gets there."""
    problem = instance(20, 19, required=combinations(range(20), 2))
    assert feasible_start(problem, Meter(Budget(work=0))) is None
    assert not possible(problem, Meter(Budget(work=0)))
    assert start(problem)


def test_the_same_question_has_the_same_answer() -> None:
    problem = instance(12, 11, required=combinations(range(12), 2))
    assert start(problem) == start(problem)


# Against enumeration, and against a model that leaves nothing out


@pytest.mark.parametrize("block", range(8))
def test_there_is_a_start_when_there_is_a_schedule(block: int) -> None:
    for seed in range(block, 240, 8):
        event = random_event(seed, 6, 3)
        if best_points(event) is not None:
            start(read(event))
        else:
            assert conflict(read(event)), f"seed {seed}"


@pytest.mark.parametrize("block", range(8))
def test_on_the_day_as_well(block: int) -> None:
    for seed in range(block, 240, 8):
        problem = on_the_day(seed)
        verdict = decide(problem, meter())
        assert (verdict.matchings is None) == (whole_model(problem) is None), f"seed {seed}"
        assert verdict.matchings is None or not list(complaints(problem, verdict.matchings))
        assert (verdict.impossible is None) == (verdict.matchings is not None)


def on_the_day(seed: int) -> Instance:
    """A random problem with a held round and some pins; about a third are impossible."""
    rng = Random(seed)
    event = random_event(seed, 8, 4)
    problem = read(event)
    people = list(range(problem.n))
    rng.shuffle(people)
    held = tuple(sorted(edge(*people[k : k + 2]) for k in range(0, rng.randint(0, 3) * 2 - 1, 2)))
    pinned: list[tuple[Edge, ...]] = [()] * problem.rounds
    for r in range(1, problem.rounds):
        free = [p for p in combinations(range(problem.n), 2) if rng.random() < 0.05]
        pinned[r] = tuple(free[: rng.randint(0, 2)])
    least = tuple(min(high, rng.choice((0, 0, 1, 2))) for high in problem.most)
    return replace(problem, held=(held,), pinned=tuple(pinned), least=least)


def whole_model(problem: Instance) -> Matchings | None:
    """What CP-SAT finds with every pair, every round and every rule in the model."""
    day = Day.of(problem, combinations(range(problem.n), 2))
    solver = new_solver(0, linear=1)
    status = run(solver, day.model, meter())
    return day.matchings(solver) if status in FOUND else None


@pytest.mark.parametrize("seed", range(60))
def test_a_part_of_the_people_answers_for_all(seed: int) -> None:
    """Many more people than demands: stand-ins are left out, the answer stays."""
    rng = Random(seed)
    n, rounds = 60, 3
    required = {edge(*rng.sample(range(8), 2)) for _ in range(rng.randint(0, 4))}
    problem = instance(
        n,
        rounds,
        least={v: rng.randint(1, 3) for v in rng.sample(range(8), 3)},
        required=required,
        absent={(v, rng.randrange(rounds)) for v in range(n) if rng.random() < 0.3},
        most={v: rng.randint(0, 2) for v in range(n) if rng.random() < 0.3},
        barred={p for p in combinations(range(12), 2) if rng.random() < 0.8} - required,
        organisation={v: rng.randrange(3) for v in range(n) if rng.random() < 0.5},
        tables=tuple(rng.randint(1, 4) for _ in range(rounds)),
    )
    part = part_of(problem)
    assert len(part.people) < n
    found = whole_model(part.instance)
    assert (found is None) == (whole_model(problem) is None)
    if found is not None:
        assert not list(complaints(problem, part.back(found)))


# Contradictions in sight


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
            instance(5, 1, least={0: 1, 1: 1, 2: 1}, organisation={0: 7, 1: 7, 2: 7}),
            {*(Rule("min", (v,)) for v in range(3)), Rule("same_organisation", (0, 1, 2))},
        ),
    ],
)
def test_counting_shows_the_contradiction(problem: Instance, rules: set[Rule]) -> None:
    assert set(visible_conflict(problem)) == rules
    assert conflict(problem) == rules
    assert whole_model(problem) is None


def test_held_meetings_count_for_minimums_and_requirements() -> None:
    held = (((0, 1),),)
    assert not visible_conflict(instance(4, 2, least={0: 2}, required=[(0, 1)], held=held))
    assert visible_conflict(instance(4, 2, least={0: 3}, held=held)) == (Rule("min", (0,)),)


def test_what_benefits_decide_is_not_in_sight() -> None:
    problem = instance(4, 2, least={0: 1}, fill=False)
    assert not visible_conflict(problem)
    assert conflict(problem) == {Rule("leave"), Rule("min", (0,))}


def test_a_room_of_a_hundred_thousand_is_counted_through() -> None:
    n = 100_000
    least = dict.fromkeys(range(n), 2)
    required = [(k, k + 1) for k in range(0, 40_000, 2)]
    problem = instance(
        n, 4, least=least, required=required, organisation={v: v // 3 for v in least}
    )
    assert not visible_conflict(problem)
    none_left = replace(problem, tables=(0, 0, 1, 1))
    assert {rule.kind for rule in visible_conflict(none_left)} == {"require", "tables"}


# Contradictions that only a proof shows


def test_five_who_must_all_meet_need_five_rounds() -> None:
    problem = instance(6, 4, required=combinations(range(5), 2))
    assert not visible_conflict(problem)
    rules = conflict(problem)
    assert {rule.kind for rule in rules} == {"require"}
    assert len(rules) == 9  # four rounds hold eight meetings of five people
    start(instance(6, 5, required=combinations(range(5), 2)))


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
    return decide(in_force(problem, rules), meter())


@pytest.mark.parametrize("block", range(8))
def test_none_of_the_rules_named_is_one_too_many(block: int) -> None:
    told = 0
    for seed in range(block, 240, 8):
        problem = on_the_day(seed)
        if whole_model(problem) is not None:
            continue
        rules, told = conflict(problem), told + 1
        assert whole_model(in_force(problem, rules)) is None, f"seed {seed}"
        for rule in rules:
            assert whole_model(in_force(problem, rules - {rule})) is not None, f"seed {seed}"
    assert told


def test_a_pin_that_no_rule_allows_is_told_with_the_rule() -> None:
    problem = instance(4, 2, absent=[(0, 1)], pinned=((), ((0, 1),)))
    assert conflict(problem) == {Rule("absent", (0,))}


# A draft looks back


def test_what_is_liked_makes_way_for_what_is_required() -> None:
    problem = instance(6, 2, required=[(0, 2)], absent=[(0, 1)])
    liked: Matchings = (((0, 1), (2, 3), (4, 5)), ((1, 3), (4, 5)))
    draft = Draft.of(problem, liked)
    assert draft.complete
    assert draft.matchings == (((0, 2), (4, 5)), ((1, 3),))


def test_who_is_left_over_takes_a_partner_who_can_find_another() -> None:
    """4 may meet 0 alone, whom 1 has got; 1 can have 5."""
    problem = instance(6, 1, least={4: 1, 1: 1}, barred=[(4, v) for v in (1, 2, 3)] + [(4, 5)])
    draft = Draft.of(problem, (((0, 1), (2, 3)),))
    assert draft.complete
    assert draft.matchings == (((0, 4), (1, 5), (2, 3)),)


def test_nobody_who_needs_it_loses_a_partner() -> None:
    problem = instance(3, 1, least={0: 1, 1: 1, 2: 1})
    draft = Draft.of(problem)
    assert len(draft.short) == 1
    assert not draft.complete


def test_meetings_without_support_are_noticed() -> None:
    one_way = {(0, 1): 600}
    draft = Draft.of(instance(2, 1, one_way, fill=False, pinned=(((0, 1),),)))
    assert draft.unsupported == {(0, 1)}
    assert not draft.complete
    assert Draft.of(instance(2, 1, one_way, pinned=(((0, 1),),))).complete


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
