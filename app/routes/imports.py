"""Imports: a registration file as attendees of an event, tried first if the caller likes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import ContradictionTasksDep, EventDep, RepairsDep, TextPrefetchDep
from app.errors import Invalid, StateConflict, TooLarge
from app.http.access import CallerDep
from app.http.body import BodyReaderDep, Sent, file_body, openapi_file_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import headed, refuses
from app.http.state import SettingsDep, StoreDep
from app.imports.order import Corrections, ImportOrder, ListOrder, ReadFile, order_list, read_file
from app.planning.document import digest_of
from app.service.editing import changes_to, lock_event, refuse_contradictions, save_edit
from app.service.incidents import accept_incidents
from app.store import column_mappings, events
from app.store.events import StoredEvent
from schemas import limits
from schemas.imports import GivenColumn, ImportKind, ImportReceipt
from schemas.incident import Incident

router = APIRouter(prefix="/v1", tags=["attendees"])

CORRECTIONS: TypeAdapter[dict[str, str | GivenColumn]] = TypeAdapter(dict[str, str | GivenColumn])
FileBody = Annotated[Sent[bytes], Depends(file_body)]
DryRun = Annotated[bool, Query(description="Tell what would be done, and do nothing.")]


@refuses(Invalid)
async def corrections_in(
    mapping: Annotated[
        str | None,
        Query(
            max_length=limits.MAPPING,
            description="What columns are, where they are taken for something else: a JSON object "
            'of fields by header or by number from 1, such as `{"Firma": "organisation"}`. Left '
            "out: as it was said of the last file with this header.",
        ),
    ] = None,
) -> Corrections | None:
    """What the caller says of columns; Invalid if it is no object of texts."""
    if mapping is None:
        return None
    try:
        told = CORRECTIONS.validate_json(mapping)
    except ValidationError:
        message = 'a JSON object of fields by column is needed: {"Firma": "organisation"}'
        raise Invalid.at("query:mapping", "no_mapping", message) from None
    return {
        column: given if isinstance(given, str) else given.model_dump(mode="json")
        for column, given in told.items()
    }


@refuses(Invalid)
async def pairs_in(
    kind: Annotated[
        ImportKind,
        Query(
            alias="as",
            description="What the file holds: `people`, or a list or matrix of pairs of them: "
            "`benefits` (attendee, partner, value), `wants` (preferences by rank), `pairs` (who "
            "must and must not meet), `history` (who met before).",
        ),
    ] = "people",
    scale: Annotated[
        str | None,
        Query(
            max_length=limits.TAG,
            description="Of `benefits`: the worst and the best value, such as `1..5`, or `6..1` "
            "where 1 is best. Left out: `0..1`, or percents where all have the sign.",
        ),
    ] = None,
    replace: Annotated[
        bool,
        Query(
            description="Of lists of pairs: take out what the event has of this kind and the file "
            "does not have."
        ),
    ] = False,
) -> ListOrder | None:
    """How a list of pairs is taken; None for a file of people. Invalid where choices clash."""
    return order_list(kind, scale, replace)


@dataclass(frozen=True)
class FileReader:
    """Reads files for the caller, with what the organisation said of columns before."""

    caller: CallerDep
    store: StoreDep
    reader: BodyReaderDep
    settings: SettingsDep
    corrections: Annotated[Corrections | None, Depends(corrections_in)]

    async def read(
        self,
        raw: bytes,
        event: StoredEvent | None,
        rounds: int | None = None,
        pairs: ListOrder | None = None,
    ) -> ReadFile:
        """What comes of a file, for an event or a new one."""
        async with self.store.read() as connection:
            known = await column_mappings.remembered(connection, self.caller.organisation)
        order = ImportOrder(self.corrections, known, rounds=rounds)
        if event is not None:
            order = ImportOrder(
                self.corrections,
                known,
                event.document,
                event.held_rounds,
                event.day,
                pairs=pairs,
            )
        found: ReadFile = await self.reader.work(read_file, raw, order)
        self._check_size(found)
        return found

    def _check_size(self, found: ReadFile) -> None:
        """Raise TooLarge for an event that could not be sent as a whole."""
        most = self.settings.event_bytes
        if found.event and len(found.event.outline) + len(found.event.benefits_json) > most:
            message = (
                f"the event would be larger than {most:,} bytes: leave out what it can do without"
            )
            raise TooLarge.at("", "event_too_large", message)

    async def remember(self, connection: AsyncConnection, found: ReadFile) -> None:
        """Keep what was said of columns for the next file with that header."""
        if self.corrections is not None:
            owner = self.caller.organisation
            await column_mappings.remember(connection, owner, found.header, self.corrections)


FileReaderDep = Annotated[FileReader, Depends()]


@router.post(
    "/imports",
    response_model=ImportReceipt,
    responses={
        200: {"model": ImportReceipt, "description": "Only tried"},
        201: {"model": ImportReceipt, **headed("Location", "ETag")},
    },
    openapi_extra=openapi_file_body(),
)
async def import_event(
    caller: CallerDep,
    files: FileReaderDep,
    tasks: ContradictionTasksDep,
    prefetch: TextPrefetchDep,
    once: IdempotentDep,
    sent: FileBody,
    rounds: Annotated[
        int | None, Query(ge=1, le=limits.ROUNDS, description="How many rounds the event has.")
    ] = None,
    dry_run: DryRun = False,
) -> Response:
    """Make an event of a file: a CSV or an XLSX as registration tools export them.

    What columns are is recognised, and told; `mapping` corrects it. What a file can hold is in the
    documentation of files. A workbook of `GET /v1/events/{event_id}?format=xlsx` is that event.
    """
    found = await files.read(sent.document, None, rounds)
    if dry_run or found.event is None:
        return json_answer(_receipt(found, None, applied=False))
    written = found.event
    await refuse_contradictions(tasks, written)

    async def add(connection: AsyncConnection) -> Response:
        stored = await events.add(connection, caller.organisation, written)
        now = await _check_in(connection, stored, found)
        await files.remember(connection, found)
        prefetch.expect(now)
        place = {"Location": f"/v1/events/{now.id}"}
        return json_answer(_receipt(found, now, applied=True), now.etag, 201, place)

    return await once(sent, add)


@router.post(
    "/events/{event_id}/imports",
    response_model=ImportReceipt,
    responses={200: headed("ETag")},
    openapi_extra=openapi_file_body(),
)
@refuses(StateConflict)
async def import_attendees(
    event: EventDep,
    files: FileReaderDep,
    tasks: ContradictionTasksDep,
    prefetch: TextPrefetchDep,
    repairs: RepairsDep,
    once: IdempotentDep,
    sent: FileBody,
    pairs: Annotated[ListOrder | None, Depends(pairs_in)],
    dry_run: DryRun = False,
) -> Response:
    """Bring the people of a file into an event: new ones are added, known ones brought up to date.

    Nobody is removed. By `as` the file is a list or a matrix of pairs of people who are there:
    benefits, wishes, rules, or who met before. Once the first round has begun nothing is changed:
    the answer has the `incidents` that the file amounts to, to be looked at and reported.
    """
    found = await files.read(sent.document, event, pairs=pairs)
    if dry_run or found.event is None:
        return json_answer(_receipt(found, event, applied=False), event.etag)
    written = found.event
    if event.published_version is None:
        await refuse_contradictions(tasks, written)
    change = await changes_to(event, written)
    begun: list[str] = []

    async def keep(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        if stored.revision != event.revision:
            message = "the event has changed meanwhile: look at it and send the file again"
            raise StateConflict.at("", "changed", message)
        edit = await save_edit(connection, stored, written, change)
        now = await _check_in(connection, edit.event, found)
        await files.remember(connection, found)
        prefetch.expect(now)
        begun[:] = [edit.repair] if edit.repair else []
        return json_answer(_receipt(found, now, applied=True, solve=edit.repair), now.etag)

    response = await once(sent, keep)
    for solve_id in begun:
        repairs.begin(solve_id, event.id)
    return response


async def _check_in(
    connection: AsyncConnection, stored: StoredEvent, found: ReadFile
) -> StoredEvent:
    """The event with those checked in whom the file tells to be there, and who were not yet."""
    new = sorted({*found.report.checked_in} - {*stored.state.checked_in})
    if not new:
        return stored
    name = f"import-{digest_of(' '.join(new))[:32]}"
    there = Incident(id=name, kind="checked_in", attendees=tuple(new))
    await accept_incidents(connection, stored, [there])
    return await lock_event(connection, stored)


def _receipt(
    found: ReadFile, event: StoredEvent | None, *, applied: bool, solve: str | None = None
) -> ImportReceipt:
    return ImportReceipt(
        **found.report.model_dump(),
        event=event.id if event else None,
        revision=event.revision if event else None,
        applied=applied,
        solve=solve,
        incidents=found.incidents[: limits.INCIDENTS],
    )
