"""Child processes that plan, so that the optimiser runs in none of the service's own.

Children are forked from a server process that has the solver's modules loaded, which takes
milliseconds, and are kept for the next order, with whatever they have learned. A child ends when
its parent hangs up, however that came about; a child that did not finish its order is killed.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from app.day.notices.changes import changes_between
from app.large_documents import tune_gc
from app.logs import safe_traceback
from app.store.schedules import Written, to_written
from schemas.event import Event
from schemas.incident import Change
from schemas.schedule import Quality, Schedule
from schemas.solve import Conflict, Progress
from solver.budget import Budget
from solver.errors import Infeasible, NoIncumbentError

PRELOAD = ["app.workers.pool", "app.cli", "app.workers.preload"]
"""What children have loaded at birth: the program that starts them too, for it is run again."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""The kernels work on small vectors, which threads only slow down."""

BACKGROUND_NICENESS = 10
"""Niceness of work that nobody waits for."""
SECONDS_BETWEEN_REPORTS = 0.1
LARGEST_RESIDENT_BYTES = 2**30
"""A child that has grown beyond this is not used again."""

processes = get_context("forkserver")
processes.set_forkserver_preload(PRELOAD)


class ChildDiedError(Exception):
    """The process ended before it had answered."""


class TooBusyError(Exception):
    """No child was free within the time one may wait."""


@dataclass(frozen=True)
class PlanOrder:
    """An event to plan, as JSON, with what the service keeps beside it.

    ``improve``: what is published came of a repair; look for something better.
    """

    event: str
    budget: Budget
    published: str | None = None
    held_rounds: int = 0
    seed: int | None = None
    improve: bool = False


@dataclass(frozen=True)
class Task:
    """Something else that needs the solver's modules: a function of an event's JSON."""

    function: Callable[[str], Any]
    event: str


@dataclass(frozen=True)
class Planned:
    """A verified schedule as it is stored, with its quality."""

    written: Written
    quality: Quality


@dataclass(frozen=True)
class Improved:
    """What a search after a repair found: a better schedule and whom it touches, or a bound.

    ``automatic`` is the organiser's word that it may be published at once.
    """

    fresh: float
    proven: Quality
    better: Planned | None
    changes: tuple[Change, ...]
    automatic: bool


@dataclass(frozen=True)
class Contradicted:
    """The rules that cannot all hold."""

    conflict: tuple[Conflict, ...]


@dataclass(frozen=True)
class Exhausted:
    """The budget ended, or a stop came, before there was any schedule."""


@dataclass(frozen=True)
class Failed:
    """A defect of ours, and where; nothing of the event."""

    whereabouts: dict[str, object]


@dataclass(frozen=True)
class Done:
    """What the function of an errand returned."""

    value: Any


PlanReply = Planned | Improved | Contradicted | Exhausted | Failed
Report = Callable[[Progress], Awaitable[None]]


class Child:
    """One child process and the pipe to it."""

    def __init__(self) -> None:
        self._pipe, theirs = processes.Pipe()
        self._process = processes.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.busy = False

    async def plan(self, order: PlanOrder, report: Report) -> PlanReply:
        """Have ``order`` planned, passing on each progress; ChildDiedError if that fails."""
        answer: PlanReply = await self._do(order, report)
        return answer

    async def run(self, errand: Task) -> Done | Failed:
        """Have ``errand`` run; ChildDiedError if that fails."""
        answer: Done | Failed = await self._do(errand, _ignore)
        return answer

    async def _do(self, work: PlanOrder | Task, report: Report) -> Any:
        self.busy = True
        try:
            await self._aside(self._pipe.send, work)
            answer = await self._answer(report)
        except (EOFError, OSError) as error:
            raise ChildDiedError from error
        self.busy = False
        return answer

    async def _answer(self, report: Report) -> Any:
        while True:
            await _readable(self._pipe)
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
            self._process.kill()
            await asyncio.wait([using])
            raise

    def stop(self) -> None:
        """Ask for the best found so far, now."""
        with suppress(OSError):
            self._pipe.send(_STOP)

    def end(self) -> None:
        """Kill the process; nothing of it remains."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()

    def fit(self, largest: int) -> bool:
        """Whether another order may be given: it is done, and holds less than ``largest`` bytes."""
        small = not self.busy and self._process.is_alive()
        return small and _resident(self._process.pid) < largest


def lower_priority() -> None:
    """Let this process do from now on what nobody waits for."""
    os.nice(BACKGROUND_NICENESS - os.nice(0))


def share_text_cache(folder: Path) -> None:
    """Let all children of this process to come share what they learn of texts' meaning."""
    os.environ.setdefault("TERTIUS_CACHE", str(folder.absolute()))


def has_text_cache() -> bool:
    """Whether children keep what they learn."""
    return "TERTIUS_CACHE" in os.environ


class ChildPool:
    """At most ``most`` children at work; those that are free stay for the next order."""

    def __init__(self, most: int, largest: int = LARGEST_RESIDENT_BYTES) -> None:
        os.environ.update(ONE_THREAD)  # inherited by the fork server that the first child starts
        self._most, self._largest = most, largest
        self._seats = asyncio.Semaphore(most)
        self._free: list[Child] = []

    async def warm(self) -> None:
        """Have every child ready before the first order."""
        self._free += [await asyncio.to_thread(Child) for _ in range(self._most)]

    @asynccontextmanager
    async def lend(self, patience: float | None = None) -> AsyncIterator[Child]:
        """Lend a child; TooBusyError when none is free within ``patience`` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._seats.acquire()
        except TimeoutError:
            raise TooBusyError from None
        try:
            child = self._free.pop() if self._free else await asyncio.to_thread(Child)
            try:
                yield child
            finally:
                self._take_back(child)
        finally:
            self._seats.release()

    def close(self) -> None:
        """End the free ones; those at work end with whoever has them."""
        while self._free:
            self._free.pop().end()

    def _take_back(self, child: Child) -> None:
        if child.fit(self._largest):
            self._free.append(child)
        else:
            child.end()


async def _ignore(_: Progress) -> None:
    """An errand has no progress."""


async def _readable(pipe: Connection) -> None:
    """Wait until there is something to read, or nobody at the other end."""
    ready, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(pipe.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(pipe.fileno())


def _resident(pid: int | None) -> int:
    """Bytes of memory that a process holds; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


_STOP = "stop"


def _work(pipe: Connection) -> None:
    """Do what is ordered, one thing after the other, until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal
    tune_gc()
    inbox = _Inbox(pipe)
    while True:
        order = inbox.orders.get()
        if isinstance(order, Task):
            pipe.send(_run(order))
        else:
            pipe.send(_answer(order, _Outbox(pipe, inbox.stop)))


class _Inbox:
    """Orders and stops as they come, read beside the planning; the end of it ends the process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.orders: SimpleQueue[PlanOrder | Task] = SimpleQueue()
        self.stop = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(0)
            if isinstance(message, PlanOrder | Task):
                self.stop.clear()
                self.orders.put(message)
            else:
                self.stop.set()


class _Outbox:
    """Progress on its way out: the newest, at most every so often."""

    def __init__(self, pipe: Connection, stop: threading.Event) -> None:
        self._pipe = pipe
        self._stop = stop
        self._newest: Progress | None = None
        self._due = time.monotonic() + SECONDS_BETWEEN_REPORTS  # an answer at once needs none

    def report(self, progress: Progress) -> None:
        """Send ``progress`` once it is due, unless a newer one comes before."""
        self._newest = progress
        self._send_due()

    def stopped(self) -> bool:
        """Whether the parent has asked for an end; asked often, so it also sends what is due."""
        self._send_due()
        return self._stop.is_set()

    def _send_due(self) -> None:
        if self._newest is None or time.monotonic() < self._due:
            return
        self._pipe.send(self._newest)
        self._newest = None
        self._due = time.monotonic() + SECONDS_BETWEEN_REPORTS


def _run(errand: Task) -> Done | Failed:
    """Run an errand; whatever goes wrong is an answer as well."""
    try:
        return Done(errand.function(errand.event))
    except Exception as error:
        return Failed(safe_traceback(error))


def _answer(order: PlanOrder, outbox: _Outbox) -> PlanReply:
    """Plan, and say what came of it; whatever goes wrong is an answer as well."""
    try:
        from app.planning.plan import plan_schedule  # the optimiser is loaded in children alone

        event = _event(order)
        if order.improve:
            return _improved(event, order.budget, outbox)
        return _planned(plan_schedule(event, order.budget, outbox.report, outbox.stopped))
    except Infeasible as error:
        return Contradicted(error.conflict)
    except NoIncumbentError:
        return Exhausted()
    except Exception as error:
        return Failed(safe_traceback(error))


def _event(order: PlanOrder) -> Event:
    """The event with its seed, and with the schedule it is a replan of."""
    event = Event.model_validate_json(order.event)
    known: dict[str, object] = {}
    if order.seed is not None:
        known["seed"] = order.seed
    if order.published is not None:
        known["published"] = Schedule.model_validate_json(order.published)
        known["held_rounds"] = order.held_rounds
    return event.model_copy(update=known)


def _planned(schedule: Schedule) -> Planned:
    if schedule.quality is None:
        raise ValueError("a schedule without its quality")
    return Planned(to_written(schedule), schedule.quality)


def _improved(event: Event, budget: Budget, outbox: _Outbox) -> Improved:
    from app.planning.improvement import find_improvement

    lower_priority()
    found = find_improvement(event, budget, outbox.report, outbox.stopped)
    told = (
        changes_between(event.published, found.better) if event.published and found.better else ()
    )
    return Improved(
        found.fresh,
        found.proven,
        _planned(found.better) if found.better else None,
        told,
        event.policy.publish == "auto",
    )
