"""The organiser's day as iCalendar: an entry a round, with who sits where.

An entry a meeting would bury the calendar of whoever runs the day under thousands; what a round
needs of it is when it begins and ends. Calendars cut long notes off or refuse them, so a list that
is too long ends with how many tables it leaves out.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate

import icalendar
from icalendar import STATUS

from app.exports.calendar import CalendarSlot, calendar_file, one_line, slot_of, uid_of
from app.exports.schedule_rows import NamedSchedule
from schemas.clock import FIRST_YEAR
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound
from schemas.words.catalogue import Say, first_held, teller
from schemas.words.message import Message, counted, message

LONGEST_NOTE = 7_500
"""Calendars are known to take 8,192 characters."""


def day_calendar_of(event: Event, schedule: Schedule, day: DayState) -> bytes:
    """The rounds of a schedule as calendar entries; StateConflict if one has no time.

    A round keeps its UID from version to version, and the SEQUENCE is the version's number.
    """
    named, say = NamedSchedule(event, schedule), teller(first_held([event.language]))
    slots = [_slot(named, block) for block in schedule.rounds]
    whole = uid_of(_event_id(named), "rounds")
    entries = [
        _entry(named, block, slot, block.round in day.cancelled_rounds, say)
        for block, slot in zip(schedule.rounds, slots, strict=True)
    ]
    first = min((slot.begin.year for slot in slots), default=FIRST_YEAR)
    title = one_line(event.name or "") or say(message("Meetings"))
    return calendar_file(whole, title, event.timezone, first, entries)


def _event_id(named: NamedSchedule) -> str:
    """What tells the event from others; without an id, its name."""
    return named.schedule.event_id or named.event.name or ""


def _slot(named: NamedSchedule, block: ScheduledRound) -> CalendarSlot:
    known = named.event.rounds
    minutes = known[block.round - 1].minutes if block.round <= len(known) else None
    return slot_of(block.round, named.begin(block), minutes, named.event.timezone)


def _entry(
    named: NamedSchedule, block: ScheduledRound, slot: CalendarSlot, cancelled: bool, say: Say
) -> icalendar.Event:
    made = named.schedule.created_at or slot.begin
    meetings = sorted(block.meetings, key=lambda meeting: meeting.table)
    on = [meeting for meeting in meetings if meeting.outcome != "missed" and not cancelled]
    return icalendar.Event.new(
        uid=uid_of(_event_id(named), "rounds", str(block.round)),
        stamp=made,
        last_modified=made,
        sequence=named.schedule.version or 0,
        start=slot.begin,
        end=slot.end,
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
        summary=say(_summary(block, len(on), cancelled)),
        description="\n".join(_note(named, on, say)) or None,
    )


def _summary(block: ScheduledRound, meetings: int, cancelled: bool) -> Message:
    if cancelled:
        return message("Round {number} is cancelled.", number=block.round)
    return counted(
        "Round {number}: {count} meeting",
        "Round {number}: {count} meetings",
        count=meetings,
        number=block.round,
    )


def _note(named: NamedSchedule, meetings: Iterable[Meeting], say: Say) -> Iterator[str]:
    """Who sits at which table, a line each, as far as there is room."""
    lines = [one_line(say(_seats(named, meeting))) for meeting in meetings]
    ends = accumulate(len(line) + 1 for line in lines)
    shown = sum(end <= LONGEST_NOTE for end in ends)
    yield from lines[:shown]
    if left := len(lines) - shown:
        yield say(counted("and {count} more table", "and {count} more tables", count=left))


def _seats(named: NamedSchedule, meeting: Meeting) -> Message:
    i, j = map(named.label, meeting.attendees)
    both = message("{first} and {last}", first=i, last=j)
    return message("Table {table}: {names}", table=meeting.table, names=both)
