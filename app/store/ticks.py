"""Ticks in the order they were accepted; rows are never changed, and go with the event."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.sealed import EventText
from app.store.tables import ticks
from schemas.tick import Tick, ToldAttendee


async def append(connection: AsyncConnection, event_id: str, batch: Sequence[Tick]) -> None:
    """Add new ticks; the caller holds the event's lock."""
    last = sa.select(sa.func.max(ticks.c.position)).where(ticks.c.event_id == event_id)
    first = ((await connection.execute(last)).scalar() or 0) + 1
    place = {"event_id": event_id, "at": datetime.now(UTC)}
    rows = [
        {**place, "position": position, **tick.model_dump(), "by": EventText(event_id, tick.by)}
        for position, tick in enumerate(batch, first)
    ]
    await connection.execute(ticks.insert(), rows)


async def known(
    connection: AsyncConnection, event_id: str, ids: Collection[str]
) -> Mapping[str, Tick]:
    """Those of ``ids`` that were accepted before."""
    columns = (ticks.c[name] for name in Tick.model_fields)
    query = sa.select(*columns).where(ticks.c.event_id == event_id, ticks.c.id.in_(ids))
    rows = (Tick(**row._mapping) for row in await connection.execute(query))
    return {tick.id: tick for tick in rows}


async def told(connection: AsyncConnection, event_id: str) -> Sequence[ToldAttendee]:
    """Whoever was told of a version by the last tick about the two, in order."""
    ours = ticks.c.event_id == event_id
    last = (
        sa.select(sa.func.max(ticks.c.position))
        .where(ours)
        .group_by(ticks.c.version, ticks.c.attendee)
    )
    columns = (ticks.c[name] for name in ToldAttendee.model_fields)
    query = sa.select(*columns).where(ours, ticks.c.told, ticks.c.position.in_(last))
    rows = await connection.execute(query.order_by(ticks.c.position))
    return [ToldAttendee(**row._mapping) for row in rows]


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Erase whatever was ticked of the attendee; whether there was anything."""
    ours, theirs = ticks.c.event_id == event_id, ticks.c.attendee == attendee_id
    found = await connection.execute(ticks.delete().where(ours, theirs))
    return found.rowcount > 0


async def forget_everybody(connection: AsyncConnection, event_id: str) -> None:
    """Erase all ticks of the event, and with them what stewards are called."""
    await connection.execute(ticks.delete().where(ticks.c.event_id == event_id))
