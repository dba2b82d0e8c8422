"""The strategy: which start, which search, which proof, until the budget is spent.

1. Contradictions visible without solving; then a start that satisfies what is required.
2. Greedy schedules (a round robin where everybody can meet everybody), the flow bound, and a short
   cycle of annealing.
3. Small events: CP-SAT proves the optimum.
4. Larger ones: annealing by Kempe moves on, and the star bound, side by side where the clock is
   the budget, one after the other where the work is, so that the same work gives the same bytes.

The best schedule and the best bound are reported as they improve.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from solver import exact
from solver.anneal import Candidates, Search, in_promising_order
from solver.bound import FlowBound, Relaxation
from solver.budget import Budget, Meter
from solver.cooling import Cooling
from solver.errors import Infeasible, NoIncumbentError
from solver.feasible import feasible_start, visible_conflict
from solver.incumbent import Incumbent, Report
from solver.instance import Instance, Matchings, Result
from solver.round_robin import round_robin
from solver.stars.bound import StarBound
from solver.stars.crew import THREADS

DEFAULT_SECONDS = 10.0
FOR_ANY_SCHEDULE = (5.0, 500_000_000)
"""Seconds and steps that finding any schedule may take, however small the budget."""
STARS_UP_TO = 2_000
"""Attendees up to which the star bound is worth its time and memory."""
SEARCH_SHARE = 0.6
"""What the search may spend of a budget of work; the rest is the bound's."""


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
        if self.best.settled() is None:
            self._improve(search)
        return self.best.result(self.best.settled() or "time")

    def _first_schedules(self, start: Matchings, hint: Matchings | None) -> Search:
        """Offer every start; the last one is where the search goes on from."""
        candidates = Candidates.of(self.instance, _candidates_each(self.instance))
        orders = (round_robin(self.instance), in_promising_order(self.instance))
        for kept in (hint, None) if hint else (None,):
            for pairs in orders:
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

    def _improve(self, search: Search) -> None:
        cooling = Cooling(search, self.best, self.meter)
        cooling.cycle(cooling.first_steps)
        if exact.fits(self.instance) and self.bounded is self.instance:
            self._prove()
        if self.best.settled() is None:
            with self._bounding() as meter:
                Cooling(search, self.best, meter, cooling.speed).until_spent()

    def _prove(self) -> None:
        proven = exact.prove(self.instance, self.best.matchings, self.meter, self._take)
        if proven is not None:
            self._take(proven)

    def _take(self, result: Result) -> None:
        self.best.offer(result.matchings)
        if result.bound is not None:
            self.best.limit(result.bound)

    @contextmanager
    def _bounding(self) -> Iterator[Meter]:
        """See to the star bound beside, or after, the search that is run with the meter given."""
        if self.bounded.n > STARS_UP_TO:
            yield self.meter
        elif self.meter.budget.work is not None:
            yield self.meter.part(SEARCH_SHARE)
            self._star_bound(self.meter, THREADS)
        else:
            beside = Meter(Budget(seconds=self.meter.seconds_left()), self._settled)
            with ThreadPoolExecutor(1) as other:
                bounding = other.submit(self._star_bound, beside, THREADS - 1)
                yield self.meter
                bounding.result()

    def _settled(self) -> bool:
        return self.best.settled() is not None

    def _star_bound(self, meter: Meter, threads: int) -> None:
        bound = StarBound(Relaxation(self.bounded), self.best.matchings, threads)
        bound.improve(meter, self.best.limit)


def _candidates_each(instance: Instance) -> int:
    return 40 if instance.n < 5_000 else 24


def _flows(instance: Instance) -> int:
    """How many flows the bound may take.

    One costs milliseconds at 100 attendees, a minute at 100,000.
    """
    return 12 if instance.n <= 300 else 6 if instance.n <= 2_000 else 1
