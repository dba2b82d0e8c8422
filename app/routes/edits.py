"""Edits by hand: a new draft of a version, what it costs, and whom it touches."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, JudgingTasksDep, check_size
from app.errors import Invalid, StateConflict
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import headed, refuses
from app.http.state import StoreDep
from app.planning.document import Written
from app.routes.schedules import Version, find_version
from app.service.editing import lock_event
from app.store import schedules
from app.workers.tasks import edited_version
from schemas.edit import EditedVersion, ScheduleEdits
from schemas.problem import ProblemError

router = APIRouter(prefix="/v1/events/{event_id}/schedules/{version}", tags=["schedules"])

MOST_ATTENDEES = 5_000
"""Every edit looks at the whole day: beyond this, for too long to wait for it."""
Answer = tuple[Written, EditedVersion] | tuple[ProblemError, ...]


@router.post(
    "/edits",
    status_code=201,
    response_model=EditedVersion,
    responses={201: headed("Location")},
    openapi_extra=openapi_body(ScheduleEdits),
)
@refuses(StateConflict)
async def edit_schedule(
    event: EventDep,
    version: Version,
    store: StoreDep,
    tasks: JudgingTasksDep,
    once: IdempotentDep,
    sent: Annotated[Sent[ScheduleEdits], Depends(json_body(ScheduleEdits))],
) -> Response:
    """Change a version by hand: a new draft, verified, with the price of each edit.

    An edit that would break a rule is refused, with the rule; then nothing is done.
    """
    check_size(event, MOST_ATTENDEES, "edits are made of events")
    async with store.read() as connection:
        found = await find_version(connection, event, version)
    whole, edits = found.whole_document(), sent.document
    task = partial(edited_version, schedule=whole, held=event.held_rounds, edits=edits)
    made, told = _done(await tasks.run(task, event.document))

    async def keep_it(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        if (stored.revision, stored.held_rounds) != (event.revision, event.held_rounds):
            message = "the event has changed meanwhile: look at it and edit again"
            raise StateConflict.at("", "changed", message)
        kept = await schedules.add(connection, event.id, made, stored.revision)
        place = f"/v1/events/{event.id}/schedules/{kept.version}"
        answer = told.model_copy(update={"version": kept.version})
        return json_answer(answer, status=201, headers={"Location": place})

    return await once(sent, keep_it)


def _done(answer: Answer) -> tuple[Written, EditedVersion]:
    """What came of the edits; raises what speaks against them."""
    match answer:
        case (Written() as made, EditedVersion() as told):
            return made, told
        case (ProblemError(code="outdated") as error, *_):
            raise StateConflict(errors=[error])
    raise Invalid(errors=[row for row in answer if isinstance(row, ProblemError)])
