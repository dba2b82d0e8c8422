"""A schedule as a file that other programs read: which formats there are, and what each takes."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import quote

from schemas.day import DayState
from schemas.event import Event
from schemas.prints import CardPaper
from schemas.schedule import Schedule

FileFormat = Literal["json", "csv", "xlsx", "ics", "zoom", "pdf"]
RowsOf = Literal["meetings", "people"]
TemplateFormat = Literal["xlsx", "csv"]
PaperKind = Literal["badges", "cards", "tents", "boards-a4", "boards-a3", "grid", "plan"]
Only = Literal["changed"]


class FileKind(NamedTuple):
    """How a format is named at the end of a file's name, and to programs."""

    suffix: str
    media_type: str


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Mapping[FileFormat, FileKind] = {
    "json": FileKind("json", "application/json"),
    "csv": FileKind("csv", "text/csv"),
    "xlsx": FileKind("xlsx", SPREADSHEET),
    "ics": FileKind("ics", "text/calendar"),
    "zoom": FileKind("csv", "text/csv"),
    "pdf": FileKind("pdf", "application/pdf"),
}
LINK = re.compile(r"https?://[^\s/]+\S*", re.ASCII | re.IGNORECASE)
LINK_PLACE = "{id}"
"""What stands in a link for the id of an attendee."""


class FileRequest(NamedTuple):
    """Which file is asked for; ``rows`` are those of a CSV, ``round`` is that of Zoom's rooms.

    A PDF is of a kind of ``paper``; its cards may lead to a ``link``, and be the changed ones only.
    """

    format: FileFormat = "json"
    rows: RowsOf | None = None
    round: int | None = None
    paper: PaperKind | None = None
    link: str | None = None
    only: Only | None = None

    @property
    def paper_kind(self) -> PaperKind:
        """The paper that a PDF is of."""
        return self.paper or "badges"

    @property
    def card_paper(self) -> CardPaper | None:
        """The same where it is of cards, else None."""
        kind = self.paper_kind
        return kind if kind == "badges" or kind == "cards" else None

    def address_for(self, v: str) -> str | None:
        """Where the code on somebody's card leads; None where cards have none."""
        return self.link and self.link.replace(LINK_PLACE, quote(v, safe=""))

    @property
    def title(self) -> str:
        """What a file is called besides the version."""
        if self.format == "zoom":
            return f"rooms of round {self.round}"
        if self.format == "pdf":
            return f"{self.only or ''} {self.paper_kind}".lstrip()
        return self.rows or "" if self.format == "csv" else ""


def misplaced_choice(request: FileRequest) -> tuple[str, str] | None:
    """The field of a request that does not fit its format, and why; None if all fit."""
    if request.rows is not None and request.format != "csv":
        return "rows", "only a csv is of meetings or of people: leave it out, or ask for csv"
    if request.round is not None and request.format != "zoom":
        return "round", "only a zoom file is of one round: leave it out, or ask for zoom"
    if request.round is None and request.format == "zoom":
        return "round", "Zoom has one list of rooms a meeting: say of which round it is to be"
    return _misplaced_on_paper(request)


def _misplaced_on_paper(request: FileRequest) -> tuple[str, str] | None:
    for name in ("paper", "link", "only"):
        if getattr(request, name) is not None and request.format != "pdf":
            return name, "only a pdf is paper: leave it out, or ask for pdf"
    for name in ("link", "only"):
        if getattr(request, name) is not None and request.card_paper is None:
            return name, "only badges and cards are personal: leave it out, or ask for one of them"
    if request.link is not None and not _is_link(request.link):
        return "link", "an http or https address with {id} in it is needed, as in https://…/{id}"
    return None


def _is_link(link: str) -> bool:
    """Whether a text is an address with a place for an id."""
    return LINK_PLACE in link and LINK.fullmatch(link) is not None


def schedule_file(
    event: Event, schedule: Schedule, request: FileRequest, before: Schedule | None, day: DayState
) -> bytes:
    """The file that is asked for; a workbook tells what changed since the version ``before``.

    Raises StateConflict if the schedule lacks what the format needs. Each format imports what it
    takes when it is asked for. Paper is made elsewhere (``app.paper``).
    """
    if request.format == "xlsx":
        from app.exports.workbook import workbook_of

        return workbook_of(event, schedule, before, day)
    if request.format == "ics":
        from app.exports.day_calendar import day_calendar_of

        return day_calendar_of(event, schedule, day)
    if request.format == "zoom" and request.round is not None:
        from app.exports.breakout_rooms import breakout_rooms_of

        return breakout_rooms_of(event, schedule, request.round)
    if request.format == "csv":
        from app.exports.csv_file import csv_of
        from app.exports.schedule_rows import NamedSchedule, meeting_rows, people_rows

        rows = people_rows if request.rows == "people" else meeting_rows
        return csv_of(rows(NamedSchedule(event, schedule)))
    if request.format == "pdf":
        raise ValueError("paper is made by app.paper")
    return schedule.model_dump_json().encode()
