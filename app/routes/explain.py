"""Explanations: why a pair meets, why it does not and what forcing it would cost, why a seat is
empty."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict

from app.deps import EventDep, GraphTasksDep, check_size
from app.errors import Invalid, StateConflict
from app.http.conditional import json_answer, not_modified
from app.http.openapi import REVALIDATED, refuses
from app.http.state import StoreDep
from app.routes.schedules import Version, find_version
from app.store import schedules
from app.workers.tasks import explanation_of
from schemas.explanation import PairExplanation, Question, SeatExplanation

router = APIRouter(prefix="/v1/events/{event_id}/schedules/{version}", tags=["schedules"])

MOST_ATTENDEES = 2_000
"""An explanation looks at everybody who could meet: beyond this, for too long to wait for it."""


class ExplainQuery(Question):
    """The question in the address, where numbers are text."""

    model_config = ConfigDict(strict=False)


@router.get("/explain", response_model=PairExplanation | SeatExplanation, responses=REVALIDATED)
@refuses(StateConflict)
async def explain_schedule(
    request: Request,
    tasks: GraphTasksDep,
    event: EventDep,
    version: Version,
    store: StoreDep,
    question: Annotated[ExplainQuery, Query()],
) -> Response:
    """Why this pair meets or not, or why this seat is empty, by the event as it is now."""
    check_size(event, MOST_ATTENDEES, "explanations are given of events")
    async with store.read() as connection:
        found = await find_version(connection, event, version)
        whole = await schedules.with_published(connection, event)
    if same := not_modified(request, event.etag):
        return same
    asked = Question(**question.model_dump())
    task = partial(explanation_of, schedule=found.whole_document(), question=asked)
    answer = await tasks.run(task, whole)
    if not isinstance(answer, str):
        raise Invalid(errors=answer)
    return json_answer(answer, event.etag)
