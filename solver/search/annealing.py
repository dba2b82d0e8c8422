"""Annealing under a budget: short cycles of cooling first, then some long ones.

Short cycles give a good schedule early. What is left of the budget is shared by as many long ones
as it has room for, each from full heat: what one ends at is mostly luck, and six tries find more
than one of six times their length. The last one cools by the share of the budget that is spent.
Single rounds of events up to ``REMATCH_UP_TO`` attendees are rematched exactly after long cycles.
"""

from dataclasses import dataclass

from solver.budget import Meter
from solver.search.incumbent import Incumbent
from solver.search.rematching import Rematching
from solver.search.state import SearchState

FIRST_CYCLE, LONGEST_FIRST_CYCLE = 2_000, 4_000_000
"""Steps of the first cycle: for each attendee, and at most."""
LONGER, SHORT = 5, 8
"""How the first cycles grow, and of what share of the budget there are no more of them."""
ENOUGH, MOST_CYCLES = 50_000, 6
"""Steps for each attendee that a long cycle needs, and how many of them share a large budget."""
LONGEST_TURN, TURNS = 100_000, 40
"""Steps between two looks at the clock, at most; and how many looks a cycle has, at least."""
REMATCH_UP_TO = 300
HOTTEST, WARM, COLDEST = 20_000.0, 3_000.0, 1_500.0
"""Points: a fifth of a good meeting and more, what leaves a good schedule standing, and little."""
HEAT, PARTNERS = 60.0, 300
"""Points that the first temperature rises with each step an attendee gets for each of up to so many
others: a short cycle has no time to mend what much heat destroys."""


@dataclass
class Cooling:
    """A search, the budget it may spend, and the incumbent it improves."""

    search: SearchState
    best: Incumbent
    meter: Meter
    speed: float = 1_000_000.0
    """Steps a second, as far as known."""
    hottest: float = HOTTEST

    @property
    def first_steps(self) -> int:
        """How long the first cycle is."""
        return min(FIRST_CYCLE * self.search.instance.n, LONGEST_FIRST_CYCLE)

    def until_spent(self) -> None:
        """Cycle after cycle until the budget is spent or the incumbent is proven good enough."""
        steps = LONGER * self.first_steps
        while not self._over() and steps < min(self._enough, self._steps_left() / SHORT):
            self.cycle(steps)
            steps *= LONGER
        left = min(MOST_CYCLES, max(1, int(self._steps_left() / self._enough)))
        while not self._over():
            self.cycle(None if left <= 1 else int(self._steps_left() / left))
            self._rematch()
            left -= 1

    @property
    def _enough(self) -> int:
        """Steps from which on two cycles are better than one twice as long."""
        return ENOUGH * self.search.instance.n

    def cycle(self, steps: int | None) -> None:
        """Cool once, over ``steps`` or over what is left, and offer what comes of it."""
        begun = self.meter.seconds
        done = self._cool(steps)
        self.speed = done / max(self.meter.seconds - begun, 1e-6)
        self.best.offer(self.search.matchings())

    def _rematch(self) -> None:
        if self.search.instance.n <= REMATCH_UP_TO and not self._over():
            Rematching.of(self.search).improve(self.meter)
            self.best.offer(self.search.matchings())

    def _cool(self, steps: int | None) -> int:
        planned = steps or self._steps_left()
        hot, cold = self._temperatures(planned)
        chunk = max(1_000, int(min(LONGEST_TURN, planned / TURNS)))
        done, before = 0, self.meter.spent()
        while not self._over():
            left = (self.meter.spent() - before) / max(1 - before, 1e-9)
            share = done / steps if steps else left
            if share >= 1:
                break
            turn = int(min(chunk, self.meter.work_left()))
            self.search.anneal(turn, hot * (cold / hot) ** share)
            self.meter.spend(turn)
            done += turn
        self.search.anneal(2 * chunk, 0.0)
        return done

    def _over(self) -> bool:
        return self.meter.stopped_by() is not None or self.best.settled() is not None

    def _steps_left(self) -> float:
        """Steps that the budget still allows; without a clock in it no clock is asked."""
        if self.meter.budget.seconds is None:
            return self.meter.work_left()
        return min(self.meter.work_left(), max(0.0, self.meter.seconds_left()) * self.speed)

    def _temperatures(self, steps: float) -> tuple[float, float]:
        """First and last temperature of so many steps, in points."""
        n = self.search.instance.n
        hot = max(2.0, min(self.hottest, HEAT * steps / (n * min(n, PARTNERS))))
        return hot, min(COLDEST, hot / 2)
