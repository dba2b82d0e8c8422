"""From prices in fractions to multipliers in whole points that sum to exactly what they share."""

import numpy as np

from solver.bounds.stars.kernel import Multipliers
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector
from solver.instance import Ints
from solver.objective import SCALE


def whole_multipliers(
    layout: Layout, lean: Vector, share: Vector, held: Vector, slope: Vector, seat: int
) -> Multipliers:
    """Round ``lean`` and ``share``; ``held`` is a share of the share, ``slope`` one of ``phi``."""
    shares = whole_shares(layout, share)
    return Multipliers(
        worth=whole_worths(layout, lean, seat),
        share=shares,
        held=np.clip(np.rint(held * shares), 0, shares).astype(np.int64),
        slope=np.clip(np.rint(1000 * slope), 0, 1600).astype(np.int64),
    )


def whole_worths(layout: Layout, lean: Vector, seat: int) -> Ints:
    """Points that each slot is worth: two ends and two seats sum to the worth of the pair."""
    low = np.rint(layout.pair_worth / 2 + SCALE * lean).astype(np.int64) - seat
    worth = np.empty(2 * layout.pairs, np.int64)
    worth[layout.slot_of[:, 0]] = low
    worth[layout.slot_of[:, 1]] = layout.pair_worth - 2 * seat - low
    return worth


def whole_shares(layout: Layout, share: Vector) -> Ints:
    """The share of each corner, none negative: those of a triangle sum to its worth."""
    shares = np.zeros(len(layout.corner_slots), np.int64)
    first, second, third = layout.corners_of.T
    left = layout.triangle_worth
    for corner in (first, second):
        shares[corner] = np.clip(np.floor(SCALE * share[corner]).astype(np.int64), 0, left)
        left = left - shares[corner]
    shares[third] = left
    shares[layout.wedges] = layout.wedge_worth
    return shares


def fair_shares(layout: Layout, share: Vector) -> Vector:
    """The nearest shares, by scaling, that are not negative and sum to each triangle's worth."""
    fair = np.maximum(share, 0)
    sums = fair[layout.corners_of].sum(axis=1, keepdims=True)
    worth = layout.triangle_worth[:, None] / SCALE
    scaled = fair[layout.corners_of] * (worth / np.where(sums > 0, sums, 1))
    fair[layout.corners_of] = np.where(sums > 0, scaled, worth / 3)
    fair[layout.wedges] = layout.wedge_worth / SCALE
    return fair
