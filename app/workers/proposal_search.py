"""After repairs: what would a few moves give those whom the day leaves short?

A child looks for it as soon as a repair has ended, while nobody waits. What it finds is stored if
the event still stands as it did; a search that is lost with its process is made up for by the next
incident.
"""

import asyncio
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Refused
from app.logs import safe_traceback
from app.store import events, news, proposals, schedules, solves
from app.store.engine import Store
from app.store.events import StoredEvent
from app.store.proposals import StoredProposal
from app.store.schedules import StoredSchedule
from app.workers.child_pool import Limits
from app.workers.tasks import FoundProposal, TaskRunner, proposal_of
from schemas import limits

SECONDS_OF_QUIET = 0.2
"""A burst of incidents is one search."""

log = structlog.get_logger(__name__)


class ProposalSearch:
    """The searches of an api process, one at a time for each event."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store, self._children = store, TaskRunner(limits)
        self._wanted: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def expect(self, event_id: str) -> None:
        """Search soon, and again if that has begun already."""
        self._wanted.add(event_id)
        if event_id not in self._tasks:
            self._tasks[event_id] = asyncio.create_task(self._run(event_id))

    def goes_on(self, event_id: str) -> bool:
        """Whether a search of this process for the event has not ended."""
        return event_id in self._tasks

    async def ended(self, event_id: str, seconds: float) -> None:
        """Return when there is no search for the event any more, or after ``seconds``."""
        if task := self._tasks.get(event_id):
            await asyncio.wait([task], timeout=seconds)

    async def close(self) -> None:
        """Search no more, and end the child."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._children.close()

    async def _run(self, event_id: str) -> None:
        try:
            while event_id in self._wanted:
                await asyncio.sleep(SECONDS_OF_QUIET)
                self._wanted.discard(event_id)
                try:
                    await self._search(event_id)
                except (SQLAlchemyError, Refused) as error:
                    log.warning("no proposal", **safe_traceback(error))
        finally:  # at once: whoever wants a search from here on begins another
            del self._tasks[event_id]

    async def _search(self, event_id: str) -> None:
        async with self._store.read() as connection:
            event = await _to_be_looked_at(connection, event_id)
            published = await schedules.published(connection, event_id) if event else None
        if event is None or published is None:
            return
        task = partial(proposal_of, schedule=published.whole_document(), held=event.held_rounds)
        found = await self._children.run(task, event.document, event.organisation)
        await self._store.transact(partial(_keep, event, published, found), event_id)


async def _to_be_looked_at(connection: AsyncConnection, event_id: str) -> StoredEvent | None:
    """The event, if it has open rounds, is small enough and waits for no repair."""
    standing = await events.progress(connection, event_id)
    if standing is None or standing.published_version is None:
        return None
    if standing.held_rounds >= standing.rounds:
        return None
    if await solves.open_of_event(connection, event_id, "repair"):
        return None
    event = await events.find(connection, event_id)
    return event if event and event.attendees <= limits.PROPOSED_FOR else None


async def _keep(
    event: StoredEvent,
    published: StoredSchedule,
    found: FoundProposal | None,
    connection: AsyncConnection,
) -> None:
    """Store what was found, if the event still stands as it did."""
    now = await events.find(connection, event.id, lock=True)
    before = (event.revision, published.version)
    if now is None or (now.revision, now.published_version) != before:
        return
    old = await proposals.current(connection, event.id)
    if found is None:
        if old is not None:
            await proposals.forget(connection, event.id)
        return
    if old is not None and old.id == found.told.id:
        return
    stored = StoredProposal(
        event_id=event.id,
        id=found.told.id,
        basis=published.version,
        revision=event.revision,
        version=None,
        told=found.told.model_dump_json(by_alias=True),
        document=found.document,
    )
    await proposals.keep(connection, stored)
    await news.append(connection, event.id, "proposed", {"proposal": stored.id})
