"""Compile what is compiled: once after installing, and in every process before somebody waits.

Loading the compiled code takes a part of a second, making it about a minute; two processes make
it in two thirds of that.

    python -m solver.warm
"""

import logging
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import numpy as np

from solver.bounds.flow_bound import FlowBound, Relaxation
from solver.bounds.stars.bound import StarBound
from solver.budget import Budget, Meter
from solver.compilation import NOTICE
from solver.instance import Benefits, Instance, Matchings, Permissions, Prices
from solver.repair.first_repair import repair_first
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.solve import solve_instance

ALL_OF_THE_BOUND = 2_000_000


@cache
def warm_kernels() -> None:
    """Run all that is compiled, once in a process."""
    solve_instance(_smallest(), Meter(Budget(work=200_000)))
    _move()
    _branch()


@cache
def warm_search() -> None:
    """Run what every search begins with; all that is compiled, where that had to be compiled."""
    instance = _smallest()
    _anneal(instance, ((),) * instance.rounds)
    if NOTICE.given:
        warm_kernels()


def compile_kernels() -> None:
    """Compile in two processes what is not compiled yet; nothing in both, what is kept is shared.

    Two that keep the same function at once could each take the other's for their own.
    """
    logging.disable()  # whoever runs this has been told
    _count_triangles()
    parts: tuple[Callable[[], None], ...] = _branch, _move
    with ProcessPoolExecutor(len(parts), get_context("spawn"), logging.disable) as processes:
        for part in [processes.submit(part) for part in parts]:
            part.result()
    warm_kernels()


def _count_triangles() -> None:
    FlowBound(Relaxation(_smallest())).improve(1)


def _branch() -> None:
    """Bound by stars, until nodes are divided."""
    StarBound(Relaxation(_smallest())).improve(Meter(Budget(work=ALL_OF_THE_BOUND)))


def _move() -> None:
    """Repair, and anneal from where that ends."""
    instance = _smallest()
    start = repair_first(instance, ((),) * instance.rounds, None, Meter(Budget()))
    _anneal(instance, start.result.matchings)


def _anneal(instance: Instance, start: Matchings) -> None:
    """Begin a search, and try one move."""
    candidates = Candidates.of(instance, instance.n)
    search = SearchState.begin(instance, candidates, start, seed=1)
    search.place(*in_promising_order(instance))
    search.anneal(1, 1.0)


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


if __name__ == "__main__":
    compile_kernels()
