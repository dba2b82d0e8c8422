"""An explanation in words, for the organiser's own terminal: names, where there are any."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.text import Text

from app.errors import Refused, from_validation
from app.planning.explain import answer_question
from app.terminal.failure import Failure
from app.terminal.summary import Names, names, points
from schemas.edit import EditOffer
from schemas.event import Event
from schemas.explanation import (
    Evidence,
    Explanation,
    Gain,
    PairExplanation,
    Price,
    Question,
    SeatExplanation,
    WhyNot,
    WishPlace,
)
from schemas.problem import ProblemError
from schemas.schedule import Schedule
from schemas.solve import Conflict
from solver.compatibility.graph import build_graph

LEAST_SHOWN = 0.05
"""Weaker reasons are left to the document."""
PEOPLE_SHOWN = 6


def question_of(pair: str | None, attendee: str | None, number: int | None, who: str) -> Question:
    """The question that options ask."""
    asked: dict[str, Any] = {
        "pair": pair,
        "attendee": attendee,
        "round": number,
        "audience": who,
    }
    try:
        return Question(**asked)
    except ValidationError as error:
        raise Failure(*_of_options(from_validation(error).errors)) from None


def explain_event(event: Event, schedule: Schedule, question: Question) -> Explanation:
    """The answer; a question that the documents do not fit ends the command."""
    try:
        return answer_question(event, build_graph(event), schedule, question)
    except Refused as refusal:
        raise Failure(*_of_options(refusal.errors)) from None


def _of_options(errors: Iterable[ProblemError]) -> list[str]:
    return [f"--{e.pointer.removeprefix('query:').strip('/')}: {e.message}" for e in errors]


def explanation_report(event: Event, told: Explanation) -> RenderableType:
    """The explanation on one screen."""
    name = names(event)
    lines = _pair(told, name) if isinstance(told, PairExplanation) else _seat(told, name)
    changed = [Text("The event has changed since this version was made.")] if told.stale else []
    offered = _offer(told.edit) if isinstance(told, PairExplanation) and told.edit else ()
    return Group(*changed, *lines, *_costs(told.price, told.conflict, name), *offered)


def _pair(told: PairExplanation, name: Names) -> Iterator[Text]:
    a, b = told.pair
    head = f"{name(a)} ({a}) and {name(b)} ({b})"
    if told.meeting is None:
        yield Text(f"{head} do not meet", style="bold")
    else:
        seat = told.meeting
        yield Text(f"{head} meet in round {seat.round} at table {seat.table}", style="bold")
        missed = ", but missed each other" if seat.outcome == "missed" else ""
        yield Text(f"for {_PURPOSES[seat.purpose]} ({seat.intent}){missed}: {seat.purpose_line}")
    yield from _reasons(told.reasons)
    for wish in told.wishes:
        yield Text(_wish(wish, name))
    if told.gains:
        yield Text(f"mutual value {told.value:.3f}")
    for gain in told.gains:
        yield Text(_gain(gain, name))
        yield from _evidence(one for one in told.evidence if one.attendee == gain.attendee)
    for triangle in told.triangles:
        third = ", ".join(name(v) for v in triangle.attendees if v not in told.pair)
        yield Text(f"closes a triangle with {third}, worth {triangle.value:.3f}")


def _offer(offer: EditOffer) -> Iterator[Text]:
    price = f"costs {points(offer.cost)} points" if offer.cost > 0 else "costs nothing"
    touched = f"touches {len(offer.touched)}: {', '.join(offer.touched)}"
    yield Text(f"By hand: pair them in round {offer.round}: {price}, {touched}")


def _wish(wish: WishPlace, name: Names) -> str:
    must = ", a must" if wish.must else ""
    return f"{name(wish.partner)} is wish {wish.rank} of {name(wish.attendee)}{must}"


_PURPOSES = {
    "mutual": "what both gain",
    "triangle": "the triangle that it closes",
    "open": "an open conversation",
}


def _gain(gain: Gain, name: Names) -> str:
    share = f"{100 * gain.share:.0f} % of the best day possible"
    return f"{name(gain.attendee)} gains {gain.benefit:.3f}, {share}"


def _evidence(found: Iterable[Evidence]) -> Iterator[Text]:
    for one in found:
        if one.value >= LEAST_SHOWN:
            refused = " (refused: adds nothing)" if one.refused else ""
            yield Text(f"  {one.value:.3f}  {one.kind}: {one.text}{refused}")


def _seat(told: SeatExplanation, name: Names) -> Iterator[Text]:
    who = f"{name(told.attendee)} ({told.attendee})"
    if told.state == "meeting":
        with_whom = f"{name(told.partner or '')} ({told.partner})"
        text = f"{who} meets {with_whom} in round {told.round} at table {told.table}"
    elif told.state == "absent":
        text = f"{who} is absent in round {told.round}"
    else:
        text = f"{who} sits idle in round {told.round}"
    yield Text(text, style="bold")
    yield from _reasons(told.reasons)
    if told.free:
        yield Text(f"{told.free} others are free, {len(told.allowed)} of them could sit here")
    for count in told.not_allowed:
        yield Text(f"  {count.people} not because of: {count.code.replace('_', ' ')}")
    if told.allowed:
        shown = ", ".join(f"{name(v)} ({v})" for v in told.allowed[:PEOPLE_SHOWN])
        more = len(told.allowed) - PEOPLE_SHOWN
        yield Text(f"  best first: {shown}" + (f" and {more} more" if more > 0 else ""))


def _reasons(reasons: Iterable[WhyNot]) -> Iterator[Text]:
    for reason in reasons:
        yield Text(f"- {reason.message} [{reason.code}]")


def _costs(price: Price | None, conflict: Sequence[Conflict], name: Names) -> Iterator[Text]:
    if conflict:
        yield Text("Forcing it is impossible beside:")
        for rule in conflict:
            yield Text(f"  {rule.message} ({rule.pointer})")
    if price is None:
        return
    if price.points == 0:
        yield Text("Forcing it costs nothing: a schedule as good has been found")
    else:
        how = "" if price.proven else ", as far as the search found"
        yield Text(f"Forcing it costs {points(price.points)} points{how}")
    if price.makes_room:
        gone = "; ".join(" and ".join(map(name, two)) for two in price.makes_room)
        others = f", and {price.others} other pairs" if price.others else ""
        yield Text(f"  no longer meeting: {gone}{others}")
