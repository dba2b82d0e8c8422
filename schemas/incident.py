"""Incidents: facts of the day, and what became of the schedule."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Id, Pair, RoundNumber, TableNumber, Wire
from schemas.event import Attendee
from schemas.schedule import Broken
from schemas.solve import Waiver

Kind = Literal[
    "checked_in", "not_here", "drop_out", "left_early", "late_arrival", "no_show", "pause",
    "return", "table_closed", "table_opened", "round_started", "round_finished",
    "round_cancelled", "round_added", "delay", "consent_revoked", "undo",
]  # fmt: skip


class Incident(Wire):
    """A fact; ``id`` is the caller's own, so that sending it twice changes nothing."""

    id: Id
    kind: Kind
    attendee: Id | None = None
    attendees: Annotated[tuple[Id, ...], Field(max_length=limits.ATTENDEES)] | None = None
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


class Repair(Wire):
    """What a batch did: the version that holds it, who must be told, and what it cost."""

    version: int | None
    status: Literal["draft", "published", "superseded", "pending", "unscheduled"]
    changes: tuple[Change, ...] = ()
    broken: Broken = Broken()
    waived: tuple[Waiver, ...] = ()
