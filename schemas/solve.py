"""Solves: what is asked, how far it is, and why it cannot be done."""

from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from schemas import limits
from schemas.base import Id, Natural, Pair, Seed, Sentence, Stability, Wire

State = Literal["queued", "running", "done", "stopped", "infeasible", "failed"]


class SolveRequest(Wire):
    """How long to search: until ``seconds``, ``work`` steps or ``gap`` is reached.

    With ``work`` alone the answer is the same bytes every time; ``seed`` replaces the event's.
    What is said of ``stability`` and ``max_changes`` stands in place of the event's policy.
    """

    seconds: Annotated[float, Field(gt=0, le=limits.SECONDS)] | None = Field(
        default=None, description="Search for so long."
    )
    work: Annotated[int, Field(ge=1, le=limits.WORK)] | None = Field(
        default=None, description="Search for so many steps."
    )
    gap: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="Stop once so close to the bound: 0.01 is 1 %."
    )
    seed: Seed | None = Field(default=None, description="Instead of the event's own seed.")
    stability: Stability | None = Field(
        default=None,
        description="How much a published meeting weighs, instead of the event's policy: strict "
        "keeps whatever can be kept, balanced gives one up for enough points, free does not mind.",
    )
    max_changes: Annotated[int, Field(ge=0, le=limits.CHANGES)] | None = Field(
        default=None,
        description="How many published meetings may be given up by choice, not the policy's.",
    )


class Conflict(Wire):
    """One of a set of rules that cannot hold together; without any of them, the rest can."""

    pointer: str
    """Where in the event the rule stands, as a JSON pointer."""
    code: str
    """The kind of rule; stable."""
    message: str
    """The rule in words."""


ShortageKind = Literal[
    "rounds", "attendee_rounds", "shared_rounds", "tables", "meetings", "partners", "partner_rounds"
]


class Shortage(Wire):
    """What binds where rules contradict each other: so much is needed, and there is less.

    *rounds*: there are fewer than each of the attendees needs meetings, or than all demands
    together take. *attendee_rounds*: each of them can have fewer meetings than they need, because
    of absences, their maximum or breaks. *shared_rounds*: two who must meet can in no round.
    *tables*: they have room for fewer meetings than are needed; *meetings*: those who are there
    can have fewer than that, with tables enough. *partners*: the attendees together
    need more meetings than the few whom they may meet can have with them; *partner_rounds* the
    same, where these few are there in too few rounds.
    """

    kind: ShortageKind
    """What there is too little of; stable."""
    needed: Natural
    """How much of it is needed at least: rounds, or meetings."""
    available: Natural
    """How much of it there is at most."""
    attendees: tuple[Id, ...] = Field(max_length=limits.NAMED)
    """Ids of everybody who needs it, the first 500."""
    partners: tuple[Id, ...] = Field(default=(), max_length=limits.NAMED)
    """Ids of those with whom, the first 500. Left out: nobody in particular."""
    others: Natural = 0
    """How many more there are of the two than are listed. Left out: 0."""
    message: str
    """The same in words."""


class LowerMinimum(Wire):
    """A minimum that is lowered."""

    attendee: Id
    """Whose."""
    min_meetings: Natural
    """To what."""


RemedyKind = Literal["add_rounds", "add_tables", "give_up"]


class Remedy(Wire):
    """One change after which the rules can hold; that they can was seen by solving."""

    kind: RemedyKind
    """What would be changed; stable."""
    message: str
    """The same in words."""
    rounds: Natural | None = None
    """How many rounds more, of *add_rounds*, like the last one, for those who are there then;
    fewer would not do."""
    tables: Natural | None = None
    """How many tables more in every round that has too few, of *add_tables*; fewer would not
    do."""
    cancel: tuple[Pair, ...] | None = None
    """Required meetings to cancel, of *give_up*."""
    lower: tuple[LowerMinimum, ...] | None = None
    """Minimums to lower, of *give_up*, and to what."""
    fewest: bool | None = None
    """Of *give_up*: no smaller number of meetings and minimums would do for certain."""
    held_at_most: Natural | None = None
    """How many of the required meetings can be held at most, of *give_up*, where that is known."""

    @model_serializer(mode="wrap")
    def _what_it_is(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}


class Advice(Wire):
    """What an organiser can do about rules that contradict each other.

    What could not be checked in little time is left out.
    """

    shortages: tuple[Shortage, ...] = ()
    """What binds, with everybody concerned; none where only a proof shows the contradiction."""
    remedies: tuple[Remedy, ...] = ()
    """What would mend it, each by itself."""


class Contradiction(NamedTuple):
    """Rules that cannot hold together, none if they can, and what to do about it."""

    conflict: tuple[Conflict, ...] = ()
    advice: Advice | None = None


class Waiver(Wire):
    """A requirement or a minimum that an incident made impossible; written without the other."""

    pair: Pair | None = None
    """The pair that had to meet, of a requirement."""
    attendee: Id | None = None
    """Whose minimum it was, of a minimum."""
    reason: Sentence
    """Why it cannot be, in words."""

    @model_serializer(mode="wrap")
    def _said(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}


class Progress(Wire):
    """The incumbent at one moment."""

    seconds: float
    """How long the search has taken."""
    work: int
    """How many steps it has taken."""
    objective: float | None
    """What the best schedule so far is worth; null while there is none."""
    upper_bound: float | None
    """No schedule is worth more; null while that is not proved."""
    gap: float | None
    """How far the objective is from the bound, as a share of it; null without both."""


class Solve(Wire):
    """A solve as a durable job; ``version`` is the schedule made, ``conflict`` why none was."""

    id: str
    """The id of the solve."""
    state: State
    """Where it stands: `queued`, `running`, or how it ended."""
    version: int | None = None
    """The version of the schedule it made; null while there is none."""
    objective: float | None = None
    """What its best schedule is worth; null while there is none."""
    upper_bound: float | None = None
    """No schedule is worth more; null while that is not proved."""
    gap: float | None = None
    """How far the objective is from the bound, as a share of it; null without both."""
    conflict: tuple[Conflict, ...] = ()
    """Why there is no schedule: rules that cannot hold together, or what went wrong."""
    advice: Advice | None = None
    """What binds and what would mend it; null where no rules contradict each other."""
    created_at: datetime | None = None
    """When it was asked for."""
