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


Log = Sequence[tuple[int, Sequence[str]]]
"""The revision that each edit made, and what it changed, oldest first."""


async def log(connection: AsyncConnection, event_id: str, revision: int = 0) -> Log:
    """The edits of an event since ``revision``."""
    query = (
        sa.select(edits.c.revision, edits.c.changed)
        .where(edits.c.event_id == event_id, edits.c.revision > revision)
        .order_by(edits.c.revision)
    )
    return [(row.revision, from_json(row.changed)) for row in await connection.execute(query)]


def changed_since(edited: Log, revision: int | None) -> tuple[str, ...]:
    """What was changed since ``revision``, each pointer once; the first of many.

    Nothing is said of what was made of no known revision.
    """
    later = (changed for made, changed in edited if revision is not None and made > revision)
    return tuple(islice(dict.fromkeys(chain.from_iterable(later)), limits.STALE))
