"""Agendas as plain text, ready to print."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.agenda import AgendaMeeting, Brief, Person
from schemas.schedule import ScheduledRound


class Card(NamedTuple):
    """A meeting, and its purpose with names."""

    meeting: AgendaMeeting
    line: str


def printed(block: ScheduledRound, held: bool, place: str, cards: Sequence[Card]) -> str:
    """A round of somebody's day, a sentence a line."""
    when = f", {block.starts_at:%H:%M}" if block.starts_at else ""
    head = f"Round {block.round}{when}"
    if not cards:
        return f"{head}\n{place}"
    return "\n".join(line for card in cards for line in _lines(head, held, card))


def _lines(head: str, held: bool, card: Card) -> Iterator[str]:
    meeting, line = card
    yield f"{head}, table {meeting.table}: {addressed(meeting.partner)}"
    if line:
        yield f"{'Agreed pitch' if meeting.intent == 'pitch' else 'Purpose'}: {line}"
    if meeting.outcome == "missed":
        yield "This meeting did not take place."
    elif meeting.brief is not None:
        yield from _told(meeting.brief, meeting.partner)
    elif not held:
        yield "Please ask the organiser about this meeting."


def _told(brief: Brief, partner: Person) -> Iterator[str]:
    opens = f"{called(partner)} opens" if brief.opens == partner.id else "You open"
    yield f'{opens}: "{brief.question}"'
    yield from (*brief.they_can, *brief.you_can, *brief.together)
    if brief.shared_interest:
        yield f"You share an interest in {brief.shared_interest}."
    yield from brief.ask
    yield from (each.text for each in (brief.you_introduce, brief.they_introduce) if each)


def called(person: Person) -> str:
    """What somebody is called."""
    return person.name or person.id


def addressed(person: Person) -> str:
    """What somebody is called, and where they come from."""
    organisation = (person.organisation or "").strip()
    return f"{called(person)} ({organisation})" if organisation else called(person)
