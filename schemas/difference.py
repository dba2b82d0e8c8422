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
    table: TableNumber | None = None
    closed: bool = False


class RoundDifference(Wire):
    """One person's round before and after; None where they are not expected."""

    round: RoundNumber
    from_: Annotated[Place | None, Field(alias="from")] = None
    to: Place | None = None


class PersonDifference(Wire):
    """What changes for one person, and ``words`` for all of it, ready to say."""

    attendee: Id
    name: Name | None = None
    rounds: tuple[RoundDifference, ...] = ()
    words: tuple[str, ...]


class TableDifference(Wire):
    """Who sits at a table before and after; None where nobody does."""

    round: RoundNumber
    table: TableNumber
    from_: Annotated[Pair | None, Field(alias="from")] = None
    to: Pair | None = None
    words: str


class StartDifference(Wire):
    """When a round of both versions starts before and after."""

    round: RoundNumber
    from_: Annotated[LocalTime | None, Field(alias="from")] = None
    to: LocalTime | None = None


class Difference(Wire):
    """What changes for whom between two versions; people by id, tables by round and number.

    ``changes`` are partners alone. Somebody who stands by as before is not told that their place
    in the line is another.
    """

    from_version: int
    version: int
    changes: tuple[Change, ...]
    people: tuple[PersonDifference, ...] = ()
    tables: tuple[TableDifference, ...] = ()
    starts: tuple[StartDifference, ...] = ()
