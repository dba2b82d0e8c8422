"""CP-SAT under a budget: it stops when told, and what it did is counted."""

from itertools import combinations
from threading import Event, active_count

import pytest
from ortools.sat.python import cp_model

from solver.budget import STEPS_A_SECOND, Budget, Meter
from solver.feasibility.cp_model import HardRulesModel
from solver.feasibility.cp_solver import new_solver, run_cp_sat
from tests.solver.instances import instance

HARD = instance(24, 23, required=combinations(range(24), 2))
"""All meetings of 24 people in 23 rounds: not a seat is left over, and no search is quick."""


def hard_model() -> cp_model.CpModel:
    return HardRulesModel.of(HARD, HARD.required).model


def easy_model() -> cp_model.CpModel:
    problem = instance(8, 7, required=[(0, 1), (2, 3)])
    return HardRulesModel.of(problem, combinations(range(8), 2)).model


def test_what_was_done_is_spent() -> None:
    whole = Meter(Budget(work=10**12))
    solver = new_solver(0, linear=0)
    run_cp_sat(solver, hard_model(), Meter(Budget(work=10**6), parent=whole))
    assert whole.work == round(solver.deterministic_time * STEPS_A_SECOND) > 0


def test_a_budget_of_work_is_kept_without_a_clock() -> None:
    meter = Meter(Budget(work=STEPS_A_SECOND // 50))
    solver = new_solver(0, linear=0)
    assert run_cp_sat(solver, hard_model(), meter) == cp_model.UNKNOWN
    assert solver.parameters.max_deterministic_time == pytest.approx(0.02)
    assert solver.parameters.max_time_in_seconds == float("inf")


def test_a_budget_that_is_spent_allows_nothing() -> None:
    meter = Meter(Budget(work=10, seconds=0.0), work=20)
    solver = new_solver(0, linear=0)
    assert run_cp_sat(solver, hard_model(), meter) == cp_model.UNKNOWN
    assert solver.parameters.max_deterministic_time == 0
    assert solver.parameters.max_time_in_seconds == 0


def test_a_stop_ends_it() -> None:
    asked = Event()

    def stop() -> bool:
        asked.set()
        return True

    status = run_cp_sat(new_solver(0, linear=0), hard_model(), Meter(Budget(), stop))
    assert status == cp_model.UNKNOWN
    assert asked.is_set()


def test_nobody_watches_once_it_has_ended() -> None:
    before = active_count()
    run_cp_sat(new_solver(0, linear=1), easy_model(), Meter(Budget(work=10**9)))
    assert active_count() == before


def test_the_same_seed_gives_the_same_answer() -> None:
    problem = instance(8, 7, required=[(0, 1), (2, 3)])
    answers = []
    for _ in range(2):
        day = HardRulesModel.of(problem, combinations(range(8), 2))
        solver = new_solver(5, linear=1)
        run_cp_sat(solver, day.model, Meter(Budget(work=10**9)))
        answers.append((day.matchings(solver), solver.deterministic_time))
    assert answers[0] == answers[1]


def test_a_solver_is_set_up_to_be_repeatable_and_to_leave_ctrl_c_alone() -> None:
    chosen = new_solver(7, linear=2).parameters
    assert (chosen.num_workers, chosen.random_seed, chosen.linearization_level) == (1, 7, 2)
    assert chosen.presolve_inclusion_work_limit == 0
    assert not chosen.catch_sigint_signal
