"""Incidents: facts of the day, and what became of the schedule."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Id, Pair, RoundNumber, TableNumber, Wire
from schemas.event import Attendee
from schemas.schedule import Broken, Points
from schemas.solve import Waiver

Kind = Literal[
    "checked_in", "not_here", "drop_out", "left_early", "late_arrival", "no_show", "pause",
    "return", "table_closed", "table_opened", "round_started", "round_finished",
    "round_cancelled", "round_added", "delay", "consent_revoked", "wish", "unwish", "undo",
]  # fmt: skip


class Incident(Wire):
    """A fact; ``id`` is the caller's own, so that sending it twice changes nothing.

    Of a ``wish`` the first of the ``pair`` would like to meet the second; if ``attendee`` names one
    of them, that one is who wishes.
    """

    id: Id
    kind: Kind
    attendee: Id | None = None
    attendees: (
        Annotated[tuple[Id, ...], Field(min_length=1, max_length=limits.ATTENDEES)] | None
    ) = None
    round: RoundNumber | None = None
    table: TableNumber | None = None
    pair: Pair | None = None
    profile: Attendee | None = None
    minutes: Annotated[int, Field(ge=1, le=limits.MINUTES)] | None = None
    incident: Id | None = None


class Incidents(Wire):
    """A batch, taken whole or not at all."""

    incidents: Annotated[tuple[Incident, ...], Field(min_length=1, max_length=limits.INCIDENTS)]


class Change(Wire):
    """One person's round before and after: a partner's id, or None for a bye or absence."""

    attendee: Id
    round: RoundNumber
    from_: Annotated[Id | None, Field(alias="from")] = None
    to: Id | None = None


class Objectives(Wire):
    """The objective of what was published, of the repair, and of a fresh solve once there is one.

    All three are of the event as it is now; what was published counts without the meetings that
    no longer can take place.
    """

    before: Points
    after: Points
    fresh: Points | None = None


class TriangleCounts(Wire):
    """Closed triangles that are gone, that lost a meeting and close all the same, and new ones."""

    lost: int = 0
    rescued: int = 0
    closed: int = 0


class Standby(Wire):
    """Who sits out a round, in the order in which they stand by for somebody's partner."""

    round: RoundNumber
    order: tuple[Id, ...]
    place: str


class Repair(Wire):
    """What a batch did: the version that holds it, who must be told, and what it cost.

    No valid repair breaks fewer published meetings of open rounds than ``least_broken``.
    ``touched`` are the people with any change, ``moved`` those who only change tables.
    """

    version: int | None
    status: Literal["draft", "published", "superseded", "pending", "unscheduled"]
    changes: tuple[Change, ...] = ()
    touched: tuple[Id, ...] = ()
    moved: tuple[Id, ...] = ()
    broken: Broken = Broken()
    least_broken: int = 0
    objective: Objectives | None = None
    triangles: TriangleCounts = TriangleCounts()
    standby: tuple[Standby, ...] = ()
    waived: tuple[Waiver, ...] = ()
