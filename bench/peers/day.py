"""A schedule in the making, and what every further meeting would add to its points.

The sides of a triangle lie in different rounds, everybody has one meeting a round: with the other
rounds as they are, the points of a round are the sum of what each of its meetings is worth alone.
"""

from collections.abc import Iterable

import numpy as np

from solver.instance import Edge, Flags, Instance, Ints, Matchings
from solver.objective import LEAST_BEST, phi

PHI = np.array([phi(s) for s in range(1001)], np.int64)


class PeerDay:
    """Who meets whom in each round, from held rounds on; dense tables, for some thousands."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        n = instance.n
        self.benefit = np.zeros((n, n), np.int64)
        b = instance.benefits
        self.benefit[b.source, b.target] = b.value
        i, j, w = instance.mutual_edges
        self.value = np.zeros((n, n), np.int64)
        self.value[i, j] = self.value[j, i] = w
        self.first, self.second = _pairs(instance)
        self.partner = np.full((n, instance.rounds), -1, np.int64)
        for r, matching in enumerate(instance.held):
            self.seat(r, matching)

    def seat(self, r: int, pairs: Iterable[Edge]) -> None:
        """Add these meetings to round ``r``."""
        for i, j in pairs:
            self.partner[i, r], self.partner[j, r] = j, i

    def clear(self, r: int) -> list[Edge]:
        """Take all meetings out of round ``r``; which they were."""
        pairs = self.meetings(r)
        self.partner[:, r] = -1
        return pairs

    def meetings(self, r: int) -> list[Edge]:
        """Who meets in round ``r``."""
        column = self.partner[:, r]
        first = np.flatnonzero(column > np.arange(len(column)))
        return list(zip(first.tolist(), column[first].tolist(), strict=True))

    def matchings(self) -> Matchings:
        """The schedule as it stands."""
        return tuple(tuple(self.meetings(r)) for r in range(self.instance.rounds))

    def worths(self, r: int) -> tuple[Ints, Ints, Ints]:
        """Pairs that may meet in the empty round ``r``, and the points that each would add."""
        i, j = self.first, self.second
        here = self.instance.present[:, r] & self._has_room()
        free = here[i] & here[j] & ~self._acquainted(i, j)
        i, j = i[free], j[free]
        return i, j, self._mutual(i, j) + self._triangles(i, j) + self._byes(i, j)

    def _has_room(self) -> Flags:
        most = np.array(self.instance.most)
        return np.asarray(self._meetings_each() < most, np.bool_)

    def _meetings_each(self) -> Ints:
        return np.asarray((self.partner >= 0).sum(axis=1), np.int64)

    def _acquainted(self, i: Ints, j: Ints) -> Flags:
        return np.asarray((self.partner[i] == j[:, None]).any(axis=1), np.bool_)

    def _mutual(self, i: Ints, j: Ints) -> Ints:
        """Mutual value, and what it adds to how fairly both fare."""
        value = self.value[i, j]
        fair = self._fairer(i, self.benefit[i, j]) + self._fairer(j, self.benefit[j, i])
        return np.asarray(100 * value + np.where(value > 0, fair, 0), np.int64)

    def _fairer(self, v: Ints, gain: Ints) -> Ints:
        had = self._gains()[v]
        return self._fairness(v, had + gain) - self._fairness(v, had)

    def _gains(self) -> Ints:
        v, r = np.nonzero(self.partner >= 0)
        partner = self.partner[v, r]
        mutual = np.where(self.value[v, partner] > 0, self.benefit[v, partner], 0)
        return np.bincount(v, mutual, self.instance.n).astype(np.int64)

    def _fairness(self, v: Ints, gained: Ints) -> Ints:
        best = np.array(self.instance.best)[v]
        share = np.minimum(1000, 1000 * gained // np.maximum(best, LEAST_BEST))
        return np.where(best > 0, self.instance.prices.fairness * PHI[share], 0)

    def _byes(self, i: Ints, j: Ints) -> Ints:
        """What one bye fewer saves each of the two."""
        could, points = self.instance.could, self.instance.bye_points
        left = np.maximum(0, could - self._meetings_each())
        saved = points[could, left] - points[could, np.maximum(0, left - 1)]
        return np.asarray(saved[i] + saved[j], np.int64)

    def _triangles(self, i: Ints, j: Ints) -> Ints:
        """Through each person go the triangles between those it has met."""
        closed = np.zeros((self.instance.n, self.instance.n), np.int64)
        if self.instance.prices.triangles:
            for k, met in enumerate(self._met()):
                # Round i -> j -> k -> i everybody gains from the next; the other way is transposed.
                gains = np.minimum(self.benefit[np.ix_(met, met)], self.benefit[met, k])
                way = np.minimum(gains, self.benefit[k, met][:, None])
                values = np.maximum(way, way.T)
                closed[np.ix_(met, met)] += values * (values >= self.instance.least_triangle)
        return self.instance.prices.triangles * closed[i, j]

    def _met(self) -> list[Ints]:
        """Whom each has met, here or earlier."""
        met = [set(row[row >= 0].tolist()) for row in self.partner]
        for i, j in self.instance.met:
            met[i].add(j)
            met[j].add(i)
        return [np.array(sorted(others), np.int64) for others in met]


def _pairs(instance: Instance) -> tuple[Ints, Ints]:
    """Who may meet at all; pairs met at an earlier event are left alone."""
    i, j = (ends.astype(np.int64) for ends in np.triu_indices(instance.n, 1))
    allowed = instance.permissions.of_pairs(i, j)
    met = np.array([i * instance.n + j for i, j in instance.met], np.int64)
    allowed &= ~np.isin(i * instance.n + j, met)
    return i[allowed], j[allowed]
