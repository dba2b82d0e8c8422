"""Solves: what is asked, how far it is, and why it cannot be done."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from schemas import limits
from schemas.base import Id, Pair, Seed, Sentence, Stability, Wire

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
    created_at: datetime | None = None
    """When it was asked for."""
