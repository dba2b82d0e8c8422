"""Can the hard rules hold at all? A draft, then CP-SAT on few pairs, then on all that matter.

Only a required or pinned pair, or one with somebody in need, can matter while idle seats may be
filled: any other meeting can be left out. Where every meeting has to support itself (H8), so can
those that support the ones that matter.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from solver.budget import Meter
from solver.errors import Rule
from solver.feasibility.construct import Construction
from solver.feasibility.counting import find_impossible_demands
from solver.feasibility.rules import demands_of, with_only
from solver.feasibility.subproblem import subproblem_of
from solver.instance import Edge, Instance, Matchings, edge
from solver.possible import one_sided, rounds_of, trios
from solver.search.round_robin import facing

FEW = 12
"""Partners of everybody in need in the model with few pairs."""
MOST_PAIRS = 12_000
"""Pairs up to which a model may prove that nothing is possible."""
RELAXED_PAIRS = 6_000
"""Pairs up to which the linear relaxation pays; it sees at once that tables are too few."""


STEPS_A_PAIR = 500
"""Steps that stating a pair to CP-SAT counts as."""


class Verdict(NamedTuple):
    """A schedule, or the demands that are known to be impossible together, or neither."""

    matchings: Matchings | None = None
    impossible: tuple[Rule, ...] | None = None


def decide_feasibility(instance: Instance, meter: Meter) -> Verdict:
    """Find meetings that obey every hard rule, or prove that there are none.

    What a draft leaves unsatisfied is asked for by itself, with what it hangs together with. If
    that is possible, a draft goes on from there; what then fails is asked for as well. Neither
    meetings nor demands come back if the budget ends first.
    """
    draft = Construction.of(instance)
    if not draft.complete and (demanding := find_impossible_demands(instance)):
        return Verdict(impossible=tuple(demanding))
    pinned, asked = pinned_demands(instance), set[Rule]()
    while not draft.complete:
        if draft.pins_fail:
            return Verdict(impossible=tuple(sorted(asked | pinned)))
        more = unmet_demands(draft) or demands_of(instance)
        if asked.issuperset(more):
            more = demands_of(instance)
        if asked.issuperset(more) and asked:
            return Verdict()
        asked.update(more)
        part = subproblem_of(with_only(instance, asked | pinned))
        possible, meetings = _search(part.instance, meter)
        if not possible:
            return Verdict(impossible=tuple(sorted(asked | pinned)))
        if meetings is None:
            return Verdict()
        draft = Construction.of(replace(instance, pinned=part.back(meetings)))
    return Verdict(draft.matchings)


def pinned_demands(instance: Instance) -> set[Rule]:
    """The requirements that name a round."""
    pinned = {pair for row in instance.pinned for pair in row}
    return {Rule("require", pair) for pair in pinned.intersection(instance.permissions.required)}


def unmet_demands(draft: Construction) -> list[Rule]:
    """Demands that the draft leaves unsatisfied, and requirements of the same people."""
    wanted = set(draft.unplaced).intersection(draft.instance.required)
    ends = {v for pair in wanted for v in pair}
    ends.update(draft.short)
    near = [Rule("require", p) for p in draft.instance.required if not ends.isdisjoint(p)]
    needed = draft.instance.needed
    return near + [Rule("min", (v,)) for v in sorted(ends) if needed[v] > 0]


def few_pairs(draft: Construction) -> list[Edge]:
    """Those of the draft, those demanded, and a few of everybody in need."""
    instance = draft.instance
    pairs = {pair for row in draft.rows for pair in row}.union(demanded_pairs(instance))
    if not instance.fill:
        return sorted(pairs.union(p for p in instance.values if is_in_need(instance, p)))
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


def is_in_need(instance: Instance, pair: Edge) -> bool:
    """Tell whether one of the two must have more meetings."""
    return any(instance.needed[v] > 0 for v in pair)


def _search(instance: Instance, meter: Meter) -> tuple[bool, Matchings | None]:
    """Whether the rules may hold, as far as known, and meetings with which they do."""
    draft = Construction.of(instance)
    if draft.complete:
        return True, draft.matchings
    few, enough = few_pairs(draft), enough_pairs(instance)
    if enough is None or 2 * len(few) < len(enough):
        meetings = _solve(draft, few, meter)[1]
        if meetings is not None or enough is None:
            return True, meetings
    return _solve(draft, enough, meter)


def _solve(
    draft: Construction, pairs: Collection[Edge], meter: Meter
) -> tuple[bool, Matchings | None]:
    # Slow to load, and seldom needed.
    from solver.feasibility.cp_model import HardRulesModel
    from solver.feasibility.cp_solver import FOUND, IMPOSSIBLE, new_solver, run_cp_sat

    day = HardRulesModel.of(draft.instance, pairs)
    day.suggest(draft.matchings)
    meter.spend(STEPS_A_PAIR * len(pairs))
    solver = new_solver(draft.instance.seed, linear=int(len(pairs) <= RELAXED_PAIRS))
    status = run_cp_sat(solver, day.model, meter)
    meetings = day.matchings(solver) if status in FOUND else None
    return status != IMPOSSIBLE, meetings
