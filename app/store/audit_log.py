"""Who did what: rows that are added and read, and go only when they are old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import audit_log


@dataclass(frozen=True)
class StoredAct:
    """What one key was used for; nothing of what was sent or answered."""

    id: str
    organisation: str
    at: datetime
    key: str
    role: str
    operation: str
    event_id: str | None
    status: int


async def append(connection: AsyncConnection, acts: Sequence[StoredAct]) -> None:
    """Store what was done."""
    if acts:
        await connection.execute(audit_log.insert(), [dict(vars(act)) for act in acts])


async def page(
    connection: AsyncConnection, organisation: str, before: str | None, limit: int
) -> Sequence[StoredAct]:
    """The newest ``limit`` of what was done, older than the id ``before``."""
    query = sa.select(audit_log).where(audit_log.c.organisation == organisation)
    if before is not None:
        query = query.where(audit_log.c.id < before)
    query = query.order_by(audit_log.c.id.desc()).limit(limit)
    return [StoredAct(**row._mapping) for row in await connection.execute(query)]


async def forget(connection: AsyncConnection, until: datetime) -> None:
    """Delete what is older than that."""
    await connection.execute(audit_log.delete().where(audit_log.c.at < until))
