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
    """The need, as somebody at the event wrote it."""
    offer: Text
    """The offer, as somebody at the event wrote it."""


class OfferedPair(NeedAndOffer):
    """A verdict of another event of the organisation on texts that this event has as well."""

    verdict: PairVerdict
    """What was said of the pair there."""
    event: str
    """The id of the event where it was said."""
    settled_at: datetime
    """When it was said."""


class EventMatching(Wire):
    """What was settled about an event's texts, and what other events have to offer."""

    confirmed: TextPairs
    """Pairs of a need and an offer of which the one meets the other."""
    denied: TextPairs
    """Pairs of a need and an offer of which the one does not meet the other."""
    offered: tuple[OfferedPair, ...]
    """What other events say of pairs that this one has and has not settled, newest first."""
