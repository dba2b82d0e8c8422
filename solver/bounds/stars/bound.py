"""The star bound, and branch and bound over it: pairs are settled until little is left to choose.

A leaf of the tree is a relaxation in which some pairs meet for certain and some do not. Its bound
is improved until its prices have converged; pairs that nothing better than the best known schedule
can hold, or do without, are settled (``narrow``); then the pair about which its two ends disagree
most is settled both ways, in two leaves. Of a leaf with few pairs left, CP-SAT tells the best
schedule: only there it matters whether the pairs fit into the rounds. No schedule exceeds the
larger of the points that are reached and the largest bound of a leaf. Large events never come to
branch: there the prices of the whole relaxation go on improving.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.narrow import edges_of
from solver.bounds.stars.node import LeastBound, Losses, Report, SearchNode
from solver.bounds.stars.threads import THREADS
from solver.budget import Meter
from solver.instance import Edge, Matchings
from solver.objective import points_of

WORTHWHILE = 0.02
"""Share of the pairs that must be settled for the prices to be improved again at once."""
NOBODY: frozenset[Edge] = frozenset()
FEW_PAIRS = 24
"""Open pairs of a leaf from which on CP-SAT is faster than branching."""
FOR_FEW_PAIRS = 100_000_000
"""Steps that CP-SAT may spend on one leaf."""

Offer = Callable[[Matchings], object]
Newest = Callable[[], Matchings | None]


@dataclass(frozen=True, eq=False)
class Grown:
    """A leaf whose prices have converged, and what settling each pair would cost it."""

    leaf: SearchNode
    losses: Losses


class StarBound(LeastBound):
    """An upper bound on the points of every schedule, improved for as long as one likes."""

    def __init__(
        self, relaxation: Relaxation, hint: Matchings | None = None, threads: int = THREADS
    ) -> None:
        self.root = SearchNode(relaxation, threads)
        super().__init__(self.root.best)
        self.reached: int | None = None
        self._seen = hint
        self._queue: list[tuple[int, int, Grown]] = []
        self._ends: list[int] = []
        self._branched, self._grown = False, 0
        if hint is not None:
            self.add_schedule(hint)

    def add_schedule(self, matchings: Matchings) -> None:
        """Take a known schedule: searches start from it, and only what is better still matters."""
        self._reach(matchings)
        self.root.add_schedule(matchings)

    def improve(
        self,
        meter: Meter,
        report: Report = lambda _: None,
        offer: Offer = lambda _: None,
        newest: Newest = lambda: None,
    ) -> int:
        """The best bound in points proven until the budget is spent; reports each better one.

        ``newest`` is asked for the best schedule known meanwhile; ``offer`` gets better ones.
        May be called again with more budget.
        """
        self._meter, self.report, self._offer_schedule, self._newest = meter, report, offer, newest
        report(self.best)
        if not self._branched:
            self.root.improve(meter, self.offer)
            if not self._over() and self.root.converged:
                self._branched = True
                self._grow(self.root)
                self._offer_leaves()
        while self._queue and not self._over():
            self._branch()
        return self.best

    def _reach(self, matchings: Matchings) -> None:
        reached = points_of(self.root.relaxation.instance, matchings)
        self.reached = reached if self.reached is None else max(self.reached, reached)

    def _look_around(self) -> None:
        """Take up what a search beside this one has reached."""
        newest = self._newest()
        if newest is not None and newest is not self._seen:
            self._seen = newest
            self._reach(newest)

    def _over(self) -> bool:
        return self._meter.stopped_by() is not None

    def _offer_leaves(self) -> None:
        """No schedule exceeds what is reached and what any leaf allows."""
        bounds = [-at[0] for at in self._queue] + self._ends
        if self.reached is not None:
            bounds.append(self.reached)
        self.offer(max(bounds))

    def _may_hold_better(self, leaf: SearchNode) -> bool:
        return self.reached is None or leaf.best > self.reached

    def _branch(self) -> None:
        """Settle a pair of the leaf with the largest bound both ways."""
        first = heappop(self._queue)
        leaf = first[2].leaf
        if self._may_hold_better(leaf):
            pair = leaf.most_divided()
            halves = [leaf.narrowed(pair, NOBODY), leaf.narrowed(NOBODY, pair)]
            for half in halves:
                half.improve(self._meter)
            if self._over():
                heappush(self._queue, first)
                return
            for half in halves:
                self._grow(half)
        self._offer_leaves()

    def _grow(self, leaf: SearchNode) -> None:
        """Settle what can be settled, and queue the rest if it may hold something better."""
        self._look_around()
        narrower: SearchNode | None = leaf
        while narrower is not None and self._may_hold_better(narrower):
            leaf, losses = narrower, narrower.losses()
            narrower = self._settled(leaf, losses)
            if narrower is None:
                self._queue_up(leaf, losses)

    def _queue_up(self, leaf: SearchNode, losses: Losses) -> None:
        """Queue a leaf, or note its bound if it leaves no choice."""
        if leaf.layout.pairs <= FEW_PAIRS and self._settled_exactly(leaf):
            return
        if not leaf.layout.pairs:
            self._ends.append(leaf.best)
            return
        self._grown += 1
        heappush(self._queue, (-leaf.best, self._grown, Grown(leaf, losses)))

    def _settled_exactly(self, leaf: SearchNode) -> bool:
        """Find the best schedule of a leaf with few pairs; tells whether that succeeded."""
        if self.reached is None:
            return False
        meter = self._meter.at_most(FOR_FEW_PAIRS)
        best = leaf.best_schedule(self.reached, meter)
        if best is None:
            return False
        if best.matchings is not None:
            self._reach(best.matchings)
            self._offer_schedule(best.matchings)
        self._ends.append(best.bound)
        return True

    def _settled(self, leaf: SearchNode, losses: Losses) -> SearchNode | None:
        """The leaf once every pair is settled that can be; None if that is not worth the time."""
        if self.reached is None:
            return None
        slack = leaf.proven - self.reached
        never = losses.inside >= slack
        always = (losses.outside >= slack) & ~never
        if int(never.sum() + always.sum()) < max(1, WORTHWHILE * leaf.layout.pairs):
            return None
        narrower = leaf.narrowed(edges_of(leaf.layout, never), edges_of(leaf.layout, always))
        narrower.improve(self._meter)
        return None if self._over() else narrower
