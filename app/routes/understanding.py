"""What was understood of a profile, so that whoever reads it can say it better."""

from functools import partial

from fastapi import APIRouter, Request, Response

from app.deps import EventDep, GraphTasksDep, check_size
from app.errors import StateConflict
from app.http.conditional import json_answer, not_modified
from app.http.openapi import REVALIDATED, refuses
from app.routes.attendees import AttendeeId
from app.service.editing import check_listed
from app.workers.tasks import understanding_of
from schemas.diagnosis import MOST_ATTENDEES
from schemas.understanding import Understanding

router = APIRouter(prefix="/v1/events/{event_id}/attendees/{attendee_id}", tags=["matching"])


@router.get("/understood", response_model=Understanding, responses=REVALIDATED)
@refuses(StateConflict)
async def get_understanding(
    request: Request, tasks: GraphTasksDep, event: EventDep, attendee_id: AttendeeId
) -> Response:
    """What the room has for one profile and it for the room, and what would say more."""
    check_size(event, MOST_ATTENDEES, "profiles are read against events")
    await check_listed(event, attendee_id)
    if same := not_modified(request, event.etag):
        return same
    task = partial(understanding_of, attendee=attendee_id)
    return json_answer(await tasks.run(task, event.outline), event.etag)
