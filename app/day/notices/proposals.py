"""What organisers are told of a proposal, in the event's language."""

from collections.abc import Iterator

from app.day.people import language_of
from schemas.event import Event
from schemas.incident import HelpedPerson, Proposal
from schemas.words.catalogue import say
from schemas.words.message import counted, message, side_by_side

MOST_NAMED = 3
"""So many people are told of by name; of more it is told how many they are."""


def with_text(proposal: Proposal, event: Event) -> Proposal:
    """The proposal with its sentence."""
    names = {attendee.id: attendee.name or attendee.id for attendee in event.attendees}
    parts = [*_helped(proposal, names), *_moved(proposal)]
    text = say(side_by_side(parts), language_of(event))
    return proposal.model_copy(update={"text": text})


def _helped(proposal: Proposal, names: dict[str, str]) -> Iterator[str]:
    """Who has more: by name those with several meetings more, all others by number."""
    named = [row for row in proposal.helped if row.meetings > 1][:MOST_NAMED]
    if len(proposal.helped) == 1:
        named = list(proposal.helped)
    for row in named:
        yield _more_of(row, names.get(row.attendee, row.attendee))
    if others := len(proposal.helped) - len(named):
        yield counted(
            "{count} person has more meetings", "{count} people have more meetings", count=others
        )


def _more_of(row: HelpedPerson, name: str) -> str:
    if row.worthwhile >= row.meetings:  # more, where they take the place of others
        return counted(
            "{name} has {count} good meeting more",
            "{name} has {count} good meetings more",
            count=row.worthwhile,
            name=name,
        )
    more = counted(
        "{name} has {count} meeting more",
        "{name} has {count} meetings more",
        count=row.meetings,
        name=name,
    )
    if not row.worthwhile:
        return more
    return message("{more}, {good} of them good", more=more, good=row.worthwhile)


def _moved(proposal: Proposal) -> Iterator[str]:
    if proposal.moved:
        yield counted(
            "{count} other person has other partners",
            "{count} other people have other partners",
            count=len(proposal.moved),
        )
    if proposal.given_up:
        yield counted(
            "{count} planned meeting makes way",
            "{count} planned meetings make way",
            count=proposal.given_up,
        )
