"""One round at a time: what may move is taken out, and the best matching put back.

The sides of a triangle share people pairwise, so they lie in different rounds; with the other
rounds fixed the points are therefore additive over one round's meetings, and a matching of largest
worth (``matching``, or ``capped_matching`` where rules cap the round) never loses a point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from solver.budget import Meter
from solver.instance import Edge, Instance, Ints, among, rising
from solver.search import kernel
from solver.search.capped_matching import best_within, caps_of
from solver.search.matching import best_matching
from solver.search.state import SearchState

EVERY_PAIR = 200
"""Up to so many attendees every pair is looked at, above only those of some benefit."""


@dataclass(frozen=True)
class Rematching:
    """Rounds of a search, replaced one after the other by the best matching there is.

    ``favour``: a 1 for each pair that is to be preferred among matchings of equal worth.
    """

    search: SearchState
    first: Ints
    second: Ints
    favour: Ints | None = None

    @classmethod
    def of(cls, search: SearchState) -> "Rematching":
        """Look at every pair of a small event, at the candidates of a large one."""
        return cls(search, *candidate_pairs(search))

    def improve(self, meter: Meter) -> bool:
        """Rematch open rounds in turn until a whole turn gains nothing; tells whether any did.

        Spends one step for each pair looked at; ends early when the budget does.
        """

        def rematch(r: int) -> bool:
            gained = self.rematch(r)
            meter.spend(len(self.first))
            return gained

        rounds = self.search.instance.open_rounds
        return rematch_in_turn(rounds, rematch, lambda _: meter.stopped_by() is not None)

    def most(self, r: int) -> int:
        """What no schedule exceeds whose other rounds are as they are, in points.

        Valid where every pair is looked at. Minimums, H8, places and ``one_pair`` are left out.
        """
        search, before = self.search, self._free(r)
        alone = search.true_priced_points()
        worths = worths_in_round(search, self.first, self.second, r)
        useful = worths > 0
        first, second, worths = self.first[useful], self.second[useful], worths[useful]
        tables = search.instance.tables[r] - int(search.state.filled[r])
        chosen = rising(best_matching(first, second, worths, tables), search.instance.n)
        self._seat(r, before)
        return alone + int(worths[among(first * search.instance.n + second, chosen)].sum())

    def _free(self, r: int) -> list[Edge]:
        """Take out the meetings of a round that may move."""
        search = self.search
        free = [p for p in search.round_pairs(r) if search.state.lock[p[0], r] == kernel.FREE]
        for i, _ in free:
            kernel.part(search.problem, search.state, i, r)
        return free

    def rematch(self, r: int) -> bool:
        """Give round ``r`` the best matching, the other rounds as they are; tells of a gain."""
        search = self.search
        before, felt = search.round_pairs(r), search.priced_points
        self._free(r)
        self._seat(r, self._best(r))
        search.priced_points = search.true_priced_points()
        if search.priced_points < felt:
            self._restore(r, before)
            search.priced_points = felt
        return search.priced_points > felt

    def _restore(self, r: int, before: list[Edge]) -> None:
        search = self.search
        self._free(r)
        self._seat(r, [p for p in before if search.state.partner[p[0], r] < 0])

    def _seat(self, r: int, pairs: list[Edge]) -> None:
        for i, j in pairs:
            kernel.join(self.search.problem, self.search.state, i, j, r)

    def _best(self, r: int) -> list[Edge]:
        search, instance = self.search, self.search.instance
        worths = worths_in_round(search, self.first, self.second, r)
        worths += self._due(worths)
        useful = worths > 0
        if self.favour is not None:
            worths = worths * instance.n + self.favour
        tables = instance.tables[r] - int(search.state.filled[r])
        first, second = self.first[useful], self.second[useful]
        caps = caps_of(instance, search.state, first, second, r)
        return best_within(first, second, worths[useful], tables, caps)

    def _due(self, worths: Ints) -> Ints:
        """What is added for people who would fall below their minimum without a meeting here."""
        due = (self.search.state.spare < 0).astype(np.int64)
        if not due.any():
            return np.zeros_like(worths)
        possible = worths > kernel.BARRED
        large = int(np.abs(worths[possible]).max(initial=0)) * self.search.instance.n + 1
        return np.where(possible, large * (due[self.first] + due[self.second]), 0)


def rematch_in_turn(
    rounds: Sequence[int], rematch: Callable[[int], bool], stopped: Callable[[int], bool]
) -> bool:
    """Rematch the rounds one after the other until a whole turn gains nothing.

    ``rematch`` gives a round its best matching and tells whether that gained anything; ``stopped``
    is asked before each, given how many there were. Tells whether anything was gained.
    """
    improved, quiet, count = False, 0, 0
    while quiet < len(rounds) and not stopped(count):
        gained = rematch(rounds[count % len(rounds)])
        improved |= gained
        quiet = 0 if gained else quiet + 1
        count += 1
    return improved


def worths_in_round(search: SearchState, first: Ints, second: Ints, r: int) -> Ints:
    """Points that each pair ``i < j`` would add to round ``r``, promises priced.

    ``kernel.BARRED`` if it may not.
    It may not if the rules bar the pair, or if one of the two sits in round ``r`` already. Exact
    for any set of disjoint pairs.
    """
    worths = np.zeros(len(first), np.int64)
    kernel.worths_of_meeting(search.problem, search.state, first, second, r, worths)
    return worths + _promise_worths(search.instance, first, second, worths, r)


def _promise_worths(instance: Instance, first: Ints, second: Ints, worths: Ints, r: int) -> Ints:
    """What keeping a published meeting of this round adds to it."""
    if not instance.promise_price:
        return np.zeros_like(worths)
    kept = among(first * instance.n + second, rising(instance.promised[r], instance.n))
    return np.where(kept & (worths > kernel.BARRED), instance.promise_price, 0)


def candidate_pairs(search: SearchState) -> tuple[Ints, Ints]:
    """Every pair of a small event, the candidates of a large one, in order."""
    n = search.instance.n
    if n <= EVERY_PAIR:
        first, second = np.triu_indices(n, 1)
        return first.astype(np.int64), second.astype(np.int64)
    p = search.problem
    owner = np.repeat(np.arange(n), np.diff(p.candidate_start))
    low, high = np.minimum(owner, p.candidate), np.maximum(owner, p.candidate)
    keys = np.unique(low * n + high)
    return keys // n, keys % n
