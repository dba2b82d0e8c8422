"""Paper of a schedule as PDF: what is in the data of each kind, and which cards are printed."""

from collections.abc import Callable, Mapping
from typing import Any

from app.day.people import language_of
from app.errors import StateConflict
from app.exports.schedule_file import FileRequest, PaperKind
from app.paper.cards import CardWriter, marks_of
from app.paper.fonts import unprintable_people
from app.paper.link_code import code_of
from app.paper.plan import PlanWriter
from app.paper.reprint import CardStock, Paper, compare_cards
from app.paper.room import RoomSheets
from app.paper.typesetting import typeset
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.words.catalogue import teller
from schemas.words.message import Message, message

# Translators: headings on paper; there is little room.
LABELS: Mapping[str, Message] = {
    "time": message("Time"),
    "round": message("Round"),
    "table": message("Table"),
    "partner": message("You meet"),
    "idle": message("no meeting"),
    "what": message("What"),
    "announce": message("Say aloud"),
    "notes": message("For you"),
    "tick": message("Tick a pair that sits at its table."),
    "title": message("Plan of the day, for the organiser"),
}
# Translators: on a page of its own behind the cards; a list of ids and of characters follows.
MISSING = message("For the organiser: no font has these characters, and � stands in their place")

UNCHANGED = "no card differs from what was printed: there is nothing to print"
NOBODY = "this schedule expects nobody in a round to come: there is nothing to print"

Data = dict[str, Any]


def print_paper(
    event: Event,
    schedule: Schedule,
    day: DayState,
    request: FileRequest,
    before: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> Paper:
    """The paper that is asked for; of cards only those that differ from printed ones, if given.

    ``before`` are the marks of printed cards. ``links`` are where the codes on cards lead, by
    attendee; without them that is for the request to say. Raises StateConflict where nothing is to
    be printed.
    """
    kind = request.paper_kind
    if request.card_paper:
        return _cards(event, schedule, day, request, before, links)
    missing = unprintable_people(event)
    data = _common(event, kind, missing) | _ROOM[kind](event, schedule, day)
    return Paper(typeset(_TEMPLATES.get(kind, kind), data), missing)


def card_stock(event: Event, schedule: Schedule, day: DayState) -> CardStock:
    """What the cards of a schedule are told apart by, and what they cannot show."""
    marks = marks_of(CardWriter(event, schedule, day).cards())
    missing = unprintable_people(event)
    return CardStock(marks, {v: missing[v] for v in missing.keys() & marks.keys()})


def _cards(
    event: Event,
    schedule: Schedule,
    day: DayState,
    request: FileRequest,
    before: Mapping[str, str] | None,
    links: Mapping[str, str] | None,
) -> Paper:
    all_cards = cards = CardWriter(event, schedule, day).cards()
    if before is not None:
        needed = compare_cards(before, marks_of(cards), event.held_rounds).needed
        cards = [card for card in cards if card.id in needed]
    if not cards:
        raise StateConflict.at("", "nothing_to_print", UNCHANGED if all_cards else NOBODY)
    kind, shown = request.paper_kind, [card.id for card in cards]
    missing = {v: codes for v, codes in unprintable_people(event).items() if v in {*shown}}
    addresses = {v: links.get(v) if links else request.address_for(v) for v in shown}
    codes = {v: code_of(address) for v, address in addresses.items() if address}
    data = _common(event, kind, missing) | {"cards": cards, "codes": codes}
    timed = any(line.time for card in cards for line in card.lines)
    languages = {card.language for card in cards}
    data["labels"] |= {language: _labels(language, timed=timed) for language in languages}
    return Paper(typeset(kind, data), missing, shown, len(all_cards))


def _boards(event: Event, schedule: Schedule, day: DayState) -> Data:
    return {"boards": RoomSheets(event, schedule, day).boards()}


def _tables(event: Event, schedule: Schedule, day: DayState) -> Data:
    room = RoomSheets(event, schedule, day)
    return {"rounds": room.rounds, "tables": room.tables()}


def _plan(event: Event, schedule: Schedule, day: DayState) -> Data:
    return {"steps": PlanWriter(event, schedule, day).steps()}


_ROOM: Mapping[PaperKind, Callable[[Event, Schedule, DayState], Data]] = {
    "tents": _tables,
    "boards-a4": _boards,
    "boards-a3": _boards,
    "grid": _tables,
    "plan": _plan,
}
_TEMPLATES: Mapping[PaperKind, str] = {"boards-a4": "boards", "boards-a3": "boards"}
"""Those that are not called as the paper."""


def _common(event: Event, kind: PaperKind, missing: Mapping[str, str]) -> Data:
    """What every template reads."""
    language = language_of(event)
    return {
        "event": event.name or "",
        "language": language,
        "labels": _labels(language),
        "missing": [*missing.items()],
        "format": kind.rpartition("-")[2],
    }


def _labels(language: str, *, timed: bool = True) -> Data:
    """The words of templates in a language; rounds without a time are told by number."""
    say = teller(language)
    labels = {name: say(label) for name, label in LABELS.items()}
    return labels | {"missing": say(MISSING), "time": labels["time" if timed else "round"]}
