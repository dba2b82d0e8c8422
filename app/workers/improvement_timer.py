"""Improvement after repairs: once the room is quiet, a worker looks for something better.

It is a solve like any other, durable and stopped by the next incident. What it may change is the
organiser's to say (``policy.stability``, ``max_changes``); what it proves is added to the version.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.logs import safe_traceback
from app.settings import Settings
from app.store import events, schedules, solves
from app.store.engine import Store
from app.workers.proposal_search import ProposalSearch
from app.workers.repair_job import RepairRunner
from schemas.solve import SolveRequest

log = structlog.get_logger(__name__)


class ImprovementTimer:
    """Asks for an improvement of an event when nothing has happened to it for ``quiet`` seconds."""

    def __init__(self, store: Store, quiet: float, work: int) -> None:
        self._store = store
        self._quiet, self._work = quiet, work
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def expect(self, event_id: str) -> None:
        """Begin to wait, anew if this was waited for already."""
        waiting = self._tasks.pop(event_id, None)
        if waiting is not None:
            waiting.cancel()
        if self._work:
            self._tasks[event_id] = asyncio.create_task(self._ask(event_id))

    async def close(self) -> None:
        """Wait no longer."""
        waiting = list(self._tasks.values())
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _ask(self, event_id: str) -> None:
        await asyncio.sleep(self._quiet)
        self._tasks.pop(event_id, None)  # from here on nothing new cancels it
        try:
            await self._queue_improvement(event_id)
        except SQLAlchemyError as error:
            log.warning("no improvement", **safe_traceback(error))

    async def _queue_improvement(self, event_id: str) -> None:
        """Queue an improvement, if what is published came of a repair."""
        async with self._store.write() as connection:
            stored = await events.find(connection, event_id, lock=True)
            head = await schedules.version_head(connection, event_id)
            if stored is None or head is None or head.status != "published":
                return
            if head.cause not in schedules.REPAIRS:
                return
            for kind in ("repair", "improvement"):
                if await solves.open_of_event(connection, event_id, kind):
                    return
            request = SolveRequest(work=self._work)
            await solves.add(connection, event_id, "improvement", request, stored.revision)


@asynccontextmanager
async def running_repairs(
    settings: Settings, store: Store, proposing: ProposalSearch, timed: Callable[[float], None]
) -> AsyncIterator[RepairRunner]:
    """The repairs of an api process while it runs, and what follows them.

    ``timed`` is called with the seconds that each took.
    """
    improving = ImprovementTimer(store, settings.quiet_seconds, settings.improvement_work)

    def follow(event_id: str) -> None:
        improving.expect(event_id)
        proposing.expect(event_id)

    repairs = RepairRunner(store, follow, timed)
    await repairs.resume()
    try:
        yield repairs
    finally:
        await improving.close()
        await repairs.close()
