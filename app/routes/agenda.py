"""Agendas: one person's day with a brief for every meeting, or everybody's at once."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.deps import AgendasDep, CallerDep, EventDep, StoreDep
from app.errors import Clashing, NotFound, Refused
from app.http.conditional import document, unchanged
from app.revising import document_in
from app.routes.attendees import AttendeeId
from app.routes.schedules import MOST_VERSIONS, Version
from app.store import schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from app.work.errands import Errands, agenda_of, briefs_of
from schemas.agenda import Agenda, Briefs

router = APIRouter(prefix="/v1/events/{event_id}", tags=["agendas"])

MOST_ATTENDEES = 2_000
"""Everybody's briefs come to some kilobytes a meeting: beyond this, hundreds of megabytes."""

Wanted = Annotated[
    int | None,
    Query(
        alias="version",
        ge=1,
        le=MOST_VERSIONS,
        description="A version; without one the published, else the newest.",
    ),
]


@router.get("/attendees/{attendee_id}/agenda", response_model=Agenda)
async def get_agenda(
    request: Request,
    event: EventDep,
    attendee_id: AttendeeId,
    store: StoreDep,
    agendas: AgendasDep,
    wanted: Wanted = None,
) -> Response:
    """Where to be in every round, whom to meet there, and what for."""
    if all(row["id"] != attendee_id for row in (await document_in(event))["attendees"]):
        raise NotFound
    async with store.read() as connection:
        if wanted is None:
            found = await schedules.current(connection, event.id)
        else:
            found = await schedules.find(connection, event.id, wanted)
    return await _written(request, event, found, agendas, partial(agenda_of, attendee=attendee_id))


@router.get("/schedules/{version}/briefs", response_model=Briefs)
async def get_briefs(
    request: Request,
    event: EventDep,
    caller: CallerDep,
    version: Version,
    store: StoreDep,
    agendas: AgendasDep,
) -> Response:
    """The agendas of everybody, for the organiser to print."""
    if caller.role != "organiser":
        raise Refused(403, "everybody's briefs are for the organiser")
    if event.attendees > MOST_ATTENDEES:
        message = f"briefs are written for up to {MOST_ATTENDEES} attendees at once"
        raise Clashing.at("", "too_many_attendees", message)
    async with store.read() as connection:
        found = await schedules.find(connection, event.id, version)
    return await _written(request, event, found, agendas, briefs_of)


async def _written(
    request: Request,
    event: StoredEvent,
    found: StoredSchedule | None,
    agendas: Errands,
    errand: Callable[..., str],
) -> Response:
    """What the errand writes of this version of the schedule."""
    if found is None:
        raise NotFound
    # Agendas change with the event, its held rounds and profiles, and with the schedule.
    etag = f'"{event.revision}.{found.etag[1:]}'
    if same := unchanged(request, etag):
        return same
    wish = partial(errand, schedule=found.whole(), held=event.held_rounds)
    return document(await agendas.run(wish, event.document), etag)
