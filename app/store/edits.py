"""What each edit of an event changed: pointers into its document, by the revision it made."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import edits
from schemas import limits


async def add(
    connection: AsyncConnection, event_id: str, revision: int, changed: Iterable[str]
) -> None:
    """Record what the edit changed that made ``revision``; the caller holds the event's lock."""
    row = {"event_id": event_id, "revision": revision, "changed": to_json(list(changed)).decode()}
    await connection.execute(edits.insert(), row)


async def since(connection: AsyncConnection, event_id: str, revision: int) -> Sequence[str]:
    """What edits have changed since ``revision``, each pointer once; the first of many."""
    query = (
        sa.select(edits.c.changed)
        .where(edits.c.event_id == event_id, edits.c.revision > revision)
        .order_by(edits.c.revision)
    )
    rows = (await connection.execute(query)).scalars()
    found = dict.fromkeys(chain.from_iterable(map(from_json, rows)))
    return list(islice(found, limits.STALE))
