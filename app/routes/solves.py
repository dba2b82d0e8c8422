"""Solves: start one, watch it improve, stop it and keep the best."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import OURS, EventDep, JobsDep
from app.errors import NotFound, TooMany, Unsupported
from app.http.access import CallerDep
from app.http.body import REFUSALS, BodiesDep, Sent, digest_of_body, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import headed, refuses
from app.http.reader_view import shown_to
from app.http.state import SettingsDep, StoreDep
from app.service.editing import lock_event
from app.service.solves import find_or_add_solve, with_limits
from app.store import solves
from app.store.solves import StoredSolve
from schemas.listing import SolveList
from schemas.solve import Solve, SolveRequest

router = APIRouter(prefix="/v1/events/{event_id}/solves", tags=["solves"])

STOP_SECONDS = 5.0
"""How long a stop waits for the best schedule to be kept before it answers."""
LONGEST_NUMBER = 9

SolveId = Annotated[
    str, Path(description="The id that the server gave the solve.", json_schema_extra=OURS)
]


@refuses(*REFUSALS, Unsupported)
async def solve_request(request: Request, bodies: BodiesDep) -> Sent[SolveRequest]:
    """The request in the body; no body asks for the default."""
    announced = request.headers.get("Content-Length", "0")
    if announced == "0" and "Transfer-Encoding" not in request.headers:
        return Sent(SolveRequest(), digest_of_body(request, b""))
    return await json_body(SolveRequest)(request, bodies)


@refuses(NotFound)
async def get_solve_in_path(event: EventDep, solve_id: SolveId, store: StoreDep) -> StoredSolve:
    """The solve of the path, if it is of the event of the path."""
    async with store.read() as connection:
        found = await solves.find(connection, solve_id, event.id)
    if found is None:
        raise NotFound
    return found


SolveDep = Annotated[StoredSolve, Depends(get_solve_in_path)]


@router.post(
    "",
    status_code=202,
    response_model=Solve,
    responses={202: headed("Location")},
    openapi_extra=openapi_body(SolveRequest, required=False),
)
@refuses(TooMany)
async def start_solve(
    event: EventDep,
    settings: SettingsDep,
    once: IdempotentDep,
    sent: Annotated[Sent[SolveRequest], Depends(solve_request)],
) -> Response:
    """Queue a solve of the event as it stands; an equal one that is unfinished is joined."""
    request = with_limits(sent.document, settings)

    async def queue_it(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        solve = await find_or_add_solve(connection, stored, request, settings)
        return json_answer(solve.solve(), status=202, headers={"Location": path_of(solve)})

    return await once(sent, queue_it)


@router.get("", response_model=SolveList)
async def list_solves(event: EventDep, store: StoreDep) -> Response:
    """Every solve of the event, newest first."""
    async with store.read() as connection:
        rows = await solves.of_event(connection, event.id)
    return json_answer(SolveList(solves=tuple(row.solve() for row in rows)))


@router.get("/{solve_id}", response_model=Solve)
async def get_solve(solve: SolveDep) -> Response:
    """How far a solve is."""
    return json_answer(solve.solve())


@router.get("/{solve_id}/progress", response_class=EventSourceResponse)
async def watch_progress(
    solve: SolveDep,
    caller: CallerDep,
    jobs: JobsDep,
    last_event_id: Annotated[
        str | None, Header(description="The id of the last event that was received.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Send each progress as it is made; the last event is `end`, with the solve as it came out."""
    last = _number(last_event_id)
    async for number, progress in jobs.watch(solve.id, last):
        last = number
        yield ServerSentEvent(raw_data=progress, id=str(last))
    ended = await jobs.ended(solve.id, 0)
    if ended is not None:
        shown = shown_to(caller.role, ended.solve())
        yield ServerSentEvent(data=shown, event="end", id=str(last))


@router.delete("/{solve_id}", response_model=Solve)
async def stop_solve(solve: SolveDep, jobs: JobsDep) -> Response:
    """Stop now and keep the best schedule found; stopping twice changes nothing."""
    return json_answer((await jobs.stop(solve, STOP_SECONDS)).solve())


def path_of(solve: StoredSolve) -> str:
    """Where the solve can be read."""
    return f"/v1/events/{solve.event_id}/solves/{solve.id}"


def id_in(place: str) -> str:
    """The id of the solve at ``place``."""
    return place.rpartition("/")[2]


def _number(event_id: str | None) -> int:
    """The number of an event; before the first one if it is none of ours."""
    if event_id and event_id.isascii() and event_id.isdigit() and len(event_id) <= LONGEST_NUMBER:
        return int(event_id)
    return -1
