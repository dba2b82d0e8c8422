"""Attendees of an event: all of them, or one; every change is a new revision of the event."""

import re
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import ContradictionTasksDep, EventDep, RepairsDep, TextPrefetchDep
from app.errors import StateConflict
from app.http.body import (
    MERGE_PATCH,
    Sent,
    json_body,
    openapi_body,
    openapi_patch_body,
    raw_body,
)
from app.http.conditional import MatchDep, json_answer, not_modified
from app.http.cursor import Cursor, open_cursor, seal_cursor
from app.http.idempotency import IdempotentDep
from app.http.openapi import CREATED, REVALIDATED, TAGGED, refuses
from app.http.state import StoreDep
from app.large_documents import in_child_if_large
from app.planning.attendee_list import (
    GrownList,
    add_rows,
    blame_added,
    blame_list,
    blame_one,
    patch_row,
    put_row,
    replace_list,
    row_of,
    rows_between,
)
from app.planning.document import WrittenEvent
from app.planning.event_change import EventChange, pointers_to
from app.routes.events import receipt
from app.routes.revision import Revision, RevisionDep
from app.service.editing import lock_event, refuse_contradictions, save_edit
from app.service.personal_data import collect_personal_data
from app.service.removal import remove_attendee
from app.store.events import StoredEvent, with_benefits_of
from app.workers.body_reader import size_to_read
from schemas.base import Id
from schemas.event import Attendee
from schemas.listing import AttendeePage, Attendees, Departure, EventReceipt
from schemas.personal_data import PersonalData

router = APIRouter(prefix="/v1/events/{event_id}/attendees", tags=["attendees"])

MOST_IN_PAGE = 10_000


AttendeeId = Annotated[
    str,
    Path(
        description="Your own id, percent-encoded.",
        json_schema_extra=TypeAdapter(Id).json_schema(),
    ),
]
ListBody = Annotated[Sent[bytes], Depends(raw_body("event_bytes"))]
OneBody = Annotated[Sent[Attendee], Depends(json_body(Attendee))]
PatchBody = Annotated[Sent[bytes], Depends(raw_body("body_bytes", MERGE_PATCH))]


@router.post(
    "",
    status_code=201,
    response_model=EventReceipt,
    responses={201: CREATED},
    openapi_extra=openapi_body(Attendee, Attendees),
)
@refuses(StateConflict)
async def add_attendees(
    event: EventDep,
    tasks: ContradictionTasksDep,
    prefetch: TextPrefetchDep,
    repairs: RepairsDep,
    once: IdempotentDep,
    sent: ListBody,
) -> Response:
    """Add attendees: `{"attendees": [...]}`, or one; an id that is there already is refused."""
    if event.published_version is None:
        with suppress(StateConflict):  # said below, unless the same was sent before
            grown = await _grown(event, sent)
            if grown.demanding:
                await refuse_contradictions(tasks, grown.event)

    asked: list[str] = []

    async def add(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        grown = await _grown(stored, sent)
        change = EventChange(pointers_to(grown.added))
        blame = blame_added(stored.attendees, alone=grown.alone)
        edit = await save_edit(connection, stored, grown.event, change, blame)
        prefetch.expect(edit.event)
        if edit.repair is not None:
            asked.append(edit.repair)
        return receipt(edit, 201)

    response = await once(sent, add)
    for solve_id in asked:  # from here on it is committed
        repairs.begin(solve_id, event.id)
    return response


PLACE = re.compile(r"[0-9]{1,9}")
"""How many attendees come before a page."""


@router.get("", response_model=AttendeePage, responses=REVALIDATED)
async def list_attendees(
    request: Request,
    event: EventDep,
    limit: Annotated[int, Query(ge=1, le=MOST_IN_PAGE, description="How many in a page.")] = 1_000,
    cursor: Cursor = None,
) -> Response:
    """The event's attendees, in its order."""
    scope = f"attendees of {event.id}"
    first = 0 if cursor is None else int(open_cursor(scope, cursor, PLACE))
    if same := not_modified(request, event.etag):
        return same
    end = first + limit
    rows = await in_child_if_large(len(event.outline), rows_between, event.outline, first, end)
    following = seal_cursor(scope, str(end)) if end < event.attendees else None
    page = f'{{"attendees":{rows},"next":{to_json(following).decode()}}}'
    return json_answer(page, event.etag)


@router.put(
    "",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_body(Attendees),
)
async def replace_attendees(event: EventDep, revision: RevisionDep, sent: ListBody) -> Response:
    """Replace the whole list; nobody who is in the published schedule may be missing from it."""
    revision.check(event)
    whole = event.document
    size = len(whole) + size_to_read(sent.document)
    new = await in_child_if_large(size, replace_list, whole, sent.document)
    return receipt(await revision.store(event, new, blame_list))


@router.get("/{attendee_id}", response_model=Attendee, responses=REVALIDATED)
async def get_attendee(request: Request, event: EventDep, attendee_id: AttendeeId) -> Response:
    """One attendee; the ETag is the event's."""
    found = await in_child_if_large(len(event.outline), row_of, event.outline, attendee_id)
    if same := not_modified(request, event.etag):
        return same
    return json_answer(found, event.etag)


@router.get("/{attendee_id}/data", response_model=PersonalData)
async def get_personal_data(event: EventDep, attendee_id: AttendeeId, store: StoreDep) -> Response:
    """All that is kept about one attendee, to be handed over to them."""
    async with store.read() as connection:
        return json_answer(await collect_personal_data(connection, event, attendee_id))


@router.put(
    "/{attendee_id}",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_body(Attendee),
)
async def put_attendee(
    event: EventDep,
    attendee_id: AttendeeId,
    revision: RevisionDep,
    sent: OneBody,
) -> Response:
    """Replace an attendee, or add one under this id."""
    revision.check(event)
    made = await in_child_if_large(
        len(event.outline), put_row, event.outline, attendee_id, sent.document
    )
    return await _store_one(revision, event, made, attendee_id)


@router.patch(
    "/{attendee_id}",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_patch_body(),
)
async def patch_attendee(
    event: EventDep,
    attendee_id: AttendeeId,
    revision: RevisionDep,
    sent: PatchBody,
) -> Response:
    """Change an attendee by a JSON Merge Patch."""
    revision.check(event)
    size = len(event.outline) + size_to_read(sent.document)
    made = await in_child_if_large(size, patch_row, event.outline, attendee_id, sent.document)
    return await _store_one(revision, event, made, attendee_id)


@router.delete("/{attendee_id}", response_model=Departure, responses={200: TAGGED})
async def delete_attendee(
    event: EventDep,
    attendee_id: AttendeeId,
    match: MatchDep,
    store: StoreDep,
    repairs: RepairsDep,
    erase: Annotated[bool, Query(description="Also forget everything but the id.")] = False,
) -> Response:
    """Remove an attendee with all rules about them; who is published drops out instead."""

    async def remove(connection: AsyncConnection) -> tuple[Departure, str]:
        stored = await lock_event(connection, event)
        match.check(stored.etag)
        departure = await remove_attendee(connection, stored, attendee_id, erase=erase)
        return departure, (await lock_event(connection, event)).etag

    departure, etag = await store.transact(remove, event.id)
    if departure.solve is not None:
        repairs.begin(departure.solve, event.id)
    return json_answer(departure, etag)


async def _store_one(
    revision: Revision, event: StoredEvent, made: WrittenEvent, attendee_id: str
) -> Response:
    """Store the event whose outline was changed in one attendee."""
    blame = blame_one(made.attendees.index(attendee_id))
    return receipt(await revision.store(event, with_benefits_of(event, made), blame))


async def _grown(stored: StoredEvent, sent: Sent[bytes]) -> GrownList:
    """The event with what was sent at the end of the list."""
    size = len(stored.outline) + size_to_read(sent.document)
    grown = await in_child_if_large(size, add_rows, stored.outline, sent.document)
    return grown._replace(event=with_benefits_of(stored, grown.event))
