"""The prepared problem and its answer: attendees are numbers, every quantity is an integer.

``n`` attendees ``0..n-1``, ``R`` rounds ``0..R-1`` of which the first ``held_rounds`` are over or
running. Benefits are permille. Who may meet whom is kept in parts (organisations, languages,
single pairs), never as an ``n x n`` table, so that 100,000 attendees fit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from solver.partners import Room

Edge = tuple[int, int]
"""Two attendees, the smaller number first."""
Matchings = tuple[tuple[Edge, ...], ...]
"""For every round its meetings, sorted."""
Window = tuple[int, int]
"""The first and the last of some consecutive rounds, from 0."""
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NOBODY = np.zeros(0, np.int64)
EVERYBODY = np.ones((1, 1), np.bool_)


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

    ``barred`` never meet. ``required`` meet whatever else there is. Others do not when they share
    a number in ``organisation`` or ``address`` (-1: none), when their ``language`` classes do not
    ``understand`` each other, when their ``group`` classes do not ``meets``, when their ``span``
    have nothing in common (from, to: places as intervals, nested like them), or when they are in
    ``refused``. ``address``, ``group`` and ``span`` are empty where they play no part.
    """

    organisation: Ints
    language: Ints
    understand: Flags
    refused: frozenset[Edge]
    barred: frozenset[Edge]
    required: tuple[Edge, ...]
    address: Ints = field(default_factory=lambda: NOBODY)
    group: Ints = field(default_factory=lambda: NOBODY)
    meets: Flags = field(default_factory=lambda: EVERYBODY)
    span: Ints = field(default_factory=lambda: NOBODY)

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
        if together or not understood or pair in self.refused:
            return False
        return not any([self.same_address(i, j), self.other_group(i, j), self.other_tables(i, j)])

    def same_address(self, i: int, j: int) -> bool:
        """Tell whether the two are registered with one e-mail address."""
        return bool(len(self.address) and self.address[i] == self.address[j] >= 0)

    def other_group(self, i: int, j: int) -> bool:
        """Tell whether the groups of the two do not meet."""
        return bool(len(self.group) and not self.meets[self.group[i], self.group[j]])

    def other_tables(self, i: int, j: int) -> bool:
        """Tell whether there is no table at which both may sit."""
        if not len(self.span):
            return False
        (low, high), (other_low, other_high) = self.span[i], self.span[j]
        return bool(low >= other_high or other_low >= high)

    def parts_of_pairs(self, i: Ints, j: Ints) -> Flags:
        """Whether all but rules of single pairs let them meet, for parallel arrays."""
        together = (self.organisation[i] >= 0) & (self.organisation[i] == self.organisation[j])
        free: Flags = ~together & self.understand[self.language[i], self.language[j]]
        if len(self.address):
            free &= (self.address[i] != self.address[j]) | (self.address[i] < 0)
        if len(self.group):
            free &= self.meets[self.group[i], self.group[j]]
        if len(self.span):
            free &= (self.span[i, 0] < self.span[j, 1]) & (self.span[j, 0] < self.span[i, 1])
        return free

    @cached_property
    def kinds(self) -> tuple[Ints, Flags]:
        """Classes of languages and groups in one, and which of them may meet."""
        if not len(self.group):
            return self.language, self.understand
        both = self.language * len(self.meets) + self.group
        known, kind = np.unique(both, return_inverse=True)
        language, group = known // len(self.meets), known % len(self.meets)
        agree = self.understand[language[:, None], language] & self.meets[group[:, None], group]
        return kind.astype(np.int64), np.asarray(agree, np.bool_)

    def of_pairs(self, i: Ints, j: Ints) -> Flags:
        """``may_meet`` for parallel arrays of attendees."""
        free = self.parts_of_pairs(i, j) & (i != j)
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

    def met_by(self, i: int, j: int) -> tuple[tuple[int, int], ...]:
        """What a meeting of the two uses up: each of these may be used once."""
        x, y = int(self.house[i]), int(self.house[j])
        if x == y:
            return ()
        return ((min(x, y), max(x, y)),) if self.in_pairs else ((i, y), (j, x))

    def used_up(self, met: Iterable[Edge], i: Ints, j: Ints) -> Flags:
        """Which of the pairs ``i, j`` cannot meet beside those of ``met``."""
        size = int(self.house.max(initial=0)) + 1
        used = {use for pair in met for use in self.met_by(*pair)}
        taken = np.array(sorted(first * size + second for first, second in used), np.int64)
        x, y = self.house[i], self.house[j]
        if self.in_pairs:
            spent = among(np.minimum(x, y) * size + np.maximum(x, y), taken)
        else:
            spent = among(i * size + y, taken) | among(j * size + x, taken)
        return np.asarray(spent & (x != y), np.bool_)


@dataclass(frozen=True, eq=False)
class PlaceSets:
    """Tables that somebody has to sit at (H11), as sets that are disjoint or nested.

    ``of[v]``: the set of each attendee, -1 for whoever sits anywhere. ``around[k]``: set ``k``
    and every set that holds it, the smallest first. ``tables[k, r]``: how many tables of set ``k``
    are open in round ``r``. ``pins[pair]``: the set of the one table at which a pinned pair meets.
    """

    of: Ints
    around: tuple[tuple[int, ...], ...]
    tables: Ints
    pins: Mapping[Edge, int] = field(default_factory=dict)

    def asked_by(self, i: int, j: int) -> tuple[int, ...]:
        """The sets of which a meeting of the two needs a table, the smallest first."""
        if (i, j) in self.pins:
            return self.around[self.pins[i, j]]
        k = int(self.of_pairs(np.array([i]), np.array([j]))[0])
        return () if k < 0 else self.around[k]

    def of_pairs(self, i: Ints, j: Ints) -> Ints:
        """The smaller set of each pair, pins left out; -1 for pairs that sit anywhere."""
        one, other = self.of[i], self.of[j]
        return np.where(self._depth[one] >= self._depth[other], one, other)

    @cached_property
    def _depth(self) -> Ints:
        """How many sets hold each set, itself among them; the last is that of no set."""
        return np.array([*map(len, self.around), 0], np.int64)


@dataclass(frozen=True, eq=False)
class Instance:
    """The problem of docs/model.md in numbers.

    ``present[v, r]``; ``tables[r]`` open tables; ``least[v]..most[v]`` meetings, where ``most`` is
    at most the number of rounds ``v`` is present; ``met`` pairs of earlier events that may close
    triangles; ``held[r]`` the meetings of a held round that count (its length is the number of
    held rounds). ``pinned[r]`` must take place in open round ``r``; breaking a meeting of
    ``promised[r]`` costs the search ``promise_price`` points. ``fill``: idle seats may be filled
    with open conversations; otherwise every meeting has to support itself (H8).

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
    places: PlaceSets | None = None
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

    def with_pins(self, rows: Matchings) -> "Instance":
        """The problem in which these meetings stay in their rounds, as do those pinned already."""
        if not self.pinned:
            return replace(self, pinned=rows)
        both = zip(self.pinned, rows, strict=True)
        return replace(self, pinned=tuple(tuple(sorted({*old, *new})) for old, new in both))

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
        """Meetings each attendee may still have in open rounds."""
        here = self.present[:, len(self.held) :].sum(axis=1).tolist()
        for v, windows in enumerate(self.open_windows):
            here[v] -= fewest_breaks(windows)
        had = self.held_counts
        return tuple(
            min(rounds, max(0, high - had[v]))
            for v, (rounds, high) in enumerate(zip(here, self.limits, strict=True))
        )

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
        pair = edge(i, j)
        here = bool(self.present[i, r] and self.present[j, r]) and (pair, r) not in self.apart
        return here and self.permissions.may_meet(i, j) and pair not in self.held_pairs

    @cached_property
    def could(self) -> Ints:
        """``could(v)``: the most meetings each could have had, by rounds, limit and partners."""
        from solver.partners import count_partners  # compiled: slow to load, and seldom needed

        most = np.array(self.most, np.int64)
        return np.asarray(count_partners(self._room, most), np.int64)

    @property
    def _room(self) -> "Room":
        """Who is there when, of which organisation and kind, and what single rules say."""
        from solver.partners import Room, rounds_as_bits

        parts = self.permissions
        kind, agree = parts.kinds
        order = np.argsort(kind, kind="stable")
        start, special, possible = self._specials
        return Room(
            organisation=parts.organisation,
            address=parts.address,
            span=parts.span.reshape(-1, 2),
            house=self.companies.house if self.companies else np.zeros(0, np.int64),
            kind=kind,
            agree=agree,
            by_kind=order.astype(np.int64),
            kind_start=np.searchsorted(kind[order], np.arange(len(agree) + 1)).astype(np.int64),
            present=rounds_as_bits(self.present),
            special_start=start,
            special=special,
            possible=possible,
        )

    @property
    def _specials(self) -> tuple[Ints, Ints, Flags]:
        """Pairs of which a rule speaks or that have met: rows by person, and whether they count."""
        n, rules = self.n, self.permissions
        named = rules.barred | rules.refused | self.held_pairs
        keys = np.unique(rising(named.union(rules.required), n))
        i, j = keys // max(1, n), keys % max(1, n)
        possible = rules.of_pairs(i, j) & share_a_round(self.present, i, j)
        possible |= among(keys, rising(self.held_pairs, n))
        owner, other = np.concatenate([i, j]), np.concatenate([j, i])
        order = np.lexsort((other, owner))
        start = np.searchsorted(owner[order], np.arange(n + 1)).astype(np.int64)
        return start, other[order], np.tile(possible, 2)[order]

    @cached_property
    def bye_points(self) -> Ints:
        """Points that ``k`` byes of somebody who could have had ``c`` meetings cost: ``[c, k]``."""
        could, byes = np.arange(self.rounds + 1)[:, None], np.arange(self.rounds + 1)
        points = 1000 * self.prices.byes * byes**2 * self.rounds // np.maximum(1, could)
        return np.where(could > 0, points, 0).astype(np.int64)

    @cached_property
    def fairness(self) -> Ints:
        """``F(v)``: what satisfaction of each counts, in percent."""
        if not self.priority:
            return np.full(self.n, self.prices.fairness, np.int64)
        return self.prices.fairness * np.array(self.priority, np.int64) // 100

    @property
    def is_strict(self) -> bool:
        """Whether H9 to H11 bind anybody, or a pair is kept apart in one round."""
        bound = self.companies or self.places or self.apart
        return bool(bound or any(self.windows))

    @cached_property
    def open_windows(self) -> list[list[Window]]:
        """For each attendee the windows that still ask for a round without a meeting.

        Not those that are held whole, nor those in which a round is missed or was spent idle;
        empty if nobody has any.
        """
        held = len(self.held)
        busy = self.present.copy()
        busy[:, :held] = False
        for r, matching in enumerate(self.held):
            busy[[v for pair in matching for v in pair], r] = True
        return [
            [(a, z) for a, z in row if z >= held and busy[v, a : z + 1].all()]
            for v, row in enumerate(self.windows)
        ]

    @property
    def limits(self) -> tuple[int, ...]:
        """How many meetings each may have on the whole day, whatever rounds are left."""
        return self.limit or self.most

    @cached_property
    def least_triangle(self) -> int:
        """From so many permille on a triangle counts."""
        return max(1, self.prices.floor)

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


def fewest_breaks(windows: Iterable[Window]) -> int:
    """How many rounds without a meeting hit every window, given by their last round.

    The last round of the window that ends first, again and again.
    """
    count, latest = 0, -1
    for first, last in windows:
        if first > latest:
            count, latest = count + 1, last
    return count


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
