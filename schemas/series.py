"""Series: events that follow each other, and what the next one should know of those before."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from schemas.base import Id, Name, Wire
from schemas.event import PairRule
from schemas.text import PATTERN, Described


class NewSeries(Wire):
    """A series to be begun."""

    name: Annotated[Name, Field(min_length=1), Described({"pattern": PATTERN})]
    """What the series is called."""


class SeriesEvent(Wire):
    """An event of a series; its history counts once it is ``added``, ``pairs`` pairs of it."""

    event: str
    """The id of the event."""
    name: str
    """What the event is called."""
    added: bool
    """Whether its history counts yet."""
    pairs: int
    """How many pairs met there."""


class Series(Wire):
    """A series, its events in the order they came to it, and how many pairs have met in all."""

    id: str
    """The id of the series."""
    name: str
    """What it is called."""
    created_at: datetime
    """When it was begun."""
    events: tuple[SeriesEvent, ...] = ()
    """Its events, in the order in which they came to it."""
    pairs: int = 0
    """How many pairs have met in all."""


class SeriesSummary(Wire):
    """One row of the list of series."""

    id: str
    """The id of the series."""
    name: str
    """What it is called."""
    created_at: datetime
    """When it was begun."""
    events: int
    """How many events it has."""


class SeriesList(Wire):
    """The organisation's series, newest first."""

    series: tuple[SeriesSummary, ...]
    """The organisation's series, newest first."""


class Erasure(Wire):
    """An event that an attendee was erased from, and the repair that this asked for, if any."""

    event: str
    """The id of the event."""
    solve: str | None = None
    """The id of the repair that mends what is published; null if none is needed."""


class SeriesErasure(Wire):
    """Where an attendee was known and is erased, in the order of the series."""

    attendee: Id
    """Who is erased."""
    events: tuple[Erasure, ...]
    """The events in which they were known."""


class History(Wire):
    """Every pair that met in a series, and what came of it, as rules for the next event."""

    pair_rules: tuple[PairRule, ...] = ()
    """Rules of kind `met`, for the next event."""
