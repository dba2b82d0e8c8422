"""Question in, explanation out: where graph, translation, price and words are joined."""

from collections.abc import Iterator

from app.errors import Invalid
from app.planning.edits import offer_pair
from schemas.event import UNKNOWN, Event
from schemas.explanation import Explanation, PairExplanation, Price, Question, SeatExplanation
from schemas.schedule import Schedule
from solver.compatibility.graph import Compatibility
from solver.compatibility.secrecy import as_told
from solver.errors import Infeasible, NoIncumbentError
from solver.instance import Edge
from solver.price import price_of
from solver.translate.conflicts import conflict_of
from solver.translate.explain import HARD, Explaining, meetings_given_up
from solver.translate.prepare import instance_of
from solver.translate.write import on_wire


def answer_question(
    event: Event, graph: Compatibility, schedule: Schedule, question: Question
) -> Explanation:
    """Why a pair meets or does not, or why a seat is empty, by the event as it is.

    Raises Invalid, pointing at the part of the question that the event or the schedule does not
    know.
    """
    two = _pair(event, question.pair) if question.pair is not None else None
    if two is None:
        _check_seat(event, schedule, question)
    if question.audience == "attendee":
        graph, schedule = graph.public, as_told(schedule)
    instance = instance_of(event, graph.columns, graph.refused)
    asked = Explaining(event, graph, instance, schedule, question.audience)
    if two is not None:
        return _with_price_of_pair(asked, asked.pair(*two))
    return _with_price_of_seat(asked, asked.seat(question.attendee or "", question.round or 0))


def _pair(event: Event, asked: str) -> tuple[str, str]:
    """The two ids; a comma parts them, and may be part of them."""
    known = {attendee.id for attendee in event.attendees}
    found = [two for two in _parted(asked) if known.issuperset(two)]
    if not found:
        sound = next(_parted(asked), None)
        raise Invalid.at(PAIR, *(UNKNOWN if sound else NO_PAIR))
    if len(found) > 1:
        raise Invalid.at(PAIR, "ambiguous", "the commas of these ids allow more than one pair")
    if found[0][0] == found[0][1]:
        raise Invalid.at(PAIR, "self", "a pair must be two people")
    return found[0]


PAIR = "query:pair"
NO_PAIR = ("pair", "two ids are needed, with a comma between them")


def _parted(asked: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a text at a comma into two ids."""
    for place, character in enumerate(asked):
        if character == "," and 0 < place < len(asked) - 1:
            yield asked[:place], asked[place + 1 :]


def _check_seat(event: Event, schedule: Schedule, question: Question) -> None:
    if all(attendee.id != question.attendee for attendee in event.attendees):
        raise Invalid.at("query:attendee", *UNKNOWN)
    if question.round not in [block.round for block in schedule.rounds]:
        message = f"this version has {len(schedule.rounds)} rounds"
        raise Invalid.at("query:round", "unknown_round", message)


def _with_price_of_pair(asked: Explaining, told: PairExplanation) -> PairExplanation:
    """With what the meeting would cost, where the organiser could force it."""
    codes = {reason.code for reason in told.reasons}
    if told.meets or told.audience == "attendee" or not HARD.isdisjoint(codes):
        return told
    offer = offer_pair(asked.event, asked.graph, asked.schedule, told.pair)
    return told.model_copy(update=_price(asked, asked.names.edge(told.pair)) | {"edit": offer})


def _with_price_of_seat(asked: Explaining, told: SeatExplanation) -> SeatExplanation:
    """With what the best partner who is free would cost."""
    r = told.round - 1
    if not told.allowed or told.audience == "attendee" or r not in asked.instance.open_rounds:
        return told
    two = asked.names.edge((told.attendee, told.allowed[0]))
    if not asked.instance.may_meet_in(*two, r):
        return told
    return told.model_copy(update=_price(asked, two, r))


def _price(asked: Explaining, two: Edge, at: int | None = None) -> dict[str, object]:
    """The fields that tell a price, or a conflict; neither where no schedule was found."""
    start = asked.start()
    try:
        price = price_of(asked.instance, two, start, at)
    except Infeasible as contradiction:
        return {"conflict": conflict_of(asked.event, contradiction.rules)}
    except NoIncumbentError:
        return {}
    gone = meetings_given_up(start, price.without, price.forced)
    room = [meeting for meeting in gone if not set(meeting).isdisjoint(two)]
    return {
        "price": Price(
            points=on_wire(price.points),
            proven=price.proven,
            makes_room=tuple(asked.names.pair(meeting) for meeting in room),
            others=len(gone) - len(room),
        )
    }
