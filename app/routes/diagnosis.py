"""The diagnosis of an event: how it stands before it is solved, and whom to invite."""

from fastapi import APIRouter, Request, Response

from app.deps import EventDep, GraphTasksDep, check_size
from app.errors import StateConflict
from app.http.conditional import json_answer, not_modified
from app.http.openapi import REVALIDATED, refuses
from app.http.state import StoreDep
from app.service.diagnosis_notice import tell_of_diagnosis
from app.store import schedules
from app.workers.tasks import diagnosis_of
from schemas.diagnosis import MOST_ATTENDEES, Diagnosis

router = APIRouter(prefix="/v1/events/{event_id}", tags=["diagnosis"])


@router.get("/diagnosis", response_model=Diagnosis, responses=REVALIDATED)
@refuses(StateConflict)
async def get_diagnosis(
    request: Request, tasks: GraphTasksDep, event: EventDep, store: StoreDep
) -> Response:
    """Who sells, who buys, what is missing, and who would add most."""
    check_size(event, MOST_ATTENDEES, "diagnoses are made of events")
    if same := not_modified(request, event.etag):
        return same
    async with store.read() as connection:
        whole = await schedules.with_published(connection, event)
    found = await tasks.run(diagnosis_of, whole)
    await tell_of_diagnosis(store, event, found)
    return json_answer(found, event.etag)
