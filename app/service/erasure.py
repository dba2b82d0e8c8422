"""What would bring somebody back who was erased: anything that names them but their bare id."""

from collections.abc import Iterator, Set
from itertools import islice

from pydantic_core import from_json

from app.errors import MOST_ERRORS
from schemas.benefits import BenefitColumns
from schemas.event import Attendee, Event, each_avoided, plain_pair
from schemas.matching import PAIR_VERDICTS
from schemas.problem import ProblemError
from schemas.text import plain_text

CODE = "erased_attendee"


PlainPair = tuple[str, ...]
"""A need and an offer, as ``plain_pair`` spells them."""


def find_returning(
    event: Event, erased: Set[str], known: Set[PlainPair] = frozenset()
) -> list[ProblemError]:
    """The first places of an event that tell of somebody erased more than that they were away.

    A verdict on texts that nobody has may be on theirs, unless its pair is ``known``: it was there
    after they were erased.
    """
    return list(islice(_returning(event, erased, known), MOST_ERRORS))


def find_returning_in(document: str, erased: Set[str], before: str) -> list[ProblemError]:
    """The same of an event's JSON, ``before`` being its outline so far."""
    matching = from_json(before).get("matching", {})
    lists = (matching.get(name, ()) for name in PAIR_VERDICTS)
    known = {plain_pair(pair) for pairs in lists for pair in pairs}
    return find_returning(Event.model_validate_json(document), erased, known)


def returning_at(pointer: str, attendee_id: str) -> ProblemError:
    """That this would bring the attendee back."""
    message = (
        f"{attendee_id} was erased from this event: leave this out (where a schedule names them, "
        "their id and absent_rounds may stand); who returns registers under a new id"
    )
    return ProblemError(pointer=pointer, code=CODE, message=message)


def _returning(event: Event, erased: Set[str], known: Set[PlainPair]) -> Iterator[ProblemError]:
    for k, attendee in enumerate(event.attendees):
        if attendee.id in erased and attendee != _bare(attendee):
            yield returning_at(f"/attendees/{k}", attendee.id)
        for place, other in enumerate(each_avoided(attendee)):
            if other in erased:
                yield returning_at(f"/attendees/{k}/avoid/{place}", other)
        for place, want in enumerate(attendee.wants):
            if want.id in erased:
                yield returning_at(f"/attendees/{k}/wants/{place}", want.id)
    for k, rule in enumerate(event.pair_rules):
        for who in sorted(erased & set(rule.pair)):
            yield returning_at(f"/pair_rules/{k}", who)
    yield from _in_benefits(event, erased)
    if erased:
        yield from _in_verdicts(event, known)


def _bare(attendee: Attendee) -> Attendee:
    return Attendee(id=attendee.id, absent_rounds=attendee.absent_rounds)


def _in_verdicts(event: Event, known: Set[PlainPair]) -> Iterator[ProblemError]:
    """New verdicts on texts that nobody on the list has."""
    new = [
        (f"/matching/{name}/{k}", pair)
        for name in PAIR_VERDICTS
        for k, pair in enumerate(map(plain_pair, getattr(event.matching, name)))
        if pair not in known
    ]
    if not new:
        return
    needs = {plain_text(need.text) for attendee in event.attendees for need in attendee.needs}
    offers = {plain_text(offer.text) for attendee in event.attendees for offer in attendee.offers}
    for where, (need, offer) in new:
        if need not in needs or offer not in offers:
            message = "nobody on the list has these texts, and somebody was erased: leave them out"
            yield ProblemError(pointer=where, code=CODE, message=message)


def _in_benefits(event: Event, erased: Set[str]) -> Iterator[ProblemError]:
    """The first row about each of the erased, on either side."""
    rows = event.benefits
    if not isinstance(rows, BenefitColumns):
        named = ((k, who) for k, row in enumerate(rows) for who in (row.attendee, row.partner))
        yield from (returning_at(f"/benefits/{k}", who) for k, who in named if who in erased)
        return
    for place, who in enumerate(rows.ids):
        for column in (rows.source, rows.target):
            if who in erased and place in column:
                yield returning_at(f"/benefits/{column.index(place)}", who)
