"""The relaxed stars against the linear programme whose dual they are, written out and solved.

It has a variable ``y`` for each pair, ``z`` for each triangle and for each two pairs that close
one with a pair known already, and ``f`` for each attendee's satisfaction, in units of 100,000
points. All but ``f`` lie between 0 and 1; a triangle closes no more than any of its pairs meets,
and what closes at one end of a pair is at most ``most - 1`` times as much as it meets.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from bench.generate import generate
from schemas.event import PairRule, Policy, Weights
from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector, minimise_lbfgs
from solver.bounds.stars.node import COOLING, MEMORY, SearchNode
from solver.bounds.stars.relaxed import STEEP, RelaxedStars, keep_sums, slot_worths
from solver.bounds.stars.threads import BlockThreads
from solver.budget import Budget, Meter
from solver.instance import Instance
from solver.objective import SCALE, points_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event
from tests.solver.bounds.stars.test_bound import prepared, some_schedule

LINES = ((0.0, 1.6), (0.1, 1.2), (0.3, 0.8), (0.6, 0.4), (1.0, 0.0))
"""Where each of the lines of which ``phi`` is the lowest begins, and its slope."""
SMALL = 400 if os.environ.get("TERTIUS_SOAK") else 60
ROOMS = [
    (n, rounds, seed) for n, rounds in ((8, 3), (12, 4), (16, 5), (20, 5)) for seed in range(4)
]
CLOSE = 0.03
"""The relaxed stars end within this share of the programme's optimum."""


@dataclass
class Programme:
    """Inequalities, one after the other: the sum of the terms is at most the limit."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    factors: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def add(self, terms: Iterable[tuple[int, float]], limit: float) -> None:
        for column, factor in terms:
            self.rows.append(len(self.limits))
            self.columns.append(column)
            self.factors.append(factor)
        self.limits.append(limit)

    def largest(self, worth: Vector, free: int) -> float:
        """The largest sum; all but the last ``free`` variables lie between 0 and 1."""
        shape = (len(self.limits), len(worth))
        matrix = coo_array((self.factors, (self.rows, self.columns)), shape=shape).toarray()
        box = [(0.0, 1.0)] * (len(worth) - free) + [(None, None)] * free
        found = linprog(-worth, A_ub=matrix, b_ub=self.limits, bounds=box, method="highs")
        assert found.status == 0, found.message
        assert found.fun is not None
        return -float(found.fun)


def optimum(layout: Layout) -> float:
    """Of the linear programme, in points."""
    programme = Programme()
    ends = list(zip(layout.pair_low.tolist(), layout.pair_high.tolist(), strict=True))
    near = [[e for e in range(layout.pairs) if v in ends[e]] for v in range(layout.n)]
    for v, pairs in enumerate(near):
        programme.add(((e, 1) for e in pairs), float(layout.most[v]))
    programme.add(((e, 2) for e in range(layout.pairs)), layout.seats)
    at_end: dict[tuple[int, int], list[int]] = defaultdict(list)
    closing = [*layout.triangle_pairs.tolist(), *layout.wedge_pairs.tolist()]
    for z, sides in enumerate(closing, start=layout.pairs):
        for e in sides:
            programme.add([(z, 1), (e, -1)], 0)
            for v in ends[e]:
                if sum(v in ends[side] for side in sides) == 2:
                    at_end[v, e].append(z)
    for (v, e), triangles in at_end.items():
        programme.add([*((z, 1.0) for z in triangles), (e, 1.0 - layout.most[v])], 0)
    for f, pairs in enumerate(near, start=layout.pairs + len(closing)):
        _satisfaction(programme, layout, f, pairs)
    worths = [layout.pair_worth, layout.triangle_worth, layout.wedge_worth]
    worth = np.concatenate([*worths, np.full(layout.n, SCALE)]) / SCALE
    return layout.constant + SCALE * programme.largest(worth, layout.n)


def _satisfaction(programme: Programme, layout: Layout, f: int, pairs: list[int]) -> None:
    """``f`` is below every line of ``phi``."""
    v = f - layout.pairs - len(layout.triangle_worth) - len(layout.wedge_worth)
    price = layout.fairness[v] * 1000 / SCALE
    gain = (
        np.where(layout.pair_low == v, layout.pair_gain, layout.pair_give) / layout.denominator[v]
    )
    for begins, slope in LINES:
        had = layout.gained[v] / layout.denominator[v]
        terms = [(f, 1.0), *((e, -price * slope * float(gain[e])) for e in pairs)]
        programme.add(terms, price * (begins + slope * had))


def value(relaxed: RelaxedStars, x: Vector) -> float:
    """The sum of the relaxed stars at these prices, in points, not smoothed."""
    layout, slopes = relaxed.layout, np.clip(relaxed.slopes(x), 0, 1.6)
    total = layout.seats * max(0.0, float(x[-1]))
    for v, hopes in enumerate(_hopes(relaxed, x, slopes)):
        line = 0.25 * np.maximum(0, STEEP - slopes[v]).sum()
        total += _largest(hopes, layout.most[v]) + relaxed.arrays.fairness[v] * line
        total += slopes[v] * relaxed.arrays.gained[v]
    return float(layout.constant + SCALE * total)


def _hopes(relaxed: RelaxedStars, x: Vector, slopes: Vector) -> Iterator[Vector]:
    """By attendee, what each of its slots is worth at most."""
    layout, arrays = relaxed.layout, relaxed.arrays
    hope = slot_worths(layout, x[: layout.pairs], max(0.0, float(x[-1])))
    hope += slopes[layout.owner] * arrays.gain
    parts = x[layout.pairs : layout.pairs + relaxed.places.size]
    for slot, v in enumerate(layout.owner):
        own = parts[arrays.part_start[slot] : arrays.part_start[slot + 1]]
        hope[slot] += _largest(own, layout.most[v] - 1)
    return iter(np.split(hope, layout.start[1:-1]))


def _largest(x: Vector, count: int) -> float:
    return float(np.sort(np.maximum(x, 0))[::-1][: max(0, count)].sum())


def relaxed_stars(instance: Instance) -> RelaxedStars:
    layout = Layout.of(Relaxation(instance))
    return RelaxedStars(layout, BlockThreads(layout, 1))


def room(n: int, rounds: int, seed: int) -> Instance:
    return prepared(generate(n, seed, rounds))


def problem(seed: int) -> Instance:
    """A room, a room after its first round, or any mixture of rules."""
    if seed % 3 == 2:
        return prepared(random_event(seed, 9, 4))
    return half_over(room(10, 4, seed)) if seed % 3 else room(10, 4, seed)


def half_over(instance: Instance) -> Instance:
    """The same after its first round: what met there may close triangles with two pairs more."""
    return replace(instance, held=some_schedule(instance)[:1])


@pytest.mark.parametrize("block", range(4))
def test_no_schedule_exceeds_the_programme(block: int) -> None:
    for seed in range(block, SMALL, 4):
        event = random_event(seed, 6, 3)
        best = best_points(event)
        if best is not None:
            assert optimum(Layout.of(Relaxation(prepared(event)))) > best - 1, f"seed {seed}"


@pytest.mark.parametrize(("n", "rounds", "seed"), ROOMS)
def test_the_stars_end_just_above_the_programme(n: int, rounds: int, seed: int) -> None:
    instance = room(n, rounds, seed) if seed % 2 else half_over(room(n, rounds, seed))
    relaxed = relaxed_stars(instance)
    least = optimum(relaxed.layout)
    assert least > points_of(instance, some_schedule(instance)) - 1
    with relaxed.block_threads:
        x = relaxed.start()
        values = [value(relaxed, x)]
        for mu, evaluations in COOLING:
            x = minimise_lbfgs(partial(relaxed, mu=mu), x, evaluations, MEMORY)
            values.append(value(relaxed, x))
    assert min(values) > least - 1
    assert values[-1] - least < CLOSE * abs(least)
    assert values[-1] < values[0]


@pytest.mark.parametrize(("n", "rounds", "seed"), ROOMS[::2])
def test_what_is_proven_at_the_first_prices_is_close_to_the_programme(
    n: int, rounds: int, seed: int
) -> None:
    instance, bounds = room(n, rounds, seed), list[int]()
    leaf = SearchNode(Relaxation(instance), threads=1)
    leaf.improve(Meter(Budget(work=10**9), stop=lambda: len(bounds) > 1), bounds.append)
    least = optimum(leaf.layout)
    assert points_of(instance, some_schedule(instance)) <= bounds[-1]
    assert bounds[-1] - least < CLOSE * abs(least)


@pytest.mark.parametrize("seed", range(9))
def test_any_prices_bound_the_programme(seed: int) -> None:
    rng = np.random.default_rng(seed)
    relaxed = relaxed_stars(problem(seed))
    least = optimum(relaxed.layout)
    for spread in (0.01, 0.1, 1.0):
        x = relaxed.start() + spread * change(relaxed, rng)
        assert value(relaxed, x) > least - 1


def change(relaxed: RelaxedStars, rng: np.random.Generator) -> Vector:
    """A change of prices that still shares out every worth."""
    layout = relaxed.layout
    x = rng.normal(size=len(relaxed.start()))
    parts = x[layout.pairs : layout.pairs + relaxed.places.size]
    keep_sums(relaxed.triangle_parts, parts)
    keep_sums(relaxed.wedge_parts, parts)
    x[-1] *= layout.scarce
    return x


@pytest.mark.parametrize("seed", range(9))
def test_smoothing_hides_little_and_never_exceeds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    relaxed = relaxed_stars(problem(seed))
    layout = relaxed.layout
    x = relaxed.start() + 0.1 * change(relaxed, rng)
    sharp = (value(relaxed, x) - layout.constant) / SCALE
    taken, corners = float(layout.most.sum()), float((layout.most * (layout.most - 1)).sum())
    for mu in (0.1, 0.01, 0.001):
        smooth = relaxed(x, mu)[0]
        rounded_off = 0.05 * relaxed.arrays.fairness.sum()
        assert smooth <= sharp + 1e-9
        assert smooth >= sharp - mu / 2 * (taken + corners) - rounded_off - 1e-9


@pytest.mark.parametrize("seed", range(9))
def test_the_gradient_is_how_the_value_changes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    relaxed = relaxed_stars(problem(seed))
    x = relaxed.start() + 0.1 * np.abs(change(relaxed, rng)[-1]) + 0.1 * change(relaxed, rng)
    _, gradient = relaxed(x, 0.1)
    for _ in range(5):
        way = change(relaxed, rng)
        ahead, behind = (relaxed(x + step * way, 0.1)[0] for step in (1e-6, -1e-6))
        assert (ahead - behind) / 2e-6 == pytest.approx(float(gradient @ way), rel=1e-4, abs=1e-5)


def test_three_people_share_two_tables() -> None:
    """Four seats: every pair meets two thirds, and so does the triangle; no round is that even."""
    everybody = {i + j: 0.6 for i in "abc" for j in "abc" if i != j}
    layout = Layout.of(Relaxation(prepared(event_of("abc", 2, everybody))))
    meetings, triangle = 2 * 100 * 600, 50 * 600
    gained, byes = 3 * 100 * 2_500 // 3, 2 * 50 * 1000  # phi(2/3) = 5/6
    assert optimum(layout) == pytest.approx(meetings + triangle + gained - byes)


def test_four_people_in_two_rounds_close_no_more_than_one_corner_each() -> None:
    """Two meetings each: of a pair's two triangles the programme closes one."""
    everybody = {i + j: 0.6 for i in "abcd" for j in "abcd" if i != j}
    weights = Weights(triangles=100, fairness=0, byes=0)
    layout = Layout.of(Relaxation(prepared(event_of("abcd", 2, everybody, weights=weights))))
    meetings, triangles = 4, 4 / 3  # each pair meets two thirds, and its triangles a third
    assert optimum(layout) == pytest.approx(100 * 600 * (meetings + triangles))


def test_three_who_have_all_met_need_one_meeting_more_for_their_triangle() -> None:
    event = event_of(
        "abc",
        1,
        {i + j: 0.6 for i in "abc" for j in "abc" if i != j},
        pair_rules=tuple(PairRule(kind="met", pair=pair) for pair in combinations("abc", 2)),
        policy=Policy(rematch="allow"),
        weights=Weights(triangles=100, fairness=0, byes=0),
    )
    assert best_points(event) == 2 * 100 * 600
    assert optimum(Layout.of(Relaxation(prepared(event)))) == pytest.approx(2 * 100 * 600)
