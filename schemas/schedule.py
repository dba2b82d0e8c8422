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


class WishShare(Wire):
    """How many people somebody wished to meet, and how many of them they meet."""

    asked: Natural
    met: Natural


class Share(Wire):
    """What one attendee gets: benefits are sums over meetings, in wire units.

    ``wishes`` are of those who wished for somebody.
    """

    id: Id
    meetings: Natural
    byes: Natural
    benefit: Amount
    best: Amount
    satisfaction: Amount | None
    wishes: WishShare | None = None


class MeetingAsTold(Wire):
    """What a meeting comes to as if no wish that was not returned had been made."""

    attendees: Pair
    benefits: Annotated[dict[Id, Thousandths], Field(max_length=2)] = Field(default_factory=dict)
    value: Thousandths = 0.0
    purpose: Purpose = "open"


class ScheduleAsTold(Wire):
    """What attendees may read of a schedule: as if no unreturned wish had been made.

    ``meetings`` and ``attendees`` are those that come to something else then, ``triangles`` all
    that are closed.
    """

    meetings: Annotated[tuple[MeetingAsTold, ...], Field(max_length=limits.TRIANGLES)] = ()
    triangles: Annotated[tuple[Triangle, ...], Field(max_length=limits.TRIANGLES)] = ()
    attendees: Annotated[tuple[Share, ...], Field(max_length=limits.ATTENDEES)] = ()


class Wishes(Wire):
    """What became of the wishes: ``asked`` counts one for each direction.

    ``mutual`` are pairs who wished for each other. ``empty_handed`` are people who wished, and meet
    nobody they wished for.
    """

    asked: Natural
    met: Natural
    mutual: Natural
    mutual_met: Natural
    empty_handed: Natural


class Note(Wire):
    """What else there is to say of somebody in a round.

    *place_closed*: present, and without a meeting because none of the tables that they have to
    sit at is open.
    """

    code: Literal["place_closed"]
    attendee: Id
    round: RoundNumber


class Broken(Wire):
    """Published meetings of open rounds that no longer take place."""

    forced: Natural = 0
    chosen: Natural = 0


class Quality(Wire):
    """How good the schedule is, how good any could be, and what the search took.

    ``table_changes`` counts, over all attendees, how often the next meeting is at another table.
    ``wishes`` is null if nobody wished; then no more than ``mutual_wishes_at_most`` of the pairs
    who wished for each other could meet, whatever the schedule.
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
    wishes: Wishes | None = None
    mutual_wishes_at_most: Natural | None = None


class Schedule(Wire):
    """A whole day, verified; immutable once it has a version.

    ``stale`` are pointers to what edits have changed of the event since: who meets whom still
    keeps every rule, but the figures are those of before. ``notes`` are by attendee and round;
    those of held rounds stay as they were published. ``told`` is what is told of it to attendees,
    where that is something else.
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
    notes: Annotated[tuple[Note, ...], Field(max_length=limits.NOTES)] = ()
    quality: Quality | None = None
    told: ScheduleAsTold | None = None
