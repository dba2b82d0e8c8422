"""Personal cards: what stands on each.

A card may lie open on a table or hang round a neck. So it says where to be and whom to meet, and
nothing of what a meeting is for, what it is worth, or who asked for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic_core import to_json

from app.briefs.day import partner_of
from app.briefs.places import Kind, Places
from app.day.notices.phrases import clock_time
from app.day.people import languages_of
from app.exports.schedule_rows import NamedSchedule, seats_of
from app.paper.people import PaperPeople, PaperPerson
from app.planning.document import digest_of
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound
from schemas.words.catalogue import say
from schemas.words.message import Message, message

# Translators: what stands on a small card in place of a partner.
NO_MEETING, CANCELLED = message("No meeting"), message("Round cancelled")
WORDS: Mapping[Kind, Message] = {
    "meeting": NO_MEETING,  # that was missed
    "bye": NO_MEETING,
    "break": message("Break"),
    "place_closed": NO_MEETING,
    "absent": message("Not expected"),
    "cancelled": CANCELLED,
    "unplanned": message("Please ask the organiser"),
}
IDLE: tuple[Kind, ...] = ("absent", "unplanned")
"""Of rounds for which nobody needs a card."""
MARK = 10
"""Characters of a mark: parts that differ have different ones but once in a trillion times."""


@dataclass(frozen=True)
class CardLine:
    """A round on a card: table and partner, or ``words`` in their place."""

    round: int
    time: str
    table: int | None
    partner: PaperPerson | None
    words: str


@dataclass(frozen=True)
class Card:
    """What stands on somebody's card, in their ``language``."""

    id: str
    language: str
    event: str
    person: PaperPerson
    lines: Sequence[CardLine]


class CardWriter:
    """Writes the cards of a schedule, as the event and the day are now."""

    def __init__(self, event: Event, schedule: Schedule, day: DayState) -> None:
        self._event, self._schedule = event, schedule
        self._named = NamedSchedule(event, schedule)
        self._people, self._languages = PaperPeople(self._named), languages_of(event)
        self._places = Places(event, schedule, day)
        self._seats = [seats_of(block) for block in schedule.rounds]
        self._times = [start_of(self._named, block) for block in schedule.rounds]

    def cards(self) -> Sequence[Card]:
        """Everybody's who needs one, by name: whom some open round expects, or any if all are held.

        Of people whom the event does not list there is none.
        """
        ids = self._people.by_name(self._languages)
        return [card for v in ids if (card := self._card(v)) is not None]

    def _card(self, v: str) -> Card | None:
        rounds = zip(self._schedule.rounds, self._seats, self._times, strict=True)
        told = [self._line(v, block, seats.get(v), time) for block, seats, time in rounds]
        held = self._event.held_rounds
        if all(kind in IDLE for kind, _ in told[held:] or told):
            return None
        lines = tuple(line for _, line in told)
        language = self._languages[v]
        return Card(v, language, self._event.name or "", self._people.person(v), lines)

    def _line(
        self, v: str, block: ScheduledRound, seat: Meeting | None, time: str
    ) -> tuple[Kind, CardLine]:
        """A round of somebody's day, and what kind of round it is for them."""
        kind = self._places.of(v, block, [seat] if seat else []).kind
        if seat is None or kind != "meeting" or seat.outcome == "missed":
            words = say(WORDS[kind], self._languages[v])
            return kind, CardLine(block.round, time, None, None, words)
        partner = self._people.person(partner_of(v, seat))
        return kind, CardLine(block.round, time, seat.table, partner, "")


def start_of(named: NamedSchedule, block: ScheduledRound) -> str:
    """When a round starts, by the clocks of the event; empty if that is open."""
    begin = named.begin(block)
    return clock_time(begin, named.event.timezone) if begin else ""


def marks_of(cards: Sequence[Card]) -> Mapping[str, str]:
    """By what each card is told from another, by id: a mark of its head, and one of each line."""
    return {card.id: " ".join([_head(card), *map(_mark, card.lines)]) for card in cards}


def _head(card: Card) -> str:
    return _mark((card.language, card.event, card.person))


def _mark(part: object) -> str:
    return digest_of(to_json(part).decode())[:MARK]
