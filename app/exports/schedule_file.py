"""A schedule as a file that other programs read: which formats there are, and what each takes."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule

FileFormat = Literal["json", "csv", "xlsx", "ics", "zoom"]
RowsOf = Literal["meetings", "people"]
TemplateFormat = Literal["xlsx", "csv"]


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
}


class FileRequest(NamedTuple):
    """Which file is asked for; ``rows`` are those of a CSV, ``round`` is that of Zoom's rooms."""

    format: FileFormat = "json"
    rows: RowsOf | None = None
    round: int | None = None

    @property
    def title(self) -> str:
        """What a file is called besides the version."""
        if self.format == "zoom":
            return f"rooms of round {self.round}"
        return self.rows or "" if self.format == "csv" else ""


def misplaced_choice(request: FileRequest) -> tuple[str, str] | None:
    """The field of a request that does not fit its format, and why; None if all fit."""
    if request.rows is not None and request.format != "csv":
        return "rows", "only a csv is of meetings or of people: leave it out, or ask for csv"
    if request.round is not None and request.format != "zoom":
        return "round", "only a zoom file is of one round: leave it out, or ask for zoom"
    if request.round is None and request.format == "zoom":
        return "round", "Zoom has one list of rooms a meeting: say of which round it is to be"
    return None


def schedule_file(
    event: Event, schedule: Schedule, request: FileRequest, before: Schedule | None, day: DayState
) -> bytes:
    """The file that is asked for; a workbook tells what changed since the version ``before``.

    Raises StateConflict if the schedule lacks what the format needs. Each format imports what it
    takes when it is asked for.
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
    return schedule.model_dump_json().encode()
