"""Publications: which version was published when, and whom earlier ones took from whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import news


class Publication(NamedTuple):
    """A version and the time it was published; ``number`` rises from one to the next."""

    number: int
    version: int
    at: datetime


async def last(connection: AsyncConnection, event_id: str) -> Publication | None:
    """The publication that holds now."""
    query = (
        sa.select(news.c.position, news.c.version, news.c.created_at)
        .where(news.c.event_id == event_id, news.c.kind == "published")
        .order_by(news.c.position.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Publication(*row)


async def changes(connection: AsyncConnection, event_id: str) -> Sequence[str]:
    """What each publication changed for people, as JSON: lists of Change, oldest first."""
    query = (
        sa.select(news.c.changes)
        .where(news.c.event_id == event_id, news.c.kind == "published")
        .order_by(news.c.position)
    )
    return list((await connection.execute(query)).scalars())
