"""Better prices: a proximal bundle method whose model is smooth.

The model of each star is its pool of choices (``pool``); the next prices minimise the model plus
``|change|^2 / (2 reach)``. Solving the stars there finds new choices, so the model grows where it
was wrong (column generation, kept from swinging by the distance). The stars are solved with few
nodes: a step counts as good by the values *found*, not by what is proven. When the model's promise
is nearly used up, or the search missed too much, the stars are searched harder.
Proximal bundles with a reach that is adapted: K. C. Kiwiel, 1990.
"""

from dataclasses import dataclass

import numpy as np

from solver.bounds.stars.kernel import Effort, Multipliers
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector, minimise_lbfgs
from solver.bounds.stars.multipliers import fair_shares, whole_multipliers
from solver.bounds.stars.oracle import Oracle
from solver.bounds.stars.pool import model, remember_use
from solver.bounds.stars.relaxed import keep_sums, of_worths, slot_worths
from solver.bounds.stars.threads import BlockThreads
from solver.budget import Meter
from solver.objective import SCALE


@dataclass(frozen=True)
class BundleSettings:
    """What depends on the size of the event."""

    reach: float
    longest_reach: float
    most_nodes: int
    proof: float
    """Share of the time that is kept for the proof."""
    told_apart: float
    """Of the mean star: what the proof need not tell apart."""

    @classmethod
    def of(cls, attendees: int) -> "BundleSettings":
        """Measured on generated events; a longer reach finds prices that are harder to prove."""
        if attendees < 200:
            return cls(0.1, 2.0, 2_500, 0.4, 0.001)
        if attendees < 600:
            return cls(0.05, 0.05, 2_500, 0.4, 0.001)
        return cls(0.05, 0.05, 500, 0.55, 0.003)


STEPS, MEMORY = 40, 8
FEW_NODES, MORE_NODES = 200, 2.5
FIRST_STEPS, LATER_STEPS = 40, 12
NODE = 10
"""Steps of work that a node counts as."""
COARSE = 1_000
"""Points a star need not be told apart by, to begin with."""


@dataclass(eq=False)
class Bundle:
    """Prices being improved; ``centre`` holds lean, shares and the price of a seat."""

    layout: Layout
    block_threads: BlockThreads
    oracle: Oracle
    meter: Meter
    centre: Vector
    held: Vector
    slope: Vector
    settings: BundleSettings
    nodes: int = FEW_NODES
    tolerance: float = COARSE
    mu: float = 0.004
    promise: float = 0.006
    """The share of the value below which the promised decrease counts as used up."""
    reach: float = 0.1
    value: float = np.inf
    bound: int | None = None
    """Of the last pass over all stars, proven."""
    rounds: int = 0
    begun: bool = False
    converged: bool = False

    def multipliers(self, x: Vector) -> Multipliers:
        """Prices as whole numbers of points."""
        pairs = self.layout.pairs
        return whole_multipliers(
            self.layout, x[:pairs], x[pairs:-1], self.held, self.slope, self.seat(x)
        )

    def seat(self, x: Vector) -> int:
        """The price of a seat in points."""
        return max(0, round(SCALE * float(x[-1]))) if self.layout.scarce else 0

    def total(self, x: Vector, stars: int) -> int:
        """Points of a sum of stars, everything else included."""
        return self.layout.constant + self.layout.seats * self.seat(x) + stars

    def begin(self) -> None:
        """Solve all stars at the first prices."""
        self.begun, self.reach = True, self.settings.reach
        self.value = self.evaluate(self.centre, self.tolerance, FIRST_STEPS)

    def evaluate(self, x: Vector, tolerance: float, steps: int) -> float:
        """The value found at prices ``x``, in units; sets ``bound`` if every star was solved."""
        prices = self.multipliers(x)
        effort = Effort(self.nodes, max(1, int(tolerance)), steps, at_once=True)
        stop = self.meter.stopped_by
        solved = self.oracle.solve(prices, effort, lambda: stop() is not None)
        self.remember(prices)
        found = self.oracle.found
        self.meter.spend(NODE * int(found.nodes.sum()) + self.layout.size)
        self.bound = self.total(x, int(found.bound.sum())) if solved.all() else None
        return self.total(x, int(found.best.sum())) / SCALE

    def remember(self, prices: Multipliers) -> None:
        """Start the next searches from the parts and slopes of the last."""
        shared = prices.share > 0
        self.held[shared] = prices.held[shared] / prices.share[shared]
        self.slope[:] = prices.slope / 1000

    def smooth(self, x: Vector, mu: float) -> tuple[float, Vector]:
        """The model at prices ``x``, in units, and its gradient."""
        lay, pairs = self.layout, self.layout.pairs
        seat = max(0.0, float(x[-1]))
        worth, gradient = slot_worths(lay, x[:pairs], seat), np.zeros_like(x)
        value, taken, of_share = np.zeros(lay.n), np.zeros(2 * pairs), gradient[pairs:-1]
        stars, pool = self.oracle.stars, self.oracle.pool
        self.block_threads.run(
            lambda members: model(
                stars, pool, members, worth, x[pairs:-1], mu, value, taken, of_share
            )
        )
        of_share[lay.wedges] = 0
        keep_sums(lay.corners_of, of_share)
        gradient[:pairs], gradient[-1] = of_worths(lay, taken, float(x[-1]))
        return float(value.sum()) + lay.seats * seat + lay.constant / SCALE, gradient

    def proposal(self) -> tuple[Vector, float]:
        """The prices that minimise model and distance, and the model there."""
        centre, reach = self.centre, self.reach

        def function(x: Vector) -> tuple[float, Vector]:
            value, gradient = self.smooth(x, self.mu)
            change = x - centre
            return value + float(change @ change) / (2 * reach), gradient + change / reach

        x = minimise_lbfgs(function, centre, STEPS, MEMORY)
        self.meter.spend(STEPS * self.layout.size // 4)
        expected = self.smooth(x, self.mu)[0]
        pairs = self.layout.pairs
        x[pairs:-1] = fair_shares(self.layout, x[pairs:-1])
        return x, expected

    def step(self) -> None:
        """Propose prices, solve the stars there, and move if that was good."""
        self.rounds += 1
        x, expected = self.proposal()
        remember_use(self.oracle.pool)
        promised = max(self.value - expected, 1e-9)
        found = self.evaluate(x, self._fine(promised), LATER_STEPS)
        if self.bound is None:
            return
        added = self.oracle.keep()
        missed = self._review()
        self._set_reach((self.value - found) / promised)
        if found < self.value:
            self.centre, self.value = x, found
        few = added < 0.1 * self.layout.n
        blind = self.rounds > 12 and missed > promised / 4
        if promised < self.promise * self.scale() or few or (blind and self._may_grow()):
            self._sharpen(promised)

    def _fine(self, promised: float) -> float:
        return min(self.tolerance, 0.2 * SCALE * promised / self.layout.n)

    def _review(self) -> float:
        """Value the centre again with the choices found since; return by how much it was missed."""
        again = self.smooth(self.centre, 1e-6)[0]
        missed = max(0.0, again - self.value)
        self.value += missed
        return missed

    def _set_reach(self, kept: float) -> None:
        """Lengthen the reach when the promise was kept, shorten it when it was not."""
        if kept > 0.6:
            self.reach = min(1.4 * self.reach, self.settings.longest_reach)
        elif kept < 0:
            self.reach = max(0.6 * self.reach, 0.005)
        elif kept < 0.25:
            self.reach = max(0.85 * self.reach, 0.02)

    def scale(self) -> float:
        """What changes of the value are measured by: the stars alone, in units."""
        return max(1e-3, abs(self.value - self.layout.constant / SCALE))

    def _may_grow(self) -> bool:
        return self.nodes < self.settings.most_nodes

    def _sharpen(self, promised: float) -> None:
        """Search harder and smooth less; then value the centre anew."""
        cut = bool((self.oracle.found.nodes >= self.nodes).any())
        if promised < 1e-4 * self.scale() and not cut and self.mu <= 2.5e-4:
            self.converged = True
            return
        if cut and self._may_grow():
            self.nodes = int(self.nodes * MORE_NODES)
        elif not cut:
            self.tolerance /= 2
        self.promise = max(0.7 * self.promise, 2e-4)
        self.mu = max(0.6 * self.mu, 2e-4)
        value = self.evaluate(self.centre, self._fine(promised), LATER_STEPS)
        if self.bound is not None:
            self.value = value
            self.oracle.keep()
