"""What watchers of an event are told, in order: appended in the transaction that it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.sealed import EventText
from app.store.tables import news
from schemas.incident import Change
from schemas.listing import Publication

CHANGES = TypeAdapter(tuple[Change, ...])
Kind = Literal["published", "incidents", "proposed", "ticks"]


@dataclass(frozen=True)
class News:
    """One piece of news; ``document`` is JSON, ``position`` counts from 1 within the event."""

    position: int
    kind: Kind
    version: int | None
    document: str
    created_at: datetime


async def append(
    connection: AsyncConnection,
    event_id: str,
    kind: Kind,
    told: Any,
    version: int | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Add to the end; the caller holds the event's lock. ``changes`` are those of a version."""
    changed = CHANGES.dump_json(tuple(changes), by_alias=True)
    await connection.execute(
        news.insert().values(
            event_id=event_id,
            position=sa.select(sa.func.coalesce(sa.func.max(news.c.position), 0) + 1)
            .where(news.c.event_id == event_id)
            .scalar_subquery(),
            kind=kind,
            version=version,
            document=EventText(event_id, to_json(told)),
            changes=EventText(event_id, changed),
            created_at=datetime.now(UTC),
        )
    )


async def after(
    connection: AsyncConnection, event_id: str, position: int, limit: int
) -> Sequence[News]:
    """At most ``limit`` pieces of news after ``position``, oldest first."""
    query = (
        sa.select(*(news.c[name] for name in News.__dataclass_fields__))
        .where(news.c.event_id == event_id, news.c.position > position)
        .order_by(news.c.position)
        .limit(limit)
    )
    return [News(**row._mapping) for row in await connection.execute(query)]


async def last(connection: AsyncConnection, event_id: str) -> int:
    """The position of the newest piece of news; 0 if there is none."""
    query = sa.select(sa.func.max(news.c.position)).where(news.c.event_id == event_id)
    return (await connection.execute(query)).scalar() or 0


async def newest(connection: AsyncConnection, event_id: str, kind: Kind) -> News | None:
    """The newest piece of news of a kind; None if there is none."""
    query = (
        sa.select(*(news.c[name] for name in News.__dataclass_fields__))
        .where(news.c.event_id == event_id, news.c.kind == kind)
        .order_by(news.c.position.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else News(**row._mapping)


async def published_before(connection: AsyncConnection, event_id: str, version: int) -> int | None:
    """The last version of a smaller number that was ever published; None if there is none."""
    query = sa.select(sa.func.max(news.c.version)).where(
        news.c.event_id == event_id, news.c.kind == "published", news.c.version < version
    )
    found: int | None = (await connection.execute(query)).scalar()
    return found


async def publications(connection: AsyncConnection, event_id: str) -> Sequence[Publication]:
    """What was published, and how many incidents were known then, in order."""
    query = (
        sa.select(news.c.kind, news.c.version, news.c.document)
        .where(news.c.event_id == event_id)
        .order_by(news.c.position)
    )
    known, found = 0, []
    for row in (await connection.execute(query)).all():
        if row.kind == "published":
            found.append(Publication(version=row.version, incidents=known))
        elif row.kind == "incidents":
            known += len(from_json(row.document)["incidents"])
    return found


async def find_changed_people(
    connection: AsyncConnection, event_id: str, position: int
) -> frozenset[str]:
    """The ids of those for whom the news after ``position`` changed some round."""
    query = sa.select(news.c.changes).where(
        news.c.event_id == event_id, news.c.position > position, news.c.kind == "published"
    )
    rows = (await connection.execute(query)).scalars()
    return frozenset(change["attendee"] for row in rows for change in from_json(row))


async def changes(connection: AsyncConnection, event_id: str) -> Sequence[str]:
    """What each publication changed for people, as JSON: lists of Change, oldest first."""
    query = (
        sa.select(news.c.changes)
        .where(news.c.event_id == event_id, news.c.kind == "published")
        .order_by(news.c.position)
    )
    return list((await connection.execute(query)).scalars())
