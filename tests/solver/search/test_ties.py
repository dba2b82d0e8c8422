"""Schedules of equal points: new people by the turns of a circle, byes spread over the day."""

from dataclasses import replace
from itertools import groupby

import pytest

from solver.budget import Budget, Meter
from solver.instance import Instance, Matchings
from solver.objective import pairs_of, points_of
from solver.search import ties
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.search.ties import spread_byes, take_turns
from solver.solve import solve_instance
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.instances import everybody, instance
from tests.solver.reference import all_rest, companies_met_once, has_tables


def of_week(n: int, benefit: int, met: set[tuple[int, int]], seed: int) -> Instance:
    """One round of ``n`` people who gain alike; who met before costs 20,000 points."""
    again = dict.fromkeys(met, 20_000)
    gains = everybody(n, benefit)
    return instance(n, 1, gains, byes=50, met=tuple(sorted(met)), costs=again, seed=seed)


@pytest.mark.parametrize("benefit", [0, 500])
@pytest.mark.parametrize(("n", "weeks"), [(4, 3), (6, 5), (9, 9), (12, 11)])
def test_a_weekly_circle_has_met_in_the_fewest_weeks(n: int, weeks: int, benefit: int) -> None:
    for seed in range(3):
        met = set[tuple[int, int]]()
        for week in range(weeks):
            problem = of_week(n, benefit, met, seed + week)
            result = solve_instance(problem, Meter(Budget(work=5_000)))
            assert result.bound == result.points
            met |= set(result.matchings[0])
        assert len(met) == n * (n - 1) // 2


def test_turns_never_cost_a_point() -> None:
    for seed in range(20):
        event = random_event(seed, 9, 4)
        problem = instance_of(event, explicit_rows(event))
        search = begun(problem)
        before = search.priced_points
        take_turns(search)
        assert search.priced_points == points_of(problem, search.matchings()) >= before


def begun(problem: Instance) -> SearchState:
    nothing: Matchings = ((),) * problem.rounds
    search = SearchState.begin(problem, Candidates.of(problem, 40), nothing, 1)
    search.place(*in_promising_order(problem))
    return search


def byes_of(problem: Instance, matchings: Matchings, v: int) -> list[int]:
    """The lengths of the runs of byes of somebody."""
    rows = [
        bool(problem.present[v, r]) and all(v not in pair for pair in row)
        for r, row in enumerate(matchings)
    ]
    return [len([*run]) for is_bye, run in groupby(rows) if is_bye]


def test_three_byes_in_a_row_come_apart() -> None:
    # 0 meets 1, 2 and 3 at the end of the day, who meet each other while it waits.
    problem = instance(4, 6, everybody(4, 500), tables=(1,) * 6)
    rounds: Matchings = (((1, 2),), ((1, 3),), ((2, 3),), ((0, 1),), ((0, 2),), ((0, 3),))
    assert byes_of(problem, rounds, 0) == [3]
    after = spread_byes(problem, rounds)
    assert sorted(pairs_of(after)) == sorted(pairs_of(rounds))
    assert max(max(byes_of(problem, after, v)) for v in range(4)) <= 2
    assert byes_of(problem, after, 0) != [3]


def test_of_very_many_rounds_those_near_each_other_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = instance(4, 6, everybody(4, 500), tables=(1,) * 6)
    rounds: Matchings = (((1, 2),), ((1, 3),), ((2, 3),), ((0, 1),), ((0, 2),), ((0, 3),))
    apart = set[int]()
    path = ties._Spread._path

    def noted(spread: ties._Spread, v: int, r: int, s: int) -> list[int]:
        apart.add(s - r)
        return path(spread, v, r, s)

    monkeypatch.setattr(ties._Spread, "_path", noted)
    spread_byes(problem, rounds)
    assert max(apart) == 5
    apart.clear()
    monkeypatch.setattr(ties, "MOST_LOOKS", 2 * problem.n * problem.rounds)
    assert sorted(pairs_of(spread_byes(problem, rounds))) == sorted(pairs_of(rounds))
    assert max(apart) == 2


def test_a_pinned_meeting_and_a_held_round_stay() -> None:
    rounds: Matchings = (((1, 2),), ((1, 3),), ((2, 3),), ((0, 1),), ((0, 2),), ((0, 3),))
    problem = instance(4, 6, everybody(4, 500), tables=(1,) * 6)
    held = replace(problem, held=rounds[:2])
    assert spread_byes(held, rounds)[:2] == rounds[:2]
    pinned = replace(problem, pinned=tuple(row if r == 3 else () for r, row in enumerate(rounds)))
    assert spread_byes(pinned, rounds)[3] == rounds[3]


@pytest.mark.parametrize("seed", range(150))
def test_spreading_keeps_every_rule_and_the_points(seed: int) -> None:
    event = random_event(seed, 9, 6)
    problem = instance_of(event, explicit_rows(event))
    before = begun(problem).matchings()
    after = spread_byes(problem, before)
    assert sorted(pairs_of(after)) == sorted(pairs_of(before))
    assert points_of(problem, after) == points_of(problem, before)
    assert sum(runs(problem, after)) <= sum(runs(problem, before))
    assert after[: len(problem.held)] == before[: len(problem.held)]
    assert all_rest(problem, after)
    assert companies_met_once(problem, pairs_of(after))
    for r, row in enumerate(after):
        seated = [v for pair in row for v in pair]
        assert len(seated) == len(set(seated))
        assert all(problem.present[v, r] for v in seated)
        assert len(row) <= problem.tables[r]
        assert has_tables(problem, r, row)
        assert not any((pair, r) in problem.apart for pair in row)
        if problem.pinned:
            assert set(problem.pinned[r]) & set(before[r]) <= set(row)


def runs(problem: Instance, matchings: Matchings) -> list[int]:
    return [length**2 for v in range(problem.n) for length in byes_of(problem, matchings, v)]


def test_byes_are_spread_somewhere_in_such_events() -> None:
    gained = 0
    for seed in range(40):
        event = random_event(seed, 9, 6)
        problem = instance_of(event, explicit_rows(event))
        before = begun(problem).matchings()
        gained += sum(runs(problem, before)) - sum(runs(problem, spread_byes(problem, before)))
    assert gained > 20
