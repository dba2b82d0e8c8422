"""Reports: what the groups of an event get of a schedule, and what priorities cost."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.deps import EventDep, GraphTasksDep, check_size
from app.errors import StateConflict
from app.http.conditional import json_answer, not_modified
from app.http.openapi import REVALIDATED, refuses
from app.http.state import StoreDep
from app.routes.schedules import Version, find_version
from app.store import schedules
from app.workers.tasks import report_of
from schemas.report import PRICE_WORK, PriceOf, ScheduleReport

router = APIRouter(prefix="/v1/events/{event_id}/schedules/{version}", tags=["schedules"])

MOST_ATTENDEES = 2_000
"""A price is looked for while somebody waits: beyond this, for too long."""
MOST_WORK = 5 * PRICE_WORK


@router.get("/report", response_model=ScheduleReport, responses=REVALIDATED)
@refuses(StateConflict)
async def get_report(
    request: Request,
    tasks: GraphTasksDep,
    event: EventDep,
    version: Version,
    store: StoreDep,
    price: Annotated[
        PriceOf | None, Query(description="Also what priorities cost the room: takes seconds.")
    ] = None,
    work: Annotated[
        int, Query(ge=1, le=MOST_WORK, description="How many steps the price may take.")
    ] = PRICE_WORK,
) -> Response:
    """Figures of a version for each value of each label, by the labels as they are now."""
    if price is not None:
        check_size(event, MOST_ATTENDEES, "prices are told of events")
    async with store.read() as connection:
        found = await find_version(connection, event, version)
        whole = await schedules.with_published(connection, event)
    if same := not_modified(request, event.etag):
        return same
    steps = None if price is None else work
    task = partial(report_of, schedule=found.whole_document(), price_work=steps)
    answer = await tasks.run(task, whole)
    if not isinstance(answer, str):
        raise StateConflict(errors=answer)
    return json_answer(answer, event.etag)
