"""Ticks of a stored event: taken whole, once, and told to all who watch."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, NotFound, StateConflict
from app.large_documents import in_child_if_large
from app.planning.attendee_list import ids_in_order
from app.service.editing import lock_event
from app.service.erasure import returning_at
from app.store import news, schedules, ticks, tombstones
from app.store.events import StoredEvent
from schemas.event import UNKNOWN
from schemas.tick import Tick


async def take_ticks(
    connection: AsyncConnection, event: StoredEvent, batch: Sequence[Tick]
) -> None:
    """Store a batch, but for what came before; nothing of the event or its schedules changes.

    Raises Invalid, NotFound or StateConflict with a pointer into the batch.
    """
    stored = await lock_event(connection, event)
    known = await ticks.known(connection, event.id, [tick.id for tick in batch])
    seen = set[str]()
    for place, tick in enumerate(batch):
        if tick.id in seen:
            message = "a tick before it has the same id"
            raise Invalid.at(f"/ticks/{place}/id", "duplicate_id", message)
        seen.add(tick.id)
        if known.get(tick.id, tick) != tick:
            message = "this id was used for another tick"
            raise StateConflict.at(f"/ticks/{place}/id", "id_of_another_tick", message)
    fresh = [tick for tick in batch if tick.id not in known]
    if fresh:
        await _check_known(connection, stored, batch)
        await ticks.append(connection, event.id, fresh)
        await news.append(connection, event.id, "ticks", {"ticks": len(fresh)})


async def _check_known(
    connection: AsyncConnection, stored: StoredEvent, batch: Sequence[Tick]
) -> None:
    """All people are on the list, nobody was erased, and all versions are there."""
    size = len(stored.outline)
    people = set(await in_child_if_large(size, ids_in_order, stored.outline))
    erased = await tombstones.of_event(connection, stored.id)
    next_version = await schedules.next_version(connection, stored.id)
    for place, tick in enumerate(batch):
        if tick.attendee in erased:
            raise StateConflict(errors=[returning_at(f"/ticks/{place}/attendee", tick.attendee)])
        if tick.attendee not in people:
            raise NotFound.at(f"/ticks/{place}/attendee", *UNKNOWN)
        if tick.version >= next_version:
            message = "the event has no such version"
            raise NotFound.at(f"/ticks/{place}/version", "unknown_version", message)
