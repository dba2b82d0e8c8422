"""Minimising smooth convex functions of very many variables: L-BFGS.

The limited-memory quasi-Newton method (D. C. Liu and J. Nocedal, 1989) with backtracking. SciPy's
L-BFGS-B is made for bounds on the variables and takes four times as long here, where there are
millions of variables, none is bounded and a value costs no more than a few passes over them.
"""

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Smooth = Callable[[Vector], tuple[float, Vector]]
"""A function's value and gradient."""

ENOUGH, SHORTER, TRIES = 1e-4, 0.4, 12
FIRST_MOVE = 0.1
LONGEST = 2.0
"""By which no variable moves further at once: where a function is flat there is no other limit."""
STALLED = 1e-6


class _Memory:
    """The last changes of place and gradient, and the direction they suggest."""

    def __init__(self, length: int) -> None:
        self.changes: deque[tuple[Vector, Vector, float]] = deque(maxlen=length)

    def add(self, moved: Vector, bent: Vector) -> None:
        curvature = float(moved @ bent)
        if curvature > 1e-12 * float(bent @ bent):
            self.changes.append((moved, bent, 1 / curvature))

    def direction(self, gradient: Vector) -> Vector:
        """The way up, by the two loops over what is remembered."""
        q, weights = gradient.copy(), []
        for moved, bent, inverse in reversed(self.changes):
            weight = inverse * float(moved @ q)
            q -= weight * bent
            weights.append(weight)
        q *= self._scale(gradient)
        for (moved, bent, inverse), weight in zip(self.changes, reversed(weights), strict=True):
            q += (weight - inverse * float(bent @ q)) * moved
        return q

    def _scale(self, gradient: Vector) -> float:
        if not self.changes:
            return FIRST_MOVE / max(1e-12, float(np.abs(gradient).max(initial=0)))
        _, bent, inverse = self.changes[-1]
        return 1 / (inverse * float(bent @ bent))


def minimise_lbfgs(
    function: Smooth,
    x: Vector,
    evaluations: int,
    memory: int,
    stop: Callable[[], bool] = lambda: False,
) -> Vector:
    """A place with no higher value than ``x``, after at most about so many ``evaluations``.

    ``memory`` changes are remembered. Ends early when ``stop`` says so or little is gained.
    """
    known = _Memory(memory)
    value, gradient = function(x)
    used = 1
    while used < evaluations and not stop():
        way = known.direction(gradient)
        if (rise := float(gradient @ way)) <= 0:
            known.changes.clear()
            way = known.direction(gradient)
            rise = float(gradient @ way)
            if rise <= 0:
                return x
        step, before = min(1.0, LONGEST / float(np.abs(way).max())), value
        for _ in range(TRIES):
            there = x - step * way
            value, slope_there = function(there)
            used += 1
            if value <= before - ENOUGH * step * rise:
                break
            step *= SHORTER
        else:
            return x
        known.add(there - x, slope_there - gradient)
        x, gradient = there, slope_there
        if before - value < STALLED * abs(value):
            break
    return x
