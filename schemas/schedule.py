"""The schedule: who meets whom, when, at which table, what for, and how good it is."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Id, Pair, RoundNumber, Seed, TableNumber, Thousandths, Wire
from schemas.clock import LocalTime
from schemas.solve import Waiver

Purpose = Literal["mutual", "triangle", "open"]
Intent = Literal["relationship", "pitch"]
Outcome = Literal["planned", "held", "missed"]
Proof = Literal["optimal", "bounded", "none"]
StoppedBy = Literal["optimal", "gap", "time", "work", "stopped"]
Points = float
"""Points / 100 000, exact to five places."""


class Meeting(Wire):
    """Two people at a table; ``benefits`` is what each gains, ``value`` what the pair is worth.

    ``intent`` and ``purpose_line`` say what it is for, in the same words to both.
    """

    table: TableNumber
    attendees: Pair
    benefits: dict[Id, Thousandths] = Field(default_factory=dict)
    value: Thousandths = 0.0
    purpose: Purpose = "open"
    intent: Intent = "relationship"
    purpose_line: str = ""
    outcome: Outcome = "planned"
    added: bool = False
    why: tuple[str, ...] = ()


class ScheduledRound(Wire):
    """One round: its meetings by table, and who is present without one or absent."""

    round: RoundNumber
    starts_at: LocalTime | None = None
    meetings: tuple[Meeting, ...] = ()
    byes: tuple[Id, ...] = ()
    absent: tuple[Id, ...] = ()


class Triangle(Wire):
    """Three people who all meet; ``round_closed`` holds their last meeting at this event."""

    attendees: tuple[Id, Id, Id]
    value: Thousandths
    round_closed: RoundNumber


class Share(Wire):
    """What one attendee gets: benefits are sums over meetings, in wire units."""

    id: Id
    meetings: int
    byes: int
    benefit: float
    best: float
    satisfaction: float | None


class Broken(Wire):
    """Published meetings of open rounds that no longer take place."""

    forced: int = 0
    chosen: int = 0


class Quality(Wire):
    """How good the schedule is, how good any could be, and what the search took.

    ``table_changes`` counts, over all attendees, how often the next meeting is at another table.
    """

    objective: Points
    mutual: Points
    triangles: Points
    fairness: Points
    byes_cost: Points
    byes: int
    upper_bound: Points | None
    gap: float | None
    proof: Proof
    seconds: float
    work: int
    stopped_by: StoppedBy
    broken: Broken = Broken()
    table_changes: int = 0


class Schedule(Wire):
    """A whole day, verified; immutable once it has a version.

    ``stale`` are pointers to what edits have changed of the event since: who meets whom still
    keeps every rule, but the figures are those of before.
    """

    event_id: str | None = None
    version: Annotated[int, Field(ge=1)] | None = None
    status: Literal["draft", "published", "superseded"] = "draft"
    created_at: datetime | None = None
    stale: Annotated[tuple[str, ...], Field(max_length=limits.STALE)] = ()
    seed: Seed = 0
    input_sha256: str | None = None
    rounds: Annotated[tuple[ScheduledRound, ...], Field(max_length=limits.ROUNDS)]
    triangles: tuple[Triangle, ...] = ()
    attendees: tuple[Share, ...] = ()
    unserved: tuple[Id, ...] = ()
    waived: tuple[Waiver, ...] = ()
    quality: Quality | None = None
