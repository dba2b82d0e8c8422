"""Schedules as files for other programs: made by a child, for organisers alone."""

import re
import unicodedata
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from fastapi import Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import check_size
from app.errors import Invalid, NotAllowed, StateConflict
from app.exports.schedule_file import KINDS, FileFormat, FileRequest, RowsOf, misplaced_choice
from app.http.access import CallerDep
from app.http.conditional import not_modified
from app.http.departure import RequestTasks, in_turn, tasks_of_request
from app.http.openapi import REVALIDATED, headed, refuses
from app.store import news, schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from app.workers.tasks import schedule_file_of
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
        }
    }
}
"""What a route answers that gives a schedule in every format."""


@refuses(Invalid, NotAllowed)
async def get_file_request(
    caller: CallerDep,
    wanted: Annotated[
        FileFormat,
        Query(
            alias="format",
            description="The document as JSON; a CSV or an Excel workbook; the rounds as iCalendar;"
            " or Zoom's list of breakout rooms. All but JSON are the organiser's.",
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
) -> FileRequest:
    """The file that is asked for; Invalid if its choices do not fit, NotAllowed for readers."""
    file = FileRequest(wanted, rows, number)
    if misplaced := misplaced_choice(file):
        name, message = misplaced
        raise Invalid.at(f"query:{name}", "misplaced", message)
    if file.format != "json" and caller.role == "reader":
        raise NotAllowed("files for other programs are the organiser's: a reader's key reads json")
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


async def version_before(
    connection: AsyncConnection, file: WantedFile, found: StoredSchedule | None
) -> StoredSchedule | None:
    """The version from which a file tells what changed: the last published of a smaller number."""
    if file.request.format != "xlsx" or found is None:
        return None
    number = await news.published_before(connection, found.event_id, found.version)
    return await schedules.find(connection, found.event_id, number or 0)


async def file_answer(
    file: WantedFile, event: StoredEvent, found: StoredSchedule, before: StoredSchedule | None
) -> Response:
    """A version as a file, with a name to save it under."""
    check_size(event, MOST_ATTENDEES, "files other than json are made of events")
    wanted, tasks = file
    etag = _etag(event, wanted, found, before)
    if same := not_modified(tasks.request, etag):
        return same
    task = partial(
        schedule_file_of,
        schedule=found.whole_document(),
        request=wanted,
        before=before.whole_document() if before else None,
        day=event.day,
    )
    content = await tasks.run(task, event.outline)
    if not isinstance(content, bytes):
        raise StateConflict(errors=content)
    kind = KINDS[wanted.format]
    name = attachment(f"{file_name(event, found)} {wanted.title}".rstrip(), kind.suffix)
    headers = {"ETag": etag, "Content-Disposition": name}
    return Response(content, headers=headers, media_type=kind.media_type)


def _etag(
    event: StoredEvent, wanted: FileRequest, found: StoredSchedule, before: StoredSchedule | None
) -> str:
    """Files change with names and the day, with the version, and with what was asked for."""
    asked = ".".join(str(choice) for choice in wanted if choice is not None)
    earlier = before.version if before else 0
    return f'"{event.revision}.{found.etag[1:-1]}.{asked}.{earlier}"'


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
