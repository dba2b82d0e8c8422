"""After the meeting: what the two say of it, whom to follow up, and who should meet next.

One report of an undisclosed pitch shows nowhere: no answer, no count and no tag depends on it.
"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import AgendaTasksDep, EventDep, GraphTasksDep, check_size
from app.errors import MOST_ERRORS, NotFound, StateConflict
from app.feedback.counts import feedback_summary
from app.feedback.meetings import Published, current_feedback
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import refuses
from app.http.state import StoreDep
from app.large_documents import in_thread_if_large
from app.routes.attendees import AttendeeId
from app.service.editing import check_listed, lock_event
from app.store import feedback, schedules, tombstones
from app.store.engine import Store
from app.store.events import StoredEvent
from app.workers.tasks import follow_ups_of, open_triangles_of
from schemas.feedback import (
    Feedback,
    FeedbackBatch,
    FeedbackReceipt,
    FeedbackSummary,
    FollowUps,
    OpenTriangles,
)

router = APIRouter(prefix="/v1/events/{event_id}", tags=["feedback"])

MOST_ATTENDEES = 2_000
"""Open triangles of a whole room take its whole graph: beyond this, for too long to wait for it."""
MOST_INTRODUCTIONS = 200


@router.post("/feedback", response_model=FeedbackReceipt, openapi_extra=openapi_body(FeedbackBatch))
@refuses(StateConflict)
async def give_feedback(
    event: EventDep,
    store: StoreDep,
    once: IdempotentDep,
    sent: Annotated[Sent[FeedbackBatch], Depends(json_body(FeedbackBatch))],
) -> Response:
    """Take a batch about published meetings of held rounds, whole or not at all.

    Sent again under its id it changes nothing; a later one of the same two replaces it.
    """
    batch = sent.document.feedback
    meetings = await _meetings(store, event, batch)

    async def take(connection: AsyncConnection) -> Response:
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
        return json_answer(FeedbackReceipt(accepted=len(batch)))

    return await once(sent, take)


@router.get("/feedback", response_model=FeedbackSummary)
async def get_feedback(event: EventDep, store: StoreDep) -> Response:
    """What was said, in numbers, and who is reported by several people."""
    async with store.read() as connection:
        log = await feedback.log(connection, event.id)
    return json_answer(feedback_summary(current_feedback(log)))


@router.get("/attendees/{attendee_id}/follow-ups", response_model=FollowUps)
async def get_follow_ups(
    tasks: AgendaTasksDep, event: EventDep, attendee_id: AttendeeId, store: StoreDep
) -> Response:
    """Whom somebody met, who of the two can help whom, and whom they should be introduced to."""
    async with store.read() as connection:
        found = await schedules.published(connection, event.id)
        log = await feedback.about(connection, event.id, attendee_id)
        erased = await tombstones.of_event(connection, event.id)
    await check_listed(event, attendee_id)
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
    return json_answer(await tasks.run(wish, event.shown_document(found.whole_document())))


@router.get("/introductions", response_model=OpenTriangles)
@refuses(StateConflict)
async def get_introductions(
    tasks: GraphTasksDep,
    event: EventDep,
    store: StoreDep,
    limit: Annotated[
        int, Query(ge=1, le=MOST_INTRODUCTIONS, description="How many at most.")
    ] = MOST_INTRODUCTIONS,
) -> Response:
    """People one meeting short of a triangle, the best first, for the organiser."""
    check_size(
        event, MOST_ATTENDEES, f"introductions are suggested among up to {MOST_ATTENDEES} attendees"
    )
    async with store.read() as connection:
        found = await schedules.published(connection, event.id)
        said = current_feedback(await feedback.log(connection, event.id))
        erased = await tombstones.of_event(connection, event.id)
    if found is None:
        raise NotFound
    wish = partial(
        open_triangles_of,
        day=event.day,
        said=tuple(said.values()),
        erased=frozenset(erased),
        limit=limit,
    )
    return json_answer(await tasks.run(wish, event.shown_document(found.whole_document())))


async def _meetings(store: Store, event: StoredEvent, batch: tuple[Feedback, ...]) -> Published:
    """The published meetings, as many versions of them as the batch is about."""
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


def _mutual(said: dict[tuple[str, str], Feedback], v: str) -> frozenset[str]:
    """Everybody with whom ``v`` agrees that their meeting was valuable."""
    return frozenset(
        partner
        for (attendee, partner), each in said.items()
        if attendee == v and each.valuable and (back := said.get((partner, v))) and back.valuable
    )
