"""Choices of partners seen so far: none twice, the least used gives way, weights sum to one."""

import numpy as np
import pytest

from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars import pool as module
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.node import SearchNode
from solver.bounds.stars.pool import (
    KINK,
    Pool,
    empty_pool,
    remember_use,
    smooth_positive_part,
    smooth_slope,
    take_up,
    use_of_slots,
)
from tests.solver.instances import everybody, instance

ROOM = instance(4, 3, everybody(4, 600), triangles=100, fairness=100)
NODE = SearchNode(Relaxation(ROOM))
LAYOUT: Layout = NODE.layout
STARS = NODE.oracle.stars


def choices(*of_first: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Choices of attendee 0, each a set of its slots; nobody else has any."""
    slots = np.full((4, max(1, len(of_first)), 3), -1, np.int32)
    for c, taken in enumerate(of_first):
        slots[0, c, : len(taken)] = taken
    return slots, np.array([len(of_first), 0, 0, 0])


def pool_of(*of_first: tuple[int, ...], size: int = 4) -> Pool:
    pool = empty_pool(LAYOUT, size)
    take_up(STARS, pool, *choices(*of_first))
    return pool


def test_a_choice_is_known_in_any_order_and_taken_up_once() -> None:
    pool = empty_pool(LAYOUT, 8)
    assert take_up(STARS, pool, *choices((0, 1), (2,), (1, 0))) == 2
    assert take_up(STARS, pool, *choices((0, 1), (0, 1, 2), (0,), ())) == 3
    assert pool.count.tolist() == [5, 0, 0, 0]


def test_corners_of_a_choice_are_those_of_which_both_slots_are_taken() -> None:
    pool = pool_of((0, 1), (0, 1, 2), (2,))
    assert pool.corner_count[0, :3].tolist() == [1, 3, 0]
    assert not pool.flag.any()


def test_the_choice_used_least_gives_way() -> None:
    pool = pool_of((0,), (1,), size=2)
    pool.use[0, :2] = (0.5, 0.1)
    take_up(STARS, pool, *choices((2,)))
    assert pool.slots[0, :, 0].tolist() == [0, 2]
    assert pool.count[0] == 2


def test_satisfaction_is_part_of_what_a_choice_is_worth() -> None:
    """One of three good meetings: a third of the best day is worth 499 permille."""
    pool = pool_of((0,), (0, 1, 2))
    phi = ROOM.prices.fairness * np.array([400 + 6 * (333 - 250) // 5, 1000]) / 100_000
    assert pool.content[0, :2].tolist() == pytest.approx(phi.tolist())


def test_use_fades_and_grows_with_the_weight() -> None:
    pool = pool_of((0,), (1,))
    pool.use[0, :2] = (1.0, 9.0)
    pool.weight[0, :2] = (0.25, 0.75)
    remember_use(pool)
    assert pool.use[0, :2].tolist() == pytest.approx([0.95, 2.85])


def test_slots_are_used_as_much_as_the_choices_that_take_them() -> None:
    pool = pool_of((0,), (0, 2))
    pool.weight[0, :2] = (0.25, 0.75)
    usage = np.zeros(2 * LAYOUT.pairs)
    use_of_slots(STARS, pool, usage)
    assert usage[LAYOUT.start[0] : LAYOUT.start[1]].tolist() == [1.0, 0.0, 0.75]
    assert usage[LAYOUT.start[1] :].sum() == 0


def test_the_model_is_just_above_the_best_choice_and_takes_it() -> None:
    pool = pool_of((0,), (1,), (2,))
    worth = np.zeros(2 * LAYOUT.pairs)
    worth[LAYOUT.start[0] : LAYOUT.start[1]] = (0.1, 0.5, 0.2)
    share, mu = np.zeros(len(LAYOUT.corner_slots)), 0.01
    value, taken, of_share = np.zeros(4), np.zeros(len(worth)), np.zeros(len(share))
    module.model(STARS, pool, np.array([0, 4]), worth, share, mu, value, taken, of_share)
    best = 0.5 + pool.content[0, 1]
    assert best <= value[0] <= best + mu * np.log(3)
    assert taken[:3].tolist() == pytest.approx([0, 1, 0], abs=1e-6)
    assert pool.weight[0, :3].sum() == pytest.approx(1)
    assert value[1:].tolist() == [0, 0, 0]


def test_the_kink_of_a_share_is_rounded_off_without_a_jump() -> None:
    assert [smooth_positive_part(x) for x in (-1.0, -KINK, 1.0)] == [0.0, 0.0, 1.0]
    assert smooth_positive_part(KINK) == pytest.approx(KINK)
    assert [smooth_slope(x) for x in (-1.0, 1.0)] == [0.0, 1.0]
    for x in np.linspace(-2 * KINK, 2 * KINK, 41):
        rise = (smooth_positive_part(x + 1e-7) - smooth_positive_part(x - 1e-7)) / 2e-7
        assert smooth_slope(x) == pytest.approx(rise, abs=1e-3)


def test_a_layout_without_pairs_has_an_empty_pool() -> None:
    pool = empty_pool(Layout.of(Relaxation(instance(2, 1))), 3)
    assert pool.slots.shape == (2, 3, 1)
    assert pool.count.tolist() == [0, 0]
