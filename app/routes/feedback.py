"""After the meeting: what the two say of it, whom to follow up, and who should meet next.

One report of an undisclosed pitch shows nowhere: no answer, no count and no tag depends on it.
"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import AgendaTasksDep, EventDep, GraphTasksDep, check_size
from app.errors import NotFound, StateConflict
from app.feedback.counts import feedback_summary
from app.feedback.meetings import current_feedback
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import refuses
from app.http.state import StoreDep
from app.routes.attendees import AttendeeId
from app.service.editing import check_listed
from app.service.feedback import find_follow_ups_of, meetings_told_of, take_feedback
from app.store import feedback, schedules, tombstones
from app.workers.tasks import open_triangles_of
from schemas.feedback import (
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
    meetings = await meetings_told_of(store, event, batch)

    async def take(connection: AsyncConnection) -> Response:
        await take_feedback(connection, event, batch, meetings)
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
    await check_listed(event, attendee_id)
    return json_answer(await find_follow_ups_of(tasks, store, event, attendee_id))


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
