"""Schedules of an event: immutable versions, read, compared and published."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, JudgingTasksDep, LiveFeedDep, RepairsDep
from app.errors import Defect, NotFound, StateConflict, Unavailable
from app.http.body import Sent, no_body
from app.http.conditional import json_answer, not_modified
from app.http.departure import unless_gone
from app.http.idempotency import Excerpt, IdempotentDep
from app.http.openapi import TAGGED, refuses
from app.http.state import StoreDep
from app.routes.schedule_files import (
    FILES,
    FileDep,
    attachment,
    file_answer,
    file_name,
    find_earlier,
)
from app.service.editing import check_listed, lock_event
from app.service.publishing import Judgement, UnjudgedError, judge_candidate, publish_version
from app.store import schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule, figures_of
from schemas import limits
from schemas.base import Id
from schemas.difference import Difference
from schemas.incident import Repair
from schemas.listing import ScheduleList
from schemas.schedule import Schedule

router = APIRouter(prefix="/v1/events/{event_id}", tags=["schedules"])

ATTEMPTS = 5
"""How often a version is judged that is to be published while the event changes."""
Version = Annotated[
    int, Path(ge=1, le=limits.VERSIONS, description="The number of a version, 1 the first.")
]
Download = Annotated[bool, Query(description="As a file, with a name.")]


@router.get("/schedule", response_model=Schedule, responses=FILES)
@refuses(StateConflict)
async def get_current_schedule(
    request: Request,
    file: FileDep,
    event: EventDep,
    store: StoreDep,
    download: Download = False,
) -> Response:
    """The published version, else the newest; as JSON or as another file."""
    async with store.read() as connection:
        found = await schedules.current(connection, event.id)
        earlier = await find_earlier(connection, file, event, found)
    if found is None:
        raise NotFound
    if file.request.format != "json":
        return await file_answer(file, event, found, earlier)
    return _shown(request, event, found, download)


@router.get("/schedules", response_model=ScheduleList)
async def list_schedules(event: EventDep, store: StoreDep) -> Response:
    """Every version, newest first, without its rounds."""
    async with store.read() as connection:
        rows = await schedules.listing(connection, event.id)
    return json_answer(ScheduleList(schedules=tuple(rows)))


@router.get("/schedules/{version}", response_model=Schedule, responses=FILES)
@refuses(StateConflict)
async def get_schedule(
    request: Request,
    file: FileDep,
    event: EventDep,
    version: Version,
    store: StoreDep,
    download: Download = False,
) -> Response:
    """One version, of which only the status ever changes; as JSON or as another file."""
    async with store.read() as connection:
        found = await schedules.find(connection, event.id, version)
        earlier = await find_earlier(connection, file, event, found)
    if found is None:
        raise NotFound
    if file.request.format != "json":
        return await file_answer(file, event, found, earlier)
    return _shown(request, event, found, download)


@router.get("/schedules/{version}/repair", response_model=Repair)
async def get_repair(event: EventDep, version: Version, store: StoreDep) -> Response:
    """What the repair that made a version did: whom it touched, what it broke, what it cost."""
    async with store.read() as connection:
        repair = await schedules.repair_of(connection, event.id, version)
    if repair is None:
        raise NotFound
    return json_answer(repair)


@router.post("/schedules/{version}/publish", response_model=Schedule, responses={200: TAGGED})
@refuses(StateConflict, Unavailable, Defect)
async def publish_schedule(
    event: EventDep,
    version: Version,
    once: IdempotentDep,
    repairs: RepairsDep,
    tasks: JudgingTasksDep,
    sent: Annotated[Sent[None], Depends(no_body)],
) -> Response:
    """Publish a version; the one before is superseded. Publishing it again changes nothing.

    A version that does not fit the event or the day as they are now is refused, with every reason.
    """
    judgement: Judgement | None = None

    async def publish_it(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        found = await find_version(connection, event, version)
        now = await publish_version(connection, stored, found, judgement)
        return json_answer(now.whole_document(), now.etag)

    async def shown_again(connection: AsyncConnection, figures: bytes) -> bytes:
        found = await find_version(connection, event, version)
        return await found.published_document(figures)

    for _ in range(ATTEMPTS):
        try:
            response = await once(sent, publish_it, Excerpt(figures_of, shown_again))
        except UnjudgedError as question:
            judgement = await judge_candidate(tasks, question.candidate)
        else:
            repairs.prepare(event.id)
            return response
    raise Unavailable("the event changes faster than a version of it can be verified")


@router.get("/schedules/{version}/diff", response_model=Difference)
async def compare_schedules(
    request: Request,
    event: EventDep,
    version: Version,
    feed: LiveFeedDep,
    earlier: Annotated[
        int,
        Query(alias="from", ge=1, le=limits.VERSIONS, description="The version to compare with."),
    ],
    attendee: Annotated[Id | None, Query(description="What concerns this attendee alone.")] = None,
) -> Response:
    """Who must be told what when one version takes the place of another, and table by table."""
    if attendee is not None:
        await check_listed(event, attendee)
    difference = feed.difference(event, earlier, version, attendee)
    return json_answer(await unless_gone(request, difference))


async def find_version(
    connection: AsyncConnection, event: StoredEvent, version: int
) -> StoredSchedule:
    """A version of an event; NotFound if it has none of this number."""
    found = await schedules.find(connection, event.id, version)
    if found is None:
        raise NotFound
    return found


def _shown(request: Request, event: StoredEvent, found: StoredSchedule, download: bool) -> Response:
    if same := not_modified(request, found.etag):
        return same
    name = file_name(event, found)
    headers = {"Content-Disposition": attachment(name, "json")} if download else {}
    return json_answer(found.whole_document(), found.etag, headers=headers)
