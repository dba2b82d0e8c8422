"""Repairs, carried out at once: by the process that took the incidents, else by a worker.

An event has one unfinished repair at a time, and its row is the truth. Whoever carries it out
reads how the event stands, has a child mend the schedule, and stores it with the end of the repair
in one transaction, if the event still stands so. If not, it mends once more and keeps other
writers of the event waiting meanwhile: a burst of incidents costs two repairs, a stream of them
cannot put the new version off, and what finishes late overwrites nothing. They wait outside of any
transaction: those of this process for their turn, those of others for the end of a lease.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import ChildDied, OutOfMemory, Refused
from app.logs import safe_traceback
from app.planning.document import Cause
from app.store import events, incidents, leases, schedules, solves
from app.store.engine import Store
from app.store.events import StoredEvent
from app.store.solves import StoredSolve, conflict_json
from app.workers.child_pool import Child, ChildPool
from app.workers.messages import Contradicted, Failed, Task
from app.workers.repair_memory import (
    MissingInput,
    RepairAnswer,
    RepairOrder,
    RepairReply,
    StillStanding,
    answer_repair,
    load_models,
)
from app.workers.text_prefetch import TEXT
from schemas.incident import Repair

PATIENCE_SECONDS = 600.0
"""How long a repair may take before its child is given up."""
LARGEST_MEMORY_BYTES = 4 * 2**30
"""What a child that mends may hold: what it remembers is what makes repairs quick."""
LEAST_LEASE_SECONDS, REPAIRS_IN_A_LEASE = 15.0, 3.0
"""How long a repair has an event to itself: so many times as long as the one before took."""
PREPARED_UP_TO = 5_000
"""Attendees of an event that is taken up at publication; more would keep its child from others."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Situation:
    """How an event stands, which version is published, and whether only an edit asks."""

    event: StoredEvent
    version: int
    digest: str
    edited: bool = False

    def holds(self, now: "Situation") -> bool:
        """Whether an answer to this is one to ``now``."""
        same = self.event.revision == now.event.revision
        return same and (self.version, self.digest) == (now.version, now.digest)


class RepairJob:
    """What it takes to carry out repairs: the store, and a child with its memory."""

    def __init__(self, store: Store, children: ChildPool) -> None:
        self._store = store
        self._children = children

    async def run(self, solve_id: str) -> None:
        """Carry the repair out to its end; nothing happens if it has ended or is gone.

        Raises ChildDied if that befell two children: it is as unfinished as before then.
        """
        async with self._store.read() as connection:
            solve = await _unfinished(connection, solve_id)
            seen = await _situation(connection, solve.event_id, solve) if solve else None
        if solve is None or seen is None:
            return
        begun, answer = monotonic(), await self._answer(seen)
        async with self._store.turn(solve.event_id):
            while seen := await self._keep_if_current(solve, seen, answer, monotonic() - begun):
                begun, answer = monotonic(), await self._answer(seen)

    async def _keep_if_current(
        self, solve: StoredSolve, seen: Situation, answer: RepairReply | Failed, took: float
    ) -> Situation | None:
        """Store the answer and the end of the repair, and return None, if the event stands so.

        If not, the event is this repair's alone for long enough to repair it as it stands now;
        whoever carries the repair on, if this process dies, has the same lease.
        """
        lease = leases.EVENT + solve.event_id
        async with self._store.write() as connection:
            now = await _situation(connection, solve.event_id, solve, lock=True)
            if now is not None and await _unfinished(connection, solve.id):
                if not seen.holds(now):
                    seconds = max(LEAST_LEASE_SECONDS, REPAIRS_IN_A_LEASE * took)
                    await leases.take(connection, lease, solve.id, seconds)
                    return now
                await _keep(connection, solve, now, answer)
            await leases.give_back(connection, lease, solve.id)
            return None

    async def prepare(self, event_id: str) -> None:
        """Have the child know the event and what is published, so that a repair starts warm."""
        async with self._store.read() as connection:
            situation = await _situation(connection, event_id)
        if situation is None or situation.event.attendees > PREPARED_UP_TO:
            return
        with suppress(Refused):
            await self._answer(situation)
            if TEXT in situation.event.outline:
                load = Task(load_models, "")
                await self._children.use(partial(_run, load), owner=situation.event.organisation)

    async def _answer(self, situation: Situation) -> RepairReply | Failed:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._children.use(
                    partial(self._asked, situation=situation), owner=situation.event.organisation
                )
        except OutOfMemory as error:
            return Failed({"error": error.title})
        except TimeoutError:
            return Failed({"error": "the repair did not come to its end"})

    async def _asked(self, child: Child, situation: Situation) -> RepairReply | Failed:
        """What the child makes of the order, once it has all that the order builds on."""
        event = situation.event
        order = RepairOrder(
            event_id=event.id,
            day=event.day,
            held_rounds=event.held_rounds,
            benefits_digest=event.benefits_digest,
            version_digest=situation.digest,
            edited=situation.edited,
        )
        answer = await _told(child, event, order)
        if isinstance(answer, MissingInput):
            whole = replace(
                order,
                benefits_json=event.benefits_json,
                version_json=await self._published(situation),
            )
            answer = await _told(child, event, whole)
        return answer

    async def _published(self, situation: Situation) -> str | None:
        async with self._store.read() as connection:
            found = await schedules.find(connection, situation.event.id, situation.version)
        return found.document if found else None


async def _run(task: Task, child: Child) -> None:
    await child.run(task)


async def _told(child: Child, event: StoredEvent, order: RepairOrder) -> RepairReply | Failed:
    answer = await child.run(Task(partial(answer_repair, order=order), event.outline))
    return answer if isinstance(answer, Failed) else answer.value


async def _situation(
    connection: AsyncConnection,
    event_id: str,
    solve: StoredSolve | None = None,
    *,
    lock: bool = False,
) -> Situation | None:
    """How the event stands, if anything is published, for a repair that is asked for or none.

    ``lock`` keeps other writers away.
    """
    event = await events.find(connection, event_id, lock=lock)
    head = await schedules.version_head(connection, event_id)
    if event is None or head is None or head.status != "published":
        return None
    edited = solve is not None and not await incidents.ask_for(connection, event_id, solve.id)
    return Situation(event, head.version, head.digest, edited)


async def _unfinished(connection: AsyncConnection, solve_id: str) -> StoredSolve | None:
    solve = await solves.find(connection, solve_id)
    return solve if solve and solve.state in solves.OPEN else None


async def _keep(
    connection: AsyncConnection,
    solve: StoredSolve,
    situation: Situation,
    answer: RepairReply | Failed,
) -> None:
    """Store what came of a repair together with its end."""
    if isinstance(answer, RepairAnswer):
        await _keep_schedule(connection, solve, situation, answer)
    elif isinstance(answer, StillStanding):
        version = situation.version
        repair = Repair(version=version, status="published").model_dump_json(by_alias=True)
        await solves.update(connection, solve.id, state="done", repair=repair, version=version)
    elif isinstance(answer, Contradicted):
        conflict = conflict_json(answer.conflict)
        await solves.update(connection, solve.id, state="infeasible", conflict=conflict)
    else:
        where = answer.whereabouts if isinstance(answer, Failed) else {"error": "texts are gone"}
        log.error("failed", solve=solve.id, **where)
        await solves.update(connection, solve.id, state="failed")


async def _keep_schedule(
    connection: AsyncConnection, solve: StoredSolve, situation: Situation, answer: RepairAnswer
) -> None:
    """Store the version, publish it if that is allowed, and end the repair."""
    event = situation.event
    version = await schedules.next_version(connection, event.id)
    status = "published" if answer.automatic else "draft"
    done = answer.repair.model_copy(update={"version": version, "status": status})
    repair = done.model_dump_json(by_alias=True)
    known = await incidents.length(connection, event.id)
    cause: Cause = "edit" if situation.edited else "repair"
    made = replace(answer.written, cause=cause, incidents=known, repair=repair)
    stored = await schedules.add(connection, event.id, made, event.revision)
    if answer.automatic:
        await schedules.publish(connection, stored, answer.repair.changes)
    quality = made.quality
    await solves.update(
        connection,
        solve.id,
        state="done",
        revision=event.revision,
        repair=repair,
        version=version,
        objective=quality and quality.objective,
    )


def repair_pool() -> ChildPool:
    """The child that mends, and one more while another organisation waits for it."""
    return ChildPool(1, LARGEST_MEMORY_BYTES, spare=1)


class RepairRunner:
    """The repairs that an api process carries out, each once however many wait for it.

    ``afterwards`` is called with the event of each repair that has ended, ``timed`` with how many
    seconds it took.
    """

    def __init__(
        self, store: Store, afterwards: Callable[[str], None], timed: Callable[[float], None]
    ) -> None:
        self._store = store
        self._children = repair_pool()
        self._mending = RepairJob(store, self._children)
        self._afterwards, self._timed = afterwards, timed
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def resume(self) -> None:
        """Begin what was left unfinished."""
        async with self._store.read() as connection:
            for solve in await solves.unfinished(connection):
                if solve.kind == "repair":
                    self.begin(solve.id, solve.event_id)

    async def ended(self, solve_id: str, event_id: str, seconds: float) -> None:
        """Carry the repair out; return when it has ended, or after ``seconds``."""
        await asyncio.wait([self.begin(solve_id, event_id)], timeout=seconds)

    def prepare(self, event_id: str) -> None:
        """Have the child know what is published, so that the first incident finds it warm."""
        self._task(f"prepare {event_id}", self._mending.prepare(event_id))

    async def close(self) -> None:
        """Leave what is unfinished to the workers."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._children.close()

    def begin(self, solve_id: str, event_id: str) -> asyncio.Task[None]:
        """Carry the repair out, unless that is being done."""
        return self._task(solve_id, self._run(solve_id, event_id))

    def _task(self, name: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        known = self._tasks.get(name)
        if known is not None:
            work.close()
            return known
        task = self._tasks[name] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop(name))
        return task

    async def _run(self, solve_id: str, event_id: str) -> None:
        begun = monotonic()
        try:
            await self._mending.run(solve_id)
            self._timed(monotonic() - begun)
        except (SQLAlchemyError, ChildDied) as error:
            log.warning("left to the workers", solve=solve_id, **safe_traceback(error))
        self._afterwards(event_id)
