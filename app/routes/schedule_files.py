"""Schedules as files for other programs: made by a child, for organisers alone."""

import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import check_size
from app.errors import Invalid, NotAllowed, StateConflict
from app.exports.schedule_file import (
    KINDS,
    FileFormat,
    FileRequest,
    Only,
    PaperKind,
    RowsOf,
    misplaced_choice,
)
from app.http.access import CallerDep, check_caller
from app.http.conditional import not_modified
from app.http.departure import RequestTasks, in_turn, tasks_of_request
from app.http.openapi import REVALIDATED, headed, refuses
from app.planning.document import digest_of
from app.store import news, prints, schedules
from app.store.events import StoredEvent
from app.store.prints import StoredPrint
from app.store.schedules import StoredSchedule
from app.workers.tasks import paper_of, schedule_file_of
from schemas import limits

MOST_ATTENDEES = 5_000
"""A file is made while somebody waits: beyond this, for too long."""
LONGEST_FILE_NAME = 100

FILES: dict[int | str, dict[str, Any]] = REVALIDATED | {
    200: headed("ETag", "Content-Disposition")
    | {
        "content": {
            KINDS["csv"].media_type: {"schema": {"type": "string"}},
            KINDS["xlsx"].media_type: {"schema": {"type": "string", "format": "binary"}},
            KINDS["ics"].media_type: {"schema": {"type": "string"}},
            KINDS["pdf"].media_type: {"schema": {"type": "string", "format": "binary"}},
        }
    }
}
"""What a route answers that gives a schedule in every format."""


@refuses(Invalid, NotAllowed)
async def get_file_request(
    request: Request,
    caller: CallerDep,
    wanted: Annotated[
        FileFormat,
        Query(
            alias="format",
            description="The document as JSON; a CSV or an Excel workbook; the rounds as iCalendar;"
            " Zoom's list of breakout rooms; or a PDF to print. All but JSON are the organiser's.",
        ),
    ] = "json",
    rows: Annotated[
        RowsOf | None,
        Query(description="What a row of a CSV is. Left out: a meeting."),
    ] = None,
    number: Annotated[
        int | None,
        Query(alias="round", ge=1, le=limits.ROUNDS, description="Of which round a zoom list is."),
    ] = None,
    paper: Annotated[
        PaperKind | None, Query(description="What a PDF is of. Left out: badges.")
    ] = None,
    link: Annotated[
        str | None,
        Query(
            max_length=limits.LINK,
            description="Where the QR code of badges and cards leads: an http or https address with"
            " `{id}` in the place of the attendee's id. Left out: there is no code.",
        ),
    ] = None,
    only: Annotated[
        Only | None,
        Query(description="Of badges and cards only those that differ from the last print."),
    ] = None,
) -> FileRequest:
    """The file that is asked for; Invalid if its choices do not fit, NotAllowed for readers."""
    file = FileRequest(wanted, rows, number, paper, link, only)
    if misplaced := misplaced_choice(file):
        name, message = misplaced
        raise Invalid.at(f"query:{name}", "misplaced", message)
    if file.format != "json":
        check_caller(request, caller, f"{request.scope['route'].name}?format")
    return file


class WantedFile(NamedTuple):
    """The file that is asked for, and what makes it."""

    request: FileRequest
    tasks: RequestTasks


async def get_wanted_file(
    request: Annotated[FileRequest, Depends(get_file_request)],
    tasks: Annotated[RequestTasks, tasks_of_request("file_tasks")],
) -> AsyncIterator[WantedFile]:
    """The file, once it is the caller's turn; the document itself is nothing to wait for.

    As with all tasks in turn, a route must ask for this before it asks for its event.
    """
    if request.format == "json":
        yield WantedFile(request, tasks)
        return
    async with in_turn(tasks):
        yield WantedFile(request, tasks)


FileDep = Annotated[WantedFile, Depends(get_wanted_file)]


class Earlier(NamedTuple):
    """What a file compares a version with: one that was published before, or a print."""

    version: StoredSchedule | None = None
    printed: StoredPrint | None = None


async def find_earlier(
    connection: AsyncConnection, file: WantedFile, event: StoredEvent, found: StoredSchedule | None
) -> Earlier:
    """What the file that is asked for compares with, if anything.

    A workbook with the last published version of a smaller number, changed cards with the last
    print of their paper; StateConflict if there is none.
    """
    if file.request.format == "xlsx" and found is not None:
        number = await news.published_before(connection, event.id, found.version)
        return Earlier(version=await schedules.find(connection, event.id, number or 0))
    paper = file.request.card_paper
    if file.request.only is None or paper is None:
        return Earlier()
    printed = await prints.last(connection, event.id, paper)
    if printed is None:
        message = "nothing was told to be printed on this paper: print all of it, and tell prints"
        raise StateConflict.at("query:only", "no_print", message)
    return Earlier(printed=printed)


async def file_answer(
    file: WantedFile, event: StoredEvent, found: StoredSchedule, earlier: Earlier
) -> Response:
    """A version as a file, with a name to save it under."""
    check_size(event, MOST_ATTENDEES, "files other than json are made of events")
    wanted, tasks = file
    etag = _etag(event, wanted, found, earlier)
    if same := not_modified(tasks.request, etag):
        return same
    content = await tasks.run(_task(wanted, event, found, earlier), event.outline)
    if not isinstance(content, bytes):
        raise StateConflict(errors=content)
    kind = KINDS[wanted.format]
    name = attachment(f"{file_name(event, found)} {wanted.title}".rstrip(), kind.suffix)
    headers = {"ETag": etag, "Content-Disposition": name}
    return Response(content, headers=headers, media_type=kind.media_type)


def _task(
    wanted: FileRequest, event: StoredEvent, found: StoredSchedule, earlier: Earlier
) -> Callable[[str], Any]:
    """What makes the file of an event's outline."""
    document, day = found.whole_document(), event.day
    if wanted.format == "pdf":
        marks, held = earlier.printed.marks if earlier.printed else None, event.held_rounds
        return partial(
            paper_of, schedule=document, request=wanted, held=held, day=day, printed=marks
        )
    before = earlier.version.whole_document() if earlier.version else None
    return partial(schedule_file_of, schedule=document, request=wanted, before=before, day=day)


def _etag(event: StoredEvent, wanted: FileRequest, found: StoredSchedule, earlier: Earlier) -> str:
    """Files change with names and the day, with the version, and with what was asked for."""
    link = digest_of(wanted.link)[:12] if wanted.link else None
    asked = ".".join(str(choice) for choice in wanted._replace(link=link) if choice is not None)
    before = earlier.version.version if earlier.version else 0
    printed = earlier.printed.told.number if earlier.printed else 0
    return f'"{event.revision}.{found.etag[1:-1]}.{asked}.{before or printed}"'


def file_name(event: StoredEvent, found: StoredSchedule) -> str:
    """What a version is called as a file, without an ending."""
    return f"{event.name or 'schedule'} v{found.version}"


def attachment(name: str, suffix: str) -> str:
    """A Content-Disposition that saves under ``name``, whatever characters it has (RFC 6266)."""
    safe = re.sub(r"[^\w. -]+", "-", unicodedata.normalize("NFC", name))[:LONGEST_FILE_NAME]
    safe = safe.strip(". -") or "schedule"
    ascii_only = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    plain = ascii_only.strip(". -") or "schedule"
    encoded = quote(safe, safe="")
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{encoded}.{suffix}"
