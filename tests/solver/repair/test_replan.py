"""Replans: what a promise is worth at each stability, and that a hint is never lost."""

from dataclasses import replace
from itertools import combinations, permutations
from random import Random

import pytest

from bench.generate import generate
from schemas.base import Stability
from solver.budget import Budget, Meter
from solver.instance import Instance, Matchings, Result
from solver.repair.promises import broken_promises
from solver.repair.replan import BROKEN_PROMISE, replan_schedule
from solver.solve import solve_instance
from solver.translate.prepare import explicit_rows, instance_of
from tests.solver.instances import instance, mutual

WORK = 2_000_000
STABILITIES: tuple[Stability, ...] = ("strict", "balanced", "free")


def repaired(
    problem: Instance, promises: Matchings, stability: Stability, most_broken: int | None = None
) -> Result:
    meter = Meter(Budget(work=WORK))
    return replan_schedule(problem, promises, stability, most_broken, meter, lambda _: None)[1]


def swap_worth(points: int) -> tuple[Instance, Matchings]:
    """One round in which 0-1 and 2-3 are promised; 0-2 and 1-3 are worth so many points more."""
    assert points % 200 == 0
    better = 300 + points // 200
    gains = mutual({(0, 1): 300, (2, 3): 300, (0, 2): better, (1, 3): better})
    return instance(4, 1, gains), (((0, 1), (2, 3)),)


@pytest.mark.parametrize("stability", STABILITIES)
@pytest.mark.parametrize("points", [200, 2 * BROKEN_PROMISE - 200, 2 * BROKEN_PROMISE + 200])
def test_two_promises_break_for_more_than_their_price(stability: Stability, points: int) -> None:
    problem, promises = swap_worth(points)
    price = {"strict": 10**9, "balanced": 2 * BROKEN_PROMISE, "free": 0}[stability]
    better = (((0, 2), (1, 3)),)
    assert repaired(problem, promises, stability).matchings == (
        better if points > price else promises
    )


@pytest.mark.parametrize("stability", ["balanced", "free"])
def test_no_more_promises_break_than_are_allowed(stability: Stability) -> None:
    problem, promises = swap_worth(100_000)
    assert repaired(problem, promises, stability, most_broken=1).matchings == promises
    assert repaired(problem, promises, stability, most_broken=2).matchings != promises


@pytest.mark.parametrize("stability", STABILITIES)
def test_who_lost_a_partner_finds_another_who_did(stability: Stability) -> None:
    """1 and 3 leave after the first round: 0 and 2 are left to each other, 4 and 5 stay."""
    gains = mutual({(0, 1): 900, (2, 3): 900, (0, 2): 200, (4, 5): 600})
    gone = [(1, 1), (3, 1)]
    problem = instance(6, 2, gains, absent=gone, held=((),))
    promises: Matchings = ((), ((4, 5),))
    assert repaired(problem, promises, stability).matchings == ((), ((0, 2), (4, 5)))


def test_a_hint_that_could_hardly_be_worse_does_no_harm() -> None:
    """Eight couples, of whom the hint brings none together in any of three rounds."""
    couples = {(v, v + 8): 900 for v in range(8)}
    strangers = {(v, w + 8): 60 for v in range(8) for w in range(8) if v != w}
    problem = instance(16, 3, mutual(couples | strangers))
    poor = tuple(tuple((v, (v + r) % 8 + 8) for v in range(8)) for r in (1, 2, 3))
    answer = solve_instance(problem, Meter(Budget(work=WORK)), hint=poor)
    assert answer.points == 100 * (8 * 900 + 16 * 60)
    assert answer.stopped_by == "optimal"


CASES = ("plain", "held", "leave", "required", "minimum")


@pytest.mark.parametrize("case", CASES)
def test_a_good_hint_is_kept_however_small_the_budget(case: str) -> None:
    problem = demanding(case)
    found = solve_instance(problem, Meter(Budget(work=WORK)))
    if case == "held":
        problem = replace(problem, held=found.matchings[:2])
    again = solve_instance(problem, Meter(Budget(work=1)), hint=found.matchings)
    assert again.points >= found.points


def demanding(case: str) -> Instance:
    """A room too large to be proven, with demands of one kind."""
    event = generate(40, 3, rounds=6)
    problem = instance_of(event, explicit_rows(event))
    if case == "required":
        together = [p for p in combinations(range(40), 2) if problem.may_meet_in(*p, 3)]
        required = tuple(sorted(Random(1).sample(together, 5)))
        return replace(problem, permissions=replace(problem.permissions, required=required))
    if case == "minimum":
        return replace(problem, least=tuple(min(4, most) for most in problem.most))
    return replace(problem, fill=case != "leave")


def drop_outs(attendees: int) -> tuple[Instance, Matchings]:
    """A room after two of six rounds, three people gone, and what was promised to the others."""
    event = generate(attendees, 3, rounds=6)
    problem = instance_of(event, explicit_rows(event))
    published = solve_instance(problem, Meter(Budget(work=WORK))).matchings
    gone, present = {1, 5, 9}, problem.present.copy()
    present[sorted(gone), 2:] = False
    here = present.sum(axis=1).tolist()
    problem = replace(
        problem,
        present=present,
        most=tuple(min(pair) for pair in zip(problem.most, here, strict=True)),
        held=published[:2],
    )
    promises = tuple(tuple(p for p in row if gone.isdisjoint(p)) for row in published[2:])
    return problem, ((), (), *promises)


def test_every_stability_has_all_that_was_promised_to_start_from() -> None:
    problem, promises = drop_outs(40)
    kept = repaired(problem, promises, "strict")
    assert broken_promises(promises, kept.matchings) == 0
    loose = repaired(problem, promises, "balanced")
    price = BROKEN_PROMISE * broken_promises(promises, loose.matchings)
    assert loose.points - price >= kept.points
    assert kept.bound is not None
    assert kept.bound >= kept.points


@pytest.mark.parametrize("stability", STABILITIES)
def test_a_day_that_is_over_stays_as_it_was(stability: Stability) -> None:
    gains = {pair: 310 + 7 * k for k, pair in enumerate(permutations(range(5), 2))}
    held: Matchings = (((0, 1), (2, 3)), ((0, 4), (1, 2)))
    problem = instance(5, 2, gains, triangles=75, fairness=100, byes=50, held=held)
    answer = repaired(problem, ((), ()), stability)
    assert answer.matchings == held
    assert answer.bound is not None
    assert answer.bound >= answer.points
