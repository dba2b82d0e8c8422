"""CP-SAT under a budget: one worker, one seed, and the same answer on every machine.

A budget of work becomes a limit on CP-SAT's deterministic time, and the clock is then never asked.
"""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ortools.sat.python import cp_model

from solver.budget import STEPS_A_SECOND, Meter

POLL_SECONDS = 0.05
IMPOSSIBLE = cp_model.INFEASIBLE
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def new_solver(seed: int, linear: int) -> cp_model.CpSolver:
    """A solver that gives the same answer each time; ``linear`` is its linearization level."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = linear
    # With the inclusion step of its presolve, CP-SAT 9.15 has called wrong answers optimal.
    solver.parameters.presolve_inclusion_work_limit = 0
    # Its own handler of Ctrl-C would take the place of the caller's for good.
    solver.parameters.catch_sigint_signal = False
    return solver


def run_cp_sat(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    meter: Meter,
    callback: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """Solve within what is left of the budget and spend the work done on it.

    The status is CP-SAT's; only ``DECIDED`` ones are final. Stops soon after the meter says so.
    """
    if not math.isinf(meter.seconds_left()):
        solver.parameters.max_time_in_seconds = max(0.0, meter.seconds_left())
    if not math.isinf(meter.work_left()):
        solver.parameters.max_deterministic_time = max(0.0, meter.work_left() / STEPS_A_SECOND)
    with _stopping(meter.stop, solver.stop_search):
        status = solver.solve(model, callback)
    meter.spend(round(solver.deterministic_time * STEPS_A_SECOND))
    return status


@contextmanager
def _stopping(wanted: Callable[[], bool], stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` soon after ``wanted`` becomes true, until the block is left."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_SECONDS):
            if wanted():
                stop()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
