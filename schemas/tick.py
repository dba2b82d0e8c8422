"""Ticks: stewards tell each other whom they have told what a version changes for them."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from schemas import limits
from schemas.base import Id, Wire
from schemas.text import BLANK_OR_SHOWN, Described, check_text

Steward = Annotated[
    str,
    StringConstraints(max_length=limits.STEWARD, strip_whitespace=True),
    AfterValidator(check_text),
    Described({"pattern": BLANK_OR_SHOWN}),
]


class Tick(Wire):
    """That somebody knows what a version changes for them, or does not know it after all."""

    id: Id
    """The caller's own id of the tick: sent twice, it counts once."""
    version: Annotated[int, Field(ge=1, le=limits.VERSIONS)]
    """The version that changes something for them."""
    attendee: Id
    """Who was told."""
    told: bool = True
    """Whether they were told; `false` takes back what was ticked before, by whoever it was."""
    by: Steward = ""
    """What the steward is called who told them, in short. Left out: nobody says."""


class Ticks(Wire):
    """A batch, taken whole or not at all."""

    ticks: Annotated[tuple[Tick, ...], Field(min_length=1, max_length=limits.TICKS)]
    """Who was told, in order: of one version and one person the last tick counts."""


class TickReceipt(Wire):
    """That a batch is stored."""

    accepted: int
    """How many ticks it has, those known before among them."""


class ToldAttendee(Wire):
    """Somebody who was told what a version changes for them."""

    version: int
    """The version."""
    attendee: Id
    """Who was told."""
    by: Steward
    """By whom, in short; empty where nobody says."""
    at: datetime
    """When the service learned of it."""


class ToldList(Wire):
    """Everybody who was told something."""

    told: tuple[ToldAttendee, ...]
    """Who was told of which version, in the order in which it was ticked."""
