"""One round: an exact maximum-weight matching.

The sides of a triangle share people pairwise, so they lie in different rounds; with the other
rounds fixed the points are therefore additive over one round's meetings. Taking out what may move
and putting back a matching of largest worth (the O(n m log n) blossom algorithm, by rustworkx, in
whole numbers) never loses a point: Z. Galil, Efficient algorithms for finding maximum matching in
graphs, 1986.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx

from solver.budget import Meter
from solver.instance import Edge, Instance, Ints, among, rising
from solver.search import kernel
from solver.search.state import SearchState

EVERY_PAIR = 200
"""Up to so many attendees every pair is looked at, above only those of some benefit."""


@dataclass(frozen=True)
class Rematching:
    """Rounds of a search, replaced one after the other by the best matching there is."""

    search: SearchState
    first: Ints
    second: Ints

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

    def rematch(self, r: int) -> bool:
        """Give round ``r`` the best matching, the other rounds as they are; tells of a gain."""
        search = self.search
        before, felt = search.round_pairs(r), search.priced_points
        freed = [pair for pair in before if search.state.lock[pair[0], r] == kernel.FREE]
        for i, _ in freed:
            kernel.part(search.problem, search.state, i, r)
        self._seat(r, self._best(r))
        search.priced_points = search.true_priced_points()
        if search.priced_points < felt:
            self._restore(r, before)
            search.priced_points = felt
        return search.priced_points > felt

    def _restore(self, r: int, before: list[Edge]) -> None:
        search = self.search
        for i, _ in search.round_pairs(r):
            if search.state.lock[i, r] == kernel.FREE:
                kernel.part(search.problem, search.state, i, r)
        self._seat(r, [p for p in before if search.state.partner[p[0], r] < 0])

    def _seat(self, r: int, pairs: list[Edge]) -> None:
        for i, j in pairs:
            kernel.join(self.search.problem, self.search.state, i, j, r)

    def _best(self, r: int) -> list[Edge]:
        search, instance = self.search, self.search.instance
        worths = worths_in_round(search, self.first, self.second, r)
        worths += self._due(worths)
        useful = worths > 0
        tables = instance.tables[r] - int(search.state.filled[r])
        return best_matching(self.first[useful], self.second[useful], worths[useful], tables)

    def _due(self, worths: Ints) -> Ints:
        """What is added for people who would fall below their minimum without a meeting here."""
        due = (self.search.state.spare < 0).astype(np.int64)
        if not due.any():
            return np.zeros_like(worths)
        large = int(np.maximum(worths, 0).max(initial=0)) * self.search.instance.n + 1
        return np.where(worths >= 0, large * (due[self.first] + due[self.second]), 0)


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
    """Points that each pair ``i < j`` would add to round ``r``, promises priced; -1 if it may not.

    It may not if the rules bar the pair, or if one of the two sits in round ``r`` already. Exact
    for any set of disjoint pairs.
    """
    worths = np.zeros(len(first), np.int64)
    kernel.worths_of_meeting(search.problem, search.state, first, second, r, worths)
    return worths + _promise_worths(search.instance, first, second, worths, r)


def best_matching(first: Ints, second: Ints, worths: Ints, most: int) -> list[Edge]:
    """At most ``most`` disjoint pairs of largest total worth, sorted; every worth positive, whole.

    Exact: with fewer seats than pairs a charge for each seat finds the cut (see ``_few``).
    """
    if most <= 0 or not len(first):
        return []
    first, second, worths = _within_reach(first, second, worths, most)
    pairs = _matching(first, second, worths)
    return pairs if len(pairs) <= most else _few(first, second, worths, most, pairs)


def _within_reach(first: Ints, second: Ints, worths: Ints, most: int) -> tuple[Ints, Ints, Ints]:
    """The pairs among which so many of the largest total worth are found; all unless it is few.

    The others cover ``2 * most - 2`` people. Of as many pairs and one more of somebody, one leads
    to nobody covered; and of all pairs that touch them and one more, one touches none.
    """
    each = 2 * most - 1
    if each >= len(first):
        return first, second, worths
    near = np.flatnonzero(np.maximum(*ranks_of(first, second, worths)) < each)
    best = near[np.argsort(-worths[near], kind="stable")[: (each - 1) * each + 1]]
    return first[best], second[best], worths[best]


def ranks_of(first: Ints, second: Ints, worths: Ints) -> tuple[Ints, Ints]:
    """How many pairs of the first, and of the second, are worth more; ties go by number."""
    owner, partner = np.concatenate([first, second]), np.concatenate([second, first])
    order = np.lexsort((partner, -np.concatenate([worths, worths]), owner))
    ranked = owner[order]
    ranks = np.empty(len(owner), np.int64)
    ranks[order] = np.arange(len(owner)) - np.searchsorted(ranked, ranked)
    return ranks[: len(first)], ranks[len(first) :]


def _few(first: Ints, second: Ints, worths: Ints, most: int, wanted: list[Edge]) -> list[Edge]:
    """With scarce tables: each costs a charge at which as many, or fewer or more, are worth most.

    The largest worth of ``k`` pairs is concave in ``k``, so a chord between too few and too many
    gives the next charge to try.
    """
    edges = zip(first.tolist(), second.tolist(), strict=True)
    worth = dict(zip(edges, worths.tolist(), strict=True))
    people = len(np.unique(np.concatenate([first, second])))
    fewer, more = list[Edge](), wanted
    while True:
        total = sum(worth[p] for p in more) - sum(worth[p] for p in fewer)
        charge = total // (len(more) - len(fewer))
        left = people * (worths - charge)
        # Of equally good matchings the largest, and the smallest.
        largest = _matching(*_positive(first, second, left + 1))
        if len(largest) < most:
            fewer = largest
            continue
        smallest = _matching(*_positive(first, second, left - 1))
        if len(smallest) <= most:
            return _between(smallest, largest, most)
        more = smallest


def _positive(first: Ints, second: Ints, worths: Ints) -> tuple[Ints, Ints, Ints]:
    useful = worths > 0
    return first[useful], second[useful], worths[useful]


def _between(fewer: list[Edge], more: list[Edge], size: int) -> list[Edge]:
    """So many pairs of two matchings that are equally good: along a path either is as good."""
    import networkx as nx  # slow to load, and seldom needed

    chosen = set(fewer)
    other: nx.Graph[int] = nx.Graph(chosen.symmetric_difference(more))
    for piece in sorted(map(sorted, nx.connected_components(other))):
        changed = {(min(pair), max(pair)) for pair in other.subgraph(piece).edges}
        if len(chosen) < size and len(chosen ^ changed) > len(chosen):
            chosen ^= changed
    return sorted(chosen)


def _matching(first: Ints, second: Ints, weights: Ints) -> list[Edge]:
    if not len(first):
        return []
    worths = weights.tolist()
    names, ends = np.unique(np.concatenate([first, second]), return_inverse=True)
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(names.tolist())
    half = len(first)
    graph.add_edges_from(list(zip(ends[:half].tolist(), ends[half:].tolist(), worths, strict=True)))
    chosen = rx.max_weight_matching(graph, weight_fn=int)
    numbers = names.tolist()
    return sorted(tuple(sorted((numbers[a], numbers[b]))) for a, b in chosen)


def _promise_worths(instance: Instance, first: Ints, second: Ints, worths: Ints, r: int) -> Ints:
    """What keeping a published meeting of this round adds to it."""
    if not instance.promise_price:
        return np.zeros_like(worths)
    kept = among(first * instance.n + second, rising(instance.promised[r], instance.n))
    return np.where(kept & (worths >= 0), instance.promise_price, 0)


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
