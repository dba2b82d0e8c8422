"""A schedule after little work, for a first look at an event.

Everybody's ``PARTNERS`` best partners are enough to look at: in a crowd where nearly all could
meet, the bound that comes with a solve would else count the triangles of every pair. One-sided
pairs are left out with the rest. Where idle seats stay empty nothing is left out, since what is
possible depends on every pair then.
"""

from dataclasses import replace

import numpy as np

from solver.budget import Budget, Meter
from solver.feasibility.feasible import waive_fewest
from solver.instance import Benefits, Instance, Ints, Matchings
from solver.solve import FOR_ANY_SCHEDULE, solve_instance

WORK, WORK_A_PAIR, LEAST_WORK = 5_000_000, 1_000, 100_000
"""Steps at most (about 2 s of computing for 300 people), for each pair worth meeting, and at least:
where there is little to decide, steps find nothing and take long."""
PARTNERS = 64


def trial_schedule(instance: Instance, waiving: bool = False) -> Matchings:
    """A schedule; with ``waiving`` the fewest rules are given up if they cannot all hold.

    Raises Infeasible and NoIncumbentError as ``solve`` does.
    """
    work = min(WORK, LEAST_WORK + WORK_A_PAIR * len(instance.mutual_edges[0]))
    meter = Meter(Budget(work=work))
    if waiving:
        instance = waive_fewest(instance, meter.at_least(*FOR_ANY_SCHEDULE))
    return solve_instance(narrow_instance(instance), meter).matchings


def narrow_instance(instance: Instance) -> Instance:
    """The instance with nothing but the best partners, mutual value by mutual value."""
    if not instance.fill:
        return instance
    i, j, w = instance.mutual_edges
    kept = _among_best(i, j, w)
    i, j = i[kept], j[kept]
    source, target = np.concatenate([i, j]), np.concatenate([j, i])
    value = instance.benefits.of_pairs(source, target)
    return replace(instance, benefits=Benefits.by_column(instance.n, source, target, value))


def _among_best(i: Ints, j: Ints, w: Ints) -> Ints:
    """The edges that are among the best ``PARTNERS`` of one of the two, in order."""
    owner, edge = np.concatenate([i, j]), np.tile(np.arange(len(w)), 2)
    order = np.lexsort((edge, -w[edge], owner))
    owner, edge = owner[order], edge[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    return np.unique(edge[rank < PARTNERS])
