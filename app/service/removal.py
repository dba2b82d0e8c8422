"""Attendees who go: removed, dropped out of what is published, or erased."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFound
from app.large_documents import in_child_if_large
from app.planning.attendee_list import is_listed, with_bare_id, without_attendee
from app.planning.document import WrittenEvent, digest_of
from app.planning.event_change import pointers_to
from app.service.editing import attendees_named_in, lock_event
from app.service.incidents import accept_incidents
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
    series,
    ticks,
    tombstones,
)
from app.store.events import StoredEvent
from schemas.incident import Incident
from schemas.listing import Departure


async def remove_attendee(
    connection: AsyncConnection, stored: StoredEvent, attendee_id: str, *, erase: bool
) -> Departure:
    """Take the attendee out of the locked event; the answer names the repair this asked for.

    Raises NotFound if nobody has this id, and, to erase, if nobody ever had, as far as is kept.
    """
    listed = await in_child_if_large(len(stored.outline), is_listed, stored.outline, attendee_id)
    await attendee_links.forget(connection, stored.id, [attendee_id])
    known = await _forget(connection, stored, attendee_id) if erase else False
    if not listed and not known:
        raise NotFound
    if not listed:
        await _save(connection, stored, without_attendee, attendee_id)
        return Departure(attendee=attendee_id, outcome="erased")
    if attendee_id not in await _published(connection, stored):
        await _save(connection, stored, without_attendee, attendee_id)
        return Departure(attendee=attendee_id, outcome="erased" if erase else "removed")
    name = digest_of(f"{stored.revision} {attendee_id}")[:32]  # the same whenever it is tried
    leaving = Incident(id=f"left-{name}", kind="drop_out", attendee=attendee_id)
    solve_id = await accept_incidents(connection, stored, [leaving])
    if not erase:
        return Departure(attendee=attendee_id, outcome="dropped_out", solve=solve_id)
    now = await lock_event(connection, stored)
    await _save(connection, now, with_bare_id, attendee_id)
    return Departure(attendee=attendee_id, outcome="erased", solve=solve_id)


async def _forget(connection: AsyncConnection, stored: StoredEvent, attendee_id: str) -> bool:
    """Erase what is kept beside the event's document; whether anything tells of the attendee."""
    await idempotency.forget_answers(connection, stored.id)
    new = await tombstones.add(connection, stored.id, attendee_id)
    await proposals.forget(connection, stored.id)
    kept = [
        await place.forget(connection, stored.id, attendee_id)
        for place in (schedules, incidents, feedback, series, prints, ticks)
    ]
    return not new or any(kept)


async def _published(connection: AsyncConnection, stored: StoredEvent) -> set[str]:
    found = await schedules.published(connection, stored.id)
    return await attendees_named_in(found) if found else set()


async def _save(
    connection: AsyncConnection,
    stored: StoredEvent,
    change: Callable[[str, str], WrittenEvent],
    attendee_id: str,
) -> None:
    """Store the changed event, and of the day all but the attendee's consents and wishes."""
    document, day = stored.document, stored.state
    event = await in_child_if_large(len(document), change, document, attendee_id)
    revoked = {v: row for v, row in day.revoked.items() if v != attendee_id}
    wishes = tuple(mark for mark in day.wish_marks if attendee_id not in mark.pair)
    now = day.model_copy(update={"revoked": revoked, "wish_marks": wishes})
    saved = await events.save(connection, stored, event, now)
    if saved.revision != stored.revision:
        await edits.add(connection, stored.id, saved.revision, pointers_to([attendee_id]))
