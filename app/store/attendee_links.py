"""Links of attendees to their own page: of each secret the digest alone.

Everybody has at most one of each medium: what was sent to them stays good when cards are printed.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import attendee_links, events

Medium = Literal["link", "card"]
"""What carries a link: whatever the organiser sends it with, or a printed card."""


class LinkHolder(NamedTuple):
    """Whose a link is."""

    organisation: str
    event_id: str
    attendee: str


async def renew(
    connection: AsyncConnection, event_id: str, digests: Mapping[str, str], medium: Medium
) -> datetime:
    """Give attendees the links with these digests, and end those before; when they were made.

    Those of other media stay.
    """
    await forget(connection, event_id, digests, medium)
    now = datetime.now(UTC)
    common = {"event_id": event_id, "medium": medium, "created_at": now}
    rows = [common | {"attendee": who, "digest": digest} for who, digest in digests.items()]
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


async def forget(
    connection: AsyncConnection,
    event_id: str,
    attendees: Collection[str],
    medium: Medium | None = None,
) -> None:
    """End links of some attendees, those who have none among them: all, or those of a medium."""
    if not attendees:
        return
    ours = attendee_links.c.event_id == event_id
    if medium is not None:
        ours &= attendee_links.c.medium == medium
    query = sa.select(attendee_links.c.attendee).where(ours).distinct()
    held = (await connection.execute(query)).scalars()
    rows = [{"who": who} for who in held if who in attendees]
    if rows:
        theirs = attendee_links.c.attendee == sa.bindparam("who")
        await connection.execute(attendee_links.delete().where(ours, theirs), rows)


async def forget_everybody(connection: AsyncConnection, event_id: str) -> None:
    """End all links of the event."""
    await connection.execute(attendee_links.delete().where(attendee_links.c.event_id == event_id))
