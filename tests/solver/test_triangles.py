"""The compiled sums of triangles against plain loops."""

from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest

from solver.triangles import corners, triangle_shares


def rows_of(n: int, pairs: list[tuple[int, int]]) -> tuple[Any, Any]:
    """The neighbours of everybody, rising."""
    near = [sorted({b for a, b in (*pairs, *(p[::-1] for p in pairs)) if a == v}) for v in range(n)]
    start = np.cumsum([0, *map(len, near)])
    return start, np.array([p for row in near for p in row], np.int64)


@pytest.mark.parametrize("seed", range(8))
def test_corners_are_whoever_is_next_to_both(seed: int) -> None:
    rng = Random(seed)
    n = rng.randint(3, 9)
    pairs = [pair for pair in combinations(range(n), 2) if rng.random() < 0.5] or [(0, 1)]
    first, second = np.array(pairs, np.int64).T.copy()
    place, third = corners(*rows_of(n, pairs), first, second)
    found = list(zip(place.tolist(), third.tolist(), strict=True))
    joined = {frozenset(pair) for pair in pairs}
    assert found == [
        (k, v)
        for k, (i, j) in enumerate(pairs)
        for v in range(n)
        if {frozenset((i, v)), frozenset((j, v))} <= joined
    ]


LEAST = 150
"""What a triangle has to be worth here to count."""


class Gathering:
    """Pairs with a gain each way, of whom some are known for certain."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self.n = rng.randint(3, 8)
        self.pairs = [pair for pair in combinations(range(self.n), 2) if rng.random() < 0.8]
        self.gain = {
            way: rng.choice((0, 100, 400, 900)) for i, j in self.pairs for way in ((i, j), (j, i))
        }
        self.known = {pair: rng.random() < 0.3 for pair in self.pairs}
        self.again = {pair: rng.random() < 0.2 for pair in self.pairs}
        self.capacity = [rng.randint(0, 4) for _ in range(self.n)]

    def shares(self) -> list[int]:
        start, partner = rows_of(self.n, self.pairs)
        owner = np.repeat(np.arange(self.n), np.diff(start))
        ways = list(zip(owner.tolist(), partner.tolist(), strict=True))
        first, second = np.array(self.pairs, np.int64).T.copy()
        found: list[int] = triangle_shares(
            start,
            partner,
            np.array([self.gain[way] for way in ways]),
            np.array([self.gain[way[::-1]] for way in ways]),
            np.array([self.known[min(way), max(way)] for way in ways]),
            np.array(self.capacity),
            first,
            second,
            np.array([self.gain[pair] for pair in self.pairs]),
            np.array([self.gain[pair[::-1]] for pair in self.pairs]),
            np.array([self.again[pair] for pair in self.pairs]),
            LEAST,
        ).tolist()
        return found

    def share(self, i: int, j: int) -> int:
        """The same, told slowly: whole where both others are known, a half, a third."""
        sums: dict[tuple[bool, bool], list[int]] = {}
        for v in range(self.n):
            sides = [(min(i, v), max(i, v)), (min(j, v), max(j, v))]
            if v in (i, j) or not all(side in self.known for side in sides):
                continue
            b = self.gain
            value = max(min(b[i, j], b[j, v], b[v, i]), min(b[j, i], b[v, j], b[i, v]))
            if value < LEAST:
                continue
            known = self.known[sides[0]], self.known[sides[1]]
            sums.setdefault(known, []).append(value)

        def best(known: tuple[bool, bool], most: int) -> int:
            return sum(sorted(sums.get(known, ()), reverse=True)[: max(0, most)])

        ours, theirs = self.capacity[i] - 1, self.capacity[j] - 1
        certain = 6 * sum(sums.get((True, True), ()))
        if self.again[i, j]:
            return certain
        halves = 3 * best((True, False), theirs) + 3 * best((False, True), ours)
        return certain + halves + 2 * best((False, False), min(ours, theirs))


@pytest.mark.parametrize("seed", range(12))
def test_the_shares_of_a_pair_are_the_largest_that_rounds_leave_room_for(seed: int) -> None:
    room = Gathering(seed)
    for pair, share in zip(room.pairs, room.shares(), strict=True):
        gains = room.gain[pair] or room.gain[pair[::-1]]
        assert share == (room.share(*pair) if gains else 0), pair
