"""Two threads that share the attendees; what comes out does not depend on how many there are."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import pairwise
from queue import SimpleQueue
from types import TracebackType

import numpy as np

from solver.bounds.stars.kernel import Scratch, new_scratch
from solver.bounds.stars.layout import Layout
from solver.instance import Ints

THREADS = 2
WORTH_SHARING = 20_000
"""Corners from which on an evaluation is worth starting a second thread."""


class BlockThreads:
    """Runs compiled work on blocks of attendees, each result being the attendee's own."""

    def __init__(self, layout: Layout, threads: int) -> None:
        slots = int(np.diff(layout.start).max(initial=0))
        corners = int(np.diff(layout.corner_start).max(initial=0))
        most = int(layout.most.max(initial=0))
        self._desks: SimpleQueue[Scratch] = SimpleQueue()
        for _ in range(threads):
            self._desks.put(new_scratch(max(1, slots), corners, max(1, most)))
        self._threads = threads
        self._executor: Executor | None = None
        shared = threads > 1 and len(layout.corner_slots) >= WORTH_SHARING
        self._blocks = _blocks(layout, 2 * threads if shared else 1)

    def __enter__(self) -> "BlockThreads":
        self._executor = ThreadPoolExecutor(self._threads, "star")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None

    def run(self, work: Callable[[Ints], None]) -> None:
        """Do the work on every attendee; it is given the first and the one after the last."""
        if self._executor is None or len(self._blocks) == 1:
            for block in self._blocks:
                work(block)
        else:
            list(self._executor.map(work, self._blocks))

    def each(self, work: Callable[[Scratch, Ints], None], batches: Sequence[Ints]) -> None:
        """Do the work, with scratch, on every batch of attendees."""
        run = map if self._executor is None else self._executor.map
        list(run(lambda batch: self._with_scratch(work, batch), batches))

    def _with_scratch(self, work: Callable[[Scratch, Ints], None], batch: Ints) -> None:
        scratch = self._desks.get()
        try:
            work(scratch, batch)
        finally:
            self._desks.put(scratch)


def _blocks(layout: Layout, count: int) -> list[Ints]:
    """Ranges of attendees with about as many slots and corners each."""
    load = layout.start + layout.corner_start
    wanted = load[-1] * np.arange(1, count) // count
    cuts = [0, *np.searchsorted(load, wanted).tolist(), layout.n]
    return [np.array([low, high], np.int64) for low, high in pairwise(cuts)]
