"""Agendas as plain text, ready to print."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.briefs.places import BriefPlace
from app.day.notices.phrases import clock_time
from schemas.agenda import AgendaMeeting, Brief, Person


def agenda_heading(number: int, starts_at: datetime | None, zone: str) -> str:
    """Which round it is, and when by the clocks of the zone."""
    return f"Round {number}{f', {clock_time(starts_at, zone)}' if starts_at else ''}"


def agenda_text(head: str, held: bool, place: BriefPlace, meetings: Sequence[AgendaMeeting]) -> str:
    """A round of somebody's day below its ``head``, a sentence a line."""
    if not meetings or place.kind == "cancelled":
        return f"{head}\n{place.text}"
    *earlier, last = meetings
    lines = [line for meeting in earlier for line in _lines(head, held, meeting)]
    return "\n".join((*lines, *_lines(head, held, last, place)))


def _lines(
    head: str, held: bool, meeting: AgendaMeeting, place: BriefPlace | None = None
) -> Iterator[str]:
    """A meeting; the last of a round says where to be, if that is not its table."""
    yield f"{head}, table {meeting.table}: {name_for(meeting.partner)}"
    if meeting.outcome == "missed":
        yield from (*purpose_text(meeting), "This meeting did not take place.")
    if place is not None and place.urgent:
        yield place.text
    if meeting.outcome == "missed":
        return
    yield from purpose_text(meeting)
    if meeting.brief is not None:
        yield from _told(meeting.brief, meeting.partner)
    elif not held:
        yield "Please ask the organiser about this meeting."


def purpose_text(meeting: AgendaMeeting) -> Iterator[str]:
    """What a meeting is for, if the two are still to meet."""
    if meeting.purpose_text:
        label = "Pitch" if meeting.intent == "pitch" else "Purpose"
        yield f"{label}: {meeting.purpose_text}"


def opening_text(brief: Brief, partner: Person) -> str:
    """Who opens a meeting, and how."""
    opens = f"{name_of(partner)} opens" if brief.opens == partner.id else "You open"
    return f'{opens}: "{brief.question}"'


def _told(brief: Brief, partner: Person) -> Iterator[str]:
    yield opening_text(brief, partner)
    yield from (brief.wish,) if brief.wish else ()
    yield from (*brief.they_can, *brief.you_can, *brief.together)
    if brief.shared_interest:
        yield f"You share an interest in {brief.shared_interest}."
    yield from brief.ask
    yield from (each.text for each in (brief.you_introduce, brief.they_introduce) if each)


def name_of(person: Person) -> str:
    """What somebody is called."""
    return person.name or person.id


def name_for(person: Person) -> str:
    """What somebody is called, and where they come from."""
    organisation = (person.organisation or "").strip()
    return f"{name_of(person)} ({organisation})" if organisation else name_of(person)
