"""Compile what is compiled: once after installing, and in every process before somebody waits.

The compiled code is cached beside the modules; loading it takes half a second, making it half a
minute.

    python -m solver.warm
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars.bound import StarBound
from solver.budget import Budget, Meter
from solver.instance import Benefits, Instance, Permissions, Prices
from solver.meaning.shared_words import doubt_likeness
from solver.meaning.similarity import Alike
from solver.repair.first_repair import repair_first
from solver.solve import solve_instance


@cache
def warm_kernels() -> None:
    """Solve a small event with every method that is compiled, once in a process."""
    doubt_likeness(Alike(*np.array([[0], [0], [900]])), ["cold chain"], ["cold call"], _Ones())
    instance = _smallest()
    solve_instance(instance, Meter(Budget(work=200_000)))
    repair_first(instance, ((),) * instance.rounds, None, Meter(Budget()))
    StarBound(Relaxation(instance)).improve(Meter(Budget(work=2_000_000)))


def _smallest() -> Instance:
    """An event too large to be proven at once, with triangles and byes."""
    n, rounds = 13, 4
    rows = [(i, j, 200 + 37 * (i * j % 20)) for i in range(n) for j in range(n) if i != j]
    nobody = np.full(n, -1, np.int64)
    return Instance(
        present=np.ones((n, rounds), np.bool_),
        tables=(n // 2,) * rounds,
        benefits=Benefits.of(n, rows),
        permissions=Permissions(
            nobody, np.zeros(n, np.int64), np.ones((1, 1), np.bool_), frozenset(), frozenset(), ()
        ),
        least=(0,) * n,
        most=(rounds,) * n,
        prices=Prices(triangles=75, fairness=100, byes=50, floor=50),
    )


class _Ones:
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 64), np.float32)


if __name__ == "__main__":
    warm_kernels()
