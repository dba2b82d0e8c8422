"""One relaxation's bound: prices by a linear relaxation, then by a bundle, then the proof."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.bundle import NODE, Bundle, BundleSettings
from solver.bounds.stars.kernel import Effort
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector, minimise_lbfgs
from solver.bounds.stars.multipliers import fair_shares, whole_multipliers
from solver.bounds.stars.narrow import carried_choices, carried_parts, carried_prices, edges_of
from solver.bounds.stars.oracle import Oracle
from solver.bounds.stars.pool import take_up
from solver.bounds.stars.relaxed import RelaxedStars
from solver.bounds.stars.threads import THREADS, BlockThreads
from solver.budget import Meter
from solver.instance import Edge, Ints, Matchings

if TYPE_CHECKING:
    from solver.exact import BestAmong

Report = Callable[[int], object]

COOLING = ((0.1, 30), (0.03, 40), (0.012, 60))
"""Smoothing of the relaxed stars, and evaluations at each."""
MEMORY = 6
PROOF_NODES, PROOF_STEPS, HARDER = 1_000, 15, 3
PROOF_BATCHES = 8
PROBE_NODES = 60
WHOLE_DAY_UP_TO = 75
"""Attendees up to which CP-SAT is asked for the best schedule of a leaf. All pairs must be open
there, or it would not know of open conversations: far below ``flow_bound.EVERY_PAIR``."""
LEAST_WEIGHT = 20_000
"""Points that a pair weighs, besides its worth, when one is chosen to be settled."""


class Losses(NamedTuple):
    """By how much the proven sum of stars falls when a pair meets for certain, or does not."""

    inside: Ints
    outside: Ints


class LeastBound:
    """The lowest bound so far, and who hears of a lower one."""

    def __init__(self, best: int) -> None:
        self.best = best
        self.report: Report = lambda _: None

    def offer(self, bound: int | None) -> None:
        """Keep a bound if it is lower, and report it."""
        if bound is not None and bound < self.best:
            self.best = bound
            self.report(bound)


class SearchNode(LeastBound):
    """An upper bound on the points of every schedule that a relaxation allows."""

    def __init__(self, relaxation: Relaxation, threads: int = THREADS) -> None:
        self.relaxation, self.threads = relaxation, threads
        self.layout = Layout.of(relaxation)
        self.block_threads = BlockThreads(self.layout, threads)
        self.oracle = Oracle(self.layout, self.block_threads)
        self.bundle: Bundle | None = None
        super().__init__(self._at_first_sight())

    def add_schedule(self, matchings: Matchings) -> None:
        """Let the searches start from what everybody does in a known schedule."""
        self.oracle.add(self.layout.slots_taken(matchings))

    def improve(self, meter: Meter, report: Report = lambda _: None) -> int:
        """The best bound proven until the budget is spent; reports each better one."""
        self.report, self.meter = report, meter
        report(self.best)
        with self.block_threads:
            bundle = self._bundle()
            while not self._over():
                self._follow(bundle)
                self._prove(bundle)
                if bundle.converged:
                    break
        return self.best

    @property
    def converged(self) -> bool:
        """Tell whether better prices are not to be expected."""
        return self.bundle is not None and self.bundle.converged

    def narrowed(self, excluded: frozenset[Edge], forced: frozenset[Edge]) -> "SearchNode":
        """The bound of schedules with some more pairs settled, from the prices found here on."""
        narrow = SearchNode(self.relaxation.narrowed(excluded, forced), self.threads)
        narrow.best = min(narrow.best, self.best)
        if self.bundle is not None:
            narrow._inherit(self, self.bundle)
        return narrow

    def losses(self) -> Losses:
        """What the last proof says of every single pair."""
        assert self.bundle is not None  # noqa: S101
        inside, outside = self.oracle.probe(self._prices, self._proven, PROBE_NODES)
        bound = self._proven[self.layout.owner]
        low, high = self.layout.slot_of.T
        lost_inside, lost_outside = np.maximum(0, bound - inside), np.maximum(0, bound - outside)
        return Losses(
            inside=lost_inside[low] + lost_inside[high],
            outside=lost_outside[low] + lost_outside[high],
        )

    def best_schedule(self, known: int, meter: Meter) -> "BestAmong | None":
        """The best schedule of more than ``known`` points here; None if that stays unsettled."""
        relaxation = self.relaxation
        if relaxation.instance.n > WHOLE_DAY_UP_TO:
            return None
        from solver.exact import best_among  # slow to load, and not needed at once

        i, j = relaxation.open_pairs
        pairs = relaxation.met.union(zip(i.tolist(), j.tolist(), strict=True))
        return best_among(relaxation.instance, pairs, relaxation.forced, known, meter)

    def most_divided(self) -> frozenset[Edge]:
        """The pair whose ends disagree most about it or are each undecided, large worth first."""
        lay = self.layout
        low, high = self.oracle.usage()[lay.slot_of].T
        undecided = np.minimum(low, 1 - low) + np.minimum(high, 1 - high)
        score = (np.abs(low - high) + undecided) * (lay.pair_worth + LEAST_WEIGHT)
        chosen = np.zeros(lay.pairs, np.bool_)
        chosen[int(np.argmax(score))] = True
        return edges_of(lay, chosen)

    @property
    def proven(self) -> int:
        """The bound at the prices of the last proof."""
        assert self.bundle is not None  # noqa: S101
        return self.bundle.total(self.bundle.centre, int(self._proven.sum()))

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

    # Prices

    def _bundle(self) -> Bundle:
        if self.bundle is None:
            self.bundle = self._first_prices()
        self.bundle.meter = self.meter
        if not self.bundle.begun:
            self.bundle.begin()
            self.offer(self.bundle.bound)
            self.oracle.keep()
        return self.bundle

    def _first_prices(self) -> Bundle:
        """The prices of the relaxed stars."""
        relaxed = RelaxedStars(self.layout, self.block_threads)
        x = relaxed.start()
        for mu, evaluations in COOLING:
            x = minimise_lbfgs(
                partial(self._evaluated, relaxed, mu), x, evaluations, MEMORY, self._over
            )
        share, held = relaxed.shares(x)
        lean = x[: self.layout.pairs]
        return Bundle(
            layout=self.layout,
            block_threads=self.block_threads,
            oracle=self.oracle,
            meter=self.meter,
            centre=np.concatenate([lean, fair_shares(self.layout, share), x[-1:]]),
            held=held,
            slope=np.clip(relaxed.slopes(x), 0, 1.6),
            settings=BundleSettings.of(self.layout.n),
        )

    def _evaluated(self, relaxed: RelaxedStars, mu: float, x: Vector) -> tuple[float, Vector]:
        self.meter.spend(self.layout.size // 2)
        return relaxed(x, mu=mu)

    def _inherit(self, other: "SearchNode", bundle: Bundle) -> None:
        """Start from the prices and choices of a wider relaxation."""
        old, new, pool = other.layout, self.layout, other.oracle.pool
        width = self.oracle.pool.slots.shape[2]
        choices = carried_choices(old, new, pool.slots)[:, :, :width].astype(np.int32)
        take_up(self.oracle.stars, self.oracle.pool, choices, pool.count)
        self.bundle = Bundle(
            layout=new,
            block_threads=self.block_threads,
            oracle=self.oracle,
            meter=bundle.meter,
            centre=carried_prices(old, new, bundle.centre),
            held=carried_parts(old, new, bundle.held),
            slope=bundle.slope.copy(),
            settings=bundle.settings,
            nodes=bundle.nodes,
            mu=0.001,
            promise=0.002,
        )

    def _follow(self, bundle: Bundle) -> None:
        """Improve the prices until what is left of the budget is due to the proof."""
        begun = self.meter.spent()
        proof_from = begun + (1 - begun) * (1 - bundle.settings.proof)
        while not bundle.converged and self.meter.spent() < proof_from and not self._over():
            bundle.step()
            self.offer(bundle.bound)

    # The proof

    def _prove(self, bundle: Bundle) -> None:
        """Solve the stars at the centre, those with the largest gaps harder and harder."""
        self._prices = bundle.multipliers(bundle.centre)
        found = self.oracle.found
        nodes = max(bundle.nodes, PROOF_NODES)
        tolerance = max(1, int(bundle.settings.told_apart * abs(self.best) / self.layout.n))
        effort = Effort(nodes, tolerance, PROOF_STEPS, at_once=False)
        solved = self.oracle.solve(self._prices, effort, self._over)
        self._after_proof(bundle, int(found.nodes.sum()))
        if not solved.all():
            return
        self._proven = found.bound.copy()
        self.offer(self.proven)
        while not self._over():
            gaps = self._proven - found.best
            still = np.flatnonzero(gaps > 1.5 * tolerance)
            if not len(still):
                break
            nodes *= HARDER
            widest = still[np.argsort(-gaps[still], kind="stable")]
            self._prove_harder(bundle, widest, Effort(nodes, tolerance, PROOF_STEPS, at_once=False))

    def _prove_harder(self, bundle: Bundle, members: Ints, effort: Effort) -> None:
        found = self.oracle.found
        for batch in np.array_split(members, PROOF_BATCHES):
            if self._over():
                return
            self.oracle.solve(self._prices, effort, self._over, batch)
            self._proven = np.minimum(self._proven, found.bound)
            self._after_proof(bundle, int(found.nodes[batch].sum()))
            self.offer(self.proven)

    def _after_proof(self, bundle: Bundle, nodes: int) -> None:
        bundle.remember(self._prices)
        self.meter.spend(NODE * nodes + self.layout.size)
        self.oracle.keep()
