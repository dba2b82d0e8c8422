"""Incidents: what happened on the day, and the schedule that makes the best of it."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, RepairsDep
from app.errors import Defect, NotFound, StateConflict
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import headed, refuses
from app.http.state import StoreDep
from app.routes.solves import id_in
from app.service.editing import lock_event
from app.service.incidents import PENDING, accept_incidents, no_repair, repair_answer
from app.store import incidents, news, schedules, solves
from schemas.incident import Incidents, Repair
from schemas.listing import IncidentLog

router = APIRouter(prefix="/v1/events/{event_id}/incidents", tags=["incidents"])

DEFAULT_WAIT, LONGEST_WAIT = 10, 60
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)


def patience(
    prefer: Annotated[
        str | None,
        Header(description=f"`wait=N`: seconds to wait for the schedule, at most {LONGEST_WAIT}."),
    ] = None,
) -> int:
    """How many seconds the caller waits for the repaired schedule (RFC 7240)."""
    found = WAIT.search(prefer or "")
    return min(int(found[1]), LONGEST_WAIT) if found else DEFAULT_WAIT


@router.post(
    "",
    response_model=Repair,
    responses={
        200: headed("Location"),
        202: {"model": Repair, **headed("Location", description="Recorded; the repair goes on")},
    },
    openapi_extra=openapi_body(Incidents),
)
@refuses(StateConflict, Defect)
async def report_incidents(
    event: EventDep,
    repairs: RepairsDep,
    store: StoreDep,
    once: IdempotentDep,
    sent: Annotated[Sent[Incidents], Depends(json_body(Incidents))],
    seconds: Annotated[int, Depends(patience)],
) -> Response:
    """Record a batch, whole or not at all, and repair the published schedule.

    Incidents sent again under their ids change nothing and have the answer they had. A repair
    that takes longer than the caller waits is answered with 202 and goes on.
    """

    async def take_them(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        solve_id = await accept_incidents(connection, stored, sent.document.incidents)
        if solve_id is None:
            return json_answer(no_repair(stored.published_version))
        place = f"/v1/events/{event.id}/solves/{solve_id}"
        return json_answer(PENDING, status=202, headers={"Location": place})

    response = await once(sent, take_them)
    if "Location" not in response.headers:
        return response
    place = response.headers["Location"]
    await repairs.ended(id_in(place), event.id, seconds)
    async with store.read() as connection:
        return await _repaired(connection, place)


@router.get("", response_model=IncidentLog)
async def list_incidents(event: EventDep, store: StoreDep) -> Response:
    """Every incident that was accepted, oldest first, and what became of the schedule."""
    async with store.read() as connection:
        log = IncidentLog(
            incidents=tuple(await incidents.log(connection, event.id)),
            made=tuple(await schedules.provenance(connection, event.id)),
            published=tuple(await news.publications(connection, event.id)),
        )
    return json_answer(log.model_dump_json(exclude_none=True))


async def _repaired(connection: AsyncConnection, place: str) -> Response:
    """What the repair at ``place`` has come to."""
    solve = await solves.find(connection, id_in(place))
    if solve is None:
        raise NotFound
    repair = repair_answer(solve)
    status = 202 if repair.status == "pending" else 200
    return json_answer(repair, status=status, headers={"Location": place})
