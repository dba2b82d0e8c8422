"""The schedule: who meets whom, when, at which table, what for, and how good it is."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas import limits
from schemas.base import (
    Amount,
    Id,
    Natural,
    Pair,
    RoundNumber,
    Seed,
    Sentence,
    TableNumber,
    Thousandths,
    Wire,
)
from schemas.clock import LocalTime, Moment
from schemas.solve import Waiver

Purpose = Literal["mutual", "triangle", "open"]
Intent = Literal["relationship", "pitch"]
Outcome = Literal["planned", "held", "missed"]
Proof = Literal["optimal", "bounded", "none"]
StoppedBy = Literal["optimal", "gap", "time", "work", "stopped"]
Points = Annotated[float, Field(ge=-limits.COUNT, le=limits.COUNT)]
"""Points / 100 000, exact to five places."""
Pointer = Annotated[str, StringConstraints(max_length=limits.POINTER, pattern="^/")]
"""A JSON pointer into an event."""
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Meeting(Wire):
    """Two people at a table; ``benefits`` is what each gains, ``value`` what the pair is worth.

    ``intent`` and ``purpose_line`` say what it is for, in the same words to both.
    """

    table: TableNumber
    attendees: Pair
    benefits: Annotated[dict[Id, Thousandths], Field(max_length=2)] = Field(default_factory=dict)
    value: Thousandths = 0.0
    purpose: Purpose = "open"
    intent: Intent = "relationship"
    purpose_line: Sentence = ""
    outcome: Outcome = "planned"
    added: bool = False
    why: Annotated[tuple[Sentence, ...], Field(max_length=limits.SENTENCES)] = ()


People = Annotated[tuple[Id, ...], Field(max_length=limits.ATTENDEES)]


class ScheduledRound(Wire):
    """One round: its meetings by table, and who is present without one or absent."""

    round: RoundNumber
    starts_at: LocalTime | None = None
    meetings: Annotated[tuple[Meeting, ...], Field(max_length=limits.ATTENDEES)] = ()
    byes: People = ()
    absent: People = ()


class Triangle(Wire):
    """Three people who all meet; ``round_closed`` holds their last meeting at this event."""

    attendees: tuple[Id, Id, Id]
    value: Thousandths
    round_closed: RoundNumber


class Share(Wire):
    """What one attendee gets: benefits are sums over meetings, in wire units."""

    id: Id
    meetings: Natural
    byes: Natural
    benefit: Amount
    best: Amount
    satisfaction: Amount | None


class Broken(Wire):
    """Published meetings of open rounds that no longer take place."""

    forced: Natural = 0
    chosen: Natural = 0


class Quality(Wire):
    """How good the schedule is, how good any could be, and what the search took.

    ``table_changes`` counts, over all attendees, how often the next meeting is at another table.
    """

    objective: Points
    mutual: Points
    triangles: Points
    fairness: Points
    byes_cost: Points
    pairs_cost: Points = 0.0
    byes: Natural
    upper_bound: Points | None
    gap: Points | None
    proof: Proof
    seconds: Amount
    work: Natural
    stopped_by: StoppedBy
    broken: Broken = Broken()
    table_changes: Natural = 0


class Schedule(Wire):
    """A whole day, verified; immutable once it has a version.

    ``stale`` are pointers to what edits have changed of the event since: who meets whom still
    keeps every rule, but the figures are those of before.
    """

    event_id: Id | None = None
    version: Annotated[int, Field(ge=1, le=limits.VERSIONS)] | None = None
    status: Literal["draft", "published", "superseded"] = "draft"
    created_at: Moment | None = None
    stale: Annotated[tuple[Pointer, ...], Field(max_length=limits.STALE)] = ()
    seed: Seed = 0
    input_sha256: Sha256 | None = None
    rounds: Annotated[tuple[ScheduledRound, ...], Field(max_length=limits.ROUNDS)]
    triangles: Annotated[tuple[Triangle, ...], Field(max_length=limits.TRIANGLES)] = ()
    attendees: Annotated[tuple[Share, ...], Field(max_length=limits.ATTENDEES)] = ()
    unserved: People = ()
    waived: Annotated[tuple[Waiver, ...], Field(max_length=limits.WAIVERS)] = ()
    quality: Quality | None = None
