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
    """The caller's own id of the fact: sent twice, it counts once."""
    kind: Kind
    """What happened."""
    attendee: Id | None = None
    """Whom it is about, where the kind needs somebody."""
    attendees: (
        Annotated[tuple[Id, ...], Field(min_length=1, max_length=limits.ATTENDEES)] | None
    ) = None
    """Several people whom it is about, in place of `attendee`: of `checked_in` and
    `not_here`."""
    round: RoundNumber | None = None
    """The round it is about, from 1. Left out where a kind may have one: from the first open
    round on."""
    table: TableNumber | None = None
    """The number of the table that closes or opens."""
    pair: Pair | None = None
    """The two of a wish: the first would like to meet the second."""
    profile: Attendee | None = None
    """Who comes late, if they are not on the list, or what is new of them."""
    minutes: Annotated[int, Field(ge=1, le=limits.MINUTES)] | None = None
    """How long a delay or an added round is."""
    incident: Id | None = None
    """Of `undo`: the id of the incident that is taken back."""


class Incidents(Wire):
    """A batch, taken whole or not at all."""

    incidents: Annotated[tuple[Incident, ...], Field(min_length=1, max_length=limits.INCIDENTS)]
    """What happened, in order."""


class Change(Wire):
    """One person's round before and after: a partner's id, or None for a bye or absence."""

    attendee: Id
    """Whose round changes."""
    round: RoundNumber
    """Which round."""
    from_: Annotated[Id | None, Field(alias="from")] = None
    """Whom they would have met; null for a bye or absence."""
    to: Id | None = None
    """Whom they meet now; null for a bye or absence."""


class Objectives(Wire):
    """The objective of what was published, of the repair, and of a fresh solve once there is one.

    All three are of the event as it is now; what was published counts without the meetings that
    no longer can take place.
    """

    before: Points
    """The objective of what was published, without meetings that cannot take place."""
    after: Points
    """The objective of the repair."""
    fresh: Points | None = None
    """What a fresh solve comes to; null until one is there."""


class TriangleCounts(Wire):
    """Closed triangles that are gone, that lost a meeting and close all the same, and new ones."""

    lost: int = 0
    """How many closed triangles are gone."""
    rescued: int = 0
    """How many lost a meeting and close all the same."""
    closed: int = 0
    """How many are new."""


class Standby(Wire):
    """Who sits out a round, in the order in which they stand by for somebody's partner."""

    round: RoundNumber
    """Which round."""
    order: tuple[Id, ...]
    """Ids of who stands by, the first to be asked first."""
    place: str
    """Where they wait, in words."""


class HelpedPerson(Wire):
    """Somebody who would have more meetings in rounds still to come."""

    attendee: Id
    """Who it is."""
    meetings: int
    """How many more."""
    worthwhile: int
    """How many more of those from which both gain."""


class Proposal(Wire):
    """What few moves would give those whom the day leaves short: a draft that is only offered."""

    id: str
    """The proposal's own id: that of what it would make of the schedule."""
    basis: int | None
    """The published version that it changes; null where that has no number."""
    text: str
    """All of it in a sentence, in the event's language."""
    helped: tuple[HelpedPerson, ...]
    """Who would have more meetings, those with most first."""
    moved: tuple[Id, ...]
    """Ids of others who would have another partner in some round, or none."""
    given_up: int
    """How many published meetings would make way."""
    gain: Points
    """What it adds to the objective."""
    changes: tuple[Change, ...]
    """Whose partners would change."""


class Repair(Wire):
    """What a batch did: the version that holds it, who must be told, and what it cost.

    No valid repair breaks fewer published meetings of open rounds than ``least_broken``.
    ``touched`` are the people with any change, ``moved`` those who only change tables.
    """

    version: int | None
    """The version that holds the repair; null while there is none."""
    status: Literal["draft", "published", "superseded", "pending", "unscheduled"]
    """The status of that version; `pending` while it is made, `unscheduled` if nothing was
    planned yet."""
    changes: tuple[Change, ...] = ()
    """Whose partners change. Left out: nobody's."""
    touched: tuple[Id, ...] = ()
    """Ids of people with any change."""
    moved: tuple[Id, ...] = ()
    """Ids of people who only change tables."""
    broken: Broken = Broken()
    """How many published meetings of open rounds no longer take place."""
    least_broken: int = 0
    """How many of them any valid repair breaks."""
    objective: Objectives | None = None
    """What the day was worth before and after; null while that is not known."""
    triangles: TriangleCounts = TriangleCounts()
    """What became of closed triangles."""
    standby: tuple[Standby, ...] = ()
    """Who stands by in which round."""
    waived: tuple[Waiver, ...] = ()
    """Requirements and minimums that became impossible."""
    proposal: Proposal | None = None
    """What few moves would do beside; null if nothing, or while that is not known."""
