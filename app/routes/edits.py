"""Edits by hand: a new draft of a version, what it costs, and whom it touches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import ContradictionTasksDep, EventDep, JudgingTasksDep, RepairsDep, check_size
from app.errors import StateConflict
from app.http.body import BodyReaderDep, Sent, json_body, openapi_body
from app.http.conditional import OptionalMatchDep, json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import CREATED, refuses
from app.http.state import StoreDep
from app.routes.schedules import Version, find_version
from app.service.editing import lock_event
from app.service.hand_edits import DraftMaker, HandMadeDraft, UnmadeError, keep_draft
from schemas.edit import EditedVersion, ScheduleEdits

router = APIRouter(prefix="/v1/events/{event_id}/schedules/{version}", tags=["schedules"])

MOST_ATTENDEES = 5_000
"""Every edit looks at the whole day: beyond this, for too long to wait for it."""


async def get_draft_maker(
    tasks: JudgingTasksDep, contradictions: ContradictionTasksDep, reader: BodyReaderDep
) -> DraftMaker:
    """What makes the drafts of this request."""
    return DraftMaker(tasks, contradictions, reader)


@router.post(
    "/edits",
    status_code=201,
    response_model=EditedVersion,
    responses={200: {"model": EditedVersion, "description": "Told, and not kept."}, 201: CREATED},
    openapi_extra=openapi_body(ScheduleEdits),
)
@refuses(StateConflict)
async def edit_schedule(
    event: EventDep,
    version: Version,
    match: OptionalMatchDep,
    store: StoreDep,
    maker: Annotated[DraftMaker, Depends(get_draft_maker)],
    repairs: RepairsDep,
    once: IdempotentDep,
    sent: Annotated[Sent[ScheduleEdits], Depends(json_body(ScheduleEdits))],
    dry_run: Annotated[
        bool, Query(description="Only tell what the edits would do: nothing is kept.")
    ] = False,
) -> Response:
    """Change a version by hand: a new draft, verified, with the price of each edit.

    An edit that would break a rule is refused, with the rule; then nothing is done. With `pin` the
    event gets the rules that keep the edits, at once with the draft. With `dry_run` all is told,
    and nothing is kept.
    """
    check_size(event, MOST_ATTENDEES, "edits are made of events")
    draft: HandMadeDraft | None = None
    begun: list[str] = []

    async def make() -> HandMadeDraft:
        async with store.read() as connection:
            found = await find_version(connection, event, version)
        return await maker.make(event, found, sent.document)

    async def keep_it(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        match.check(stored.etag)
        if draft is None:
            raise UnmadeError
        kept = await keep_draft(connection, stored, draft)
        begun.extend([kept.edit.repair] if kept.edit.repair else [])
        place = f"/v1/events/{event.id}/schedules/{kept.told.version}"
        return json_answer(kept.told, kept.edit.event.etag, 201, {"Location": place})

    if dry_run:
        return json_answer((await make()).told)
    try:
        response = await once(sent, keep_it)  # what was sent before has its answer
    except UnmadeError:
        draft = await make()
        response = await once(sent, keep_it)
    for solve_id in begun:  # from here on it is committed
        repairs.begin(solve_id, event.id)
    return response
