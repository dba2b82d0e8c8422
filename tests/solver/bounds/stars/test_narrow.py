"""Prices, parts and choices find their place again where pairs have gone."""

import numpy as np

from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.narrow import (
    carried_choices,
    carried_parts,
    carried_prices,
    corner_keys,
    edges_of,
    pair_keys,
)
from tests.solver.instances import everybody, instance

WHOLE = Layout.of(Relaxation(instance(4, 3, everybody(4, 600), triangles=100)))
LESS = Layout.of(Relaxation(instance(4, 3, everybody(4, 600), triangles=100, barred=[(0, 1)])))
NOBODY = Layout.of(Relaxation(instance(4, 3)))
LEAN = np.arange(6) / 10


def test_every_pair_and_corner_has_a_number_of_its_own() -> None:
    assert pair_keys(WHOLE).tolist() == [1, 2, 3, 6, 7, 11]
    assert len(set(corner_keys(WHOLE).tolist())) == 12


def test_a_layout_carries_its_prices_to_itself() -> None:
    share = np.full(12, 0.2)
    x = np.concatenate([LEAN, share, [0.7]])
    assert np.allclose(carried_prices(WHOLE, WHOLE, x), x)
    held = np.linspace(0, 1, 12)
    assert carried_parts(WHOLE, WHOLE, held).tolist() == held.tolist()


def test_a_pair_that_goes_takes_its_price_along_and_no_other() -> None:
    x = np.concatenate([LEAN, np.full(12, 0.2), [0.7]])
    carried = carried_prices(WHOLE, LESS, x)
    assert np.allclose(carried[:5], [0.1, 0.2, 0.3, 0.4, 0.5])
    assert carried[-1] == 0.7
    share = carried[5:-1]
    assert np.allclose(share[LESS.corners_of].sum(axis=1), 0.6)


def test_a_pair_that_is_new_begins_in_the_middle() -> None:
    lean = np.full(5, 0.3)
    x = np.concatenate([lean, np.zeros(len(LESS.corner_slots)), [0.0]])
    assert carried_prices(LESS, WHOLE, x)[:6].tolist() == [0.0, 0.3, 0.3, 0.3, 0.3, 0.3]
    parts = carried_parts(LESS, WHOLE, np.full(len(LESS.corner_slots), 0.9))
    assert set(parts.tolist()) == {0.5, 0.9}
    assert (parts == 0.9).sum() == len(LESS.corner_slots)


def choices(*rows: tuple[int, int, int]) -> np.ndarray:
    """One choice of each attendee; -1 after the last."""
    return np.array([[row] for row in rows], np.int64)


def test_choices_lose_the_slots_that_are_gone() -> None:
    """0 may meet 1, 2 and 3 as its slots 0, 1 and 2; without 1 they are 0 and 1."""
    taken = choices((0, 1, 2), (0, 2, -1), (2, 1, -1), (-1, -1, -1))
    moved = carried_choices(WHOLE, LESS, taken)
    assert moved[:, 0].tolist() == [[1, 0, -1], [1, -1, -1], [2, 1, -1], [-1, -1, -1]]
    kept = carried_choices(WHOLE, WHOLE, taken)
    assert [sorted(row) for row in kept[:, 0].tolist()] == [
        sorted(row) for row in taken[:, 0].tolist()
    ]


def test_choices_are_cut_to_as_many_meetings_as_are_left() -> None:
    fewer = Layout.of(Relaxation(instance(4, 3, everybody(4, 600), triangles=100, most={0: 1})))
    moved = carried_choices(WHOLE, fewer, choices((0, 1, 2), (0, 1, 2), (-1,) * 3, (-1,) * 3))
    assert (moved[:, 0] >= 0).sum(axis=1).tolist() == [1, 3, 0, 0]


def test_where_nobody_is_left_nothing_is_carried() -> None:
    x = np.concatenate([LEAN, np.full(12, 0.2), [0.7]])
    assert carried_prices(WHOLE, NOBODY, x).tolist() == [0.7]
    assert carried_prices(NOBODY, WHOLE, np.array([0.7]))[:6].tolist() == [0.0] * 6
    gone = carried_choices(WHOLE, NOBODY, choices(*((0, 1, 2),) * 4))
    assert (gone == -1).all()


def test_chosen_pairs_are_told_as_edges() -> None:
    assert edges_of(WHOLE, np.array([True, False, False, False, False, True])) == {(0, 1), (2, 3)}
