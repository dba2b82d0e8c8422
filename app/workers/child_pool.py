"""Child processes that plan, so that the optimiser runs in none of the service's own.

Children are forked from a server process that has the solver's modules loaded, which takes
milliseconds, and are kept for the next order, with whatever they have learned. A child ends when
its parent hangs up, however that came about; a child that did not finish its order is killed,
because its caller has left, or because the order took more time or memory than it may.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import inf
from multiprocessing import get_context
from pathlib import Path
from select import select
from typing import Any, TypeVar
from weakref import WeakSet

import structlog

from app.errors import ChildDied, Defect, OutOfMemory, OutOfTime, TooBusy
from app.workers.child import STOP, serve_orders
from app.workers.fair_queue import FairQueue
from app.workers.messages import (
    Done,
    Failed,
    PlanOrder,
    PlanReply,
    Report,
    Task,
)
from app.workers.waiting import wait_readable
from schemas.solve import Progress

PRELOAD = ["app.workers.child", "app.cli", "app.workers.preload"]
"""What children have loaded at birth: the program that starts them too, for it is run again."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""The kernels work on small vectors, which threads only slow down."""

LARGEST_RESIDENT_BYTES = 2**30
"""A child that has grown beyond this is not used again."""
SECONDS_KEPT = 1800.0
"""How long a child that has worked, and grown with it, is kept for a next order."""
SECONDS_BETWEEN_CHECKS = 0.1
"""How often it is seen to what a child at work takes."""
SECONDS_TO_BE_GONE = 0.5

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)

processes = get_context("forkserver")
processes.set_forkserver_preload(PRELOAD)


@dataclass(frozen=True)
class Limits:
    """What one order may take: beyond it the child is killed, whatever it was doing."""

    seconds: float = inf
    resident_bytes: int = 4 * 2**30


LIMITS = Limits()
"""Of whoever sees to the time themselves."""


class Child:
    """One child process and the pipe to it; ChildDied if it cannot be started.

    ``owner`` is whom it worked for last: it may remember what they ask about next.
    """

    def __init__(self) -> None:
        self._pipe, theirs = processes.Pipe()
        self._process = processes.Process(target=serve_orders, args=(theirs,), daemon=True)
        try:
            self._process.start()
        except (EOFError, OSError) as error:  # the fork server has died: the next child starts one
            raise ChildDied from error
        finally:
            theirs.close()
        self.busy = False
        self.owner = ""
        self._listening = self._stopped = False
        _ALIVE.add(self)

    async def plan(self, order: PlanOrder, report: Report) -> PlanReply:
        """Have ``order`` planned, passing on each progress; ChildDied if that fails."""
        answer: PlanReply = await self._do(order, report)
        return answer

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process.pid is not None  # noqa: S101 - it was started
        return self._process.pid

    async def run(self, task: Task) -> Done | Failed:
        """Have the task run; ChildDied if that fails."""
        answer: Done | Failed = await self._do(task, _ignore)
        return answer

    async def _do(self, work: PlanOrder | Task, report: Report) -> Any:
        self.busy, self._stopped = True, False
        try:
            await self._aside(self._pipe.send, work)
            self._listening = True
            if self._stopped:
                self._say_stop()
            answer = await self._answer(report)
        except (EOFError, OSError) as error:
            raise ChildDied from error
        finally:
            self._listening = False
        self.busy = False
        return answer

    async def _answer(self, report: Report) -> Any:
        while True:
            await wait_readable(self._pipe.fileno())
            message = await self._aside(self._pipe.recv)
            if not isinstance(message, Progress):
                return message
            await report(message)

    async def _aside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Use the pipe in a thread, for what goes through it may be large.

        Whoever cancels this means to end the child; the thread must be done with the pipe before.
        """
        using = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
        try:
            return await asyncio.shield(using)
        except asyncio.CancelledError:
            self.kill()
            await asyncio.gather(using, return_exceptions=True)
            raise

    def stop(self) -> None:
        """Ask for the best found so far, now, or as soon as the order is sent."""
        self._stopped = True
        if self._listening:
            self._say_stop()

    def _say_stop(self) -> None:
        """A child that does not read, because it sleeps, is not waited for: it has its limits."""
        _, heard, _ = select((), (self._pipe,), (), 0)
        if heard:
            with suppress(OSError):
                self._pipe.send(STOP)

    def kill(self) -> None:
        """Have the process end at once, whatever it does, be it asleep."""
        _ALIVE.discard(self)
        self._process.kill()

    def end(self) -> None:
        """Kill the process; nothing of it remains. A large one takes a moment to go."""
        self.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()

    def fit(self, largest: int) -> bool:
        """Whether another order may be given: it is done, and holds less than ``largest`` bytes."""
        return not self.busy and self._process.is_alive() and self.resident_bytes() < largest

    def resident_bytes(self) -> int:
        """Memory that the process holds; 0 where the system does not tell."""
        try:
            statm = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii")
        except OSError:
            return 0
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")


_ALIVE: WeakSet[Child] = WeakSet()


def children_alive() -> Sequence[Child]:
    """The children of this process that were not ended."""
    return list(_ALIVE)


def share_text_cache(folder: Path) -> None:
    """Let all children of this process to come share what they learn of texts' meaning."""
    os.environ.setdefault("TERTIUS_CACHE", str(folder.absolute()))


def has_text_cache() -> bool:
    """Whether children keep what they learn."""
    return "TERTIUS_CACHE" in os.environ


class ChildPool:
    """At most ``most`` children at work for one owner, and ``spare`` more while others wait too.

    Those that are free stay for the next order, of the same owner if there is one. Who has worked
    is kept for ``seconds``; then a warm pool has a new child in its place.
    """

    def __init__(
        self,
        most: int,
        largest: int = LARGEST_RESIDENT_BYTES,
        seconds: float = SECONDS_KEPT,
        *,
        spare: int = 0,
        limits: Limits = LIMITS,
    ) -> None:
        os.environ.update(ONE_THREAD)  # inherited by the fork server that the first child starts
        self._most, self._largest, self._seconds = most, largest, seconds
        self._limits = limits
        self._most_kept = most + spare
        self._places = FairQueue(self._most_kept, most)
        self._free: dict[Child, asyncio.TimerHandle | None] = {}
        self._warm = False
        self._renewing: set[asyncio.Task[None]] = set()

    async def warm(self) -> None:
        """Have every child ready before the first order, and ever after."""
        self._warm = True
        for _ in range(self._most):
            await self._add()

    @asynccontextmanager
    async def lend(self, patience: float | None = None, owner: str = "") -> AsyncIterator[Child]:
        """Lend a child in the turn of ``owner``; TooBusy when none is free within ``patience``."""
        try:
            async with asyncio.timeout(patience):
                await self._places.take(owner)
        except TimeoutError:
            raise TooBusy from None
        try:
            child = self._free_child(owner) or await _new_child()
            child.owner = owner
            try:
                yield child
            finally:
                self._take_back(child)
        finally:
            self._places.give_back(owner)

    async def use(
        self,
        work: Callable[[Child], Coroutine[Any, Any, Answer]],
        patience: float | None = None,
        owner: str = "",
    ) -> Answer:
        """What ``work`` makes of a child; begun once more, with another, if the child dies.

        All that children are asked for may be begun again: what they find is kept by whoever asks.
        Raises TooBusy as ``lend`` does, ChildDied if the second child dies as well, OutOfTime and
        OutOfMemory where the limits of the pool are reached; that is not begun again.
        """
        try:
            return await self._use_once(work, patience, owner)
        except ChildDied:
            log.warning("child died", again=True)
        return await self._use_once(work, patience, owner)

    async def _use_once(
        self,
        work: Callable[[Child], Coroutine[Any, Any, Answer]],
        patience: float | None,
        owner: str,
    ) -> Answer:
        async with self.lend(patience, owner) as child:
            end = _now() + self._limits.seconds
            working = asyncio.create_task(work(child))
            try:
                while not (await asyncio.wait([working], timeout=SECONDS_BETWEEN_CHECKS))[0]:
                    self._check(child, end)
                return working.result()
            except (ChildDied, OutOfTime):
                self._end_free()  # whatever befell this one may have befallen all of them
                raise
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

    def _check(self, child: Child, end: float) -> None:
        """Raise OutOfTime or OutOfMemory if the child has reached a limit."""
        resident = child.resident_bytes()
        if resident > self._limits.resident_bytes:
            log.warning("child killed", reason="memory", resident_bytes=resident)
            raise OutOfMemory
        if _now() > end:
            log.warning("child killed", reason="time", seconds=self._limits.seconds)
            raise OutOfTime

    async def run(self, task: Task, patience: float | None = None, owner: str = "") -> Any:
        """What the function of ``task`` returns; Defect if it fails, else as ``use``."""
        answer: Done | Failed = await self.use(lambda child: child.run(task), patience, owner)
        if isinstance(answer, Failed):
            log.error("failed", **answer.whereabouts)
            raise Defect
        return answer.value

    def close(self) -> None:
        """End the free ones; those at work end with whoever has them."""
        self._warm = False
        self._end_free()

    def _end_free(self) -> None:
        while child := self._pop():
            child.end()

    def _free_child(self, owner: str) -> Child | None:
        """One that is free; those that died while they were are not."""
        while child := self._pop(owner):
            if child.fit(self._largest):
                return child
            child.end()
        return None

    def _pop(self, owner: str = "") -> Child | None:
        """The one that worked for the owner last, else the one that is free the longest, if any."""
        known = (child for child in self._free if child.owner == owner)
        child = next(known, None) or next(iter(self._free), None)
        if child is None:
            return None
        timer = self._free.pop(child)
        if timer is not None:
            timer.cancel()
        return child

    def _take_back(self, child: Child) -> None:
        if child.fit(self._largest) and len(self._free) < self._most_kept:
            later = asyncio.get_running_loop().call_later
            self._free[child] = later(self._seconds, self._retire, child)
        else:
            child.kill()
            asyncio.get_running_loop().run_in_executor(None, child.end)

    def _retire(self, child: Child) -> None:
        """End a child that nobody has asked for long, and with it what it holds."""
        del self._free[child]
        child.end()
        if self._warm:
            renewing = asyncio.create_task(self._add())
            self._renewing.add(renewing)
            renewing.add_done_callback(self._renewing.discard)

    async def _add(self) -> None:
        """Have one more child ready, which holds nothing of its own."""
        try:
            child = await _new_child()
        except ChildDied:
            log.warning("child died", again=False)
            return
        if self._warm and len(self._free) < self._most:
            self._free[child] = None
        else:
            child.end()


async def _ignore(_: Progress) -> None:
    """A task has no progress."""


async def _new_child() -> Child:
    """A child that knows nothing; a fork server that was killed has a moment to be gone."""
    with suppress(ChildDied):
        return await asyncio.to_thread(Child)
    await asyncio.sleep(SECONDS_TO_BE_GONE)
    return await asyncio.to_thread(Child)


def _now() -> float:
    return asyncio.get_running_loop().time()
