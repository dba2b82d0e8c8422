"""The diagnosis of an event: how it stands before it is solved, and whom to invite."""

from fastapi import APIRouter, Request, Response

from app.deps import EventDep, GraphsDep
from app.errors import StateConflict
from app.http.conditional import json_answer, not_modified
from app.http.state import StoreDep
from app.store import schedules
from app.workers.tasks import diagnosis_of
from schemas.diagnosis import MOST_ATTENDEES, Diagnosis

router = APIRouter(prefix="/v1/events/{event_id}", tags=["diagnosis"])


@router.get("/diagnosis", response_model=Diagnosis)
async def get_diagnosis(
    request: Request, event: EventDep, store: StoreDep, graphs: GraphsDep
) -> Response:
    """Who sells, who buys, what is missing, and who would add most."""
    if event.attendees > MOST_ATTENDEES:
        message = f"an event of up to {MOST_ATTENDEES} attendees is diagnosed"
        raise StateConflict.at("", "too_many_attendees", message)
    if same := not_modified(request, event.etag):
        return same
    async with store.read() as connection:
        whole = await schedules.with_published(connection, event)
    return json_answer(await graphs.run(diagnosis_of, whole), event.etag)
