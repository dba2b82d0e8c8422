"""Events: keep one, read it, change it, delete it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import ContradictionTasksDep, EventDep, TextPrefetchDep, check_size
from app.errors import NotAllowed, StateConflict, Unsupported
from app.exports.schedule_file import SPREADSHEET
from app.http.access import CallerDep, check_caller
from app.http.body import (
    MERGE_PATCH,
    REFUSALS,
    BodiesDep,
    BodyReaderDep,
    Sent,
    event_body,
    no_body,
    openapi_body,
    openapi_patch_body,
    raw_body,
)
from app.http.conditional import JSON, MatchDep, json_answer, not_modified
from app.http.cursor import Cursor, open_cursor, seal_cursor
from app.http.departure import RequestTasks, in_turn, tasks_of_request
from app.http.idempotency import IdempotentDep
from app.http.openapi import CREATED, REVALIDATED, TAGGED, headed, refuses
from app.http.state import StoreDep
from app.planning.document import (
    WrittenEvent,
    patch_document,
    server_owned,
    take_event,
    take_filled_event,
    write_event,
)
from app.routes.revision import RevisionDep
from app.routes.schedule_files import MOST_ATTENDEES, attachment
from app.service.editing import (
    Edit,
    errors_of,
    lock_event,
    refuse_contradictions,
)
from app.store import events, schedules
from app.store.ids import ID
from app.workers.tasks import event_file_of, slips_of
from schemas.event import Event
from schemas.listing import EventPage, EventReceipt, Validation
from schemas.preset import PresetName

router = APIRouter(prefix="/v1/events", tags=["events"])

MOST_IN_PAGE = 200
EventBody = Annotated[Sent[WrittenEvent], Depends(event_body(write_event))]
PresetQuery = Annotated[
    PresetName | None,
    Query(description="A preset that fills in what the body leaves out; what the body says wins."),
]


@refuses(*REFUSALS, Unsupported)
async def read_new_event(
    request: Request, bodies: BodiesDep, preset: PresetQuery = None
) -> Sent[WrittenEvent]:
    """A dependency that reads an event to be kept, filled in by a preset if one is named."""
    take = partial(take_filled_event, preset) if preset else partial(take_event, write_event)
    return await bodies.read(request, "event_bytes", take, JSON)


NewEventBody = Annotated[Sent[WrittenEvent], Depends(read_new_event)]
PatchBody = Annotated[Sent[bytes], Depends(raw_body("event_bytes", MERGE_PATCH))]


@router.post(
    "",
    status_code=201,
    response_model=EventReceipt,
    responses={201: CREATED},
    openapi_extra=openapi_body(Event),
)
async def create_event(
    caller: CallerDep,
    tasks: ContradictionTasksDep,
    prefetch: TextPrefetchDep,
    once: IdempotentDep,
    sent: NewEventBody,
) -> Response:
    """Keep an event; rules that contradict each other are refused at once.

    A `preset` fills in what the body does not say, inside objects too; a null is the usual value.
    All of them have `rounds`: then the body may leave out what its schema requires.
    """
    if sent.document.published_version is not None:
        raise server_owned("published")
    await refuse_contradictions(tasks, sent.document)

    async def add(connection: AsyncConnection) -> Response:
        stored = await events.add(connection, caller.organisation, sent.document)
        prefetch.expect(stored)
        return receipt(Edit(stored, None), 201)

    return await once(sent, add)


@router.get("", response_model=EventPage)
async def list_events(
    caller: CallerDep,
    store: StoreDep,
    limit: Annotated[int, Query(ge=1, le=MOST_IN_PAGE, description="How many in a page.")] = 50,
    cursor: Cursor = None,
) -> Response:
    """The organisation's events, newest first; a key of one event has that alone."""
    scope = f"events of {caller.organisation}"
    before = None if cursor is None else open_cursor(scope, cursor, ID)
    async with store.read() as connection:
        rows = await events.page(
            connection, caller.organisation, before, limit + 1, only=caller.event
        )
    following = seal_cursor(scope, rows[limit - 1].id) if len(rows) > limit else None
    return json_answer(EventPage(events=tuple(rows[:limit]), next=following))


@refuses(NotAllowed, StateConflict)
async def get_workbook_tasks(
    request: Request,
    caller: CallerDep,
    tasks: Annotated[RequestTasks, tasks_of_request("file_tasks")],
    wanted: Annotated[
        Literal["json", "xlsx"],
        Query(
            alias="format",
            description="The document as JSON, or the organiser's workbook, to be edited and sent"
            " to `POST /v1/imports`.",
        ),
    ] = "json",
) -> AsyncIterator[RequestTasks | None]:
    """What makes a workbook, once it is the caller's turn; None where none is asked for."""
    if wanted == "json":
        yield None
        return
    check_caller(request, caller, "get_event?format")
    async with in_turn(tasks):
        yield tasks


WorkbookTasksDep = Annotated[RequestTasks | None, Depends(get_workbook_tasks)]


@router.get(
    "/{event_id}",
    response_model=Event,
    responses=REVALIDATED
    | {
        200: headed("ETag", "Content-Disposition")
        | {"content": {SPREADSHEET: {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def get_event(
    request: Request, tasks: WorkbookTasksDep, event: EventDep, store: StoreDep
) -> Response:
    """The event with all incidents applied; as it stands it is a body for `POST /v1/solve`.

    As a workbook it is the same event when it is imported again.
    """
    etag = event.etag if tasks is None else f'{event.etag[:-1]}.xlsx"'
    if same := not_modified(request, etag):
        return same
    if tasks is not None:
        check_size(event, MOST_ATTENDEES, "workbooks are made of events")
    async with store.read() as connection:
        document = await schedules.with_published(connection, event)
    if tasks is None:
        return json_answer(document, etag)
    content = await tasks.run(event_file_of, document)
    if not isinstance(content, bytes):
        raise StateConflict(errors=content)
    name = attachment(event.name or "event", "xlsx")
    headers = {"ETag": etag, "Content-Disposition": name}
    return Response(content, headers=headers, media_type=SPREADSHEET)


@router.put(
    "/{event_id}",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_body(Event),
)
async def replace_event(event: EventDep, revision: RevisionDep, sent: EventBody) -> Response:
    """Replace the event; what the server owns may be left out, or sent back as it was read."""
    revision.check(event)
    new = sent.document
    if new.published_version not in (None, event.published_version or 0):
        raise server_owned("published")
    if new.held_rounds not in (None, event.held_rounds):
        raise server_owned("held_rounds")
    return receipt(await revision.store(event, new))


@router.patch(
    "/{event_id}",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_patch_body(),
)
async def patch_event(
    event: EventDep, revision: RevisionDep, reader: BodyReaderDep, sent: PatchBody
) -> Response:
    """Change the event by a JSON Merge Patch; the result must be valid as a whole."""
    revision.check(event)
    patch = partial(patch_document, event.document)
    new = await reader.read(patch, sent.document, len(event.document))
    return receipt(await revision.store(event, new))


@router.delete("/{event_id}", status_code=204)
async def delete_event(event: EventDep, match: MatchDep, store: StoreDep) -> Response:
    """Delete the event with its schedules, solves and incidents; a running solve ends."""

    async def remove(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        match.check(stored.etag)
        await events.remove(connection, event.id)
        return Response(status_code=204)

    answer = await store.transact(remove, event.id)
    await store.wipe_keys()
    return answer


@router.post("/{event_id}/validate", response_model=Validation, responses={200: TAGGED})
async def validate_event(
    event: EventDep,
    tasks: ContradictionTasksDep,
    _once: IdempotentDep,
    _sent: Annotated[Sent[None], Depends(no_body)],
) -> Response:
    """Contradictions that show without solving, and what is surely not meant; changes nothing."""
    (conflict, advice), warnings = await tasks.run(slips_of, event.document)
    answer = Validation(
        valid=not conflict,
        errors=tuple(errors_of(conflict)),
        conflict=conflict,
        advice=advice,
        warnings=warnings,
    )
    return json_answer(answer, event.etag)


def receipt(edit: Edit, status: int = 200) -> Response:
    """What a change of the event is answered with."""
    stored = edit.event
    place = {"Location": f"/v1/events/{stored.id}"} if status == 201 else {}
    answer = EventReceipt(
        id=stored.id, revision=stored.revision, attendees=stored.attendees, solve=edit.repair
    )
    return json_answer(answer, stored.etag, status, place)
