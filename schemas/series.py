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


class SeriesEvent(Wire):
    """An event of a series; its history counts once it is ``added``, ``pairs`` pairs of it."""

    event: str
    name: str
    added: bool
    pairs: int


class Series(Wire):
    """A series, its events in the order they came to it, and how many pairs have met in all."""

    id: str
    name: str
    created_at: datetime
    events: tuple[SeriesEvent, ...] = ()
    pairs: int = 0


class SeriesSummary(Wire):
    """One row of the list of series."""

    id: str
    name: str
    created_at: datetime
    events: int


class SeriesList(Wire):
    """The organisation's series, newest first."""

    series: tuple[SeriesSummary, ...]


class Erasure(Wire):
    """An event that an attendee was erased from, and the repair that this asked for, if any."""

    event: str
    solve: str | None = None


class SeriesErasure(Wire):
    """Where an attendee was known and is erased, in the order of the series."""

    attendee: Id
    events: tuple[Erasure, ...]


class History(Wire):
    """Every pair that met in a series, and what came of it, as rules for the next event."""

    pair_rules: tuple[PairRule, ...] = ()
