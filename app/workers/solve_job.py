"""One solve in a worker: taken up, planned by a child, kept in one transaction.

Every step may be cut short by a crash and is simply done again: a solve that has ended is never
taken up, and its end and its schedule are one transaction. An interrupted search starts afresh.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import ChildDied, OutOfMemory
from app.planning.document import add_fresh_objective
from app.settings import Settings
from app.store import events, incidents, schedules, solve_progress, solves
from app.store.engine import Store
from app.store.events import EventProgress, StoredEvent
from app.store.schedules import StoredSchedule
from app.store.solves import Kind, StoredSolve, conflict_json
from app.workers.child_pool import Child, ChildPool
from app.workers.messages import (
    Contradicted,
    Exhausted,
    Failed,
    Improved,
    Outdated,
    Planned,
    PlanOrder,
    PlanReply,
)
from app.workers.repair_job import RepairJob, repair_pool
from app.workers.stuck_child import kill_if_stuck
from app.workers.waiting import in_background, wait_for_event
from schemas.schedule import Quality
from schemas.solve import Advice, Conflict, Progress
from solver.budget import Budget

SECONDS_BETWEEN_CHECKS = 0.1
SECONDS_OF_GRACE = 30.0
SECONDS_AN_ATTENDEE = 0.3
"""How long a child may take beyond the budget of its solve, before it is given up as endless.

Compatibilities are found before the budget begins, and a search looks at the time now and then:
2,000 people whose texts were all new took 282 s beyond 5 s, with eight processes on two cores.
"""
SECONDS_OF_PATIENCE = 300.0
"""How long one waits, at each step of a solve, for a database that is full or away."""
SECONDS_BETWEEN_TRIES = 1.0

NO_SCHEDULE = Conflict(
    pointer="",
    code="no_schedule_in_time",
    message="the search ended before it had a schedule that keeps every rule: give it more time",
)
GIVEN_UP = Conflict(
    pointer="",
    code="given_up",
    message="it was begun several times and did not come to its end, which is a fault of the "
    "server and not of the event: ask again; the worker's log says more",
)
DEFECT = Conflict(
    pointer="",
    code="defect",
    message="the search failed, which is a fault of the server and not of the event: the worker's "
    "log says where",
)

Outcome = TypeVar("Outcome")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ActiveSolve:
    """A solve that is taken up, and how the event stood then."""

    solve: StoredSolve
    standing: EventProgress
    attendees: int
    order: PlanOrder

    def outdated(self, standing: EventProgress) -> bool:
        """Whether an improvement comes too late; a solve stays what it was asked to be."""
        return self.solve.kind == "improvement" and standing != self.standing


class SolveJob:
    """What a worker needs to carry out solves."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._children: dict[Kind, ChildPool] = {
            "solve": ChildPool(settings.solves_at_once),
            "improvement": ChildPool(1),
            "repair": repair_pool(),
        }
        self._mending = RepairJob(store, self._children["repair"])

    async def warm(self) -> None:
        """Have every child ready."""
        for children in self._children.values():
            await children.warm()

    def close(self) -> None:
        """End the children that are free."""
        for children in self._children.values():
            children.close()

    async def run(self, solve_id: str) -> None:
        """Carry out a solve to its end; nothing happens if it has ended or is gone.

        A database that is full or away is waited for: no solve fails because of it.
        """
        solve = await self._patiently(solve_id, self._find)
        if solve is not None and solve.kind == "repair":
            await self._patiently(solve_id, self._mending.run)
            return
        task = await self._patiently(solve_id, self._take)
        if task is None:
            return
        answer = await self._plan(task)
        await self._patiently(solve_id, lambda _: self._keep(task, answer))

    async def _patiently(self, solve_id: str, work: Callable[[str], Awaitable[Outcome]]) -> Outcome:
        """What comes of ``work`` on a solve, as soon as the database lets one."""
        clock = asyncio.get_running_loop().time
        end = clock() + SECONDS_OF_PATIENCE
        while True:
            try:
                return await work(solve_id)
            except (OperationalError, InterfaceError) as error:
                if clock() > end:
                    raise
                log.warning("waits for the database", solve=solve_id, error=type(error).__name__)
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)

    async def _find(self, solve_id: str) -> StoredSolve | None:
        async with self._store.read() as connection:
            return await solves.find(connection, solve_id)

    async def fail(self, solve_id: str) -> None:
        """End a solve that cannot be carried out."""
        async with self._store.write() as connection:
            solve = await _locked(connection, solve_id)
            if solve is not None:
                await _end(connection, solve, "failed", conflict=(GIVEN_UP,))

    async def _take(self, solve_id: str) -> ActiveSolve | None:
        """Mark the solve as running, if there is anything to do."""
        async with self._store.write() as connection:
            solve = await _locked(connection, solve_id)
            event = solve and await events.find(connection, solve.event_id)
            standing = solve and await events.progress(connection, solve.event_id)
            if not solve or not event or not standing:
                return None
            if solve.kind == "improvement" and _nothing_to_improve(standing):
                await _end(connection, solve, "done")
                return None
            published = await schedules.published(connection, event.id)
            await solves.update(connection, solve_id, state="running", revision=event.revision)
        order = self._order(solve, event, published)
        return ActiveSolve(solve, standing, event.attendees, order)

    def _order(
        self, solve: StoredSolve, event: StoredEvent, published: StoredSchedule | None
    ) -> PlanOrder:
        return PlanOrder(
            event=event.document,
            budget=self._budget(solve),
            published=None if published is None else published.whole_document(),
            held_rounds=event.held_rounds,
            asked=solve.asked(),
            improve=solve.kind == "improvement",
        )

    def _budget(self, solve: StoredSolve) -> Budget:
        asked = solve.asked()
        return Budget(seconds=asked.seconds, work=asked.work, gap=asked.gap)

    async def _plan(self, task: ActiveSolve) -> PlanReply | Conflict:
        """Let a child plan, for as long as the budget, the caller and the event allow."""

        async def keep(told: Progress) -> None:
            try:
                async with self._store.write() as connection:
                    await _keep_progress(connection, task.solve.id, told)
            except SQLAlchemyError as error:  # the search goes on, and so may the database
                log.warning("progress lost", solve=task.solve.id, error=type(error).__name__)

        async def plan(child: Child) -> PlanReply:
            stuck = kill_if_stuck(child.pid, self._longest(task))
            async with self._overseen(task, child), in_background(stuck):
                return await child.plan(task.order, keep)

        try:
            return await self._children[task.solve.kind].use(plan)
        except (ChildDied, OutOfMemory) as error:
            return Conflict(pointer="", code="process_ended", message=error.title)

    def _longest(self, task: ActiveSolve) -> float:
        """How many seconds a child may take for the whole of it."""
        budget = task.order.budget.seconds or self._settings.longest_solve_seconds
        return budget + SECONDS_OF_GRACE + SECONDS_AN_ATTENDEE * task.attendees

    @asynccontextmanager
    async def _overseen(self, task: ActiveSolve, child: Child) -> AsyncIterator[None]:
        """Stop the child when its time is over, the caller says so, or the event moves on."""
        over = asyncio.Event()
        overseer = asyncio.create_task(self._oversee(task, child, over))
        try:
            yield
        finally:
            over.set()  # not cancelled: half a read could keep its lock on the database
            await asyncio.wait([overseer])

    async def _oversee(self, task: ActiveSolve, child: Child, over: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + self._settings.longest_solve_seconds
        while clock() < end and not await self._in_vain(task):
            if await wait_for_event(SECONDS_BETWEEN_CHECKS, over):
                return
        if not over.is_set():
            child.stop()

    async def _in_vain(self, task: ActiveSolve) -> bool:
        """Whether nobody wants the search to go on; while the database is away, one goes on."""
        try:
            async with self._store.read() as connection:
                solve = await solves.find(connection, task.solve.id)
                standing = await events.progress(connection, task.solve.event_id)
        except SQLAlchemyError:
            return False
        return solve is None or standing is None or solve.stop or task.outdated(standing)

    async def _keep(self, task: ActiveSolve, answer: PlanReply | Conflict) -> None:
        """Store what came of it; an improvement of what is no longer published is dropped."""
        async with self._store.write() as connection:
            solve = await _locked(connection, task.solve.id)
            standing = solve and await events.progress(connection, solve.event_id)
            if not solve or not standing:
                return
            if task.outdated(standing) or isinstance(answer, Outdated):
                await _end(connection, solve, "stopped")
            elif isinstance(answer, Planned):
                await _keep_progress(connection, solve.id, _progress(answer.quality))
                await _keep_schedule(connection, solve, answer)
            elif isinstance(answer, Improved):
                await _keep_improvement(connection, solve, answer)
            else:
                await _keep_refusal(connection, solve, answer)


async def _locked(connection: AsyncConnection, solve_id: str) -> StoredSolve | None:
    """The solve, if it has not ended, with its event kept from other writers."""
    solve = await solves.find(connection, solve_id)
    if solve is None or await events.find(connection, solve.event_id, lock=True) is None:
        return None
    solve = await solves.find(connection, solve_id, lock=True)
    return solve if solve and solve.state in solves.OPEN else None


def _nothing_to_improve(standing: EventProgress) -> bool:
    """Whether there is no schedule, or no open round of it, that could change."""
    return standing.published_version is None or standing.held_rounds >= standing.rounds


async def _keep_progress(connection: AsyncConnection, solve_id: str, told: Progress) -> None:
    """Store how far a search is, for the solve and for whoever watches it."""
    figures = {"objective": told.objective, "upper_bound": told.upper_bound, "gap": told.gap}
    if await solves.update(connection, solve_id, **figures):
        await solve_progress.add(connection, solve_id, told.model_dump_json())


async def _keep_schedule(
    connection: AsyncConnection, solve: StoredSolve, answer: Planned
) -> StoredSchedule:
    """Store the schedule as a version and the end of the solve, both or neither."""
    stored = await schedules.add(connection, solve.event_id, answer.written, solve.revision)
    quality = answer.quality
    await _end(
        connection,
        solve,
        "stopped" if quality.stopped_by == "stopped" else "done",
        version=stored.version,
        objective=quality.objective,
        upper_bound=quality.upper_bound,
        gap=quality.gap,
    )
    return stored


async def _keep_improvement(
    connection: AsyncConnection, solve: StoredSolve, answer: Improved
) -> None:
    """Store the better version, or what was proven about the one that is published."""
    published = await schedules.published(connection, solve.event_id)
    if published is None:
        return
    if answer.better is None:
        repair = await schedules.repair_of(connection, solve.event_id, published.version)
        told = add_fresh_objective(repair, answer.fresh) if repair else None
        await schedules.save_bound(connection, published, answer.proven, told)
        now = answer.proven
        figures: dict[str, Any] = {"upper_bound": now.upper_bound, "gap": now.gap}
        await _end(connection, solve, "done", objective=now.objective, **figures)
        return
    known = await incidents.length(connection, solve.event_id)
    made = replace(answer.better.written, cause="improvement", incidents=known)
    stored = await _keep_schedule(connection, solve, replace(answer.better, written=made))
    if answer.automatic:
        await schedules.publish(connection, stored, answer.changes)


async def _keep_refusal(
    connection: AsyncConnection, solve: StoredSolve, answer: PlanReply | Conflict
) -> None:
    """Store why there is no schedule."""
    if isinstance(answer, Contradicted):
        await _end(connection, solve, "infeasible", conflict=answer.conflict, advice=answer.advice)
    elif isinstance(answer, Exhausted):
        await _end(
            connection, solve, "stopped" if solve.stop else "failed", conflict=(NO_SCHEDULE,)
        )
    elif isinstance(answer, Failed):
        log.error("failed", solve=solve.id, **answer.whereabouts)
        await _end(connection, solve, "failed", conflict=(DEFECT,))
    elif isinstance(answer, Conflict):
        log.error("failed", solve=solve.id, error=answer.code)
        await _end(connection, solve, "failed", conflict=(answer,))


async def _end(
    connection: AsyncConnection,
    solve: StoredSolve,
    state: str,
    *,
    conflict: tuple[Conflict, ...] = (),
    advice: Advice | None = None,
    **values: Any,
) -> None:
    values |= {"conflict": conflict_json(conflict), "advice": advice and advice.model_dump_json()}
    await solves.update(connection, solve.id, state=state, **values)


def _progress(quality: Quality) -> Progress:
    """The last progress of a search: what it came to."""
    return Progress(
        seconds=quality.seconds,
        work=quality.work,
        objective=quality.objective,
        upper_bound=quality.upper_bound,
        gap=quality.gap,
    )
