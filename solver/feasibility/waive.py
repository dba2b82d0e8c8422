"""What gives way when incidents make rules impossible: the fewest demands, then promises."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from solver.b_matching import most_pairs
from solver.budget import Budget, Meter
from solver.feasibility.construct import Construction
from solver.feasibility.counting import hopeless_demands, rounds_left
from solver.feasibility.decide import decide_feasibility, enough_pairs, few_pairs
from solver.feasibility.rules import demands_of, without_demands
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import triangle_value
from solver.possible import one_sided

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar

    from solver.feasibility.cp_model import HardRulesModel

TIES_UP_TO = 1_000
"""Demands up to which ties are broken by number; the weights stay below 2^31 altogether."""
PROMISES_UP_TO = 8_000
"""Pairs up to which CP-SAT looks for fewer broken promises than a draft breaks."""
WEIGHTS = 2**30
QUESTION, EACH_PERSON = 300_000, 10_000
"""Steps that asking whether rules can hold counts as at least, and for each attendee."""


class GivenUp(NamedTuple):
    """The instance with the demands that are left.

    ``proven``: had fewer demands been given up, the rest could not have held.
    """

    instance: Instance
    proven: bool


def waive_fewest(instance: Instance, meter: Meter) -> Instance:
    """The instance without the fewest requirements and minimums that cannot all hold.

    Of equally many the later ones go; a minimum goes as a whole. If the budget does not allow a
    proof, more may be given up than need be, but what is left can hold.
    """
    return give_up_fewest(instance, meter).instance


def give_up_fewest(instance: Instance, meter: Meter) -> GivenUp:
    """The same, and whether it is the fewest for certain.

    What nobody could satisfy even alone is gone in any case, so that it takes no proof from it.
    """
    pairs, people = hopeless_demands(instance)
    instance = without_demands(instance, pairs, people)
    draft = Construction.of(instance)
    if draft.complete or decide_feasibility(instance, _half(meter)).matchings:
        return GivenUp(instance, proven=True)
    rows, at_most = _satisfying_most(instance, draft, _half(meter))
    meetings = {pair for row in rows for pair in row}
    lost = {pair for r, row in enumerate(instance.pinned) for pair in row if pair not in rows[r]}
    counts = Counter(v for pair in meetings - instance.held_pairs for v in pair)
    short = [v for v, need in enumerate(instance.needed) if counts[v] < need]
    unmet = (set(instance.required) - meetings).union(lost & set(instance.required))
    kept = len(demands_of(instance)) - len(unmet) - len(short)
    return GivenUp(without_demands(instance, unmet, short), kept >= at_most)


def highest_minimums(before: Instance, after: Instance, meter: Meter) -> dict[int, int]:
    """How high the minimums that were given up can stay, where all else that is left holds.

    One after the other, as long as the budget lasts; 0 for those that it does not reach.
    """
    rounds, people = rounds_left(before), sorted(after.excused - before.excused)
    tops = {v: min(before.needed[v] - 1, rounds[v]) for v in people}
    if _is_possible(_with_minimums(after, tops), meter):
        return tops
    found = dict.fromkeys(people, 0)
    for v, top in tops.items():
        lower = (need for need in range(top, 0, -1) if meter.stopped_by() is None)
        tried = (found | {v: need} for need in lower)
        found = next((m for m in tried if _is_possible(_with_minimums(after, m), meter)), found)
    return found


def _with_minimums(instance: Instance, needed: Mapping[int, int]) -> Instance:
    """The instance in which these people need so many meetings more."""
    had = instance.held_counts
    least = [had[v] + needed[v] if v in needed else low for v, low in enumerate(instance.least)]
    return replace(instance, least=tuple(least), excused=instance.excused.difference(needed))


def _is_possible(instance: Instance, meter: Meter) -> bool:
    """Whether such meetings are found; what was asked costs something, however quick."""
    meter.spend(QUESTION + EACH_PERSON * instance.n)
    return decide_feasibility(instance, meter).matchings is not None


class KeptPromises(NamedTuple):
    """Promises that stay, as pins, and how many can stay at most, as far as proven."""

    pins: Matchings
    at_most: int


def keep_most_promises(instance: Instance, meter: Meter) -> KeptPromises:
    """The most promised meetings that can stay in their rounds beside what is demanded.

    Of equally many the more valuable. They are the most for certain when all that tables allow
    stay, or when the budget is enough to prove it.
    """
    liked = tuple(
        tuple(sorted(row, key=lambda pair: (-instance.value(*pair), pair)))
        for row in instance.promised
    )
    draft = _supported_draft(instance, liked)
    kept = _kept(instance, draft.matchings)
    room = _room_for_promises(instance)
    if draft.complete and _count(kept) == room:
        return KeptPromises(kept, room)
    matchings, at_most = _keeping_most(instance, draft, _half(meter))
    return KeptPromises(_kept(instance, matchings), min(room, at_most))


def _half(meter: Meter) -> Meter:
    """A meter for half of what is left; what it spends, the whole has spent."""
    seconds, work = meter.seconds_left(), meter.work_left()
    half = Budget(
        seconds=None if seconds == float("inf") else max(0.0, seconds / 2),
        work=None if work == float("inf") else max(0, int(work / 2)),
    )
    return Meter(half, meter.stop, parent=meter)


def _satisfying_most(
    instance: Instance, draft: Construction, meter: Meter
) -> tuple[Matchings, int]:
    """Meetings that satisfy the most demands found, and how many can be at most."""
    from solver.feasibility.cp_model import HardRulesModel, total  # slow to load, seldom needed

    needy = [v for v, need in enumerate(instance.needed) if need > 0]
    nothing_demanded = without_demands(instance, instance.required, needy)
    pairs = enough_pairs(instance)
    day = HardRulesModel.of(nothing_demanded, pairs or few_pairs(draft))
    at = {pair: r for r, row in enumerate(instance.pinned) for pair in row}
    wishes = [
        day.in_round(pair, at[pair]) if pair in at else day.meets[pair]
        for pair in instance.required
    ]
    for v in needy:
        enough = day.model.new_bool_var("")
        meetings = total(day.meets[pair] for pair in day.pairs_of[v])
        day.model.add(meetings >= instance.needed[v]).only_enforce_if(enough)
        day.model.add_hint(enough, draft.due[v] <= 0)
        wishes.append(enough)
    weights = _earlier_dearer(len(wishes))
    rows, bound = _granting_most(day, wishes, weights, draft, meter)
    at_most = len(wishes) if pairs is None else bound // min(weights, default=1)
    return rows, min(at_most, most_pairs(instance, instance.required) + len(needy))


def _earlier_dearer(count: int) -> list[int]:
    """Weights that fall from wish to wish, but never so much that one outweighs two others."""
    if count > TIES_UP_TO:
        return [1] * count
    return [count * count + count - k for k in range(count)]


def _keeping_most(instance: Instance, draft: Construction, meter: Meter) -> tuple[Matchings, int]:
    """Meetings that obey every hard rule and keep the most promises found; the most there can be.

    Only those pairs play a part that are promised, or that a demand or a promise may need.
    """
    promises = [(pair, r) for r, row in enumerate(instance.promised) for pair in row]
    enough = enough_pairs(instance)
    pairs = {pair for pair, _ in promises}.union(enough or few_pairs(draft))
    pairs.update(_sides_of_support(instance, {pair for pair, _ in promises}))
    if draft.complete and len(pairs) > PROMISES_UP_TO:
        return draft.matchings, len(promises)
    from solver.feasibility.cp_model import HardRulesModel  # slow to load, seldom needed

    day = HardRulesModel.of(instance, pairs)
    wishes, weights = [], []
    steps = min(1000, WEIGHTS // (len(promises) + 1) ** 2)
    dear = steps * len(promises) + 1
    for pair, r in promises:
        if pair in day.meets:
            kept = day.in_round(pair, r)
            day.model.add_hint(kept, pair in draft.rows[r])
            wishes.append(kept)
            weights.append(dear + instance.value(*pair) * steps // 1000)
    matchings, bound = _granting_most(day, wishes, weights, draft, meter)
    return matchings, len(promises) if enough is None else bound // dear


def _sides_of_support(instance: Instance, promised: Collection[Edge]) -> set[Edge]:
    """Pairs that may close a triangle with a promise that cannot stand without one (H8)."""
    alone = [] if instance.fill else one_sided(instance, promised)
    start, target = instance.benefits.start, instance.benefits.target
    return {
        edge(v, k)
        for i, j in alone
        for side in (i, j)
        for k in target[start[side] : start[side + 1]].tolist()
        if k not in (i, j) and triangle_value(instance, i, j, k) > 0
        for v in (i, j)
    }


def _granting_most(
    day: "HardRulesModel",
    wishes: "list[IntVar]",
    weights: list[int],
    draft: Construction,
    meter: Meter,
) -> tuple[Matchings, int]:
    """The meetings that grant wishes of the most weight found, and the most weight there can be.

    The meetings of the draft if none are found.
    """
    from ortools.sat.python.cp_model import LinearExpr

    from solver.feasibility.cp_solver import FOUND, new_solver, run_cp_sat

    day.model.maximize(LinearExpr.weighted_sum(wishes, weights))
    day.suggest(draft.matchings)
    solver = new_solver(day.instance.seed, linear=1)
    found = run_cp_sat(solver, day.model, meter) in FOUND
    bound = round(solver.best_objective_bound) if found else sum(weights)
    return day.matchings(solver) if found else draft.matchings, bound


def _supported_draft(instance: Instance, liked: Matchings) -> Construction:
    """A draft without promises that have lost the triangle they stood by (H8)."""
    draft = Construction.of(instance, liked)
    while not instance.fill and (alone := draft.unsupported):
        liked = tuple(tuple(pair for pair in row if pair not in alone) for row in liked)
        draft = Construction.of(instance, liked)
    return draft


def _kept(instance: Instance, matchings: Matchings) -> Matchings:
    """The promises that these meetings keep."""
    return tuple(
        tuple(sorted(set(promised).intersection(row)))
        for promised, row in zip(instance.promised, matchings, strict=True)
    )


def _room_for_promises(instance: Instance) -> int:
    """More promises than this cannot be kept: presence, permission and tables forbid it."""
    rows = enumerate(instance.promised)
    return sum(
        min(instance.tables[r], sum(instance.may_meet_in(i, j, r) for i, j in row))
        for r, row in rows
        if r in instance.open_rounds
    )


def _count(rows: Matchings) -> int:
    return sum(len(row) for row in rows)
