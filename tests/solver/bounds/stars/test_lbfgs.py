"""L-BFGS finds the bottom of bowls, and gives up where there is nothing to gain."""

import numpy as np
import pytest

from solver.bounds.stars.lbfgs import LONGEST, Smooth, Vector, minimise_lbfgs

STEEP = np.array([1.0, 10.0, 100.0])
BOTTOM = np.array([1.0, -2.0, 0.5])


def bowl(x: Vector) -> tuple[float, Vector]:
    return float((STEEP * (x - BOTTOM) ** 2).sum()) + 1.0, 2 * STEEP * (x - BOTTOM)


def rosenbrock(x: Vector) -> tuple[float, Vector]:
    """Not convex; its valley is bent."""
    a, b = x
    value = (1 - a) ** 2 + 100 * (b - a * a) ** 2
    return float(value), np.array([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)])


class CountedFunction:
    """A function that knows where it was asked for."""

    def __init__(self, function: Smooth) -> None:
        self.function, self.places = function, list[Vector]()

    def __call__(self, x: Vector) -> tuple[float, Vector]:
        self.places.append(x)
        return self.function(x)


def test_the_bottom_of_a_bowl_is_found() -> None:
    found = minimise_lbfgs(bowl, np.zeros(3), evaluations=100, memory=5)
    assert found == pytest.approx(BOTTOM, abs=1e-2)
    assert bowl(found)[0] < 1.001


def test_what_is_remembered_saves_evaluations() -> None:
    used = []
    for memory in (1, 5):
        counted = CountedFunction(rosenbrock)
        found = minimise_lbfgs(counted, np.array([-1.0, 1.0]), evaluations=500, memory=memory)
        assert found == pytest.approx([1.0, 1.0], abs=0.05)
        used.append(len(counted.places))
    assert used[1] < used[0]


@pytest.mark.parametrize("evaluations", [1, 2, 5])
def test_there_are_no_more_evaluations_than_allowed_but_to_end_a_step(evaluations: int) -> None:
    counted = CountedFunction(bowl)
    found = minimise_lbfgs(counted, np.zeros(3), evaluations, memory=5)
    assert evaluations <= len(counted.places) < evaluations + 12
    assert bowl(found)[0] <= bowl(np.zeros(3))[0]


def test_at_the_bottom_nothing_is_moved() -> None:
    assert minimise_lbfgs(bowl, BOTTOM, 50, memory=5) is BOTTOM


def test_a_stop_ends_it() -> None:
    counted = CountedFunction(bowl)
    start = np.zeros(3)
    assert minimise_lbfgs(counted, start, 50, memory=5, stop=lambda: True) is start
    assert len(counted.places) == 1


def test_nobody_moves_far_at_once() -> None:
    """Almost flat: what little slope there is says nothing of how far to go."""
    counted = CountedFunction(lambda x: (1.0 - 1e-3 * float(x.sum()), np.full_like(x, -1e-3)))
    minimise_lbfgs(counted, np.zeros(2), 20, memory=5)
    steps = [np.abs(b - a).max() for a, b in zip(counted.places, counted.places[1:], strict=False)]
    assert max(steps) <= LONGEST + 1e-9
    assert len(steps) > 3


def test_a_function_that_only_rises_is_left_where_it_is() -> None:
    """The gradient lies: every way it names leads up."""
    start = np.zeros(2)
    counted = CountedFunction(lambda x: (float(np.abs(x).sum()), np.ones_like(x)))
    assert minimise_lbfgs(counted, start, 50, memory=5) is start
    assert len(counted.places) == 13


def test_no_variables_are_no_trouble() -> None:
    found = minimise_lbfgs(lambda x: (0.0, x), np.zeros(0), 5, memory=5)
    assert len(found) == 0
