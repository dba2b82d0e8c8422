"""Agendas as plain text, ready to print, in the reader's language."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.briefs.places import BriefPlace
from app.day.notices.phrases import clock_time
from schemas.agenda import AgendaMeeting, Brief, Person
from schemas.words.catalogue import Say
from schemas.words.message import Message, message


def agenda_heading(number: int, starts_at: datetime | None, zone: str) -> Message:
    """Which round it is, and when by the clocks of the zone."""
    if starts_at is None:
        return message("Round {number}", number=number)
    return message("Round {number}, {time}", number=number, time=clock_time(starts_at, zone))


def agenda_text(
    head: Message, held: bool, place: BriefPlace, meetings: Sequence[AgendaMeeting], say: Say
) -> str:
    """A round of somebody's day below its ``head``, a sentence a line; meetings come said."""
    if not meetings or place.kind == "cancelled":
        return f"{say(head)}\n{say(place.text)}"
    *earlier, last = meetings
    lines = [line for meeting in earlier for line in _lines(head, held, meeting)]
    return "\n".join(map(say, (*lines, *_lines(head, held, last, place))))


def _lines(
    head: Message, held: bool, meeting: AgendaMeeting, place: BriefPlace | None = None
) -> Iterator[str]:
    """A meeting; the last of a round says where to be, if that is not its table."""
    yield message(
        "{round}, table {table}: {name}",
        round=head,
        table=meeting.table,
        name=name_for(meeting.partner),
    )
    if meeting.outcome == "missed":
        yield from (*purpose_text(meeting), message("This meeting did not take place."))
    if place is not None and place.urgent:
        yield place.text
    if meeting.outcome == "missed":
        return
    yield from purpose_text(meeting)
    if meeting.brief is not None:
        yield from _told(meeting.brief, meeting.partner)
    elif not held:
        yield message("Please ask the organiser about this meeting.")


def purpose_text(meeting: AgendaMeeting) -> Iterator[Message]:
    """What a meeting is for, if the two are still to meet."""
    if not meeting.purpose_text:
        return
    if meeting.intent == "pitch":
        yield message("Pitch: {purpose}", purpose=meeting.purpose_text)
    else:
        yield message("Purpose: {purpose}", purpose=meeting.purpose_text)


def opening_text(brief: Brief, partner: Person) -> Message:
    """Who opens a meeting, and how."""
    if brief.opens != partner.id:
        return message('You open: "{question}"', question=brief.question)
    return message('{name} opens: "{question}"', name=name_of(partner), question=brief.question)


def _told(brief: Brief, partner: Person) -> Iterator[str]:
    yield opening_text(brief, partner)
    yield from (brief.wish,) if brief.wish else ()
    yield from (*brief.they_can, *brief.you_can, *brief.together)
    if brief.shared_interest:
        yield message("You share an interest in {interest}.", interest=brief.shared_interest)
    yield from brief.ask
    yield from (each.text for each in (brief.you_introduce, brief.they_introduce) if each)


def name_of(person: Person) -> str:
    """What somebody is called."""
    return person.name or person.id


def name_for(person: Person) -> str:
    """What somebody is called, and where they come from."""
    organisation = (person.organisation or "").strip()
    return f"{name_of(person)} ({organisation})" if organisation else name_of(person)
