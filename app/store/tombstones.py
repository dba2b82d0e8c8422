"""Who was erased from an event, by id alone: what is stored later passes by these rows."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import insert_new
from app.store.tables import erased


async def add(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Remember that the attendee was erased; False if that is known already."""
    return await insert_new(connection, erased, {"event_id": event_id, "attendee": attendee_id})


async def of_event(connection: AsyncConnection, event_id: str) -> set[str]:
    """Whoever was erased."""
    query = sa.select(erased.c.attendee).where(erased.c.event_id == event_id)
    return set((await connection.execute(query)).scalars())
