"""The schedule: who meets whom, when, at which table, what for, and how good it is."""

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

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
    """The number of the table, from 1."""
    attendees: Pair
    """The ids of the two."""
    benefits: Annotated[dict[Id, Thousandths], Field(max_length=2)] = Field(default_factory=dict)
    """What each of the two gains, 0 to 1, by id. Left out: nothing."""
    value: Thousandths = 0.0
    """What the meeting is worth to both: the root of the product of what they gain, or 0 if one
    gains too little. Left out: 0."""
    purpose: Purpose = "open"
    """`mutual`: good for both; `triangle`: part of a closed triangle; `open`: fills two idle
    seats. Left out: `open`."""
    intent: Intent = "relationship"
    """Whether it is for the relationship, or an agreed pitch. Left out: `relationship`."""
    purpose_line: Sentence = ""
    """What it is for in one sentence, the same for both. Left out: empty."""
    outcome: Outcome = "planned"
    """`planned`, `held`, or `missed`, which counts for nothing. Left out: `planned`."""
    added: bool = False
    """Whether it came into a running round because a partner was missing. Left out: no."""
    why: Annotated[tuple[Sentence, ...], Field(max_length=limits.SENTENCES)] = ()
    """The reasons of both, in sentences. Left out: none."""


People = Annotated[tuple[Id, ...], Field(max_length=limits.ATTENDEES)]


class ScheduledRound(Wire):
    """One round: its meetings by table, and who is present without one or absent."""

    round: RoundNumber
    """The number of the round, from 1."""
    starts_at: LocalTime | None = None
    """When it starts; null where rounds have no times."""
    meetings: Annotated[tuple[Meeting, ...], Field(max_length=limits.ATTENDEES)] = ()
    """Who meets whom, by table. Left out: nobody meets."""
    byes: People = ()
    """Ids of all who are present without a meeting. Left out: nobody."""
    absent: People = ()
    """Ids of all who are absent. Left out: nobody."""


class Triangle(Wire):
    """Three people who all meet; ``round_closed`` holds their last meeting at this event."""

    attendees: tuple[Id, Id, Id]
    """The ids of the three."""
    value: Thousandths
    """The weakest gain on the better way round, 0 to 1."""
    round_closed: RoundNumber
    """The last round of its meetings at this event."""


class WishShare(Wire):
    """How many people somebody wished to meet, and how many of them they meet."""

    asked: Natural
    """How many people they wished to meet."""
    met: Natural
    """How many of these they meet."""


class Share(Wire):
    """What one attendee gets: benefits are sums over meetings, in wire units.

    ``wishes`` are of those who wished for somebody.
    """

    id: Id
    """Whose share it is."""
    meetings: Natural
    """How many meetings they have."""
    byes: Natural
    """How many meetings fewer they have than they could have had."""
    benefit: Amount
    """What they gain from mutual meetings in all, each up to 1."""
    best: Amount
    """What they would gain on the best day they could have."""
    satisfaction: Amount | None
    """What they gain of that, 0 to 1; null if nobody can serve them."""
    wishes: WishShare | None = None
    """What became of their wishes; null if they wished for nobody."""


class MeetingAsTold(Wire):
    """What a meeting comes to as if no wish that was not returned had been made."""

    attendees: Pair
    """The ids of the two."""
    benefits: Annotated[dict[Id, Thousandths], Field(max_length=2)] = Field(default_factory=dict)
    """What each of the two gains, 0 to 1, by id. Left out: nothing."""
    value: Thousandths = 0.0
    """What the meeting is worth to both, 0 to 1. Left out: 0."""
    purpose: Purpose = "open"
    """What it is for then. Left out: `open`."""


class ScheduleAsTold(Wire):
    """What attendees may read of a schedule: as if no unreturned wish had been made.

    ``meetings`` and ``attendees`` are those that come to something else then, ``triangles`` all
    that are closed.
    """

    meetings: Annotated[tuple[MeetingAsTold, ...], Field(max_length=limits.TRIANGLES)] = ()
    """Meetings that come to something else. Left out: none."""
    triangles: Annotated[tuple[Triangle, ...], Field(max_length=limits.TRIANGLES)] = ()
    """All closed triangles. Left out: none."""
    attendees: Annotated[tuple[Share, ...], Field(max_length=limits.ATTENDEES)] = ()
    """Shares that come to something else. Left out: none."""


class Wishes(Wire):
    """What became of the wishes: ``asked`` counts one for each direction.

    ``mutual`` are pairs who wished for each other. ``empty_handed`` are people who wished, and meet
    nobody they wished for.
    """

    asked: Natural
    """How many wishes there are, one for each direction."""
    met: Natural
    """How many of them are of pairs that meet."""
    mutual: Natural
    """How many pairs wished for each other."""
    mutual_met: Natural
    """How many of these pairs meet."""
    empty_handed: Natural
    """How many people wished and meet nobody they wished for."""


class InsteadOfOpen(Wire):
    """A meeting worth having in place of an open conversation, and what it costs the room."""

    partner: Id
    """With whom: of those who may be met, the one of most mutual value."""
    round: RoundNumber
    """In which round it would be, from 1."""
    points: Points
    """By how much less the schedule is worth at most; a better one around it may cost less."""


class Note(Wire):
    """What else there is to say of somebody, to organisers.

    *place_closed*: present in a round, and without a meeting because none of the tables that they
    have to sit at is open. *minimum_filled*: they have as many meetings as their minimum asks for
    only thanks to open conversations; a higher `priority` buys them others.
    """

    code: Literal["place_closed", "minimum_filled"]
    """What there is to say."""
    attendee: Id
    """Of whom."""
    round: RoundNumber | None = None
    """In which round, from 1, of *place_closed*."""
    meetings: Natural | None = None
    """How many of the minimum are open conversations, of *minimum_filled*."""
    price: InsteadOfOpen | None = None
    """What a meeting worth having would cost in place of one of them; left out where none is to
    be had by a plain exchange, where that was not reckoned, and once a round is held."""

    @model_serializer(mode="wrap")
    def _what_it_says(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}


class Broken(Wire):
    """Published meetings of open rounds that no longer take place."""

    forced: Natural = 0
    """How many could not be kept. Left out: 0."""
    chosen: Natural = 0
    """How many were given up for something better. Left out: 0."""


class Quality(Wire):
    """How good the schedule is, how good any could be, and what the search took.

    ``table_changes`` counts, over all attendees, how often the next meeting is at another table.
    ``wishes`` is null if nobody wished; then no more than ``mutual_wishes_at_most`` of the pairs
    who wished for each other could meet, whatever the schedule.
    """

    objective: Points
    """What the schedule is worth: mutual, triangles and fairness less the costs; a full meeting
    is 1."""
    mutual: Points
    """What its meetings are worth."""
    triangles: Points
    """What its closed triangles are worth."""
    fairness: Points
    """What everybody's satisfaction is worth."""
    byes_cost: Points
    """What its byes cost."""
    pairs_cost: Points = 0.0
    """What pairs cost that met before or would rather not meet. Left out: 0."""
    byes: Natural
    """How many meetings fewer all have than they could have had."""
    upper_bound: Points | None
    """No schedule is worth more; null if that is not proved yet."""
    gap: Points | None
    """How far the objective is from the bound, as a share of it: 0.01 is 1 %; null without a
    bound."""
    proof: Proof
    """`optimal`: nothing is better; `bounded`: the bound is valid; `none`: there is none
    yet."""
    seconds: Amount
    """How long the search took."""
    work: Natural
    """How many steps it took."""
    stopped_by: StoppedBy
    """What ended the search."""
    broken: Broken = Broken()
    """Published meetings that no longer take place. Left out: none."""
    table_changes: Natural = 0
    """How often, over all attendees, the next meeting is at another table. Left out: 0."""
    wishes: Wishes | None = None
    """What became of wishes; null if nobody wished."""
    mutual_wishes_at_most: Natural | None = None
    """How many pairs who wished for each other could meet at most; null if nobody wished."""


class Schedule(Wire):
    """A whole day, verified; immutable once it has a version.

    ``stale`` are pointers to what edits have changed of the event since: who meets whom still
    keeps every rule, but the figures are those of before. ``notes`` are by attendee and round;
    those of held rounds stay as they were published. ``told`` is what is told of it to attendees,
    where that is something else.
    """

    event_id: Id | None = None
    """The event it belongs to; null from a stateless solve."""
    version: Annotated[int, Field(ge=1, le=limits.VERSIONS)] | None = None
    """Its number within the event, from 1; null from a stateless solve."""
    status: Literal["draft", "published", "superseded"] = "draft"
    """`draft`, `published`, or `superseded` by a later one. Left out: `draft`."""
    created_at: Moment | None = None
    """When it was stored; null from a stateless solve."""
    stale: Annotated[tuple[Pointer, ...], Field(max_length=limits.STALE)] = ()
    """Pointers to what was changed in the event since. Left out: nothing was."""
    seed: Seed = 0
    """The seed of the search. Left out: 0."""
    input_sha256: Sha256 | None = None
    """The digest of the event it was made from; null if unknown."""
    rounds: Annotated[tuple[ScheduledRound, ...], Field(max_length=limits.ROUNDS)]
    """All rounds in order."""
    triangles: Annotated[tuple[Triangle, ...], Field(max_length=limits.TRIANGLES)] = ()
    """Triangles that are closed. Left out: none."""
    attendees: Annotated[tuple[Share, ...], Field(max_length=limits.ATTENDEES)] = ()
    """What each attendee gets. Left out: not told."""
    unserved: People = ()
    """Ids of people from whom nobody gains and who gain from nobody. Left out: nobody."""
    waived: Annotated[tuple[Waiver, ...], Field(max_length=limits.WAIVERS)] = ()
    """Requirements and minimums that an incident made impossible. Left out: none."""
    notes: Annotated[tuple[Note, ...], Field(max_length=limits.NOTES)] = ()
    """What else there is to say of somebody. Left out: nothing."""
    emptied_by: Sentence | None = None
    """Which rule or lack it is first of all that leaves most seats empty; null unless they are."""
    quality: Quality | None = None
    """How good it is; null if that was not reckoned."""
    told: ScheduleAsTold | None = None
    """What attendees may read of it where that is something else; null where all is the
    same."""
