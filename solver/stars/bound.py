"""The star bound: prices by a linear relaxation, then by a bundle, then the proof."""

from collections.abc import Callable

import numpy as np

from solver.bound import Relaxation
from solver.budget import Meter
from solver.instance import Ints, Matchings
from solver.stars.bundle import NODE, Bundle, Settings
from solver.stars.crew import Crew
from solver.stars.descent import minimise
from solver.stars.layout import Layout
from solver.stars.multipliers import fair_shares, whole_multipliers
from solver.stars.oracle import Effort, Oracle
from solver.stars.relaxed import RelaxedStars

Report = Callable[[int], None]

COOLING = ((0.1, 30), (0.03, 40), (0.012, 60))
"""Smoothing of the relaxed stars, and evaluations at each."""
MEMORY = 6
PROOF_NODES, PROOF_STEPS, HARDER = 1_000, 15, 3
PROOF_BATCHES = 8


class StarBound:
    """An upper bound on the points of every schedule, improved for as long as one likes."""

    def __init__(self, relaxation: Relaxation, hint: Matchings | None = None) -> None:
        self.layout = Layout.of(relaxation)
        self.crew = Crew(self.layout)
        self.oracle = Oracle(self.layout, self.crew)
        self.bundle: Bundle | None = None
        self.best = self._at_first_sight()
        if hint is not None:
            self.add_schedule(hint)

    def add_schedule(self, matchings: Matchings) -> None:
        """Let the searches start from what everybody does in a known schedule."""
        self.oracle.add(self.layout.slots_taken(matchings))

    def improve(self, meter: Meter, report: Report = lambda _: None) -> int:
        """The best bound proven until the budget is spent; reports each better one."""
        self.report, self.meter = report, meter
        report(self.best)
        with self.crew:
            bundle = self._bundle()
            while not self._over():
                self._follow(bundle)
                self._prove(bundle)
                if bundle.converged:
                    break
        return self.best

    def _follow(self, bundle: Bundle) -> None:
        """Improve the prices until what is left of the budget is due to the proof."""
        begun = self.meter.spent()
        proof_from = begun + (1 - begun) * (1 - bundle.settings.proof)
        while not bundle.converged and self.meter.spent() < proof_from and not self._over():
            bundle.step()
            self._offer(bundle.bound)

    def _at_first_sight(self) -> int:
        """The bound of equal shares, hardly searched; it is there even without any budget."""
        lay = self.layout
        share, ends = np.zeros(len(lay.corner_slots)), np.zeros(lay.pairs)
        held, slope = np.full(len(share), 0.5), np.full(lay.n, 0.8)
        prices = whole_multipliers(lay, ends, fair_shares(lay, share), held, slope, 0)
        self.oracle.solve(prices, Effort(1, 0, 0, at_once=True), lambda: False)
        return lay.constant + int(self.oracle.found.bound.sum())

    def _over(self) -> bool:
        return self.meter.stopped_by() is not None

    def _offer(self, bound: int | None) -> None:
        if bound is not None and bound < self.best:
            self.best = bound
            self.report(bound)

    def _bundle(self) -> Bundle:
        if self.bundle is None:
            self.bundle = self._first_prices()
            self.bundle.begin()
            self._offer(self.bundle.bound)
            self.oracle.keep()
        self.bundle.meter = self.meter
        return self.bundle

    def _first_prices(self) -> Bundle:
        """The prices of the relaxed stars."""
        relaxed = RelaxedStars(self.layout, self.crew)
        x = relaxed.start()
        for mu, evaluations in COOLING:
            x = minimise(lambda x, mu=mu: relaxed(x, mu), x, evaluations, MEMORY, self._over)  # type: ignore[misc]
            self.meter.spend(evaluations * self.layout.size // 2)
        share, held = relaxed.shares(x)
        lean = x[: self.layout.pairs]
        return Bundle(
            layout=self.layout,
            crew=self.crew,
            oracle=self.oracle,
            meter=self.meter,
            centre=np.concatenate([lean, fair_shares(self.layout, share), x[-1:]]),
            held=held,
            slope=np.clip(relaxed.slopes(x), 0, 1.6),
            settings=Settings.of(self.layout.n),
        )

    def _prove(self, bundle: Bundle) -> None:
        """Solve the stars at the centre, those with the largest gaps harder and harder."""
        prices = bundle.multipliers(bundle.centre)
        found = self.oracle.found
        nodes = max(bundle.nodes, PROOF_NODES)
        tolerance = max(1, int(bundle.settings.told_apart * abs(self.best) / self.layout.n))
        solved = self.oracle.solve(
            prices, Effort(nodes, tolerance, PROOF_STEPS, at_once=False), self._over
        )
        bundle.remember(prices)
        self.meter.spend(NODE * int(found.nodes.sum()) + self.layout.size)
        self.oracle.keep()
        if not solved.all():
            return
        self._offer(bundle.total(bundle.centre, int(found.bound.sum())))
        while not self._over():
            gaps = found.bound - found.best
            still = np.flatnonzero(gaps > 1.5 * tolerance)
            if not len(still):
                break
            nodes *= HARDER
            self._prove_harder(bundle, still[np.argsort(-gaps[still], kind="stable")], nodes, tolerance)

    def _prove_harder(self, bundle: Bundle, members: Ints, nodes: int, tolerance: int) -> None:
        found = self.oracle.found
        effort = Effort(nodes, tolerance, PROOF_STEPS, at_once=False)
        for batch in np.array_split(members, PROOF_BATCHES):
            if self._over():
                return
            bound = found.bound.copy()
            prices = bundle.multipliers(bundle.centre)
            solved = self.oracle.solve(prices, effort, self._over, batch)
            bundle.remember(prices)
            self.meter.spend(NODE * int(found.nodes[batch].sum()) + self.layout.size)
            found.bound[:] = np.minimum(bound, found.bound)
            assert solved is not None
            self.oracle.keep()
            self._offer(bundle.total(bundle.centre, int(found.bound.sum())))
