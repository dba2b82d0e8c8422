"""Links of attendees to their own page: at most one each, and of its secret the digest alone."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import attendee_links, events


class LinkHolder(NamedTuple):
    """Whose a link is."""

    organisation: str
    event_id: str
    attendee: str


async def renew(connection: AsyncConnection, event_id: str, digests: Mapping[str, str]) -> datetime:
    """Give attendees the links with these digests, and end those before; when they were made."""
    await forget(connection, event_id, digests)
    now = datetime.now(UTC)
    rows = [
        {"event_id": event_id, "attendee": who, "digest": digest, "created_at": now}
        for who, digest in digests.items()
    ]
    if rows:
        await connection.execute(attendee_links.insert(), rows)
    return now


async def find_holder(
    connection: AsyncConnection, digest: str, since: datetime
) -> LinkHolder | None:
    """Whose link has this digest, if it was made after ``since``."""
    query = (
        sa.select(events.c.organisation, attendee_links.c.event_id, attendee_links.c.attendee)
        .join(events, events.c.id == attendee_links.c.event_id)
        .where(attendee_links.c.digest == digest, attendee_links.c.created_at > since)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else LinkHolder(*row)


async def made_at(
    connection: AsyncConnection, event_id: str, attendee_id: str
) -> tuple[datetime, ...]:
    """When the attendee's links were made."""
    query = sa.select(attendee_links.c.created_at).where(
        attendee_links.c.event_id == event_id, attendee_links.c.attendee == attendee_id
    )
    return tuple((await connection.execute(query.order_by("created_at"))).scalars())


async def forget(connection: AsyncConnection, event_id: str, attendees: Collection[str]) -> None:
    """End the links of some attendees, those who have none among them."""
    if not attendees:
        return
    ours = attendee_links.c.event_id == event_id
    held = (await connection.execute(sa.select(attendee_links.c.attendee).where(ours))).scalars()
    rows = [{"who": who} for who in held if who in attendees]
    if rows:
        theirs = attendee_links.c.attendee == sa.bindparam("who")
        await connection.execute(attendee_links.delete().where(ours, theirs), rows)


async def forget_everybody(connection: AsyncConnection, event_id: str) -> None:
    """End all links of the event."""
    await connection.execute(attendee_links.delete().where(attendee_links.c.event_id == event_id))
