"""Prices become whole points, and what is shared out is shared out to the last of them."""

import numpy as np

from bench.generate import generate
from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.multipliers import (
    fair_shares,
    whole_multipliers,
    whole_shares,
    whole_worths,
)
from solver.objective import SCALE
from solver.translate.prepare import explicit_rows, instance_of
from tests.solver.instances import everybody, instance, mutual

CLIQUE = Layout.of(Relaxation(instance(4, 3, everybody(4, 600), triangles=100)))
"""Four who may all meet: six pairs, four triangles of 60,000 points."""
WEDGE = Layout.of(Relaxation(instance(3, 2, everybody(3, 600), triangles=100, met=((0, 1),))))
"""A triangle of which one side is known: it lies wholly where the other two join."""


def test_multipliers_sum_to_what_they_share() -> None:
    rng, event = np.random.default_rng(1), generate(20, 1)
    lay = Layout.of(Relaxation(instance_of(event, explicit_rows(event))))
    corners = len(lay.corner_slots)
    prices = whole_multipliers(
        lay,
        rng.normal(size=lay.pairs),
        rng.random(corners),
        rng.random(corners),
        np.zeros(lay.n),
        7,
    )
    low, high = prices.worth[lay.slot_of].T
    assert (low + high + 2 * 7 == lay.pair_worth).all()
    assert prices.share.min() >= 0
    assert (prices.share[lay.corners_of].sum(axis=1) == lay.triangle_worth).all()
    assert (prices.share[lay.wedges] == lay.wedge_worth).all()


def test_half_a_pair_lies_at_each_end_unless_it_leans() -> None:
    lay = Layout.of(Relaxation(instance(2, 1, mutual({(0, 1): 501}))))
    assert lay.pair_worth.tolist() == [50_100]
    assert whole_worths(lay, np.zeros(1), 0).tolist() == [25_050, 25_050]
    assert whole_worths(lay, np.array([0.1]), 0).tolist() == [35_050, 15_050]
    assert whole_worths(lay, np.array([0.1]), 7).tolist() == [35_043, 15_043]


def test_shares_of_a_triangle_are_cut_to_what_is_left_of_it() -> None:
    greedy = whole_shares(CLIQUE, np.full(12, 0.5))
    first, second, third = CLIQUE.corners_of.T
    assert greedy[first].tolist() == [50_000] * 4
    assert greedy[second].tolist() == [10_000] * 4
    assert greedy[third].tolist() == [0] * 4
    owing = whole_shares(CLIQUE, np.full(12, -1.0))
    assert owing[third].tolist() == [60_000] * 4


def test_a_corner_whose_worth_is_fixed_has_all_of_it() -> None:
    assert whole_shares(WEDGE, np.zeros(1)).tolist() == [60_000]
    assert fair_shares(WEDGE, np.zeros(1)).tolist() == [0.6]


def test_fair_shares_are_in_proportion_and_equal_where_nobody_asks() -> None:
    asked = np.zeros(12)
    first, second, _ = CLIQUE.corners_of.T
    asked[first[0]], asked[second[0]] = 0.3, 0.1
    fair = fair_shares(CLIQUE, asked)
    assert fair[CLIQUE.corners_of[0]].round(9).tolist() == [0.45, 0.15, 0.0]
    assert fair[CLIQUE.corners_of[1]].round(9).tolist() == [0.2, 0.2, 0.2]
    assert np.allclose(fair[CLIQUE.corners_of].sum(axis=1) * SCALE, CLIQUE.triangle_worth)
    negative = fair_shares(CLIQUE, np.full(12, -1.0))
    assert np.allclose(negative, 0.2)


def test_parts_and_slopes_stay_within_their_limits() -> None:
    prices = whole_multipliers(
        CLIQUE,
        np.zeros(6),
        np.full(12, 0.2),
        np.linspace(-1, 2, 12),
        np.array([-1, 0.5, 1.6, 9]),
        0,
    )
    assert (prices.held >= 0).all()
    assert (prices.held <= prices.share).all()
    assert prices.slope.tolist() == [0, 500, 1600, 1600]
