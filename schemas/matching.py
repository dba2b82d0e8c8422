"""Verdicts on single pairs of texts: what a person says of a need and an offer."""

from typing import Literal

from schemas.base import Text, Wire

PairVerdict = Literal["confirmed", "denied"]
"""A list of an event's ``matching``."""


class NeedAndOffer(Wire):
    """A need and an offer as somebody at the event wrote them."""

    need: Text
    offer: Text
