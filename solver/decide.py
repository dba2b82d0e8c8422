"""Can the hard rules hold at all? A draft, then CP-SAT on few pairs, then on all that matter.

Only a required or pinned pair, or one with somebody in need, can matter while idle seats may be
filled: any other meeting can be left out. Where every meeting has to support itself (H8), so can
those that support the ones that matter.
"""

from collections.abc import Collection, Iterable
from itertools import combinations
from typing import NamedTuple

from solver.budget import Meter
from solver.day import Day, one_sided, rounds_of, trios
from solver.draft import Draft, facing
from solver.instance import Edge, Instance, Matchings, edge
from solver.search import DECIDED, FOUND, new_solver, run

FEW = 12
"""Partners of everybody in need in the model with few pairs."""
MOST_PAIRS = 12_000
"""Pairs up to which a model may prove that nothing is possible."""
RELAXED_PAIRS = 6_000
"""Pairs up to which the linear relaxation pays; it sees at once that tables are too few."""


class Verdict(NamedTuple):
    """A schedule if one was found; without one, ``proven`` tells that there is none."""

    matchings: Matchings | None
    proven: bool

    @property
    def impossible(self) -> bool:
        """Tell whether the hard rules are known to contradict each other."""
        return self.matchings is None and self.proven


def decide(instance: Instance, meter: Meter) -> Verdict:
    """Find meetings that obey every hard rule, or prove that there are none."""
    draft = Draft.of(instance)
    if draft.complete:
        return Verdict(draft.matchings, True)
    few, enough = few_pairs(draft), enough_pairs(instance)
    if enough is None or 2 * len(few) < len(enough):
        verdict = _search(draft, few, meter)
        if verdict.matchings or enough is None:
            return verdict._replace(proven=verdict.matchings is not None)
    return _search(draft, enough, meter)


def few_pairs(draft: Draft) -> list[Edge]:
    """Those of the draft, those demanded, and a few of everybody in need."""
    instance = draft.instance
    pairs = {pair for row in draft.rows for pair in row}.union(demanded_pairs(instance))
    if not instance.fill:
        return sorted(pairs.union(p for p in instance.values if in_need(instance, p)))
    for v, need in enumerate(instance.needed):
        if need > 0:
            turns = range(max(FEW, 2 * need))
            pairs.update(edge(v, p) for turn in turns for p in facing(v, turn, instance.n))
    return sorted(pairs)


def enough_pairs(instance: Instance) -> list[Edge] | None:
    """Pairs without which nothing possible becomes impossible; None if there are too many."""
    pairs = set(demanded_pairs(instance))
    alone = [] if instance.fill else one_sided(instance, pairs)
    needy = [v for v, need in enumerate(instance.needed) if need > 0]
    everybody = len(needy) * instance.n if instance.fill else instance.n * (instance.n - 1) // 2
    if not needy and not alone:
        return sorted(pairs)
    if everybody > 2 * MOST_PAIRS:
        return None
    if instance.fill:
        pairs.update(edge(v, p) for v in needy for p in range(instance.n) if p != v)
    else:
        pairs.update(standing_pairs(instance, combinations(range(instance.n), 2)))
    possible = [pair for pair, _ in rounds_of(instance, pairs)]
    return possible if len(possible) <= MOST_PAIRS else None


def standing_pairs(instance: Instance, pairs: Iterable[Edge]) -> set[Edge]:
    """Of the pairs that may meet, those that can stand by themselves or in a triangle (H8)."""
    possible = {pair for pair, _ in rounds_of(instance, pairs)}
    in_triangles = {p for trio in trios(instance, possible) for p in combinations(trio, 2)}
    return (possible - set(one_sided(instance, possible))) | (possible & in_triangles)


def demanded_pairs(instance: Instance) -> list[Edge]:
    """Required and pinned pairs."""
    return [*instance.required, *(pair for row in instance.pinned for pair in row)]


def in_need(instance: Instance, pair: Edge) -> bool:
    """Tell whether one of the two must have more meetings."""
    return any(instance.needed[v] > 0 for v in pair)


def _search(draft: Draft, pairs: Collection[Edge], meter: Meter) -> Verdict:
    day = Day.of(draft.instance, pairs)
    day.suggest(draft.matchings)
    solver = new_solver(draft.instance.seed, linear=int(len(pairs) <= RELAXED_PAIRS))
    status = run(solver, day.model, meter)
    found = day.matchings(solver) if status in FOUND else None
    return Verdict(found, status in DECIDED)
