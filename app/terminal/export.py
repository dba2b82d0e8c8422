"""A schedule as a file for other programs, from the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from app.errors import Refused
from app.exports.schedule_file import (
    FileFormat,
    FileRequest,
    PaperKind,
    RowsOf,
    TemplateFormat,
    misplaced_choice,
    schedule_file,
)
from app.terminal.failure import Failure
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.words.message import list_in_words


def file_request(
    wanted: str | None,
    out: Path,
    rows: str | None = None,
    number: int | None = None,
    paper: str | None = None,
    link: str | None = None,
    earlier: Path | None = None,
) -> FileRequest:
    """What the options ask for; the format is that of the file's ending where none is named.

    Raises Failure where they ask for what there is not, or do not fit each other.
    """
    if wanted is None:
        ending = out.suffix.lower().removeprefix(".")
        told = f"--format: say which; {ending or 'a name without an ending'} tells none"
        wanted = _one_of(FileFormat, ending, told)
    chosen = _one_of(FileFormat, wanted, "--format: there is none of this name")
    row = None if rows is None else _one_of(RowsOf, rows, "--rows: there are none of this name")
    kind = None if paper is None else _one_of(PaperKind, paper, "--paper: none has this name")
    request = FileRequest(chosen, row, number, kind, link)
    if misplaced := misplaced_choice(request):
        name, message = misplaced
        raise Failure(f"--{name}: {message}")
    if earlier is None or chosen == "xlsx":
        return request
    if chosen == "pdf" and request.card_paper:
        return request._replace(only="changed")
    told = "only an xlsx, badges and cards tell what changed: leave it out, or ask for one of them"
    raise Failure(f"--from: {told}")


def template_format(out: Path) -> TemplateFormat:
    """The format of a template, by the end of the file's name; Failure where it tells none."""
    ending = out.suffix.lower().removeprefix(".")
    told: TemplateFormat = _one_of(TemplateFormat, ending, "--out: say which by its ending")
    return told


def _one_of(names: Any, value: str, told: str) -> Any:
    """The value, if it is one of the names; else a Failure that lists them."""
    if value not in get_args(names):
        raise Failure(f"{told}: {list_in_words(get_args(names))} there are")
    return value


class Exported(NamedTuple):
    """A file, and what is to be told of it."""

    content: bytes
    told: Sequence[str] = ()


def exported_file(
    event: Event, schedule: Schedule, request: FileRequest, before: Schedule | None
) -> Exported:
    """The file; Failure where the schedule lacks what it takes."""
    try:
        if request.format == "pdf":
            return _printed(event, schedule, request, before)
        return Exported(schedule_file(event, schedule, request, before, DayState()))
    except Refused as refusal:
        raise Failure(*(error.message for error in refusal.errors)) from None


def exported_event(event: Event) -> bytes:
    """The event itself as a workbook; Failure where it has too many rows for one."""
    from app.exports.event_workbook import event_workbook_of

    try:
        return event_workbook_of(event)
    except Refused as refusal:
        raise Failure(*(error.message for error in refusal.errors)) from None


def _printed(
    event: Event, schedule: Schedule, request: FileRequest, before: Schedule | None
) -> Exported:
    from app.paper.printing import card_stock, print_paper

    marks = card_stock(event, before, DayState()).marks if before else None
    paper = print_paper(event, schedule, DayState(), request, marks)
    told = [f"{v}: no font has {codes}" for v, codes in paper.unprintable.items()]
    if paper.cards:
        told.insert(0, f"{len(paper.printed)} of {paper.cards} cards")
    return Exported(paper.content, told)
