"""Points of a schedule, from scratch: every other sum in the solver must agree with this one.

``points = 100 sum w + T sum g + F sum phi(s) - 1000 E sum byes^2`` (docs/model.md), whole
numbers throughout; 100,000 points are 1.0 on the wire.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from solver.identity_cache import IdentityCache
from solver.instance import Edge, Flags, Instance, Ints, Matchings, columns_of, mutual_values
from solver.triangles import corners

Trio = tuple[int, int, int]
SCALE = 100_000
"""Points per unit of the objective on the wire."""
LEAST_BEST = 500
"""Satisfaction is measured against at least half a full benefit, in permille."""


@dataclass(frozen=True)
class Parts:
    """The four parts of the points; byes count against."""

    mutual: int
    triangles: int
    fairness: int
    byes: int

    @property
    def points(self) -> int:
        """The number to maximise."""
        return self.mutual + self.triangles + self.fairness - self.byes


class Tally:
    """The sums of one schedule, held rounds included, each made once; people are places."""

    def __init__(self, instance: Instance, matchings: Matchings) -> None:
        self.instance = instance
        self.first, self.second = columns_of(pairs_of(matchings))

    @cached_property
    def parts(self) -> Parts:
        """The parts that sum to the points."""
        prices = self.instance.prices
        return Parts(
            mutual=100 * int(self.values.sum()),
            triangles=prices.triangles * sum(self.triangles.values()),
            fairness=int((self._weights * PHI[self.satisfactions])[self.served].sum()),
            byes=1000 * prices.byes * int((self.byes**2).sum()),
        )

    @cached_property
    def gained(self) -> Ints:
        """What the first of every meeting gains, in permille."""
        return self.instance.benefits.of_pairs(self.first, self.second)

    @cached_property
    def given(self) -> Ints:
        """What the second gains."""
        return self.instance.benefits.of_pairs(self.second, self.first)

    @cached_property
    def values(self) -> Ints:
        """``w`` of every meeting."""
        return mutual_values(self.gained, self.given, self.instance.prices.floor)

    @cached_property
    def meetings(self) -> Ints:
        """How many meetings each has."""
        return self._by_person(np.ones_like(self.first), np.ones_like(self.first))

    @cached_property
    def byes(self) -> Ints:
        """Rounds each could have met somebody more."""
        spare = np.array(self.instance.most, np.int64) - self.meetings
        return np.asarray(np.maximum(0, spare), np.int64)

    @cached_property
    def gains(self) -> Ints:
        """``u(v)``: what each gains from mutual meetings, in permille."""
        mutual = self.values > 0
        return self._by_person(mutual * self.gained, mutual * self.given)

    @cached_property
    def satisfactions(self) -> Ints:
        """``s(v)`` in permille, of those who are ``served``."""
        return np.minimum(1000, 1000 * self.gains // np.maximum(self.best, LEAST_BEST))

    @cached_property
    def _weights(self) -> Ints:
        """How much the satisfaction of each counts, in percent."""
        fairness = self.instance.prices.fairness
        if not self.instance.priority:
            return np.full(self.instance.n, fairness, np.int64)
        return fairness * np.array(self.instance.priority, np.int64) // 100

    @cached_property
    def served(self) -> Flags:
        """Whom somebody here can serve."""
        return np.asarray(self.best > 0)

    @cached_property
    def best(self) -> Ints:
        """``best(v)`` in permille."""
        return np.array(self.instance.best, np.int64)

    @cached_property
    def triangles(self) -> dict[Trio, int]:
        """Triangles of value whose three pairs have met, at least one of them here; in order."""
        n, b = self.instance.n, self.instance.benefits.of_pairs
        place, third = corners(*self._acquaintances, self.first, self.second)
        trios = np.sort(np.stack([self.first[place], self.second[place], third]), axis=0)
        _, once = np.unique((trios[0] * n + trios[1]) * n + trios[2], return_index=True)
        i, j, k = trios[:, once]
        ways = ((b(i, j), b(j, k), b(k, i)), (b(j, i), b(k, j), b(i, k)))
        values = np.maximum(*(np.minimum.reduce(way) for way in ways))
        listed = zip(i.tolist(), j.tolist(), k.tolist(), values.tolist(), strict=True)
        return {(x, y, z): value for x, y, z, value in listed if value > 0}

    @cached_property
    def _acquaintances(self) -> tuple[Ints, Ints]:
        """Whom each has met, here or at an earlier event: where those of each begin, and who."""
        n, (first, second) = self.instance.n, columns_of(self.instance.met)
        one, other = np.r_[self.first, first], np.r_[self.second, second]
        keys = np.unique(np.r_[one * n + other, other * n + one])
        return np.searchsorted(keys, np.arange(n + 1) * n), keys % max(1, n)

    def _by_person(self, of_first: Ints, of_second: Ints) -> Ints:
        people, amounts = np.r_[self.first, self.second], np.r_[of_first, of_second]
        return np.bincount(people, amounts, self.instance.n).astype(np.int64)


def points_of(instance: Instance, matchings: Matchings) -> int:
    """Points of a schedule, one row for each round, held ones included; checks no rule."""
    return parts_of(instance, matchings).points


def parts_of(instance: Instance, matchings: Matchings) -> Parts:
    """The parts that sum to the points of a schedule, held rounds included."""
    return tally_of(instance, matchings).parts


def tally_of(instance: Instance, matchings: Matchings) -> Tally:
    """The sums of a schedule; those of the last two ``matchings``, told by identity, are known."""
    return _TALLIES.of(matchings, instance)


_TALLIES = IdentityCache[Matchings, Tally](lambda matchings, instance: Tally(instance, matchings))


def pairs_of(matchings: Matchings) -> Iterator[Edge]:
    """Every meeting of every round."""
    return (pair for matching in matchings for pair in matching)


def phi(s: int) -> int:
    """Concave worth of a satisfaction, both permille: the first quarter is worth most."""
    if s <= 250:
        return 8 * s // 5
    if s <= 500:
        return 400 + 6 * (s - 250) // 5
    if s <= 750:
        return 700 + 4 * (s - 500) // 5
    return 900 + 2 * (s - 750) // 5


PHI = np.array([phi(s) for s in range(1001)], np.int64)
"""``phi`` of every satisfaction."""
CORNERS = PHI[::250].copy()
"""``phi`` at the quarters of satisfaction; between them the real ``phi`` is a line."""
STEEPNESS = 4 * np.diff(CORNERS)
"""Slope of ``phi`` within each quarter, in thousandths."""


def satisfactions_of(instance: Instance, matchings: Matchings) -> list[int | None]:
    """``s(v)`` in permille; None for whom nobody here can serve."""
    sums = tally_of(instance, matchings)
    listed = zip(sums.satisfactions.tolist(), sums.served.tolist(), strict=True)
    return [s if served else None for s, served in listed]


def gains_of(instance: Instance, matchings: Matchings) -> list[int]:
    """``u(v)``: what each attendee gains from its mutual meetings, in permille."""
    return list(tally_of(instance, matchings).gains.tolist())


def byes_of(instance: Instance, matchings: Matchings) -> list[int]:
    """``most(v)`` less the meetings of each attendee, never below 0."""
    return list(tally_of(instance, matchings).byes.tolist())


def triangle_value(instance: Instance, i: int, j: int, k: int) -> int:
    """``g(i, j, k)``: the weakest gain on the better of the two ways round, in permille."""
    b = instance.benefits.get
    return max(min(b(i, j), b(j, k), b(k, i)), min(b(j, i), b(k, j), b(i, k)))


def closed_triangles(instance: Instance, matchings: Matchings) -> dict[Trio, int]:
    """``g`` in permille of triangles whose three pairs have met, at least one of them here."""
    return tally_of(instance, matchings).triangles


def supported_pairs(instance: Instance, matchings: Matchings) -> set[Edge]:
    """The meetings that may stand by themselves (H8): mutual, required, or in a closed triangle."""
    sums = tally_of(instance, matchings)
    listed = zip(pairs_of(matchings), sums.values.tolist(), strict=True)
    standing = {pair for pair, value in listed if value > 0}
    standing.update(instance.permissions.required)
    standing.update(side for trio in sums.triangles for side in sides_of(trio))
    return standing


def sides_of(trio: Trio) -> Iterator[Edge]:
    """The three pairs of a triangle whose people are in order."""
    return combinations(trio, 2)
