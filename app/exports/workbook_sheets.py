"""What the sheets of a workbook say: the room by table and by person, and how good it all is.

All of it is for the organiser; headings are messages, to be said in the event's language.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.briefs.day import partner_of
from app.briefs.plain_text import agenda_heading
from app.day.notices.difference import difference_between
from app.exports.schedule_rows import (
    Cell,
    NamedSchedule,
    SheetRows,
    meeting_rows,
    person_cells,
    seats_of,
)
from schemas.day import DayState
from schemas.schedule import Meeting, Quality, Schedule, ScheduledRound
from schemas.words.message import Message, message


class WorkbookSheet(NamedTuple):
    """A sheet with its title; the first ``frozen`` columns tell what a row is about."""

    title: Message
    content: SheetRows
    frozen: int


# Translators: titles and headings of a spreadsheet for the organiser; titles have up to 31 letters.
TABLES, PEOPLE, MEETINGS = message("Tables"), message("People"), message("Meetings")
QUALITY, BYES, CHANGES = message("Quality"), message("Byes"), message("Changes")
TABLE, ROUND = message("Table number"), message("Round number")
WHO = (message("ID"), message("Name"), message("Organisation"))


def sheets_of(
    named: NamedSchedule, before: Schedule | None, day: DayState
) -> Sequence[WorkbookSheet]:
    """Every sheet but that of the quality; that of changes if there is a version ``before``."""
    sheets = [
        WorkbookSheet(TABLES, table_rows(named), 1),
        WorkbookSheet(PEOPLE, day_rows(named), len(WHO)),
        WorkbookSheet(MEETINGS, meeting_rows(named), 3),
        WorkbookSheet(BYES, bye_rows(named), 1),
    ]
    if before is not None:
        sheets.append(WorkbookSheet(CHANGES, change_rows(named, before, day), 2))
    return sheets


def table_rows(named: NamedSchedule) -> SheetRows:
    """A row for each table that is used, a column for each round: who sits there."""
    blocks = named.schedule.rounds
    seated = [_by_table(named, block) for block in blocks]
    tables = sorted({table for row in seated for table in row})
    rows = [(table, *(row.get(table) for row in seated)) for table in tables]
    return SheetRows((TABLE, *(_heading(named, block) for block in blocks)), rows)


def _by_table(named: NamedSchedule, block: ScheduledRound) -> Mapping[int, str]:
    """Who sits at each table of a round; whoever was missed there stands back behind others."""
    found: dict[int, str] = {}
    for meeting in sorted(block.meetings, key=lambda m: m.outcome != "missed"):
        i, j = map(named.label, meeting.attendees)
        both: str = message("{first} and {last}", first=i, last=j)
        if meeting.outcome == "missed":
            both = message("missed: {name}", name=both)
        found[meeting.table] = both
    return found


def day_rows(named: NamedSchedule) -> SheetRows:
    """A row for each person, a column for each round: whom they meet where, or why not."""
    blocks = named.schedule.rounds
    places = [_places(named, block) for block in blocks]
    rows = [(*person_cells(who), *(place.get(who.id) for place in places)) for who in named.people]
    return SheetRows((*WHO, *(_heading(named, block) for block in blocks)), rows)


def _places(named: NamedSchedule, block: ScheduledRound) -> Mapping[str, str]:
    """Where everybody is in a round, by id."""
    without = dict.fromkeys(block.byes, message("no meeting"))
    absent = dict.fromkeys(block.absent, message("absent"))
    seats = {v: _seat(named, v, meeting) for v, meeting in seats_of(block).items()}
    return {**without, **absent, **seats}


def _seat(named: NamedSchedule, v: str, meeting: Meeting) -> Message:
    partner = named.label(partner_of(v, meeting))
    if meeting.outcome == "missed":
        return message("missed: {name}", name=partner)
    return message("{name}, table {table}", name=partner, table=meeting.table)


def _heading(named: NamedSchedule, block: ScheduledRound) -> Message:
    return agenda_heading(block.round, named.begin(block), named.event.timezone)


def bye_rows(named: NamedSchedule) -> SheetRows:
    """Who is present without a meeting, round by round."""
    rows = [
        (block.round, *person_cells(named.person(v)))
        for block in named.schedule.rounds
        for v in block.byes
    ]
    return SheetRows((ROUND, *WHO), rows)


def change_rows(named: NamedSchedule, before: Schedule, day: DayState) -> SheetRows:
    """What whom must be told who knows the version before: a row for each sentence."""
    difference = difference_between(named.event, day, before, named.schedule)
    rows = [
        (row.attendee, row.name, sentence) for row in difference.people for sentence in row.words
    ]
    return SheetRows((*WHO[:2], message("What changes")), rows)


def quality_rows(schedule: Schedule) -> SheetRows:
    """How good a schedule is as a whole, a row for each figure that is known."""
    known = [*_figures(schedule.quality), *_satisfaction(schedule)] if schedule.quality else []
    rows = [(message("Version"), schedule.version), *known]
    return SheetRows((message("Figure"), message("Value")), rows)


def _figures(quality: Quality) -> Iterator[tuple[str, Cell]]:
    yield message("Objective"), quality.objective
    yield message("Upper bound"), quality.upper_bound
    yield message("Gap to the bound"), quality.gap
    yield message("Worth of meetings"), quality.mutual
    yield message("Worth of triangles"), quality.triangles
    yield message("Worth of fairness"), quality.fairness
    yield message("Cost of byes"), quality.byes_cost
    yield message("Cost of pairs"), quality.pairs_cost
    yield message("Meetings fewer than possible"), quality.byes
    yield message("Changes of table"), quality.table_changes
    if quality.wishes is not None:
        yield message("Wishes"), quality.wishes.asked
        yield message("Wishes met"), quality.wishes.met


def _satisfaction(schedule: Schedule) -> Iterator[tuple[str, Cell]]:
    rated = satisfactions(schedule)
    if rated:
        yield message("Mean satisfaction"), round(sum(rated) / len(rated), 3)
        yield message("Least satisfaction"), min(rated)


def satisfactions(schedule: Schedule) -> Sequence[float]:
    """The satisfaction of everybody whom somebody can serve."""
    return [row.satisfaction for row in schedule.attendees if row.satisfaction is not None]


STEPS = 10
"""Into how many parts the satisfaction is cut."""


def satisfaction_rows(schedule: Schedule) -> SheetRows:
    """How many people have how much of the best day they could have, in steps of a tenth."""
    counts = [0] * STEPS
    for share in satisfactions(schedule):
        counts[min(int(share * STEPS), STEPS - 1)] += 1
    width = 100 // STEPS
    rows = [(f"{width * k}-{width * (k + 1)} %", count) for k, count in enumerate(counts)]
    return SheetRows((message("Satisfaction"), message("People")), rows)
