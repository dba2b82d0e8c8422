"""Verdicts on needs and offers in the JSON of an event: rows in two lists of its ``matching``."""

from collections.abc import Iterable, Set
from itertools import islice
from typing import Any

from pydantic_core import from_json

from app.errors import Invalid
from schemas.event import plain_pair
from schemas.limits import MATCHING_ROWS
from schemas.matching import PAIR_VERDICTS, EventMatching, NeedAndOffer, OfferedPair, PairVerdict
from schemas.problem import ProblemError
from schemas.text import plain_text


def check_written(document: Any, sent: NeedAndOffer) -> None:
    """Raise Invalid if nobody wrote one of the texts."""
    errors = [
        ProblemError(
            pointer=f"/{name}",
            code="unknown_text",
            message=f"nobody at this event has this {name}: send it as it was written",
        )
        for name, text in sent
        if plain_text(text) not in _written(document, f"{name}s")
    ]
    if errors:
        raise Invalid(errors=errors)


def _written(document: Any, field: str) -> Set[str]:
    """The needs, or the offers, that anybody wrote, in the spelling in which they are compared."""
    rows = (row for attendee in document["attendees"] for row in attendee.get(field, ()))
    return {plain_text(row["text"]) for row in rows}


def document_with_verdict(document: Any, sent: NeedAndOffer, verdict: PairVerdict) -> Any:
    """The event's document with the pair in one list and not in the other."""
    pair = [sent.need, sent.offer]
    lists = {name: _rows(document, name) for name in PAIR_VERDICTS}
    for name, rows in lists.items():
        known = any(plain_pair(row) == plain_pair(pair) for row in rows)
        if name != verdict:
            lists[name] = [row for row in rows if plain_pair(row) != plain_pair(pair)]
        elif not known:
            lists[name] = [*rows, pair]
    return {**document, "matching": document.get("matching", {}) | lists}


def document_without_orphans(document: Any) -> Any:
    """The event's document without every verdict on a text that nobody on its list has."""
    if not any(_rows(document, name) for name in PAIR_VERDICTS):
        return document
    needs, offers = _written(document, "needs"), _written(document, "offers")
    lists = {
        name: [
            [need, offer]
            for need, offer in _rows(document, name)
            if plain_text(need) in needs and plain_text(offer) in offers
        ]
        for name in PAIR_VERDICTS
    }
    return {**document, "matching": document["matching"] | lists}


def matching_of(outline: str, others: Iterable[OfferedPair]) -> EventMatching:
    """What was settled in an event, and the newest verdicts of others on pairs it leaves open."""
    document = from_json(outline)
    confirmed, denied = (tuple((n, o) for n, o in _rows(document, name)) for name in PAIR_VERDICTS)
    settled = {plain_pair(pair) for pair in (*confirmed, *denied)}
    needs, offers = _written(document, "needs"), _written(document, "offers")
    offered: dict[tuple[str, ...], OfferedPair] = {}
    for row in others:
        need, offer = pair = plain_pair((row.need, row.offer))
        if need in needs and offer in offers and pair not in settled:
            offered.setdefault(pair, row)
    newest = tuple(islice(offered.values(), MATCHING_ROWS))
    return EventMatching(confirmed=confirmed, denied=denied, offered=newest)


def _rows(document: Any, verdict: PairVerdict) -> list[list[str]]:
    rows: list[list[str]] = document.get("matching", {}).get(verdict, [])
    return rows
