"""All stars at given multipliers: a bound on every schedule, and the choices behind it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from solver.bounds.stars.kernel import (
    Effort,
    Known,
    Multipliers,
    Scratch,
    Stars,
    StarSolution,
    probe_stars,
    solve_stars,
)
from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector
from solver.bounds.stars.pool import Pool, empty_pool, take_up, use_of_slots
from solver.bounds.stars.threads import BlockThreads
from solver.instance import Flags, Ints
from solver.objective import PHI

KEPT = 6
"""Choices handed back from one search."""
POOL = 60
BATCH = 8
"""Attendees whose stars are solved between two looks at the clock."""
Stop = Callable[[], bool]


def stars_of(layout: Layout) -> Stars:
    """The layout in the arrays of the searches."""
    slots = layout.corner_slots
    first = slots - layout.start[layout.owner[slots]]
    return Stars(
        most=layout.most,
        start=layout.start,
        gain=layout.gain,
        kin=layout.kin,
        corner_start=layout.corner_start,
        first=first[:, 0].astype(np.int32),
        second=first[:, 1].astype(np.int32),
        gained=layout.gained,
        denominator=layout.denominator,
        fairness=layout.fairness,
        phi=PHI,
    )


@dataclass(eq=False)
class Oracle:
    """Solves stars, several at a time, and remembers what it finds."""

    layout: Layout
    block_threads: BlockThreads
    stars: Stars = field(init=False)
    pool: Pool = field(init=False)
    found: StarSolution = field(init=False)

    def __post_init__(self) -> None:
        n, most = self.layout.n, max(1, int(self.layout.most.max(initial=0)))
        self.stars = stars_of(self.layout)
        self.pool = empty_pool(self.layout, POOL)
        self.found = _nothing_found(n, most)
        take_up(self.stars, self.pool, self.found.slots, np.ones(n, np.int64))

    def add(self, taken: list[list[int]]) -> None:
        """Add one choice of slots for each attendee to the pool."""
        slots = np.full((self.layout.n, 1, self.found.slots.shape[2]), -1, np.int32)
        for v, choice in enumerate(taken):
            slots[v, 0, : len(choice)] = choice
        take_up(self.stars, self.pool, slots, np.ones(self.layout.n, np.int64))

    def solve(
        self, multipliers: Multipliers, effort: Effort, stop: Stop, members: Ints | None = None
    ) -> Flags:
        """Solve the stars of ``members``, or of all; bool[n] tells which were before ``stop``.

        ``found`` has their bounds and best choices in points; it is overwritten each time.
        """
        solved = np.zeros(self.layout.n, np.bool_)
        chosen = np.arange(self.layout.n) if members is None else members
        self.found.count[:] = 0

        def work(scratch: Scratch, batch: Ints) -> None:
            if stop():
                return
            known = Known(self.pool.slots, self.pool.count)
            solve_stars(self.stars, multipliers, known, scratch, self.found, batch, effort)
            solved[batch] = True

        self.block_threads.each(work, _batches(chosen))
        return solved

    def probe(self, multipliers: Multipliers, bound: Ints, nodes: int) -> tuple[Ints, Ints]:
        """Bounds of the owner's star, for every slot, when it is taken and when it is left.

        ``bound``, int64[n], bounds the stars at these multipliers; two int64[slots] come back.
        """
        found = _nothing_found(self.layout.n, self.found.slots.shape[2])
        known = Known(self.pool.slots, self.pool.count)
        effort = Effort(nodes, 0, 0, at_once=True)
        inside = np.zeros(2 * self.layout.pairs, np.int64)
        outside = np.zeros(2 * self.layout.pairs, np.int64)

        def work(scratch: Scratch, batch: Ints) -> None:
            probe_stars(
                *(self.stars, multipliers, known, scratch, found, batch, effort),
                *(bound, inside, outside),
            )

        self.block_threads.each(work, _batches(np.arange(self.layout.n)))
        return inside, outside

    def usage(self) -> Vector:
        """By how much the model's last value took every slot, between 0 and 1."""
        usage = np.zeros(2 * self.layout.pairs)
        use_of_slots(self.stars, self.pool, usage)
        return usage

    def keep(self) -> int:
        """Take what the last searches found into the pool; return how many were new."""
        return take_up(self.stars, self.pool, self.found.slots, self.found.count)


def _nothing_found(n: int, most: int) -> StarSolution:
    none, zeros = np.full((n, KEPT, most), -1, np.int32), [np.zeros(n, np.int64) for _ in range(4)]
    return StarSolution(none, *zeros)


def _batches(members: Ints) -> list[Ints]:
    return [members[at : at + BATCH] for at in range(0, len(members), BATCH)]
