"""Rows for tests that need no service: a store of its own, an event in it, solves of the event."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import Written, write_event
from app.settings import Settings
from app.store import events, schedules, solves
from app.store.engine import Store
from app.store.schedules import StoredSchedule
from app.store.solves import Kind, StoredSolve
from schemas.event import Event
from schemas.solve import SolveRequest
from tests.api import TWO


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The store, with its tables."""
    store = Store(settings)
    await store.migrate()
    yield store
    await store.close()


async def queued(store: Store, kind: Kind = "solve", organisation: str = "local") -> StoredSolve:
    """A solve of a new event, waiting for a worker."""
    event = Event.model_validate(TWO, strict=False)
    async with store.write() as connection:
        stored = await events.add(connection, organisation, write_event(event))
        return await solves.add(connection, stored.id, kind, SolveRequest(work=1), 1)


async def add_version(connection: AsyncConnection, event_id: str, made: Written) -> StoredSchedule:
    """A draft, said to be made of the event as it is."""
    now = await events.progress(connection, event_id)
    assert now is not None
    return await schedules.add(connection, event_id, made, now.revision)


async def update(store: Store, solve: StoredSolve, **values: object) -> None:
    """Set columns of a solve."""
    async with store.write() as connection:
        await solves.update(connection, solve.id, **values)


async def state_of(store: Store, solve: StoredSolve) -> str:
    """The state of a solve now."""
    async with store.read() as connection:
        found = await solves.find(connection, solve.id)
    assert found is not None
    return found.state
