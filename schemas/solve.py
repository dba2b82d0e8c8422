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
    code: str
    message: str


class Waiver(Wire):
    """A requirement or a minimum that an incident made impossible; written without the other."""

    pair: Pair | None = None
    attendee: Id | None = None
    reason: Sentence

    @model_serializer(mode="wrap")
    def _said(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}


class Progress(Wire):
    """The incumbent at one moment."""

    seconds: float
    work: int
    objective: float | None
    upper_bound: float | None
    gap: float | None


class Solve(Wire):
    """A solve as a durable job; ``version`` is the schedule made, ``conflict`` why none was."""

    id: str
    state: State
    version: int | None = None
    objective: float | None = None
    upper_bound: float | None = None
    gap: float | None = None
    conflict: tuple[Conflict, ...] = ()
    created_at: datetime | None = None
