"""What events know of people is forgotten some time after the last round: ids and numbers stay."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Refused
from app.large_documents import in_child_if_large
from app.planning.attendee_list import without_personal_data
from app.store import (
    attendee_links,
    edits,
    events,
    feedback,
    idempotency,
    incidents,
    prints,
    proposals,
    schedules,
    solves,
    ticks,
)
from app.store.engine import Store
from app.store.events import StoredEvent
from schemas.clock import instant
from schemas.event import Event

SECONDS_BETWEEN_LOOKS = 3600.0

log = structlog.get_logger(__name__)


async def keep_retention(store: Store, days: int) -> None:
    """Forget, again and again, what is due; never if ``days`` is 0."""
    while days:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        try:
            await forget_due(store, datetime.now(UTC) - timedelta(days=days))
        except (SQLAlchemyError, OSError, Refused) as error:
            log.warning("cannot forget", error=type(error).__name__)


async def forget_due(store: Store, moment: datetime) -> int:
    """Forget the people of all events that ended before ``moment``; how many events that were.

    An event ends with its last round, and not before its last change.
    """
    async with store.read() as connection:
        due = await events.untouched_since(connection, moment)
    done = 0
    for event_id in due:

        async def forget(connection: AsyncConnection, event_id: str = event_id) -> bool:
            stored = await events.find(connection, event_id, lock=True)
            return stored is not None and await _forget_if_over(connection, stored, moment)

        done += await store.transact(forget, event_id)
    return done


async def _forget_if_over(
    connection: AsyncConnection, stored: StoredEvent, moment: datetime
) -> bool:
    last = last_end(await stored.event())
    if last is not None and last >= moment:
        return False
    await forget_people(connection, stored)
    return True


def last_end(event: Event) -> datetime | None:
    """When the last round ends; None where rounds have no times."""
    ends = [
        instant(one.starts_at, event.timezone) + timedelta(minutes=one.minutes)
        for one in event.rounds
        if one.starts_at is not None
    ]
    return max(ends, default=None)


async def forget_people(connection: AsyncConnection, stored: StoredEvent) -> None:
    """Leave of everybody in the locked event ids and numbers alone, wherever it is kept."""
    await idempotency.forget_answers(connection, stored.id)
    await proposals.forget(connection, stored.id)
    await feedback.forget_notes(connection, stored.id)
    await solves.forget_words(connection, stored.id)
    for place in (schedules, incidents, prints, ticks, attendee_links):
        await place.forget_everybody(connection, stored.id)
    document, day = stored.document, stored.state
    event = await in_child_if_large(len(document), without_personal_data, document)
    bare = day.model_copy(update={"revoked": {}, "wish_marks": ()})
    saved = await events.save(connection, stored, event, bare)
    if saved.revision != stored.revision:
        await edits.add(connection, stored.id, saved.revision, ["/attendees"])
    await events.mark_forgotten(connection, stored.id)
