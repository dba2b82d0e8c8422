"""The whole day as one CP-SAT model with the points as its objective: small events are proven.

The objective is that of docs/model.md, in whole numbers:

- ``closing(t)`` implies the meetings of triangle ``t``. For each meeting and each of its ends, the
  triangles that need another meeting of that attendee are at most its other meetings. Without
  these sums the linear relaxation is useless (three times the truth at 12 attendees).
- satisfaction: ``max(best, 500) s <= 1000 u`` floors it; ``phi`` is concave and so the least of
  its four lines, floored: ``5 phi <= 8 s``, ``5 phi <= 6 s + 500``, ...
- byes: the price of a person's byes is convex, so the l-th of them costs what it adds.

CP-SAT is trusted while every sum, the objective included, stays below 2^31: ``fits_exactly`` tells.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import floor, gcd
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from solver import objective
from solver.budget import Meter
from solver.errors import Infeasible
from solver.feasibility.conflict import explain_conflict
from solver.feasibility.cp_model import HardRulesModel, total
from solver.feasibility.cp_solver import FOUND, new_solver, run_cp_sat
from solver.feasibility.rules import demands_of
from solver.instance import Edge, Instance, Matchings, Result
from solver.possible import is_small, promises_of, trios, useful_pairs
from solver.search.incumbent import Incumbent

Report = Callable[[Result], None]
Terms = list[tuple[int, cp_model.IntVar]]

WIDEST = 2**31
LINES = tuple(
    (steep // 200, 5 * corner - steep * quarter * 250 // 200)
    for quarter, (steep, corner) in enumerate(
        zip(objective.STEEPNESS.tolist(), objective.CORNERS.tolist(), strict=False)
    )
)
"""Five times ``phi`` is the least of the lines ``slope * s + start``."""


def fits_exactly(instance: Instance) -> bool:
    """Tell whether the event is small enough to be proven, and its sums to be trusted."""
    return is_small(instance) and widest(WholeDayModel.of(instance).day.model) < WIDEST


def prove_optimum(
    instance: Instance, hint: Matchings | None, meter: Meter, report: Report
) -> Result | None:
    """Improve ``hint``, an answer, until optimal or out of budget; None if nothing is found.

    Reports every better schedule and every lower bound. Points are recomputed from the meetings,
    and the result is no worse than ``hint``. Raises Infeasible if the hard rules contradict
    each other.
    """
    whole = WholeDayModel.of(instance)
    solver = new_solver(instance.seed, linear=2)
    incumbent = Incumbent(instance, meter, report)
    watch = _IncumbentWatch(whole, incumbent, solver)
    solver.best_bound_callback = watch.limit
    if hint is not None:
        watch.offer(hint)
        whole.suggest(hint)
    status = run_cp_sat(solver, whole.day.model, meter, watch)
    if status == cp_model.INFEASIBLE:
        raise Infeasible(explain_conflict(instance, demands_of(instance), meter))
    if status in FOUND:  # else the bound that the solver states means nothing
        watch.offer(whole.day.matchings(solver))
        watch.limit(solver.best_objective_bound)
    if incumbent.matchings is None:
        return None
    return incumbent.result("optimal" if status == cp_model.OPTIMAL else _ended_by(incumbent))


def _ended_by(incumbent: Incumbent) -> str:
    """Why a search ended that is not over."""
    meter = incumbent.meter
    limit = "work" if meter.budget.seconds is None else "time"
    return "gap" if incumbent.within_gap() else meter.stopped_by() or limit


class BestAmong(NamedTuple):
    """The best of some schedules, if any is better than what was known, and a bound on them."""

    matchings: Matchings | None
    bound: int


def best_among(
    instance: Instance, pairs: Collection[Edge], forced: Collection[Edge], known: int, meter: Meter
) -> BestAmong | None:
    """The best schedule of more than ``known`` points in which the forced pairs meet.

    They are among the ``pairs``, and nobody else meets. None if that is not settled within the
    budget, or if sums would be too wide to trust.
    """
    whole = WholeDayModel.of(instance, pairs)
    for pair in forced:
        whole.day.demand(pair)
    whole.exceed(known)
    if widest(whole.day.model) >= WIDEST:
        return None
    solver = new_solver(instance.seed, linear=2)
    status = run_cp_sat(solver, whole.day.model, meter)
    if status == cp_model.INFEASIBLE:
        return BestAmong(None, known)
    if status not in FOUND:
        return None
    bound = whole.bound_on_points(solver.best_objective_bound)
    return BestAmong(whole.day.matchings(solver), bound)


@dataclass
class WholeDayModel:
    """The model with its objective; ``unit`` divides every coefficient before CP-SAT sees it.

    Its own objective is the *aim*: points, less ``promise_price`` for every broken promise.
    """

    day: HardRulesModel
    terms: Terms = field(default_factory=list)
    constant: int = 0
    unit: int = 1
    shares: dict[int, tuple[cp_model.IntVar, cp_model.IntVar]] = field(default_factory=dict)
    levels: dict[int, list[cp_model.IntVar]] = field(default_factory=dict)
    kept: dict[tuple[Edge, int], cp_model.IntVar] = field(default_factory=dict)

    @classmethod
    def of(cls, instance: Instance, pairs: Iterable[Edge] | None = None) -> "WholeDayModel":
        """State the problem; nobody meets in open rounds but these pairs, if any are named."""
        whole = cls(HardRulesModel.of(instance, useful_pairs(instance) if pairs is None else pairs))
        whole._mutual_value()
        whole._triangles()
        whole._fairness()
        whole._byes()
        whole._promises()
        whole._maximize()
        return whole

    @property
    def instance(self) -> Instance:
        """The problem stated."""
        return self.day.instance

    def aim(self, matchings: Matchings) -> int:
        """What the search maximises, of a schedule."""
        meetings = [set(matching) for matching in matchings]
        broken = sum(pair not in meetings[r] for pair, r in promises_of(self.instance))
        return objective.points_of(self.instance, matchings) - broken * self.instance.promise_price

    def bound_on_points(self, reported: float) -> int:
        """What no schedule's points exceed, given CP-SAT's bound on the model's objective.

        The objective is whole and below 2^31, so its bound comes as a float within a millionth of
        a whole number; rounding down may not lose a whole unit to ``...999996``. A schedule may
        have more points than its aim: at most the price of all promises.
        """
        aim = floor(reported + 0.001) * self.unit + self.constant
        return aim + len(promises_of(self.instance)) * self.instance.promise_price

    def suggest(self, hint: Matchings) -> None:
        """Offer a schedule to start from, with the value of every variable."""
        add_hint = self.day.model.add_hint
        self.day.suggest(hint)
        closed = objective.closed_triangles(self.instance, hint)
        for trio, closes in self.day.closes.items():
            add_hint(closes, trio in closed)
        shares = objective.satisfactions_of(self.instance, hint)
        for v, (share, worth) in self.shares.items():
            add_hint(share, shares[v] or 0)
            add_hint(worth, objective.phi(shares[v] or 0))
        byes = objective.byes_of(self.instance, hint)
        for v, levels in self.levels.items():
            for level, missed in enumerate(levels):
                add_hint(missed, level < byes[v])
        for (pair, r), kept in self.kept.items():
            add_hint(kept, pair in hint[r])

    def exceed(self, points: int) -> None:
        """Allow only schedules of more points."""
        least = (points - self.constant) // self.unit + 1
        self.day.model.add(self._units() >= least)

    def _units(self) -> cp_model.LinearExprT:
        """The aim less its constant, in units."""
        return _weighted((factor // self.unit, x) for factor, x in self.terms)

    def _mutual_value(self) -> None:
        held = objective.parts_of(self.instance, _held_only(self.instance))
        self.constant += held.mutual - held.pairs
        costs = self.instance.costs
        for pair, meets in self.day.meets.items():
            self.terms.append((100 * self.instance.value(*pair) - costs.get(pair, 0), meets))

    def _triangles(self) -> None:
        price = self.instance.prices.triangles
        if price == 0:
            return
        closed = objective.closed_triangles(self.instance, _held_only(self.instance))
        self.constant += price * sum(closed.values())
        for trio in trios(self.instance, self.day.meets):
            if trio not in closed:
                value = objective.triangle_value(self.instance, *trio)
                self.terms.append((price * value, self.day.closing(trio)))
        self._triangles_at_each_meeting()

    def _triangles_at_each_meeting(self) -> None:
        """What the meetings of each end leave room for; implied, but the relaxation needs it."""
        around: dict[tuple[Edge, int], list[cp_model.IntVar]] = {}
        for trio, closes in self.day.closes.items():
            for pair, v in _corners(trio):
                other = trio[0] + trio[1] + trio[2] - pair[0] - pair[1]
                side = (v, other) if v < other else (other, v)
                if not {pair, side} & self.day.known:
                    around.setdefault((pair, v), []).append(closes)
        for (pair, v), closing in around.items():
            most = self.instance.capacity[v] - 1
            if len(closing) > most:
                self.day.model.add(total(closing) <= most * self.day.meets[pair])

    def _fairness(self) -> None:
        prices, model = self.instance.fairness.tolist(), self.day.model
        gains = objective.gains_of(self.instance, _held_only(self.instance))
        for v, best in enumerate(self.instance.best):
            if prices[v] == 0 or best == 0:
                continue
            share, worth = model.new_int_var(0, 1000, ""), model.new_int_var(0, 1000, "")
            self.shares[v] = share, worth
            gain = [(-1000 * b, meets) for b, meets in self._gains(v)]
            full = max(best, objective.LEAST_BEST)
            model.add(_weighted([(full, share), *gain]) <= 1000 * gains[v])
            for slope, start in LINES:
                model.add(5 * worth <= slope * share + start)
            self.terms.append((prices[v], worth))

    def _gains(self, v: int) -> Terms:
        benefit = self.instance.benefits.get
        mutual = (pair for pair in self.day.pairs_of[v] if self.instance.value(*pair))
        return [(benefit(v, sum(pair) - v), self.day.meets[pair]) for pair in mutual]

    def _byes(self) -> None:
        model, could = self.day.model, self.instance.could.tolist()
        most_byes = objective.byes_of(self.instance, _held_only(self.instance))
        for v, most in enumerate(most_byes):
            if self.instance.prices.byes == 0 or most == 0:
                continue
            missed = self.levels[v] = [model.new_bool_var("") for _ in range(most)]
            meetings = [self.day.meets[pair] for pair in self.day.pairs_of[v]]
            model.add(total([*missed, *meetings]) >= most)
            each = np.diff(self.instance.bye_points[could[v]]).tolist()
            self.terms += [(-each[k], level) for k, level in enumerate(missed)]

    def _promises(self) -> None:
        price = self.instance.promise_price
        for pair, r in promises_of(self.instance):
            self.constant -= price
            if pair in self.day.meets and price:
                self.kept[pair, r] = self.day.in_round(pair, r)
                self.terms.append((price, self.kept[pair, r]))

    def _maximize(self) -> None:
        self.terms = [(factor, variable) for factor, variable in self.terms if factor]
        self.unit = gcd(*(factor for factor, _ in self.terms)) or 1
        self.day.model.maximize(self._units())


def widest(model: cp_model.CpModel) -> int:
    """The largest sum of coefficients times ranges in the model, its objective included."""
    domains: list[list[int]] = [list(variable.domain) for variable in model.proto.variables]
    ranges = [max(-domain[0], domain[-1]) for domain in domains]
    linear = [c.linear for c in model.proto.constraints if c.has_linear()]
    sums: list[int] = [
        sum(abs(factor) * ranges[x] for factor, x in zip(one.coeffs, one.vars, strict=True))
        for one in [model.proto.objective, *linear]
    ]
    return max(sums)


class _IncumbentWatch(cp_model.CpSolverSolutionCallback):
    """Hands schedules and bounds to the incumbent, and ends the search at the gap wanted."""

    def __init__(
        self, whole: WholeDayModel, incumbent: Incumbent, solver: cp_model.CpSolver
    ) -> None:
        super().__init__()
        self._whole, self._incumbent, self._solver = whole, incumbent, solver

    def on_solution_callback(self) -> None:
        self.offer(self._whole.day.matchings(self))

    def offer(self, matchings: Matchings) -> None:
        """Offer a schedule of the model."""
        if self._incumbent.offer(matchings):
            self._end_if_close()

    def limit(self, reported: float) -> None:
        """Offer CP-SAT's bound on the model's objective."""
        if self._incumbent.limit(self._whole.bound_on_points(reported)):
            self._end_if_close()

    def _end_if_close(self) -> None:
        if self._incumbent.within_gap():
            self._solver.stop_search()


def _held_only(instance: Instance) -> Matchings:
    """The schedule as it would be if nobody met any more."""
    return instance.held + ((),) * len(instance.open_rounds)


def _corners(trio: objective.Trio) -> Iterator[tuple[Edge, int]]:
    """Every side of a triangle with each of its two ends."""
    return ((pair, v) for pair in combinations(trio, 2) for v in pair)


def _weighted(terms: Iterable[tuple[int, cp_model.IntVar]]) -> cp_model.LinearExprT:
    listed = list(terms)
    return cp_model.LinearExpr.weighted_sum([x for _, x in listed], [f for f, _ in listed])
