"""Incidents: what happened on the day, and the schedule that makes the best of it."""

import re
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Header, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, ProposalsDep, RepairsDep
from app.errors import Defect, NotFound, StateConflict
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import headed, refuses
from app.http.state import StoreDep
from app.routes.solves import id_in
from app.service.editing import lock_event
from app.service.incidents import PENDING, accept_incidents, no_repair, repair_answer
from app.store import incidents, news, proposals, schedules, solves
from schemas.incident import Incidents, Repair
from schemas.listing import IncidentLog

router = APIRouter(prefix="/v1/events/{event_id}/incidents", tags=["incidents"])

DEFAULT_WAIT, LONGEST_WAIT = 10, 60
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)
PROPOSALS = re.compile(r"(?:^|[,;\s])proposals\s*(?:$|[,;])", re.IGNORECASE)


class Preference(NamedTuple):
    """What a caller waits for (RFC 7240): so many seconds, None if it says none, and for what."""

    seconds: int | None
    proposals: bool


def preference(
    prefer: Annotated[
        str | None,
        Header(
            description=f"`wait=N`: seconds to wait for the answer, at most {LONGEST_WAIT}. "
            "`wait=N, proposals` of incidents: wait for what few moves would do as well."
        ),
    ] = None,
) -> Preference:
    """What the caller waits for."""
    found = WAIT.search(prefer or "")
    seconds = min(int(found[1]), LONGEST_WAIT) if found else None
    return Preference(seconds, bool(PROPOSALS.search(prefer or "")))


PreferDep = Annotated[Preference, Depends(preference)]


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
    search: ProposalsDep,
    prefer: PreferDep,
) -> Response:
    """Record a batch, whole or not at all, and repair the published schedule.

    Incidents sent again under their ids change nothing and have the answer they had. A repair
    that takes longer than the caller waits is answered with 202 and goes on. What few moves would
    do for those whom it leaves short is looked for next: `proposal` has it if it is known.
    """

    async def take_them(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        solve_id = await accept_incidents(connection, stored, sent.document.incidents)
        if solve_id is None:
            return json_answer(no_repair(stored.published_version))
        place = f"/v1/events/{event.id}/solves/{solve_id}"
        return json_answer(PENDING, status=202, headers={"Location": place})

    seconds = DEFAULT_WAIT if prefer.seconds is None else prefer.seconds
    response = await once(sent, take_them)
    if "Location" not in response.headers:
        search.expect(event.id)
        return response
    place = response.headers["Location"]
    await repairs.ended(id_in(place), event.id, seconds)
    if prefer.proposals:
        await search.ended(event.id, seconds)
    async with store.read() as connection:
        return await _repaired(connection, event.id, place)


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


async def _repaired(connection: AsyncConnection, event_id: str, place: str) -> Response:
    """What the repair at ``place`` has come to, and what is proposed beside."""
    solve = await solves.find(connection, id_in(place))
    if solve is None:
        raise NotFound
    repair = repair_answer(solve)
    found = await proposals.current(connection, event_id)
    if found is not None and found.basis == repair.version:
        repair = repair.model_copy(update={"proposal": found.proposal()})
    status = 202 if repair.status == "pending" else 200
    return json_answer(repair, status=status, headers={"Location": place})
