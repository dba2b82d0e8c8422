"""First prices: the stars' own linear relaxation, solved to a few per cent by smoothing.

A relaxed star takes fractions ``x`` of its slots, at most ``most`` in all. A slot is worth its end
of the pair, a line above satisfaction, and the largest ``most - 1`` of its *parts*: each corner's
share is split between its two slots, so that a triangle's worth lies in six parts. The sum over
all attendees is the dual of the linear programme with ``z_t <= y_e`` and
``sum_{t at e} z_t <= (most - 1) y_e``, and every split bounds every schedule.

Both choices of the largest are smoothed by ``- mu x^2 / 2`` (a projection on a simplex cut off by
a box), the lines by a quadratic, and the sum is minimised at falling ``mu``. All in units of
100,000 points.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector
from solver.bounds.stars.threads import BlockThreads
from solver.compilation import compiled, inline
from solver.instance import Ints
from solver.objective import SCALE, STEEPNESS

STEEP = STEEPNESS / 1000
"""Slope of ``phi`` within each quarter."""
WIDTH = 0.1
"""Over which the corners of ``phi`` are rounded off."""
FIRST_SLOPE = 0.8


class Relaxed(NamedTuple):
    """The layout in the arrays of the relaxed stars."""

    most: Any  # int64[n]
    start: Any  # int64[n + 1]
    part_start: Any  # int64[slots + 1]
    gain: Any  # float64[slots] as a share of the denominator, times fairness
    gained: Any  # float64[n] likewise
    fairness: Any  # float64[n]


@inline
def taken(y, low, high, price, mu):
    """How much is taken at a price, and how many are taken in part."""
    total, partly = 0.0, 0
    for a in range(low, high):
        x = (y[a] - price) / mu
        if x >= 1.0:
            total += 1.0
        elif x > 0.0:
            total += x
            partly += 1
    return total, partly


@compiled
def clearing_price(y, low, high, most, mu):
    """The least price at which at most ``most`` is taken."""
    total, partly = taken(y, low, high, 0.0, mu)
    if total <= most:
        return 0.0
    below, above, price = 0.0, 0.0, 0.0
    for a in range(low, high):
        above = max(above, y[a])
    for _ in range(40):
        newton = price + (total - most) * mu / partly if partly > 0 else above
        price = newton if below < newton < above else 0.5 * (below + above)
        total, partly = taken(y, low, high, price, mu)
        if abs(total - most) < 1e-9:
            return price
        if total > most:
            below = price
        else:
            above = price
    return above


@compiled
def take_best(y, low, high, most, mu, x):
    """The largest ``sum y x - mu x^2 / 2`` with at most ``most`` taken; writes ``x``."""
    price = clearing_price(y, low, high, most, mu)
    value = 0.0
    for a in range(low, high):
        x[a] = min(1.0, max(0.0, (y[a] - price) / mu))
        value += y[a] * x[a] - 0.5 * mu * x[a] * x[a]
    return value


@inline
def line_above(slope):
    """Where a line above ``phi`` begins, rounded off, and how that changes with the slope."""
    value, change = 0.0, 0.0
    for quarter in range(4):
        short = STEEP[quarter] - slope
        if short > WIDTH:
            value += 0.25 * (short - 0.5 * WIDTH)
            change -= 0.25
        elif short > 0.0:
            value += 0.125 * short * short / WIDTH
            change -= 0.25 * short / WIDTH
    return value, change


@compiled
def relaxed_stars(p, members, worth, part, slope, mu, hope, value, taken_of, of_part, of_slope):
    """Smoothed value of every relaxed star from ``members[0]`` to ``members[1]``, and gradients."""
    for v in range(members[0], members[1]):
        low, high = p.start[v], p.start[v + 1]
        for a in range(low, high):
            hope[a] = worth[a] + slope[v] * p.gain[a]
            if p.part_start[a + 1] > p.part_start[a]:
                begin, end = p.part_start[a], p.part_start[a + 1]
                hope[a] += take_best(part, begin, end, p.most[v] - 1, mu, of_part)
        value[v] = take_best(hope, low, high, p.most[v], mu, taken_of)
        of_slope[v] = p.gained[v]
        for a in range(low, high):
            of_slope[v] += taken_of[a] * p.gain[a]
            for at in range(p.part_start[a], p.part_start[a + 1]):
                of_part[at] *= taken_of[a]
        begins, change = line_above(slope[v])
        value[v] += p.fairness[v] * begins + slope[v] * p.gained[v]
        of_slope[v] += p.fairness[v] * change


@compiled
def keep_sums(groups, gradient):
    """Project a gradient so that moving along it keeps the sum over every group."""
    for t in range(groups.shape[0]):
        mean = 0.0
        for k in range(groups.shape[1]):
            mean += gradient[groups[t, k]]
        mean /= groups.shape[1]
        for k in range(groups.shape[1]):
            gradient[groups[t, k]] -= mean


@dataclass(frozen=True, eq=False)
class RelaxedStars:
    """The smoothed relaxation as a function of one long vector of prices.

    The vector holds a number for every pair (what its lower end is worth more than half), then
    all parts, by slot, then a slope for every attendee, then the price of a seat.
    """

    layout: Layout
    block_threads: BlockThreads

    @cached_property
    def arrays(self) -> Relaxed:
        """The layout in units."""
        lay = self.layout
        fairness = lay.fairness * 1000 / SCALE
        per_permille = fairness / lay.denominator
        return Relaxed(
            most=lay.most,
            start=lay.start,
            part_start=np.searchsorted(
                np.sort(lay.corner_slots, axis=None), np.arange(2 * lay.pairs + 1)
            ).astype(np.int64),
            gain=lay.gain * per_permille[lay.owner],
            gained=lay.gained * per_permille,
            fairness=fairness,
        )

    @cached_property
    def places(self) -> Ints:
        """Where the two parts of each corner stand."""
        flat = self.layout.corner_slots.ravel()
        places = np.empty(len(flat), np.int64)
        places[np.argsort(flat, kind="stable")] = np.arange(len(flat))
        return places.reshape(-1, 2)

    @cached_property
    def triangle_parts(self) -> Ints:
        """The six parts of each triangle."""
        return np.ascontiguousarray(self.places[self.layout.corners_of].reshape(-1, 6))

    @cached_property
    def wedge_parts(self) -> Ints:
        """The two parts of each corner whose share is fixed."""
        return np.ascontiguousarray(self.places[self.layout.wedges])

    @property
    def _parts(self) -> slice:
        return slice(self.layout.pairs, self.layout.pairs + self.places.size)

    def start(self) -> Vector:
        """Every worth shared out equally."""
        parts = np.zeros(self.places.size)
        parts[self.triangle_parts] = self.layout.triangle_worth[:, None] / (6 * SCALE)
        parts[self.wedge_parts] = self.layout.wedge_worth[:, None] / (2 * SCALE)
        slopes = np.full(self.layout.n, FIRST_SLOPE)
        return np.concatenate([np.zeros(self.layout.pairs), parts, slopes, np.zeros(1)])

    def __call__(self, x: Vector, mu: float) -> tuple[float, Vector]:
        """The smoothed sum of all relaxed stars, and its gradient."""
        lay = self.layout
        seat = max(0.0, float(x[-1]))
        worth = slot_worths(lay, x[: lay.pairs], seat)
        gradient = np.zeros_like(x)
        value, taken_of, hope = np.zeros(lay.n), np.zeros(2 * lay.pairs), np.zeros(2 * lay.pairs)
        of_part, slopes = gradient[self._parts], slice(self._parts.stop, len(x) - 1)
        self.block_threads.run(
            lambda members: relaxed_stars(
                self.arrays,
                members,
                worth,
                x[self._parts],
                x[slopes],
                mu,
                hope,
                value,
                taken_of,
                of_part,
                gradient[slopes],
            )
        )
        keep_sums(self.triangle_parts, of_part)
        keep_sums(self.wedge_parts, of_part)
        gradient[: lay.pairs], gradient[-1] = of_worths(lay, taken_of, float(x[-1]))
        return float(value.sum()) + lay.seats * seat, gradient

    def shares(self, x: Vector) -> tuple[Vector, Vector]:
        """Of a vector: the share of each corner, and how much of it its first slot holds."""
        parts = np.maximum(x[self._parts][self.places], 0)
        share = parts.sum(axis=1)
        return share, np.where(share > 1e-9, parts[:, 0] / np.maximum(share, 1e-9), 0.5)

    def slopes(self, x: Vector) -> Vector:
        """Of a vector: the slopes."""
        return x[self._parts.stop : -1]


def slot_worths(layout: Layout, lean: Vector, seat: float) -> Vector:
    """What each slot is worth if the lower end of a pair takes ``lean`` more than its half."""
    half = layout.pair_worth / (2 * SCALE) - seat
    worth = np.empty(2 * layout.pairs)
    worth[layout.slot_of[:, 0]] = half + lean
    worth[layout.slot_of[:, 1]] = half - lean
    return worth


def of_worths(layout: Layout, taken_of: Vector, seat: float) -> tuple[Vector, float]:
    """The gradient by ``lean`` and by the price of a seat, which is 0 unless seats are scarce."""
    lean = taken_of[layout.slot_of[:, 0]] - taken_of[layout.slot_of[:, 1]]
    left = layout.seats - float(taken_of.sum()) if layout.scarce else 0.0
    return lean, left if seat > 0 else min(0.0, left)
