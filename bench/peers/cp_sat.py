"""The whole day as a CP-SAT model, straight from the rules, with the solver's own settings.

One Boolean a pair and round, one a pair, one a triangle; satisfaction rounded down, its worth
under four lines, byes by a table. No start is given, nothing is tuned: whoever writes the problem
down for the first time writes this.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from ortools.sat.python import cp_model

from bench.peers import PeerAnswer
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import LEAST_BEST, Trio, triangle_value

LINES = ((8, 0), (6, 500), (4, 1500), (2, 3000))
"""Five times the worth of a satisfaction is the least of ``slope * s + start``."""


def solve(instance: Instance, seconds: float, found: PeerAnswer) -> None:
    """Hand over every solution; none if the time is too short for one."""
    deadline = time.monotonic() + seconds
    day = Model(instance)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.1, deadline - time.monotonic())
    solver.solve(day.model, _CpSatWatch(day, found))


@dataclass
class Model:
    """The model and its variables: ``meets`` by pair and round, ``met`` by pair."""

    instance: Instance
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    meets: dict[Edge, dict[int, cp_model.IntVar]] = field(default_factory=dict)
    met: dict[Edge, cp_model.IntVar] = field(default_factory=dict)
    of: list[list[Edge]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._meetings()
        self.met |= {pair: self.model.new_constant(1) for pair in self.instance.held_pairs}
        self.of = [[] for _ in range(self.instance.n)]
        for pair in self.met:
            for v in pair:
                self.of[v].append(pair)
        self._one_at_a_time()
        value = self.instance.value
        mutual = [100 * value(*pair) * met for pair, met in self.met.items() if value(*pair)]
        each = [term for v in range(self.instance.n) for term in self._worths(v)]
        self.model.maximize(sum([*mutual, *each, *self._triangles()]))

    def matchings(self, search: cp_model.CpSolverSolutionCallback) -> Matchings:
        """The schedule of a solution, held rounds included."""
        rounds: list[list[Edge]] = [[] for _ in range(self.instance.rounds)]
        for pair, meetings in self.meets.items():
            for r, meeting in meetings.items():
                if search.boolean_value(meeting):
                    rounds[r].append(pair)
        held = self.instance.held
        return held + tuple(tuple(sorted(pairs)) for pairs in rounds[len(held) :])

    def _meetings(self) -> None:
        instance, required = self.instance, set(self.instance.required)
        alone = set(instance.met)
        for pair in combinations(range(instance.n), 2):
            useful = instance.fill or instance.value(*pair) > 0 or pair in required
            if useful and pair not in alone:
                rounds = [r for r in instance.open_rounds if instance.may_meet_in(*pair, r)]
                self.meets[pair] = {r: self.model.new_bool_var("") for r in rounds}
                self.met[pair] = self.model.new_bool_var("")
                self.model.add(sum(self.meets[pair].values()) == self.met[pair])
        for pair in required:
            self.model.add(self.met[pair] == 1)

    def _one_at_a_time(self) -> None:
        for r in self.instance.open_rounds:
            here = [meetings[r] for meetings in self.meets.values() if r in meetings]
            self.model.add(sum(here) <= self.instance.tables[r])
            for pairs in self.of:
                meetings = (self.meets.get(pair, {}) for pair in pairs)
                self.model.add_at_most_one(rounds[r] for rounds in meetings if r in rounds)

    def _worths(self, v: int) -> Iterator[cp_model.LinearExprT]:
        """What fairness and byes make of the meetings of one person; and how many it may have."""
        prices, could = self.instance.prices, int(self.instance.could[v])
        meetings = sum(self.met[pair] for pair in self.of[v])
        self.model.add(meetings >= self.instance.least[v])
        points: list[int] = self.instance.bye_points[could, : could + 1].tolist()
        byes, price = (self.model.new_int_var(0, most, "") for most in (could, points[-1]))
        self.model.add(meetings + byes == could)
        self.model.add_element(byes, points, price)
        yield -price
        if best := self.instance.best[v]:
            share, worth = (self.model.new_int_var(0, 1000, "") for _ in range(2))
            self.model.add(max(best, LEAST_BEST) * share <= 1000 * self._gain(v))
            for slope, start in LINES:
                self.model.add(5 * worth <= slope * share + start)
            yield prices.fairness * worth

    def _gain(self, v: int) -> cp_model.LinearExprT:
        mutual = [pair for pair in self.of[v] if self.instance.value(*pair)]
        gain = self.instance.benefits.get
        return sum(gain(v, sum(pair) - v) * self.met[pair] for pair in mutual)

    def _triangles(self) -> Iterator[cp_model.LinearExprT]:
        earlier = set(self.instance.met)
        for trio in _trios(self.instance):
            sides = set(combinations(trio, 2))
            if not sides <= earlier and sides <= earlier | self.met.keys():
                closes = self.model.new_bool_var("")
                for pair in sides - earlier:
                    self.model.add(closes <= self.met[pair])
                yield self.instance.prices.triangles * triangle_value(self.instance, *trio) * closes


def _trios(instance: Instance) -> set[Trio]:
    """Three of whom each gains from the next."""
    partners: list[set[int]] = [set() for _ in range(instance.n)]
    for i, j in instance.benefits.lookup:
        partners[i].add(j)
    rings = ((i, j, k) for i, j in instance.benefits.lookup for k in partners[j])
    return {trio_of(*ring) for ring in rings if ring[0] in partners[ring[2]]}


def trio_of(i: int, j: int, k: int) -> Trio:
    """The three, the smallest number first."""
    a, b = edge(i, j)
    return (k, a, b) if k < a else (a, k, b) if k < b else (a, b, k)


class _CpSatWatch(cp_model.CpSolverSolutionCallback):
    def __init__(self, day: Model, found: PeerAnswer) -> None:
        super().__init__()
        self._day, self._found = day, found

    def on_solution_callback(self) -> None:
        self._found(self._day.matchings(self))
