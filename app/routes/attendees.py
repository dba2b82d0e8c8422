"""Attendees of an event: all of them, or one; every change is a new revision of the event."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Discriminator, Tag, TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import ContradictionTasksDep, EventDep, RepairsDep, TextPrefetchDep
from app.errors import Invalid, NotFound, StateConflict
from app.http.body import (
    BodyReaderDep,
    Sent,
    json_body,
    merge_patch_body,
    openapi_body,
    openapi_patch_body,
)
from app.http.conditional import MatchDep, json_answer, not_modified
from app.http.cursor import Cursor, open_cursor, seal_cursor
from app.http.idempotency import IdempotentDep
from app.http.openapi import CREATED, REVALIDATED, TAGGED, refuses
from app.http.state import StoreDep
from app.large_documents import in_thread_if_large
from app.planning.document import WrittenEvent
from app.routes.events import receipt
from app.routes.revision import Revision, RevisionDep
from app.service.editing import (
    Blame,
    attendees_in,
    document_in,
    event_of,
    lock_event,
    pointers_to,
    refuse_contradictions,
    save_edit,
    write_changed,
)
from app.service.removal import remove_attendee
from app.store.events import StoredEvent
from app.strict_json import apply_merge_patch
from app.workers.body_reader import BodyReader
from schemas.base import Id
from schemas.event import OBJECT, PLAIN, Attendee
from schemas.listing import AttendeePage, Attendees, Departure, EventReceipt
from schemas.problem import ProblemError

router = APIRouter(prefix="/v1/events/{event_id}/attendees", tags=["attendees"])

MOST_IN_PAGE = 10_000


def _one_or_list(value: Any) -> str:
    return OBJECT if isinstance(value, dict) and "id" in value else PLAIN


OneOrList = Annotated[
    Annotated[Attendee, Tag(OBJECT)] | Annotated[Attendees, Tag(PLAIN)],
    Discriminator(_one_or_list),
]
AttendeeId = Annotated[
    str,
    Path(
        description="Your own id, percent-encoded.",
        json_schema_extra=TypeAdapter(Id).json_schema(),
    ),
]
ListBody = Annotated[Sent[Attendees], Depends(json_body(Attendees, "event_bytes"))]
OneOrListBody = Annotated[Sent[Attendee | Attendees], Depends(json_body(OneOrList, "event_bytes"))]
OneBody = Annotated[Sent[Attendee], Depends(json_body(Attendee))]
PatchBody = Annotated[Sent[Any], Depends(merge_patch_body)]


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
    sent: OneOrListBody,
) -> Response:
    """Add attendees: `{"attendees": [...]}`, or one; an id that is there already is refused."""
    new = sent.document
    if event.published_version is None and _demanding(new) and not await _known(event, new):
        await refuse_contradictions(tasks, await _grown(event, new))

    asked: list[str] = []

    async def add(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        if known := await _known(stored, new):
            raise StateConflict(errors=known)
        changed = pointers_to([attendee.id for attendee in _listed(new)])
        blame = _blame_in(stored, new)
        edit = await save_edit(connection, stored, await _grown(stored, new), changed, blame)
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
    everybody = await attendees_in(event)
    following = seal_cursor(scope, str(first + limit)) if first + limit < len(everybody) else None
    page = to_json({"attendees": everybody[first : first + limit], "next": following})
    return json_answer(page.decode(), event.etag)


@router.put(
    "",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_body(Attendees),
)
async def replace_attendees(
    event: EventDep, revision: RevisionDep, reader: BodyReaderDep, sent: ListBody
) -> Response:
    """Replace the whole list; nobody who is in the published schedule may be missing from it."""
    revision.check(event)
    whole = await document_in(event)
    whole["attendees"] = _rows(sent.document.attendees)
    new = await event_of(reader, whole, len(event.document), _in_list)
    return receipt(await revision.store(event, new, _in_list))


@router.get("/{attendee_id}", response_model=Attendee, responses=REVALIDATED)
async def get_attendee(request: Request, event: EventDep, attendee_id: AttendeeId) -> Response:
    """One attendee; the ETag is the event's."""
    everybody = await attendees_in(event)
    found = everybody[_place(everybody, attendee_id)]
    if same := not_modified(request, event.etag):
        return same
    return json_answer(to_json(found).decode(), event.etag)


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
    reader: BodyReaderDep,
    sent: OneBody,
) -> Response:
    """Replace an attendee, or add one under this id."""
    revision.check(event)
    whole = await document_in(event)
    ids = [row["id"] for row in whole["attendees"]]
    place = ids.index(attendee_id) if attendee_id in ids else len(ids)
    whole["attendees"][place : place + 1] = _rows((sent.document,))
    return await _revise_one(revision, reader, event, whole, place, attendee_id)


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
    reader: BodyReaderDep,
    sent: PatchBody,
) -> Response:
    """Change an attendee by a JSON Merge Patch."""
    whole = await document_in(event)
    place = _place(whole["attendees"], attendee_id)
    revision.check(event)
    whole["attendees"][place] = apply_merge_patch(whole["attendees"][place], sent.document)
    return await _revise_one(revision, reader, event, whole, place, attendee_id)


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


async def _revise_one(
    revision: Revision,
    reader: BodyReader,
    event: StoredEvent,
    whole: Any,
    place: int,
    attendee_id: str,
) -> Response:
    """Store the event whose attendee at ``place`` was replaced."""
    new = await event_of(reader, whole, len(event.document), _at(place))
    if new.attendees[place] != attendee_id:
        raise Invalid.at("/id", "other_id", "an id stays: it must be the one in the path")
    return receipt(await revision.store(event, new, _at(place)))


def _rows(attendees: tuple[Attendee, ...]) -> list[dict[str, Any]]:
    return [attendee.model_dump(mode="json") for attendee in attendees]


def _place(everybody: list[dict[str, Any]], attendee_id: str) -> int:
    """Where the attendee stands in the list; NotFound when nowhere."""
    for place, row in enumerate(everybody):
        if row["id"] == attendee_id:
            return place
    raise NotFound


def _listed(sent: Attendee | Attendees) -> tuple[Attendee, ...]:
    return (sent,) if isinstance(sent, Attendee) else sent.attendees


def _demanding(sent: Attendee | Attendees) -> bool:
    """Whether any of them brings a rule that may contradict the others."""
    return any(attendee.min_meetings for attendee in _listed(sent))


async def _known(stored: StoredEvent, sent: Attendee | Attendees) -> list[ProblemError]:
    """An error for each id that the event has already."""
    ids = {row["id"] for row in await attendees_in(stored)}
    return [
        ProblemError(
            pointer="/id" if isinstance(sent, Attendee) else f"/attendees/{k}/id",
            code="known_attendee",
            message="an attendee of this event has this id already",
        )
        for k, attendee in enumerate(_listed(sent))
        if attendee.id in ids
    ]


async def _grown(stored: StoredEvent, sent: Attendee | Attendees) -> WrittenEvent:
    """The event with what was sent at the end of the list."""
    return await in_thread_if_large(len(stored.document), _grow, stored.document, sent)


def _grow(document: str, sent: Attendee | Attendees) -> WrittenEvent:
    whole = from_json(document)
    blame = _added(len(whole["attendees"]), alone=isinstance(sent, Attendee))
    whole["attendees"] += _rows(_listed(sent))
    return write_changed(whole, blame)


def _blame_in(stored: StoredEvent, sent: Attendee | Attendees) -> Blame:
    """Pointers into what was sent, at the end of the list."""
    return _added(stored.attendees, alone=isinstance(sent, Attendee))


def _in_list(pointer: str) -> str | None:
    """A pointer into a whole list that was sent."""
    return pointer if pointer.startswith("/attendees") else None


def _at(place: int) -> Blame:
    """Pointers into the one attendee that was sent."""

    def blame(pointer: str) -> str | None:
        found = IN_LIST.match(pointer)
        return pointer[found.end() :] if found and int(found[1]) == place else None

    return blame


def _added(first: int, *, alone: bool) -> Blame:
    """Pointers into attendees that were added at ``first``."""
    if alone:
        return _at(first)

    def blame(pointer: str) -> str | None:
        found = IN_LIST.match(pointer)
        if found is None:
            return pointer if pointer == "/attendees" else None
        place = int(found[1]) - first
        return f"/attendees/{place}{pointer[found.end() :]}" if place >= 0 else None

    return blame


IN_LIST = re.compile(r"/attendees/([0-9]+)")
