"""Can the hard rules hold, why not, and what gives way: the one entry for the strategy."""

from solver.budget import Meter
from solver.errors import Infeasible
from solver.feasibility.conflict import explain_conflict, find_visible_conflict
from solver.feasibility.decide import decide_feasibility
from solver.feasibility.waive import keep_most_promises, waive_fewest
from solver.instance import Instance, Matchings

__all__ = [
    "find_feasible_start",
    "find_visible_conflict",
    "is_feasible",
    "keep_most_promises",
    "waive_fewest",
]


def find_feasible_start(instance: Instance, meter: Meter) -> Matchings | None:
    """Meetings that obey every hard rule and hold little more than the rules demand, by round.

    None if the budget ends before any are found. Raises Infeasible, with rules that
    contradict each other (see ``explain_conflict``), if there are none.
    """
    verdict = decide_feasibility(instance, meter)
    if verdict.impossible is not None:
        raise Infeasible(explain_conflict(instance, verdict.impossible, meter))
    return verdict.matchings


def is_feasible(instance: Instance, meter: Meter) -> bool:
    """Tell whether such meetings are found; quicker than ``find_feasible_start`` where none are."""
    return decide_feasibility(instance, meter).matchings is not None
