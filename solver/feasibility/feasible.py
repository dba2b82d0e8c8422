"""Can the hard rules hold, why not, and what gives way: the one entry for the strategy."""

from solver.budget import Meter
from solver.errors import Infeasible
from solver.feasibility.conflict import explain, visible_conflict
from solver.feasibility.decide import decide
from solver.feasibility.waive import keep_most, waive
from solver.instance import Instance, Matchings

__all__ = ["feasible_start", "keep_most", "possible", "visible_conflict", "waive"]


def feasible_start(instance: Instance, meter: Meter) -> Matchings | None:
    """Meetings that obey every hard rule and hold little more than the rules demand.

    None if the budget ends before any are found; raises Infeasible if there are none.
    """
    verdict = decide(instance, meter)
    if verdict.impossible is not None:
        raise Infeasible(explain(instance, verdict.impossible, meter))
    return verdict.matchings


def possible(instance: Instance, meter: Meter) -> bool:
    """Tell whether such meetings are found; quicker than ``feasible_start`` where none are."""
    return decide(instance, meter).matchings is not None
