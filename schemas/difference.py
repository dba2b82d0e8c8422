"""What differs between two versions of a schedule: who must be told, and what to say to them."""

from typing import Annotated

from pydantic import Field

from schemas.base import Id, Name, Pair, RoundNumber, TableNumber, Wire
from schemas.clock import LocalTime
from schemas.incident import Change


class Place(Wire):
    """Where somebody is to be in a round: at a table with a partner, or standing by without.

    ``closed``: not standing by either, for want of an open table that they may sit at.
    """

    partner: Id | None = None
    """With whom; null for who stands by."""
    table: TableNumber | None = None
    """At which table; null for who stands by."""
    closed: bool = False
    """Whether they do not stand by either, for want of an open table that they may sit at."""


class RoundDifference(Wire):
    """One person's round before and after; None where they are not expected."""

    round: RoundNumber
    """Which round."""
    from_: Annotated[Place | None, Field(alias="from")] = None
    """Where they were to be; null if they were not expected."""
    to: Place | None = None
    """Where they are to be; null if they are not expected."""


class PersonDifference(Wire):
    """What changes for one person, and ``words`` for all of it, ready to say."""

    attendee: Id
    """Whose day changes."""
    name: Name | None = None
    """What they are called; null if the event does not say."""
    rounds: tuple[RoundDifference, ...] = ()
    """What changes, round by round."""
    words: tuple[str, ...]
    """All of it, ready to say."""


class TableDifference(Wire):
    """Who sits at a table before and after; None where nobody does."""

    round: RoundNumber
    """Which round."""
    table: TableNumber
    """Which table."""
    from_: Annotated[Pair | None, Field(alias="from")] = None
    """Who was to sit there; null if nobody."""
    to: Pair | None = None
    """Who is to sit there; null if nobody."""
    words: str
    """The same, ready to say."""


class StartDifference(Wire):
    """When a round of both versions starts before and after."""

    round: RoundNumber
    """Which round."""
    from_: Annotated[LocalTime | None, Field(alias="from")] = None
    """When it was to start; null if it had no time."""
    to: LocalTime | None = None
    """When it starts; null if it has no time."""


class Difference(Wire):
    """What changes for whom between two versions; people by id, tables by round and number.

    ``changes`` are partners alone. Somebody who stands by as before is not told that their place
    in the line is another.
    """

    from_version: int
    """The earlier version."""
    version: int
    """The later version."""
    changes: tuple[Change, ...]
    """Whose partners change."""
    people: tuple[PersonDifference, ...] = ()
    """Who must be told, and what."""
    tables: tuple[TableDifference, ...] = ()
    """Which tables change."""
    starts: tuple[StartDifference, ...] = ()
    """Which rounds start at another time."""
