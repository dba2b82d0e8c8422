"""One attendee's star against every choice of partners."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from solver.bounds.stars.kernel import (
    Effort,
    Known,
    Multipliers,
    Stars,
    StarSolution,
    new_scratch,
    solve_stars,
)
from solver.instance import Ints
from solver.objective import PHI


@dataclass(frozen=True)
class Star:
    """One attendee; ``share[a, b]`` for ``a < b``, slots of one ``kin`` exclude each other."""

    most: int
    worth: Ints
    gain: Ints
    kin: Ints
    share: dict[tuple[int, int], int]
    gained: int
    denominator: int
    fairness: int


def random_star(rng: np.random.Generator) -> Star:
    slots, most = int(rng.integers(1, 13)), int(rng.integers(1, 7))
    gain = np.where(
        rng.random(slots) < 0.3, 0, rng.integers(0, rng.choice([150, 400, 1001]), slots)
    )
    density = rng.choice([0.0, 0.2, 0.6, 1.0])
    kin = rng.integers(0, 100 if rng.random() < 0.5 else rng.integers(1, 7), slots)
    return Star(
        most=min(most, slots),
        worth=rng.normal(10_000, 40_000, slots).astype(np.int64),
        gain=gain.astype(np.int64),
        kin=np.unique(kin, return_inverse=True)[1],
        share={
            pair: int(rng.integers(0, 30_000))
            for pair in combinations(range(slots), 2)
            if rng.random() < density and kin[pair[0]] != kin[pair[1]]
        },
        gained=int(rng.choice([0, 0, 300, 5_000])),
        denominator=int(rng.integers(500, 3_000)),
        fairness=int(rng.choice([0, 37, 100])),
    )


def value(star: Star, chosen: tuple[int, ...]) -> int:
    gained = star.gained + int(star.gain[list(chosen)].sum())
    satisfaction = star.fairness * int(PHI[min(1000, 1000 * gained // star.denominator)])
    shares = sum(star.share.get(pair, 0) for pair in combinations(sorted(chosen), 2))
    return int(star.worth[list(chosen)].sum()) + shares + satisfaction


def is_apart(star: Star, chosen: Sequence[int]) -> bool:
    return len(set(star.kin[list(chosen)].tolist())) == len(chosen)


def best_value(star: Star) -> int:
    sizes = range(star.most + 1)
    return max(
        value(star, chosen)
        for size in sizes
        for chosen in combinations(range(len(star.worth)), size)
        if is_apart(star, chosen)
    )


def solved(
    star: Star, rng: np.random.Generator, cap: int, tolerance: int, at_once: bool
) -> StarSolution:
    slots, pairs = len(star.worth), sorted(star.share)
    share = np.array([star.share[pair] for pair in pairs], np.int64)
    joined = np.array(pairs, np.int32).reshape(-1, 2)
    stars = Stars(
        most=np.array([star.most]),
        start=np.array([0, slots]),
        gain=star.gain,
        kin=star.kin,
        corner_start=np.array([0, len(pairs)]),
        first=joined[:, 0].copy(),
        second=joined[:, 1].copy(),
        gained=np.array([star.gained]),
        denominator=np.array([star.denominator]),
        fairness=np.array([star.fairness]),
        phi=PHI,
    )
    held = (share * rng.random(len(share))).astype(np.int64)
    multipliers = Multipliers(star.worth, share, held, rng.integers(0, 1601, 1))
    known = Known(np.full((1, 2, star.most), -1, np.int32), np.ones(1, np.int64))
    apart = np.unique(star.kin, return_index=True)[1]
    start = rng.permutation(apart)[: rng.integers(0, star.most + 1)]
    known.slots[0, 0, : len(start)] = start
    found = StarSolution(
        np.full((1, 4, star.most), -1, np.int32), *(np.zeros(1, np.int64) for _ in range(4))
    )
    scratch = new_scratch(slots, len(pairs), star.most)
    steps = int(rng.integers(0, 15))
    members = np.zeros(1, np.int64)
    effort = Effort(cap, tolerance, steps, at_once)
    solve_stars(stars, multipliers, known, scratch, found, members, effort)
    assert not scratch.table.any()
    assert ((multipliers.held >= 0) & (multipliers.held <= share)).all()
    return found


@pytest.mark.parametrize("seed", range(400))
def test_a_star_searched_to_the_end_is_exact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    star = random_star(rng)
    found = solved(star, rng, 10**6, 0, at_once=False)
    assert found.best[0] == found.bound[0] == best_value(star)


@pytest.mark.parametrize("seed", range(400))
def test_a_star_cut_short_is_bounded_and_what_it_found_is_real(seed: int) -> None:
    rng = np.random.default_rng([seed, 1])
    star, best = random_star(rng), 0
    cap, tolerance = int(rng.choice([1, 3, 10, 10**6])), int(rng.choice([0, 500, 20_000]))
    found = solved(star, rng, cap, tolerance, at_once=bool(rng.random() < 0.5))
    best = best_value(star)
    assert found.best[0] <= best <= found.bound[0]
    choices = [tuple(row[row >= 0].tolist()) for row in found.slots[0, : found.count[0]]]
    assert all(len(set(chosen)) == len(chosen) <= star.most for chosen in choices)
    assert all(is_apart(star, chosen) for chosen in choices)
    reached = [value(star, chosen) for chosen in choices] or [value(star, ())]
    assert max(reached) == found.best[0]
