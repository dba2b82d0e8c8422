"""The relaxation behind the star bound, as arrays.

Every schedule is a set of open pairs, at most ``most[v]`` of them at attendee ``v``. Its points are
those of the certain meetings, plus ``worth`` of every pair that meets, plus the worth of every
triangle whose open sides all meet, plus satisfaction, less the price of byes. A triangle with

- one open side adds to the worth of that pair;
- two open sides closes exactly if both meet: it lies wholly in the *corner* where they join;
- three open sides closes only if both sides of each of its three corners meet, so its worth may be
  shared out among the three corners in any way, as long as no share is negative.

A pair has a *slot* at each end; what its two ends are worth sums to the worth of the pair (and
less by twice the price of a seat, where the open rounds seat fewer than would like to meet). With
every worth shared out, the attendees no longer depend on each other: the largest sum that each
could reach alone bounds every schedule.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from solver.bounds.flow_bound import Relaxation, savings
from solver.compilation import allocating
from solver.instance import Flags, Ints, Matchings, among, mutual_values, rising
from solver.objective import LEAST_BEST


@dataclass(frozen=True, eq=False)
class Sides:
    """Pairs of some benefit that may still meet or have met, ``low < high``, sorted.

    Who may not meet anybody any more is not open to anybody.
    """

    low: Ints
    high: Ints
    gain: Ints
    give: Ints
    open: Flags
    known: Flags
    here: Flags
    """Certain to have met at this event."""

    @classmethod
    def of(cls, relaxation: Relaxation) -> "Sides":
        """Gather the sides that triangles of this event can have."""
        n, b = relaxation.instance.n, relaxation.instance.benefits
        i, j = relaxation.open_pairs
        free = relaxation.capacity > 0
        i, j = i[free[i] & free[j]], j[free[i] & free[j]]
        open_keys, known, here = i * n + j, rising(relaxation.known, n), rising(relaxation.met, n)
        keys = np.unique(np.concatenate([open_keys, known]))
        low, high = keys // n, keys % n
        gain, give = b.of_pairs(low, high), b.of_pairs(high, low)
        kept = gain + give > 0
        keys = keys[kept]
        return cls(
            low=low[kept],
            high=high[kept],
            gain=gain[kept],
            give=give[kept],
            open=among(keys, open_keys),
            known=among(keys, known),
            here=among(keys, here),
        )

    def triangles(self, n: int, least: int) -> tuple[Ints, Ints]:
        """Three sides (by number) and the value ``g`` of every triangle that is worth ``least``."""
        start = np.searchsorted(self.low, np.arange(n + 1)).astype(np.int64)
        nothing = np.zeros((0, 3), np.int64)
        rows = start, self.high, self.gain, self.give
        count = _triangles(*rows, least, nothing, nothing[:, 0])
        sides, value = np.empty((count, 3), np.int64), np.empty(count, np.int64)
        _triangles(*rows, least, sides, value)
        return sides, value


@allocating
def _triangles(start, partner, gain, give, least, sides, value):
    """Count the triangles of value; write them down if there is room."""
    count = 0
    for i in range(start.shape[0] - 1):
        for ij in range(start[i], start[i + 1]):
            j = partner[ij]
            ik, jk = ij + 1, start[j]
            while ik < start[i + 1] and jk < start[j + 1]:
                if partner[ik] < partner[jk]:
                    ik += 1
                elif partner[ik] > partner[jk]:
                    jk += 1
                else:
                    one_way = min(gain[ij], min(gain[jk], give[ik]))
                    other_way = min(give[ij], min(give[jk], gain[ik]))
                    if max(one_way, other_way) >= least:
                        if count < sides.shape[0]:
                            sides[count, 0], sides[count, 1], sides[count, 2] = ij, jk, ik
                            value[count] = max(one_way, other_way)
                        count += 1
                    ik += 1
                    jk += 1
    return count


@dataclass(frozen=True, eq=False)
class Layout:
    """Pairs, slots, corners and triangles; numbers in points, gains in permille."""

    n: int
    constant: int
    """Points of the certain meetings, less the least price of byes."""
    seats: int
    """How many seats the attendees may take in all."""
    capacity: Ints
    pair_low: Ints
    pair_high: Ints
    pair_worth: Ints
    pair_gain: Ints
    pair_give: Ints
    """What counts for satisfaction: nothing unless the pair is of mutual value."""
    triangle_pairs: Ints
    triangle_worth: Ints
    wedge_pairs: Ints
    wedge_worth: Ints
    gained: Ints
    denominator: Ints
    fairness: Ints
    """Price of satisfaction, 0 for those who have none."""
    house: Ints | None = None
    """Companies of which nobody meets two people, but for colleagues; None where one may."""

    @classmethod
    def of(cls, relaxation: Relaxation) -> "Layout":
        """Lay out the relaxation of an instance."""
        instance, n = relaxation.instance, relaxation.instance.n
        sides = Sides.of(relaxation)
        least = instance.least_triangle
        triangles, values = (
            sides.triangles(n, least) if instance.prices.triangles else _no_triangles()
        )
        values = instance.prices.triangles * values
        if instance.companies is not None:
            apart = _met_apart(instance.companies.house, sides, triangles)
            triangles, values = triangles[~apart], values[~apart]
        unknown = 3 - sides.known[triangles].sum(axis=1)
        worth = _worth_alone(relaxation, sides, triangles, values)
        full, wedge = triangles[unknown == 3], triangles[unknown == 2]
        wedge_sides = wedge[~sides.known[wedge]].reshape(-1, 2)
        mutual = _mutual(relaxation, sides)
        used = sides.open & ((worth > 0) | mutual)
        used[full] = used[wedge_sides] = True
        number, mutual = np.cumsum(used) - 1, mutual[used]
        best = np.array(instance.best, np.int64)
        return cls(
            n=n,
            constant=relaxation.base - least_bye_price(relaxation),
            seats=max(0, min(relaxation.seats, int(relaxation.capacity.sum()))),
            capacity=relaxation.capacity,
            pair_low=sides.low[used],
            pair_high=sides.high[used],
            pair_worth=worth[used],
            pair_gain=np.where(mutual, sides.gain[used], 0),
            pair_give=np.where(mutual, sides.give[used], 0),
            triangle_pairs=number[full].reshape(-1, 3),
            triangle_worth=values[unknown == 3],
            wedge_pairs=number[wedge_sides].reshape(-1, 2),
            wedge_worth=values[unknown == 2],
            gained=relaxation.gained,
            denominator=np.maximum(best, LEAST_BEST),
            fairness=np.where(best > 0, instance.fairness, 0),
            house=None if instance.companies is None else instance.companies.house,
        )

    @property
    def pairs(self) -> int:
        """How many open pairs there are."""
        return len(self.pair_low)

    @property
    def size(self) -> int:
        """How much there is to look at: attendees, slots and corners."""
        return self.n + 2 * self.pairs + 3 * len(self.triangle_worth) + len(self.wedge_worth)

    @cached_property
    def _slot_order(self) -> Ints:
        owner = np.concatenate([self.pair_low, self.pair_high])
        partner = np.concatenate([self.pair_high, self.pair_low])
        return np.lexsort((partner, owner))

    @cached_property
    def slot_of(self) -> Ints:
        """For each pair its slots at the lower and the higher end."""
        place = np.empty(2 * self.pairs, np.int64)
        place[self._slot_order] = np.arange(2 * self.pairs)
        return np.stack([place[: self.pairs], place[self.pairs :]], axis=1)

    @cached_property
    def start(self) -> Ints:
        """Where the slots of each attendee begin."""
        return np.searchsorted(self.owner, np.arange(self.n + 1)).astype(np.int64)

    @cached_property
    def owner(self) -> Ints:
        """Whose slot it is."""
        return np.concatenate([self.pair_low, self.pair_high])[self._slot_order]

    @cached_property
    def partner(self) -> Ints:
        """Whom the owner would meet."""
        return np.concatenate([self.pair_high, self.pair_low])[self._slot_order]

    @cached_property
    def gain(self) -> Ints:
        """What the owner would gain towards satisfaction."""
        return np.concatenate([self.pair_gain, self.pair_give])[self._slot_order]

    @cached_property
    def kin(self) -> Ints:
        """The class of each slot, counted from 0 for each owner: one a class is taken at most."""
        number = np.arange(2 * self.pairs) - self.start[self.owner]
        if self.house is None:
            return number
        house, own = self.house[self.partner], self.house[self.owner]
        size = int(self.house.max(initial=0)) + 1
        class_of = np.where(house == own, size + number, house)
        key = self.owner * (size + int(number.max(initial=0)) + 1) + class_of
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        begin = np.searchsorted(self.owner[first], np.arange(self.n))
        return np.asarray(which - begin[self.owner], np.int64)

    @cached_property
    def most(self) -> Ints:
        """How many of its slots an attendee may take."""
        return np.minimum(self.capacity, np.diff(self.start))

    @property
    def scarce(self) -> bool:
        """Tell whether all together could take more seats than there are."""
        return int(self.most.sum()) > self.seats

    @cached_property
    def _corner_slots(self) -> Ints:
        """Corners as pairs of slots: three a triangle, then one a wedge; not yet in order."""
        p = self.triangle_pairs
        joined = np.concatenate([p[:, [0, 1]], p[:, [1, 2]], p[:, [0, 2]], self.wedge_pairs])
        first, second = self.slot_of[joined[:, 0]], self.slot_of[joined[:, 1]]
        slots = np.empty((len(joined), 2), np.int64)
        for a in (0, 1):
            for b in (0, 1):
                same = self.owner[first[:, a]] == self.owner[second[:, b]]
                slots[same, 0], slots[same, 1] = first[same, a], second[same, b]
        return slots

    @cached_property
    def _corner_order(self) -> Ints:
        slots = self._corner_slots
        return np.lexsort((slots[:, 1], slots[:, 0], self.owner[slots[:, 0]]))

    @cached_property
    def corner_slots(self) -> Ints:
        """The two slots that each corner joins, by attendee."""
        return self._corner_slots[self._corner_order]

    @cached_property
    def corner_start(self) -> Ints:
        """Where the corners of each attendee begin."""
        owners = self.owner[self.corner_slots[:, 0]]
        return np.searchsorted(owners, np.arange(self.n + 1)).astype(np.int64)

    @cached_property
    def _corner_place(self) -> Ints:
        place = np.empty(len(self._corner_order), np.int64)
        place[self._corner_order] = np.arange(len(place))
        return place

    @cached_property
    def corners_of(self) -> Ints:
        """The three corners of each triangle."""
        count = len(self.triangle_worth)
        return np.ascontiguousarray(self._corner_place[: 3 * count].reshape(3, count).T)

    @cached_property
    def wedges(self) -> Ints:
        """The corners whose worth is fixed: the third side is known already."""
        return self._corner_place[3 * len(self.triangle_worth) :]

    def slots_taken(self, matchings: Matchings) -> list[list[int]]:
        """For each attendee the slots (counted from its first) that a schedule takes."""
        taken: list[list[int]] = [[] for _ in range(self.n)]
        keys = self.pair_low * self.n + self.pair_high
        wanted = np.array([i * self.n + j for m in matchings for i, j in m], np.int64)
        for pair in np.flatnonzero(np.isin(keys, wanted)).tolist():
            for slot in self.slot_of[pair].tolist():
                v = int(self.owner[slot])
                if len(taken[v]) < self.most[v]:
                    taken[v].append(slot - int(self.start[v]))
        return taken


def _met_apart(house: Ints, sides: Sides, triangles: Ints) -> Flags:
    """Triangles that cannot close: two open sides lead from one person to two of one company.

    The sides of a triangle are ``low-middle``, ``middle-high``, ``low-high`` of three people.
    """
    low, middle = sides.low[triangles[:, 0]], sides.high[triangles[:, 0]]
    high = sides.high[triangles[:, 1]]
    open_ = ~sides.known[triangles]
    corners = ((low, middle, high, 0, 2), (middle, low, high, 0, 1), (high, low, middle, 1, 2))
    apart = np.zeros(len(triangles), np.bool_)
    for owner, one, other, a, b in corners:
        colleagues = (house[one] == house[other]) & (house[one] != house[owner])
        apart |= colleagues & open_[:, a] & open_[:, b]
    return apart


def _no_triangles() -> tuple[Ints, Ints]:
    return np.zeros((0, 3), np.int64), np.zeros(0, np.int64)


def _mutual(relaxation: Relaxation, sides: Sides) -> Flags:
    floor = max(1, relaxation.instance.prices.floor)
    enough: Flags = np.minimum(sides.gain, sides.give) >= floor
    return enough


def _worth_alone(relaxation: Relaxation, sides: Sides, triangles: Ints, values: Ints) -> Ints:
    """What each side is worth if it meets: mutual value, and triangles that it alone leaves open.

    A triangle of three pairs met at earlier events counts once one of them meets again; here it
    counts for each that does.
    """
    floor = max(1, relaxation.instance.prices.floor)
    worth = 100 * mutual_values(sides.gain, sides.give, floor)
    unknown: Flags = ~sides.known[triangles]
    count = unknown.sum(axis=1)[:, None]
    earlier = (count == 0) & ~sides.here[triangles].any(axis=1, keepdims=True)
    closing = (unknown & (count == 1)) | (earlier & sides.open[triangles])
    which, side = np.nonzero(closing)
    np.add.at(worth, triangles[which, side], values[which])
    worth -= relaxation.costs_of(sides.low, sides.high)
    return np.where(sides.open, worth, 0)


def least_bye_price(relaxation: Relaxation) -> int:
    """The least that byes cost: each seat of the open rounds goes where it saves most.

    The price is convex in the byes of one attendee, so taking the largest savings is best.
    """
    could, points = relaxation.instance.could, relaxation.instance.bye_points
    idle = np.maximum(0, could - relaxation.counts)
    _, saved = savings(relaxation)
    seats = max(0, relaxation.seats)
    return int(points[could, idle].sum()) - int(np.sort(saved)[::-1][:seats].sum())
