"""Verdicts on single pairs of texts: what a person says of a need and an offer."""

from datetime import datetime
from typing import Literal, get_args

from schemas.base import Text, Wire
from schemas.event import TextPairs

PairVerdict = Literal["confirmed", "denied"]
"""A list of an event's ``matching``."""
PAIR_VERDICTS: tuple[PairVerdict, ...] = get_args(PairVerdict)


class NeedAndOffer(Wire):
    """A need and an offer as somebody at the event wrote them."""

    need: Text
    offer: Text


class OfferedPair(NeedAndOffer):
    """A verdict of another event of the organisation on texts that this event has as well."""

    verdict: PairVerdict
    event: str
    settled_at: datetime


class EventMatching(Wire):
    """What was settled about an event's texts, and what other events have to offer."""

    confirmed: TextPairs
    denied: TextPairs
    offered: tuple[OfferedPair, ...]
