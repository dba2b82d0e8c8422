"""What these tests hold answers against: the hard rules once more, and a model of all of them."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from ortools.sat.python import cp_model

from solver.budget import Budget, Meter
from solver.feasibility.cp_model import HardRulesModel
from solver.feasibility.cp_solver import FOUND, new_solver, run_cp_sat
from solver.instance import Instance, Matchings
from solver.objective import pairs_of, supported_pairs
from tests.solver.instances import unrested, used_twice, uses


def meter() -> Meter:
    return Meter(Budget(work=2_000_000_000))


def complaints(problem: Instance, matchings: Matchings) -> Iterator[str]:
    """The hard rules, written down once more."""
    assert matchings[: len(problem.held)] == problem.held
    met = list(pairs_of(matchings))
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
        if not problem.fill and not set(matchings[r]) <= supported_pairs(problem, matchings):
            yield f"H8 in round {r}"
    if not set(problem.required) <= set(met):
        yield "H5"
    least = [0 if v in problem.excused else low for v, low in enumerate(problem.least)]
    most = np.maximum(problem.limit or problem.most, problem.held_counts)
    if (counts < least).any() or (counts > most).any():
        yield "H6"
    yield from _of_the_whole_day(problem, matchings)


def _of_the_whole_day(problem: Instance, matchings: Matchings) -> Iterator[str]:
    again = used_twice(problem, matchings)
    fresh = (pair for r in problem.open_rounds for pair in matchings[r])
    if any(again & uses(problem, *pair) for pair in fresh):
        yield "H9"
    if unrested(problem, matchings):
        yield "H10"


def whole_model(problem: Instance) -> Matchings | None:
    """What CP-SAT finds with every pair, every round and every rule in the model."""
    day = HardRulesModel.of(problem, combinations(range(problem.n), 2))
    solver = new_solver(0, linear=1)
    status = run_cp_sat(solver, day.model, meter())
    assert status in (*FOUND, cp_model.INFEASIBLE), "undecided"
    return day.matchings(solver) if status in FOUND else None
