"""Timefold, a general local search on Java, modelled after its documentation.

Everybody has a seat in each round, and the seat a table; who sits at the same table meets. A seat
chooses among the tables of its round only, so that swaps between rounds are never tried. Points
are kept up to date by an ``IncrementalScoreCalculator``; breaking a rule costs a hard point. The
search, simulated annealing, starts from the greedy schedule: construction heuristics see nothing
gained by the first who sits down, and leave everybody standing.

Needs ``timefold`` (the extra ``peers``) and a Java runtime of version 17 or newer.
"""

# The package is optional, and its decorators have no types:
# mypy: disable-error-code="import-not-found,misc,untyped-decorator,no-any-return"

import time
from dataclasses import dataclass, field
from typing import Annotated

from bench.peers import PeerAbsentError, PeerAnswer, greedy
from solver.instance import Instance, Matchings, edge
from solver.objective import LEAST_BEST, phi

try:
    from jpype import getDefaultJVMPath
    from timefold.solver import SolverFactory
    from timefold.solver.config import (
        Duration,
        EnvironmentMode,
        ScoreDirectorFactoryConfig,
        SolverConfig,
        TerminationConfig,
    )
    from timefold.solver.domain import (
        PlanningEntityCollectionProperty,
        PlanningId,
        PlanningPin,
        PlanningScore,
        PlanningVariable,
        ProblemFactCollectionProperty,
        ValueRangeProvider,
        planning_entity,
        planning_solution,
    )
    from timefold.solver.score import HardSoftScore, IncrementalScoreCalculator

    getDefaultJVMPath()
except ImportError as absent:
    raise PeerAbsentError("the Python package timefold is not installed") from absent
except ValueError as absent:
    raise PeerAbsentError("no Java runtime is installed") from absent

SEARCH = """<solver xmlns="https://timefold.ai/xsd/solver"><localSearch>
  <unionMoveSelector>
    <swapMoveSelector><fixedProbabilityWeight>0.95</fixedProbabilityWeight></swapMoveSelector>
    <changeMoveSelector><fixedProbabilityWeight>0.05</fixedProbabilityWeight></changeMoveSelector>
  </unionMoveSelector>
  <acceptor>
    <simulatedAnnealingStartingTemperature>0hard/3000soft</simulatedAnnealingStartingTemperature>
  </acceptor>
  <forager><acceptedCountLimit>1</acceptedCountLimit></forager>
</localSearch></solver>"""
TO_HAND_OVER = 0.2
"""The share of the time in which the event goes to Java, and again the schedule comes back."""


@dataclass(eq=False)
class PeerTable:
    """A table in one round, or a held meeting."""

    id: Annotated[int, PlanningId]


@dataclass(eq=False)
class PeerPerson:
    """What it gains from others, by their number; ``barred`` are those it may not meet."""

    id: Annotated[int, PlanningId]
    gain: dict[int, int]
    value: dict[int, int]
    barred: set[int]
    full: int
    most: int
    could: int


@planning_entity
@dataclass(eq=False)
class PeerSeat:
    """One person in one round."""

    person: int
    held: Annotated[bool, PlanningPin]
    tables: Annotated[list[PeerTable], ValueRangeProvider]
    table: Annotated[PeerTable | None, PlanningVariable(allows_unassigned=True)] = field(
        default=None
    )


@planning_solution
@dataclass(eq=False)
class LocalSearchDay:
    """Everybody's seats, and ``earlier`` meetings.

    ``prices``: of triangles, fairness and byes; how many rounds; from what on a triangle counts.
    """

    people: Annotated[list[PeerPerson], ProblemFactCollectionProperty]
    seats: Annotated[list[PeerSeat], PlanningEntityCollectionProperty]
    tables: int
    prices: list[int]
    earlier: list[list[int]]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


class Points(IncrementalScoreCalculator):
    """The objective: hard points count broken rules, soft points are ours."""

    people: list[PeerPerson]
    prices: list[int]
    at: list[list[int]]
    met: list[dict[int, int]]
    gained: list[int]
    left: list[int]
    hard: int
    soft: int

    def reset_working_solution(self, day: LocalSearchDay) -> None:
        self.people = day.people
        self.prices = day.prices
        self.at = [[] for _ in range(day.tables)]
        self.met = [{} for _ in day.people]
        self.gained = [0 for _ in day.people]
        self.left = [person.most for person in day.people]
        self.hard = 0
        self.soft = 0
        for person in day.people:
            self.soft -= self.missed(person, person.most)
        for pair in day.earlier:
            self.met[pair[0]][pair[1]] = 1
            self.met[pair[1]][pair[0]] = 1
        for seat in day.seats:
            self.sit(seat)

    def before_variable_changed(self, entity: PeerSeat, variable_name: str) -> None:  # noqa: ARG002
        self.rise(entity)

    def after_variable_changed(self, entity: PeerSeat, variable_name: str) -> None:  # noqa: ARG002
        self.sit(entity)

    def before_entity_added(self, entity: PeerSeat) -> None:
        pass

    def after_entity_added(self, entity: PeerSeat) -> None:
        pass

    def before_entity_removed(self, entity: PeerSeat) -> None:
        pass

    def after_entity_removed(self, entity: PeerSeat) -> None:
        pass

    def calculate_score(self) -> HardSoftScore:
        return HardSoftScore.of(self.hard, self.soft)

    def sit(self, seat: PeerSeat) -> None:
        if seat.table is not None:
            others = self.at[seat.table.id]
            for other in others:
                self.meet(seat.person, other, 1)
            if len(others) >= 2:
                self.hard -= 1
            others.append(seat.person)

    def rise(self, seat: PeerSeat) -> None:
        if seat.table is not None:
            others = self.at[seat.table.id]
            others.remove(seat.person)
            if len(others) >= 2:
                self.hard += 1
            for other in others:
                self.meet(seat.person, other, -1)

    def meet(self, i: int, j: int, sign: int) -> None:
        a = self.people[i]
        b = self.people[j]
        if j in a.barred:
            self.hard -= sign
        before = self.met[i].get(j, 0)
        after = before + sign
        if after == 0:
            del self.met[i][j]
            del self.met[j][i]
        else:
            self.met[i][j] = after
            self.met[j][i] = after
        if before > 0 and after > 0:
            self.hard -= sign
        else:
            self.soft += sign * (100 * a.value.get(j, 0) + self.prices[0] * self.triangles(a, b))
            self.fare(a, j, sign)
            self.fare(b, i, sign)

    def missed(self, a: PeerPerson, left: int) -> int:
        byes = max(left - a.most + a.could, 0)
        return 1000 * self.prices[2] * byes * byes * self.prices[3] // max(a.could, 1)

    def fare(self, a: PeerPerson, other: int, sign: int) -> None:
        before = self.left[a.id]
        after = before - sign
        self.left[a.id] = after
        self.hard += min(after, 0) - min(before, 0)
        self.soft += self.missed(a, before) - self.missed(a, after)
        if other in a.value:
            had = phi(min(1000, 1000 * self.gained[a.id] // a.full))
            self.gained[a.id] += sign * a.gain[other]
            has = phi(min(1000, 1000 * self.gained[a.id] // a.full))
            self.soft += self.prices[1] * (has - had)

    def triangles(self, a: PeerPerson, b: PeerPerson) -> int:
        total = 0
        met_b = self.met[b.id]
        ab = a.gain.get(b.id, 0)
        ba = b.gain.get(a.id, 0)
        for k in self.met[a.id]:
            if k in met_b:
                c = self.people[k]
                one = min(min(ab, b.gain.get(k, 0)), c.gain.get(a.id, 0))
                other = min(min(ba, c.gain.get(b.id, 0)), a.gain.get(k, 0))
                value = max(one, other)
                if value >= self.prices[4]:
                    total += value
        return total


def solve(instance: Instance, seconds: float, found: PeerAnswer) -> None:
    """Hand over the greedy schedule, then what the search makes of it."""
    deadline = time.monotonic() + seconds
    start = greedy.schedule(instance)
    found(start)
    left = max(0.0, deadline - time.monotonic() - 2 * TO_HAND_OVER * seconds)
    day = improved(day_of(instance, start), left)
    if day.score is not None and day.score.hard_score == 0:
        found(matchings_of(instance, day))


def improved(day: LocalSearchDay, seconds: float) -> LocalSearchDay:
    """The best that so many seconds of search make of it."""
    solved: LocalSearchDay = SolverFactory.create(_config(seconds)).build_solver().solve(day)
    return solved


def _config(seconds: float) -> SolverConfig:
    return SolverConfig(
        solution_class=LocalSearchDay,
        entity_class_list=[PeerSeat],
        environment_mode=EnvironmentMode.NO_ASSERT,
        xml_source_text=SEARCH,
        score_director_factory_config=ScoreDirectorFactoryConfig(
            incremental_score_calculator_class=Points
        ),
        termination_config=TerminationConfig(
            spent_limit=Duration(milliseconds=round(1000 * seconds))
        ),
    )


def day_of(instance: Instance, start: Matchings) -> LocalSearchDay:
    """The problem with every seat as in the schedule ``start``."""
    seats: list[PeerSeat] = []
    for r, matching in enumerate(start):
        held = r < len(instance.held)
        count = len(matching) if held else instance.tables[r]
        tables = [PeerTable(r * instance.n + k) for k in range(count)]
        at = {v: tables[k] for k, pair in enumerate(matching) for v in pair}
        seats += [
            PeerSeat(v, held, tables, at.get(v))
            for v in range(instance.n)
            if instance.present[v, r]
        ]
    prices = instance.prices
    return LocalSearchDay(
        people=_people(instance),
        seats=seats,
        tables=instance.rounds * instance.n,
        prices=[
            prices.triangles,
            prices.fairness,
            prices.byes,
            instance.rounds,
            instance.least_triangle,
        ],
        earlier=[list(pair) for pair in instance.met],
    )


def _people(instance: Instance) -> list[PeerPerson]:
    gain: list[dict[int, int]] = [{} for _ in range(instance.n)]
    for (i, j), permille in instance.benefits.lookup.items():
        gain[i][j] = permille
    value: list[dict[int, int]] = [{} for _ in range(instance.n)]
    for (i, j), w in instance.values.items():
        value[i][j] = value[j][i] = w
    barred = _barred(instance)
    most, best, could = instance.most, instance.best, instance.could.tolist()
    return [
        PeerPerson(v, gain[v], value[v], barred[v], max(best[v], LEAST_BEST), most[v], could[v])
        for v in range(instance.n)
    ]


def _barred(instance: Instance) -> list[set[int]]:
    """Whom each may not meet; who met in a held round did, and may not again anyway."""
    earlier, held = set(instance.met), instance.held_pairs
    may_meet = instance.permissions.may_meet
    barred: list[set[int]] = [set() for _ in range(instance.n)]
    for i in range(instance.n):
        for j in range(i):
            pair = edge(i, j)
            if pair not in held and (pair in earlier or not may_meet(i, j)):
                barred[i].add(j)
                barred[j].add(i)
    return barred


def matchings_of(instance: Instance, day: LocalSearchDay) -> Matchings:
    """Who sits together in each round."""
    at: dict[int, list[int]] = {}
    for seat in day.seats:
        if seat.table is not None:
            at.setdefault(seat.table.id, []).append(seat.person)
    rounds: list[list[tuple[int, int]]] = [[] for _ in range(instance.rounds)]
    for table, people in at.items():
        if len(people) == 2:
            rounds[table // instance.n].append(edge(*people))
    return tuple(tuple(sorted(pairs)) for pairs in rounds)
