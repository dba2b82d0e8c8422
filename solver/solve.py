"""The strategy: which start, which search, which proof, until the budget is spent.

1. Contradictions visible without solving; then a start that satisfies what is required.
2. Greedy schedules (a round robin where everybody can meet everybody; round by round a flow where
   they are many), the flow bound, and a short cycle of annealing.
3. Small events: CP-SAT proves the optimum.
4. Larger ones: annealing by Kempe moves on, and the star bound, side by side where the clock is
   the budget, one after the other where the work is, so that the same work gives the same bytes.

At the end schedules of equal points are told apart (`solver/search/ties.py`). The best schedule and
the best bound are reported as they improve.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from solver.bounds.flow_bound import FlowBound, Relaxation
from solver.bounds.stars.bound import StarBound
from solver.bounds.stars.threads import THREADS
from solver.budget import Budget, Meter
from solver.errors import Infeasible, NoIncumbentError
from solver.feasibility.construct import Construction
from solver.feasibility.feasible import find_feasible_start, find_visible_conflict
from solver.instance import Instance, Ints, Matchings, Result
from solver.possible import is_small
from solver.search.annealing import WARM, Cooling
from solver.search.flow_start import place_by_flow
from solver.search.incumbent import Incumbent, Report
from solver.search.rematching import EVERY_PAIR, Rematching
from solver.search.round_robin import round_robin_start
from solver.search.state import MANY, Candidates, SearchState, in_promising_order
from solver.search.ties import TURNS_UP_TO, spread_byes, take_turns

DEFAULT_SECONDS = 10.0
FOR_ANY_SCHEDULE = (5.0, 500_000_000)
"""Seconds and steps that finding any schedule may take, however small the budget."""
STARS_UP_TO, STARS_A_SECOND = 2_000, 40
"""Attendees up to which the star bound is worth its time and memory, in all and for each second of
the budget: with less it ends before it is tight, and would only slow the search down."""
FLOW_FROM = 100
"""Attendees from which a flow gives a better start than taking the best pairs first."""
TURN_SECONDS = 0.0005
"""What a thread may be kept waiting for the interpreter while search and bound run beside."""
WARM_SHARE = 0.5
"""What the search may spend from a hint; the rest is for our own start."""
SEARCH_SHARE = 0.6
"""What the search may spend of a budget of work; the rest is the bound's."""


def solve_instance(
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
    if conflict := find_visible_conflict(instance):
        raise Infeasible(conflict)
    start = find_feasible_start(instance, meter.at_least(*FOR_ANY_SCHEDULE))
    if start is None:
        raise NoIncumbentError("no schedule that obeys every rule was found in the time given")
    return _Solve(instance, bounded or instance, meter, report).run(start, hint)


Start = Callable[[SearchState], int]
"""Fills a search with meetings and tells how many pairs it looked at."""


@dataclass
class _Solve:
    """One run of the strategy."""

    instance: Instance
    bounded: Instance
    meter: Meter
    report: Report
    best: Incumbent = field(init=False)
    candidates: Candidates = field(init=False)

    def __post_init__(self) -> None:
        self.best = Incumbent(self.instance, self.meter, self.report)
        self.candidates = Candidates.of(self.instance, _candidates_each(self.instance))

    def run(self, start: Matchings, hint: Matchings | None) -> Result:
        if not self.instance.open_rounds:
            return self._as_it_was(start)
        warm = self._warm_search(start, hint) if hint else None
        fresh = self._fresh_search(start)
        self._one_round(fresh)
        self._flow_bound()
        if self.best.settled() is None:
            self._improve(fresh, warm)
        self._settle_ties()
        return self.best.result(self.best.settled() or "time")

    def _as_it_was(self, held: Matchings) -> Result:
        """The day is over: nothing can be better, or worse."""
        self.best.offer(held)
        self.best.limit(self.best.points)
        return self.best.result("optimal")

    def _warm_search(self, start: Matchings, hint: Matchings) -> SearchState:
        """A search that goes on from the hint, as far as the rules still allow it."""
        draft = Construction.of(self.instance, liked=hint)
        search = self._search(draft.matchings if draft.complete else start)
        search.keep(hint)
        self._fill(search, _starts(self.instance)[-1])
        return search

    def _fresh_search(self, start: Matchings) -> SearchState:
        """The search from our own best start; the others are offered as they are."""
        for place in _starts(self.instance):
            search = self._search(start)
            self._fill(search, place)
        if self.best.matchings is None:
            self.best.offer(start)
        return search

    def _search(self, start: Matchings) -> SearchState:
        return SearchState.begin(self.instance, self.candidates, start, self.instance.seed)

    def _fill(self, search: SearchState, place: Start) -> None:
        self.meter.spend(place(search))
        self.best.offer(search.matchings())

    def _one_round(self, search: SearchState) -> None:
        """One open round of a small event is a matching: the best one, and the proof."""
        rounds = self.instance.open_rounds
        if len(rounds) == 1 and self.instance.n <= EVERY_PAIR and not any(self.instance.promised):
            rematching = Rematching.of(search)
            rematching.rematch(rounds[0])
            self.best.offer(search.matchings())
            if self.bounded is self.instance:
                self.best.limit(rematching.most(rounds[0]))

    def _flow_bound(self) -> None:
        """One flow, then better prices as long as the event is small enough for more."""
        bound = FlowBound(Relaxation(self.bounded), self.best.matchings)
        for _ in range(_flows(self.bounded)):
            if self.best.settled() is not None and self.best.bound is not None:
                return
            self.best.limit(bound.improve(1)[0])
            self.meter.spend(len(bound.relaxation.open_pairs[0]))

    def _improve(self, fresh: SearchState, warm: SearchState | None) -> None:
        cooling = Cooling(fresh, self.best, self.meter)
        cooling.cycle(cooling.first_steps)
        if self.bounded is self.instance and is_small(self.instance):
            self._prove()
        if self.best.settled() is None:
            with self._bounding() as meter:
                if warm is not None:
                    share = meter.part(WARM_SHARE)
                    Cooling(warm, self.best, share, cooling.speed, WARM).until_spent()
                Cooling(fresh, self.best, meter, cooling.speed).until_spent()

    def _settle_ties(self) -> None:
        """Of schedules of equal points another one, unless one of them was promised."""
        best = self.best.matchings
        if best is None or any(self.instance.promised):
            return
        if self.instance.n <= TURNS_UP_TO:
            search = self._search(best)
            take_turns(search)
            self.best.prefer(search.matchings())
        self.best.prefer(spread_byes(self.instance, self.best.matchings or best))

    def _prove(self) -> None:
        from solver import exact  # slow to load, and needed for small events alone

        if not exact.fits_exactly(self.instance):
            return
        proven = exact.prove_optimum(self.instance, self.best.matchings, self.meter, self._take)
        if proven is not None:
            self._take(proven)

    def _take(self, result: Result) -> None:
        self.best.offer(result.matchings)
        if result.bound is not None:
            self.best.limit(result.bound)

    @contextmanager
    def _bounding(self) -> Iterator[Meter]:
        """See to the star bound beside, or after, the search that is run with the meter given."""
        if self.bounded.n > min(STARS_UP_TO, STARS_A_SECOND * self.meter.seconds_left()):
            yield self.meter
        elif self.meter.budget.work is not None:
            yield self.meter.part(SEARCH_SHARE)
            self._star_bound(self.meter, THREADS)
        else:
            beside = Meter(Budget(seconds=self.meter.seconds_left()), self._settled)
            with _short_turns(), ThreadPoolExecutor(1) as other:
                bounding = other.submit(self._star_bound, beside, THREADS - 1)
                yield self.meter
                bounding.result()

    def _settled(self) -> bool:
        return self.best.settled() is not None

    def _star_bound(self, meter: Meter, threads: int) -> None:
        bound = StarBound(Relaxation(self.bounded), self.best.matchings, threads)
        offer = self.best.offer if self.bounded is self.instance else _keep_to_itself
        bound.improve(meter, self.best.limit, offer, lambda: self.best.matchings)


def _starts(instance: Instance) -> tuple[Start, ...]:
    """Ways to fill a search with meetings, the best one last."""
    if instance.n >= FLOW_FROM:
        return (place_by_flow,)
    return _in_order(round_robin_start(instance)), _in_order(in_promising_order(instance))


def _in_order(pairs: tuple[Ints, Ints, Ints]) -> Start:
    def place(search: SearchState) -> int:
        search.place(*pairs)
        return len(pairs[0])

    return place


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let threads wait less for the interpreter than a turn of the search takes."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _keep_to_itself(_: Matchings) -> None:
    """What the bound's wider problem allows need not be a schedule of the instance."""


def _candidates_each(instance: Instance) -> int:
    return 40 if instance.n < MANY else 64


def _flows(instance: Instance) -> int:
    """How many flows the bound may take: many where they are cheap, one where stars follow.

    One costs milliseconds at 100 attendees, half a second at 5,000, half a minute at 100,000.
    """
    if instance.n <= FLOW_FROM:
        return 12
    return 2 if STARS_UP_TO < instance.n <= 20_000 else 1
