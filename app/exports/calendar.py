"""Calendars: one person's published meetings as iCalendar (RFC 5545), made to be subscribed to.

A pair meets at most once, so a meeting keeps its UID for good, whichever round and table it is
given. What was published to somebody once and takes place no more stays in their file, CANCELLED;
if it comes back it is CONFIRMED under the same UID. The SEQUENCE of all entries is the number of
the publication that the file is of: it rises each time, also when an old version is published
again, and a client never takes an older state for a newer one. No clock is read: the same
publication gives the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import icalendar
from icalendar import STATUS
from pydantic_core import from_json

from app.briefs.plain_text import name_of, opening_text, purpose_text
from app.errors import StateConflict
from schemas.agenda import Agenda, AgendaMeeting, AgendaRound
from schemas.clock import instant
from schemas.words.catalogue import Say
from schemas.words.message import message

PRODUCT = "-//Tertius//Event day//EN"
REFRESH = timedelta(minutes=5)
"""How often a client is asked to look again."""
OFF = message("Meeting cancelled")
"""Names nobody: the two may be kept apart since."""


class Edition(NamedTuple):
    """The publication that a calendar is of: the event's ``number``-th, and when it was."""

    number: int
    at: datetime


class CalendarSlot(NamedTuple):
    """When a round begins and ends."""

    begin: datetime
    end: datetime


@lru_cache(maxsize=1)
def former_partners(changes: tuple[str, ...]) -> Mapping[str, Mapping[str, int]]:
    """Whom each attendee was ever to meet, by the ``changes`` of all publications in JSON.

    With the round that was published last. The last ones are remembered: everybody asks at once.
    """
    former: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for document in changes:
        for change in from_json(document):
            for partner in (change["from"], change["to"]):
                if partner is not None:
                    former[change["attendee"]][partner] = change["round"]
    return former


def calendar_of(agenda: Agenda, edition: Edition, former: Mapping[str, int], say: Say) -> bytes:
    """The calendar of an agenda; ``former`` are partners of versions before, and their rounds.

    Raises StateConflict if a round has no time.
    """
    slots = {
        block.round: slot_of(block.round, block.starts_at, block.minutes, agenda.timezone)
        for block in agenda.rounds
    }
    known = len(slots)  # a round that was added may have been taken back
    entries = [
        _entry(agenda, edition, slots[min(number, known)], partner, meeting, say)
        for partner, number, meeting in _entered(agenda, former)
    ]
    first = min(slot.begin.year for slot in slots.values())
    title = one_line(agenda.event) or say(message("Meetings"))
    return calendar_file(_uid(agenda), title, agenda.timezone, first, entries)


def calendar_file(
    uid: str, title: str, zone: str, first_year: int, entries: Sequence[icalendar.Event]
) -> bytes:
    """Entries as a file that calendars read, or look at again from time to time."""
    clocks = icalendar.Timezone.from_tzid(
        zone, first_date=date(first_year, 1, 1), last_date=date(first_year + 2, 1, 1)
    )
    days = icalendar.Calendar.new(
        uid=uid, prodid=PRODUCT, method="PUBLISH", subcomponents=[clocks, *entries]
    )
    for name in ("NAME", "X-WR-CALNAME"):
        days.add(name, icalendar.vText(title))
    days.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    days.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH))
    days.add("X-WR-TIMEZONE", zone)
    content: bytes = days.to_ical()
    return content


def slot_of(
    number: int, starts_at: datetime | None, minutes: int | None, zone: str
) -> CalendarSlot:
    """When a round is, by the clocks of the zone; StateConflict if it has no time."""
    if starts_at is None:
        told = f"round {number} has no time: give it starts_at"
        raise StateConflict.at("", "no_times", told)
    begin = instant(starts_at, zone)
    end = begin + timedelta(minutes=minutes or 0)
    return CalendarSlot(_local(begin, zone), _local(end, zone))


def _local(time: datetime, zone: str) -> datetime:
    """The time by the clocks of the zone; in UTC where they show it for the second time."""
    local = time.astimezone(ZoneInfo(zone))
    return time if local.fold else local


def _entered(
    agenda: Agenda, former: Mapping[str, int]
) -> Iterator[tuple[str, int, AgendaMeeting | None]]:
    """Everybody whom the person was ever to meet, by id; in which round, and how it stands now."""
    meetings = [(block, meeting) for block in agenda.rounds for meeting in block.meetings]
    on = {m.partner.id: (block.round, m) for block, m in meetings if _takes_place(block, m)}
    off = {**former, **{m.partner.id: block.round for block, m in meetings}}
    for partner in sorted(off):
        yield partner, *on.get(partner, (off[partner], None))


def _takes_place(block: AgendaRound, meeting: AgendaMeeting) -> bool:
    return meeting.outcome != "missed" and block.kind != "cancelled"


def _entry(
    agenda: Agenda,
    edition: Edition,
    slot: CalendarSlot,
    partner: str,
    meeting: AgendaMeeting | None,
    say: Say,
) -> icalendar.Event:
    return icalendar.Event.new(
        uid=_uid(agenda, partner),
        stamp=edition.at,
        last_modified=edition.at,
        sequence=edition.number,
        start=slot.begin,
        end=slot.end,
        **(_confirmed(meeting, say) if meeting else _cancelled(say)),
    )


def _cancelled(say: Say) -> dict[str, Any]:
    return {"status": STATUS.CANCELLED, "summary": say(OFF)}


def _confirmed(meeting: AgendaMeeting, say: Say) -> dict[str, Any]:
    lines: list[str] = list(purpose_text(meeting))
    if meeting.brief is not None:
        lines.append(opening_text(meeting.brief, meeting.partner))
    return {
        "status": STATUS.CONFIRMED,
        "summary": one_line(say(message("Meet {name}", name=name_of(meeting.partner)))),
        "location": say(message("Table {table}", table=meeting.table)),
        "description": "\n".join(one_line(say(line)) for line in lines) or None,
    }


def _uid(agenda: Agenda, *partner: str) -> str:
    """One for an event and a person, and whom they meet."""
    return uid_of(agenda.event_id or "", agenda.attendee.id, *partner)


def uid_of(*parts: str) -> str:
    """One for an event and what is below it; ids hold no slash."""
    return str(uuid5(NAMESPACE_URL, f"tertius:{'/'.join(parts)}"))


def one_line(text: str) -> str:
    """On one line, whatever it holds."""
    return " ".join(text.split())
