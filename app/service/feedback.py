"""Feedback about published meetings: taken from the organiser's tools, or from those who met."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import MOST_ERRORS, NotFound, StateConflict
from app.feedback.alarms import find_alarms
from app.feedback.meetings import Published, current_feedback
from app.http.departure import RequestTasks
from app.large_documents import in_thread_if_large
from app.service.editing import lock_event
from app.store import feedback, outbox, schedules, tombstones
from app.store.engine import Store
from app.store.events import StoredEvent
from app.workers.tasks import follow_ups_of
from schemas.feedback import Feedback


async def take_feedback(
    connection: AsyncConnection,
    event: StoredEvent,
    batch: Sequence[Feedback],
    meetings: Published,
) -> None:
    """Keep a batch about ``meetings``, whole or not at all; what is known already changes nothing.

    StateConflict if an id was used for other feedback, or if somebody was erased.
    """
    await lock_event(connection, event)
    known = await feedback.known(connection, event.id, [said.id for said in batch])
    erased = await tombstones.of_event(connection, event.id)
    fresh = [said for said in batch if said.id not in known]
    for place, said in enumerate(batch):
        at = f"/feedback/{place}"
        if said.id in known and known[said.id].document != feedback.document_of(said):
            message = "this id was used for other feedback"
            raise StateConflict.at(f"{at}/id", "id_of_other_feedback", message)
        if said.id not in known and not erased.isdisjoint((said.attendee, said.partner)):
            raise StateConflict.at(at, "erased", "one of the two was erased from this event")
    rounds = [meetings.round_of(said, event.held_rounds) for said in fresh]
    told = [(said, r) for said, r in zip(fresh, rounds, strict=True) if r is not None]
    await feedback.append(connection, event.id, told)
    if told and await outbox.is_awaited(connection, event.id, "feedback.alarm"):
        await _raise_alarms(connection, event.id)


async def _raise_alarms(connection: AsyncConnection, event_id: str) -> None:
    """Have webhooks told of every alarm that none of them was told of yet."""
    said = current_feedback(await feedback.log(connection, event_id))
    for cause, alarm in find_alarms(event_id, said):
        await outbox.append(connection, event_id, "feedback.alarm", cause, alarm)


async def meetings_told_of(
    store: Store, event: StoredEvent, batch: Sequence[Feedback]
) -> Published:
    """The published meetings, as many versions of them as the batch is about.

    StateConflict if it is about others.
    """
    found = Published(event.state)
    async with store.read() as connection:
        known = await feedback.known(connection, event.id, [said.id for said in batch])
        rows = [r for r in await schedules.listing(connection, event.id) if r.status != "draft"]
        for row in sorted(rows, key=lambda row: row.status != "published"):
            version = await schedules.find(connection, event.id, row.version)
            if version is not None:
                await in_thread_if_large(len(version.document), found.read, version.document)
            if not any(found.objections(batch, known, event.held_rounds)):
                return found
    objections = list(found.objections(batch, known, event.held_rounds))
    if objections:
        raise StateConflict(errors=objections[:MOST_ERRORS])
    return found


async def find_follow_ups_of(
    tasks: RequestTasks, store: Store, event: StoredEvent, attendee_id: str
) -> Any:
    """The follow-up list of an attendee of the event, as JSON; NotFound if nothing is published."""
    async with store.read() as connection:
        found = await schedules.published(connection, event.id)
        log = await feedback.about(connection, event.id, attendee_id)
        erased = await tombstones.of_event(connection, event.id)
    if found is None or attendee_id in erased:
        raise NotFound
    said = current_feedback(log)
    wish = partial(
        follow_ups_of,
        outline=event.outline,
        schedule=found.whole_document(),
        held=event.held_rounds,
        day=event.day,
        attendee=attendee_id,
        said=tuple(each for each in said.values() if each.attendee == attendee_id),
        mutual=_mutual(said, attendee_id),
        erased=frozenset(erased),
    )
    return await tasks.run(wish, event.shown_document(found.whole_document()))


def _mutual(said: dict[tuple[str, str], Feedback], v: str) -> frozenset[str]:
    """Everybody with whom ``v`` agrees that their meeting was valuable."""
    return frozenset(
        partner
        for (attendee, partner), each in said.items()
        if attendee == v and each.valuable and (back := said.get((partner, v))) and back.valuable
    )
