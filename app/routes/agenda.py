"""Agendas: one person's day with its briefs or as a calendar, or everybody's at once."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any
from zlib import crc32

from fastapi import APIRouter, Query, Request, Response

from app.deps import AgendaTasksDep, EventDep, check_size
from app.errors import NotFound, StateConflict
from app.http.conditional import json_answer, not_modified
from app.http.departure import RequestTasks
from app.http.openapi import REVALIDATED, refuses
from app.http.state import StoreDep
from app.routes.attendees import AttendeeId
from app.routes.schedules import Version
from app.service.editing import check_listed
from app.store import news, schedules
from app.store.engine import Store
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule, VersionHead
from app.workers.tasks import agenda_of, briefs_of, calendar_of
from schemas import limits
from schemas.agenda import Agenda, Briefs

router = APIRouter(prefix="/v1/events/{event_id}", tags=["agendas"])

MOST_ATTENDEES = 2_000
"""Everybody's briefs come to some kilobytes a meeting: beyond this, hundreds of megabytes."""

Wanted = Annotated[
    int | None,
    Query(
        alias="version",
        ge=1,
        le=limits.VERSIONS,
        description="A version; without one the published, else the newest.",
    ),
]


@router.get("/attendees/{attendee_id}/agenda", response_model=Agenda, responses=REVALIDATED)
async def get_agenda(
    request: Request,
    tasks: AgendaTasksDep,
    event: EventDep,
    attendee_id: AttendeeId,
    store: StoreDep,
    wanted: Wanted = None,
) -> Response:
    """Where to be in every round, whom to meet there, and what for."""
    await check_listed(event, attendee_id)
    async with store.read() as connection:
        head = await schedules.version_head(connection, event.id, wanted)
        if head is None:
            raise NotFound
        etag = _etag(event, head, attendee_id)
        if same := not_modified(request, etag):
            return same
        found = await schedules.find(connection, event.id, head.version)
    wish = _wish(partial(agenda_of, attendee=attendee_id), event, found)
    return json_answer(await tasks.run(wish, event.outline), etag)


class Calendar(Response):
    """Meetings for the calendars of phones and desks."""

    media_type = "text/calendar"


@router.get("/attendees/{attendee_id}/agenda.ics", response_class=Calendar, responses=REVALIDATED)
@refuses(StateConflict)
async def get_calendar(
    request: Request,
    tasks: AgendaTasksDep,
    event: EventDep,
    attendee_id: AttendeeId,
    store: StoreDep,
) -> Response:
    """The meetings of the published version, and those cancelled since, to subscribe to."""
    await check_listed(event, attendee_id)
    return await calendar_answer(request, tasks, event, attendee_id, store)


@router.get("/schedules/{version}/briefs", response_model=Briefs, responses=REVALIDATED)
@refuses(StateConflict)
async def get_briefs(
    request: Request,
    tasks: AgendaTasksDep,
    event: EventDep,
    version: Version,
    store: StoreDep,
) -> Response:
    """The agendas of everybody, for the organiser to print."""
    check_size(
        event, MOST_ATTENDEES, f"briefs are written for up to {MOST_ATTENDEES} attendees at once"
    )
    async with store.read() as connection:
        head = await schedules.version_head(connection, event.id, version)
        if head is None:
            raise NotFound
        etag = _etag(event, head)
        if same := not_modified(request, etag):
            return same
        found = await schedules.find(connection, event.id, version)
    return json_answer(await tasks.run(_wish(briefs_of, event, found), event.outline), etag)


async def calendar_answer(
    request: Request, tasks: RequestTasks, event: StoredEvent, attendee_id: str, store: Store
) -> Response:
    """The calendar of somebody on the list; NotFound if nothing is published."""
    async with store.read() as connection:
        edition = await news.newest(connection, event.id, "published")
        head = edition and await schedules.version_head(connection, event.id, edition.version)
        if not edition or not head:
            raise NotFound
        etag = f'"{edition.position}.{_etag(event, head, attendee_id)[1:]}'
        if same := not_modified(request, etag):
            return same
        found = await schedules.find(connection, event.id, head.version)
        changes = await news.changes(connection, event.id)
    wish = partial(
        _wish(calendar_of, event, found),
        attendee=attendee_id,
        edition=(edition.position, edition.created_at),
        changes=changes,
    )
    answer = await tasks.run(wish, event.outline)
    if not isinstance(answer, bytes):
        raise StateConflict(errors=answer)
    return Calendar(answer, headers={"ETag": etag})


def _etag(event: StoredEvent, head: VersionHead, attendee_id: str = "") -> str:
    """Agendas change with the event, its profiles and its day, and with the version.

    Erasing somebody from a version changes the event as well; a bound that follows, no agenda.
    """
    whose = f"{crc32(attendee_id.encode()):08x}"
    return f'"{event.revision}.{head.version}.{head.status}.{whose}"'


def _wish(task: Callable[..., Any], event: StoredEvent, found: StoredSchedule | None) -> Any:
    """The task, told of the schedule and the day; benefits given are nothing to it."""
    if found is None:
        raise NotFound
    return partial(task, schedule=found.whole_document(), held=event.held_rounds, day=event.day)
