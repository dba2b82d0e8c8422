"""The prepared problem and its answer: attendees are numbers, every quantity is an integer.

``n`` attendees ``0..n-1``, ``R`` rounds ``0..R-1`` of which the first ``held_rounds`` are over or
running. Benefits are permille. Who may meet whom is kept in parts (organisations, languages,
single pairs), never as an ``n x n`` table, so that 100,000 attendees fit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import chain
from math import isqrt

import numpy as np
from numpy.typing import NDArray

Edge = tuple[int, int]
"""Two attendees, the smaller number first."""
Matchings = tuple[tuple[Edge, ...], ...]
"""For every round its meetings, sorted."""
Window = tuple[int, int]
"""The first and the last of some consecutive rounds, from 0."""
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Prices:
    """What counts how much, in percent; ``floor``: from which benefit on a meeting is mutual."""

    triangles: int
    fairness: int
    byes: int
    floor: int


@dataclass(frozen=True, eq=False)
class Benefits:
    """Directed benefits ``b(i, j)`` in permille, as parallel arrays sorted by ``(i, j)``."""

    n: int
    source: Ints
    target: Ints
    value: Ints

    @classmethod
    def of(cls, n: int, rows: Iterable[tuple[int, int, int]]) -> "Benefits":
        """Sort ``(i, j, permille)`` rows and leave out what is worth nothing; no row twice."""
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 3)
        return cls.by_column(n, *table.T)

    @classmethod
    def by_column(cls, n: int, source: Ints, target: Ints, value: Ints) -> "Benefits":
        """The same of parallel arrays, in any order; ``value`` is permille."""
        order = np.lexsort((target, source))
        order = order[value[order] > 0]
        return cls(n, *(np.asarray(part[order], np.int64) for part in (source, target, value)))

    @cached_property
    def keys(self) -> Ints:
        """One ascending number per row, ``i * n + j``."""
        return self.source * self.n + self.target

    @cached_property
    def start(self) -> Ints:
        """Where the rows of each attendee begin; ``start[i]..start[i + 1]`` are those of ``i``."""
        return np.searchsorted(self.source, np.arange(self.n + 1)).astype(np.int64)

    @cached_property
    def returned(self) -> Ints:
        """``b(j, i)`` for every row ``(i, j)``."""
        return self.of_pairs(self.target, self.source)

    @cached_property
    def best_first(self) -> Ints:
        """The rows by source, of each source the largest benefit first."""
        return np.lexsort((-self.value, self.source))

    def of_pairs(self, i: Ints, j: Ints) -> Ints:
        """``b(i, j)`` in permille for parallel arrays of attendees; 0 where there is no row."""
        if not len(self.keys):
            return np.zeros(len(i), np.int64)
        wanted = np.asarray(i, np.int64) * self.n + j
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = np.where(self.keys[at] == wanted, self.value[at], 0)
        return found.astype(np.int64)

    def get(self, i: int, j: int) -> int:
        """``b(i, j)`` in permille; 0 where there is no row."""
        return self.lookup.get((i, j), 0)

    @cached_property
    def lookup(self) -> dict[Edge, int]:
        """``b`` as a dictionary, for code that asks pair by pair."""
        pairs = zip(self.source.tolist(), self.target.tolist(), strict=True)
        return dict(zip(pairs, self.value.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Permissions:
    """Who may meet whom in an open round (H4).

    ``barred`` never meet. ``required`` meet whatever their organisations or languages are.
    Others do not when they share a number in ``organisation`` (-1: none), when their
    ``language`` classes do not ``understand`` each other, or when they are in ``refused``.
    """

    organisation: Ints
    language: Ints
    understand: Flags
    refused: frozenset[Edge]
    barred: frozenset[Edge]
    required: tuple[Edge, ...]

    def may_meet(self, i: int, j: int) -> bool:
        """Tell whether ``i`` and ``j`` may meet in an open round."""
        pair = (i, j) if i < j else (j, i)
        if i == j or pair in self.barred:
            return False
        return pair in self._required or self._by_default(pair)

    def _by_default(self, pair: Edge) -> bool:
        i, j = pair
        together = self.organisation[i] >= 0 and self.organisation[i] == self.organisation[j]
        understood = bool(self.understand[self.language[i], self.language[j]])
        return not together and understood and pair not in self.refused

    def of_pairs(self, i: Ints, j: Ints) -> Flags:
        """``may_meet`` for parallel arrays of attendees."""
        together = (self.organisation[i] >= 0) & (self.organisation[i] == self.organisation[j])
        free = ~together & self.understand[self.language[i], self.language[j]] & (i != j)
        low, high = np.minimum(i, j), np.maximum(i, j)
        n = len(self.organisation)
        keys = low * n + high
        free &= ~among(keys, rising(self.refused, n))
        free |= among(keys, rising(self.required, n))
        free &= ~among(keys, rising(self.barred, n))
        return np.asarray(free, np.bool_)

    @cached_property
    def _required(self) -> frozenset[Edge]:
        return frozenset(self.required)


@dataclass(frozen=True, eq=False)
class Companies:
    """That a company is met once (H9).

    ``house[v]``: the organisation of each attendee by number; whoever names none is alone in one.
    Nobody meets two people of one other house; where ``in_pairs``, no two houses meet twice.
    """

    house: Ints
    in_pairs: bool


@dataclass(frozen=True, eq=False)
class Places:
    """Tables that somebody has to sit at (H11), as sets that are disjoint or nested.

    ``of[v]``: the set of each attendee, -1 for whoever sits anywhere. ``around[k]``: set ``k``
    and every set that holds it, the smallest first. ``tables[k, r]``: how many tables of set ``k``
    are open in round ``r``. ``pins[pair]``: the set of the one table at which a pinned pair meets.
    """

    of: Ints
    around: tuple[tuple[int, ...], ...]
    tables: Ints
    pins: Mapping[Edge, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Instance:
    """The problem of docs/model.md in numbers.

    ``present[v, r]``; ``tables[r]`` open tables; ``least[v]..most[v]`` meetings, where ``most`` is
    at most the number of rounds ``v`` is present, less those that breaks take; ``met`` pairs of
    earlier events that may close triangles; ``held[r]`` the meetings of a held round that count
    (its length is the number of held rounds). ``pinned[r]`` must take place in open round ``r``;
    breaking a meeting of ``promised[r]`` costs the search ``promise_price`` points. ``fill``: idle
    seats may be filled with open conversations; otherwise every meeting has to support itself (H8).

    ``limit[v]``: the meetings ``v`` may have on the whole day, whatever rounds are left; ``most``
    where it is empty. ``priority[v]``: how much the satisfaction of ``v`` counts, in percent; 100
    where it is empty. ``costs``: points that a meeting of a pair costs, where any. ``windows[v]``:
    rounds of which one at least is without a meeting of ``v`` (H10), by their last; empty if
    nobody has any. ``apart``: pairs that do not meet in one open round.
    """

    present: Flags
    tables: tuple[int, ...]
    benefits: Benefits
    permissions: Permissions
    least: tuple[int, ...]
    most: tuple[int, ...]
    prices: Prices
    fill: bool = True
    met: tuple[Edge, ...] = ()
    held: Matchings = ()
    pinned: Matchings = ()
    promised: Matchings = ()
    promise_price: int = 0
    seed: int = 0
    excused: frozenset[int] = field(default_factory=frozenset)
    waived: frozenset[Edge] = field(default_factory=frozenset)
    limit: tuple[int, ...] = ()
    priority: tuple[int, ...] = ()
    costs: Mapping[Edge, int] = field(default_factory=dict)
    windows: tuple[tuple[Window, ...], ...] = ()
    companies: Companies | None = None
    places: Places | None = None
    apart: frozenset[tuple[Edge, int]] = field(default_factory=frozenset)

    @property
    def n(self) -> int:
        """Number of attendees."""
        return int(self.present.shape[0])

    @property
    def rounds(self) -> int:
        """Number of rounds, held ones included."""
        return int(self.present.shape[1])

    @property
    def open_rounds(self) -> range:
        """Rounds still to be solved."""
        return range(len(self.held), self.rounds)

    @cached_property
    def free(self) -> Flags:
        """``free[v, r]``: present in an open round that no pinned meeting takes."""
        free = self.present.copy()
        free[:, : len(self.held)] = False
        for r, matching in enumerate(self.pinned):
            free[[v for pair in matching for v in pair], r] = False
        return free

    @cached_property
    def held_pairs(self) -> frozenset[Edge]:
        """Pairs that have met in a held round."""
        return frozenset(edge for matching in self.held for edge in matching)

    @cached_property
    def required(self) -> tuple[Edge, ...]:
        """Pairs that must still meet in an open round, sorted."""
        wanted = set(self.permissions.required) - self.held_pairs - self.waived
        return tuple(sorted(wanted))

    @cached_property
    def needed(self) -> tuple[int, ...]:
        """Meetings each attendee must still have in open rounds (0 if excused)."""
        had = self.held_counts
        return tuple(
            0 if v in self.excused else max(0, low - had[v]) for v, low in enumerate(self.least)
        )

    @cached_property
    def capacity(self) -> tuple[int, ...]:
        """Meetings each attendee may still have in open rounds.

        A window that is held in part asks for one of its open rounds, unless a held one was
        without a meeting; one that is held whole asks for nothing.
        """
        had, start = self.held_counts, len(self.held)
        rounds = self.present[:, start:].sum(axis=1)
        if self.windows:
            rounds -= breaks_needed(self.windows, self._seats, start)
        return tuple(
            min(here, max(0, high - had[v]))
            for v, (here, high) in enumerate(
                zip(rounds.tolist(), self.limit or self.most, strict=True)
            )
        )

    @cached_property
    def _seats(self) -> Flags:
        """The rounds with a meeting each: held ones as they were, open ones as they could be."""
        seats = self.present.copy()
        seats[:, : len(self.held)] = False
        for r, matching in enumerate(self.held):
            seats[[v for pair in matching for v in pair], r] = True
        return seats

    @cached_property
    def held_counts(self) -> tuple[int, ...]:
        """Meetings each attendee had in held rounds."""
        counts = [0] * self.n
        for i, j in self.held_pairs:
            counts[i] += 1
            counts[j] += 1
        return tuple(counts)

    def value(self, i: int, j: int) -> int:
        """Mutual value ``w(i, j)`` in permille."""
        x, y = self.benefits.get(i, j), self.benefits.get(j, i)
        return mutual_value(x, y, self.prices.floor)

    @cached_property
    def values(self) -> dict[Edge, int]:
        """``w`` of every pair of mutual value, by edge."""
        i, j, w = self.mutual_edges
        return dict(zip(zip(i.tolist(), j.tolist(), strict=True), w.tolist(), strict=True))

    @cached_property
    def mutual_edges(self) -> tuple[Ints, Ints, Ints]:
        """Pairs with ``w > 0`` as sorted arrays ``i < j`` and ``w`` (permille), allowed or not."""
        b = self.benefits
        upper = b.source < b.target
        i, j = b.source[upper], b.target[upper]
        w = mutual_values(b.value[upper], b.returned[upper], self.prices.floor)
        return i[w > 0], j[w > 0], w[w > 0]

    def may_meet_in(self, i: int, j: int, r: int) -> bool:
        """Tell whether ``i`` and ``j`` may meet in open round ``r``, other meetings aside."""
        here = bool(self.present[i, r] and self.present[j, r])
        return here and self.permissions.may_meet(i, j) and edge(i, j) not in self.held_pairs

    @cached_property
    def best(self) -> tuple[int, ...]:
        """``best(v)``: the largest satisfaction sums the rules leave open, in permille."""
        b = self.benefits
        mutual = np.minimum(b.value, b.returned) >= max(1, self.prices.floor)
        rows = b.best_first[mutual[b.best_first]]
        i, j = b.source[rows], b.target[rows]
        possible = self.permissions.of_pairs(i, j) & share_a_round(self.present, i, j)
        low, high = np.minimum(i, j), np.maximum(i, j)
        possible |= among(low * self.n + high, rising(self.held_pairs, self.n))
        return _sums_of_first(self.n, i[possible], b.value[rows[possible]], self.most)


def breaks_needed(windows: Sequence[tuple[Window, ...]], seats: Flags, start: int = 0) -> Ints:
    """The fewest rounds from ``start`` on that must stay empty of each row of ``seats``.

    They hit every window of the row whose rounds are all ``seats``; windows that end before
    ``start`` ask for nothing.
    """

    @cache
    def needed(own: tuple[Window, ...], row: bytes) -> int:
        count, latest = 0, -1
        for first, last in own:
            if last >= start and first > latest and all(row[first : last + 1]):
                count, latest = count + 1, last
        return count

    if not windows:
        return np.zeros(len(seats), np.int64)
    rows = zip(windows, seats, strict=True)
    return np.array([needed(own, row.tobytes()) for own, row in rows], np.int64)


@dataclass(frozen=True)
class Result:
    """An answer: who meets in each round, its points, and a bound no answer can exceed.

    ``bound`` is None when none was proven; ``stopped_by`` names the limit that ended the search.
    """

    matchings: Matchings
    points: int
    bound: int | None = None
    work: int = 0
    seconds: float = 0.0
    stopped_by: str = "optimal"


def edge(i: int, j: int) -> Edge:
    """The pair with the smaller number first."""
    return (i, j) if i < j else (j, i)


def mutual_value(x: int, y: int, floor: int) -> int:
    """``w`` of two benefits in permille: ``isqrt(x * y)`` where both reach ``floor``, else 0."""
    return isqrt(x * y) if min(x, y) >= floor else 0


def mutual_values(x: Ints, y: Ints, floor: int) -> Ints:
    """``mutual_value`` of parallel arrays; exact for permille, 0 to 1000."""
    # A float root of a whole number below 2^52 never rounds up to the next whole number.
    roots = np.sqrt((x * y).astype(np.float64)).astype(np.int64)
    return np.where(np.minimum(x, y) >= floor, roots, 0)


def columns_of(pairs: Iterable[Edge]) -> tuple[Ints, Ints]:
    """The first and the second of each pair, as parallel arrays in the order given."""
    flat = np.fromiter(chain.from_iterable(pairs), np.int64)
    return flat[::2].copy(), flat[1::2].copy()


def rising(pairs: Iterable[Edge], n: int) -> Ints:
    """One number for each pair of ``n`` people, ``i * n + j``, from the lowest on."""
    i, j = columns_of(pairs)
    return np.sort(i * n + j)


def among(numbers: Ints, known: Ints) -> Flags:
    """Which of ``numbers`` are in ``known``, which rises."""
    if not len(known):
        return np.zeros(len(numbers), np.bool_)
    at = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.asarray(known[at] == numbers, np.bool_)


def share_a_round(present: Flags, i: Ints, j: Ints) -> Flags:
    """Which of the pairs are both present in one of the rounds of ``present[v, r]``."""
    shared = np.zeros(len(i), np.bool_)
    for eight_rounds in np.packbits(present, axis=1).T:
        shared |= (eight_rounds[i] & eight_rounds[j]) > 0
    return shared


def _sums_of_first(n: int, owner: Ints, gains: Ints, most: tuple[int, ...]) -> tuple[int, ...]:
    """For each owner the sum of its first ``most`` gains; ``owner`` rises."""
    start = np.searchsorted(owner, np.arange(n))
    kept = np.arange(len(owner)) - start[owner] < np.array(most, np.int64)[owner]
    sums = np.bincount(owner[kept], gains[kept], n)
    return tuple(sums.astype(np.int64).tolist())
