"""The strategy: which start, which search, which proof, until the budget is spent.

1. Contradictions visible without solving; then a start that satisfies what is required.
2. A greedy schedule (or a round robin, where everybody can meet everybody), the flow bound.
3. Small events: CP-SAT proves the optimum. Larger ones: cycles of annealing by Kempe moves, each
   longer than the one before, the last as long as the budget lasts; single rounds are rematched
   exactly after each. The best schedule and the best bound are reported as they improve.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from solver import exact
from solver.anneal import Candidates, Search, broken_price, in_promising_order
from solver.bound import FlowBound, Relaxation
from solver.budget import Budget, Meter
from solver.errors import Infeasible, NoIncumbentError
from solver.feasible import feasible_start, visible_conflict
from solver.instance import Instance, Matchings, Result
from solver.matching import Rematching
from solver.objective import points, supported
from solver.round_robin import round_robin

Report = Callable[[Result], None]

DEFAULT_SECONDS = 10.0
FOR_ANY_SCHEDULE = (5.0, 500_000_000)
"""Seconds and steps that finding any schedule may take, however small the budget."""
REMATCH_UP_TO = 300
"""Attendees up to which rounds are rematched exactly after each cycle."""


def solve(
    instance: Instance,
    meter: Meter,
    report: Report = lambda _: None,
    hint: Matchings | None = None,
    bounded: Instance | None = None,
) -> Result:
    """The best schedule found within the budget, with a bound on every schedule.

    ``hint`` is a schedule to start from besides our own; what the rules forbid of it is left out.
    ``bounded`` is an instance of which every possible answer is a schedule, if that is not
    ``instance`` itself. Raises Infeasible when the hard rules contradict each other,
    NoIncumbentError when the budget ends before any schedule is found.
    """
    if meter.budget.seconds is None and meter.budget.work is None:
        meter.budget = Budget(seconds=DEFAULT_SECONDS, gap=meter.budget.gap)
    if conflict := visible_conflict(instance):
        raise Infeasible(conflict)
    start = feasible_start(instance, meter.at_least(*FOR_ANY_SCHEDULE))
    if start is None:
        raise NoIncumbentError("no schedule that obeys every rule was found in the time given")
    return _Solve(instance, bounded or instance, meter, report).run(start, hint)


@dataclass
class Incumbent:
    """The best schedule so far, and the best bound."""

    instance: Instance
    meter: Meter
    report: Report
    matchings: Matchings | None = None
    felt: int = 0
    bound: int | None = None

    def offer(self, matchings: Matchings) -> bool:
        """Keep a schedule if it obeys H6 and H8 and is better; tells whether it was kept."""
        standing = standing_alone(self.instance, matchings)
        if not _minimums_reached(self.instance, standing):
            return False
        felt = points(self.instance, standing) - broken_price(self.instance, standing)
        if self.matchings is not None and felt <= self.felt:
            return False
        self.matchings, self.felt = standing, felt
        self.tell()
        return True

    def limit(self, bound: int) -> None:
        """Keep a bound if it is lower."""
        if self.bound is None or bound < self.bound:
            self.bound = bound
            self.tell()

    def tell(self) -> None:
        """Report how things stand."""
        if self.matchings is not None:
            self.report(self.result("time"))

    def settled(self) -> str | None:
        """Why the search may end, if it may."""
        if self.matchings is None:
            return self.meter.stopped_by()
        reached = points(self.instance, self.matchings)
        if self.bound is not None:
            gap = (self.bound - reached) / max(abs(self.bound), 1)
            if gap <= 0:
                return "optimal"
            if self.meter.budget.gap is not None and gap <= self.meter.budget.gap:
                return "gap"
        return self.meter.stopped_by()

    def result(self, stopped_by: str) -> Result:
        """The answer as it stands."""
        if self.matchings is None:
            raise NoIncumbentError("no schedule that obeys every rule was found in the time given")
        return Result(
            self.matchings,
            points(self.instance, self.matchings),
            self.bound,
            self.meter.work,
            self.meter.seconds,
            stopped_by,
        )


def standing_alone(instance: Instance, matchings: Matchings) -> Matchings:
    """The schedule without meetings that H8 forbids; they are worth nothing."""
    if instance.fill:
        return matchings
    standing = supported(instance, matchings)
    return tuple(
        matching if r < len(instance.held) else tuple(p for p in matching if p in standing)
        for r, matching in enumerate(matchings)
    )


def _minimums_reached(instance: Instance, matchings: Matchings) -> bool:
    counts = [0] * instance.n
    for matching in matchings[len(instance.held) :]:
        for i, j in matching:
            counts[i] += 1
            counts[j] += 1
    return all(count >= need for count, need in zip(counts, instance.needed, strict=True))


@dataclass
class _Solve:
    """One run of the strategy."""

    instance: Instance
    bounded: Instance
    meter: Meter
    report: Report
    best: Incumbent = field(init=False)

    def __post_init__(self) -> None:
        self.best = Incumbent(self.instance, self.meter, self.report)

    def run(self, start: Matchings, hint: Matchings | None) -> Result:
        search = self._first_schedules(start, hint)
        self._flow_bound()
        if exact.fits(self.instance) and self.bounded is self.instance:
            self._prove()
        if self.best.settled() is None:
            self._anneal(search)
        return self.best.result(self.best.settled() or "time")

    def _first_schedules(self, start: Matchings, hint: Matchings | None) -> Search:
        """Offer every start; the greedy one is where the search goes on from."""
        candidates = Candidates.of(self.instance, _candidates_each(self.instance))
        order = in_promising_order(self.instance)
        for kept in (hint, None) if hint else (None,):
            for pairs in (round_robin(self.instance), order):
                search = Search.begin(self.instance, candidates, start, self.instance.seed)
                if kept:
                    search.keep(kept)
                search.place(*pairs)
                self.best.offer(search.matchings())
                self.meter.spend(len(pairs[0]))
        if self.best.matchings is None:
            self.best.offer(start)
        return search

    def _flow_bound(self) -> None:
        """One flow, then better prices as long as the event is small enough for more."""
        bound = FlowBound(Relaxation(self.bounded))
        for _ in range(_flows(self.bounded)):
            if self.best.settled() is not None and self.best.bound is not None:
                return
            self.best.limit(bound.improve(1)[0])
            self.meter.spend(len(bound.relaxation.open_pairs[0]))

    def _prove(self) -> None:
        proven = exact.prove(self.instance, self.best.matchings, self.meter, self._take)
        if proven is not None:
            self._take(proven)

    def _take(self, result: Result) -> None:
        self.best.offer(result.matchings)
        if result.bound is not None:
            self.best.limit(result.bound)

    def _anneal(self, search: Search) -> None:
        """Cycles of cooling, each three times as long, until the budget is spent."""
        steps = min(FIRST_CYCLE * self.instance.n, LONGEST_FIRST_CYCLE)
        speed = math.inf
        while self.best.settled() is None:
            last = 1.5 * steps > _steps_left(self.meter, speed)
            begun = self.meter.seconds
            self._cycle(search, None if last else steps)
            speed = steps / max(self.meter.seconds - begun, 1e-6)
            self.best.offer(search.matchings())
            if self.instance.n <= REMATCH_UP_TO and self.best.settled() is None:
                Rematching.of(search).improve(self.meter)
                self.best.offer(search.matchings())
            steps *= 3

    def _cycle(self, search: Search, steps: int | None) -> None:
        """Cool once: over ``steps``, or over what is left of the budget."""
        hot, cold = _temperatures(self.instance)
        chunk = min(100_000, max(5_000, 10 * self.instance.n))
        done, before = 0, self.meter.spent()
        while self.meter.stopped_by() is None:
            spent = self.meter.spent()
            share = done / steps if steps else (spent - before) / max(1 - before, 1e-9)
            if share >= 1:
                break
            turn = int(min(chunk, self.meter.work_left()))
            search.anneal(turn, hot * (cold / hot) ** share)
            self.meter.spend(turn)
            done += turn
        search.anneal(2 * chunk, 0.0)


FIRST_CYCLE = 2_000
"""Steps for each attendee in the first cycle of annealing."""
LONGEST_FIRST_CYCLE = 4_000_000


def _steps_left(meter: Meter, speed: float) -> float:
    """Steps that the budget still allows at ``speed`` steps a second; the clock alone knows it."""
    if meter.budget.seconds is None:
        return meter.work_left()
    return min(meter.work_left(), max(0.0, meter.seconds_left()) * speed)


def _candidates_each(instance: Instance) -> int:
    return 40 if instance.n < 5_000 else 24


def _flows(instance: Instance) -> int:
    """How many flows the bound may take: one costs milliseconds at 100 attendees, a minute at
    100,000."""
    return 12 if instance.n <= 300 else 6 if instance.n <= 2_000 else 1


def _temperatures(instance: Instance) -> tuple[float, float]:
    """First and last temperature in points: much heat would destroy a large event's start."""
    hot = 20_000.0 if instance.n <= 300 else 10_000.0 if instance.n <= 2_000 else 500.0
    return hot, min(hot / 2, 500.0)
