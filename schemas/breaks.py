"""Breaks: rounds of which somebody needs one without a meeting (H10)."""

from functools import lru_cache
from typing import Annotated, Protocol, Self

from pydantic import ConfigDict, Field, model_validator

from schemas import limits
from schemas.base import Objection, RoundNumber, Wire, refuse

Span = tuple[int, int]
"""The first and the last of some consecutive rounds, from 1."""


class Break(Wire):
    """Consecutive rounds, of which somebody has no meeting in one at least."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: RoundNumber = Field(alias="from")
    """The first round of the window, from 1."""
    last: RoundNumber = Field(alias="to")
    """The last round of the window, no earlier than the first."""

    @model_validator(mode="after")
    def _not_backwards(self) -> Self:
        if self.first > self.last:
            message = f"a break ends no earlier than it begins, in round {self.first}"
            refuse("Break", [Objection(("to",), "order", message)])
        return self


Breaks = Annotated[tuple[Break, ...], Field(max_length=limits.ROUNDS)]
MaxInARow = Annotated[int, Field(ge=1, le=limits.ROUNDS)]


class Resting(Protocol):
    """Whatever says of somebody, or of everybody, which breaks they need."""

    @property
    def max_in_a_row(self) -> int | None:
        """How many meetings there may be without a round between."""

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Windows that were named."""


def breaks_of(own: Resting, policy: Resting) -> tuple[int | None, tuple[Break, ...]]:
    """The meetings in a row and the named windows of somebody: their own, else the policy's."""
    return own.max_in_a_row or policy.max_in_a_row, own.breaks or policy.breaks


def windows_of(own: Resting, policy: Resting, rounds: int) -> tuple[Span, ...]:
    """The windows of somebody, each once, by their last rounds."""
    return _windows(*breaks_of(own, policy), rounds)


@lru_cache
def _windows(in_a_row: int | None, breaks: tuple[Break, ...], rounds: int) -> tuple[Span, ...]:
    found = {(window.first, window.last) for window in breaks}
    if in_a_row is not None:
        found.update((r, r + in_a_row) for r in range(1, rounds - in_a_row + 1))
    return tuple(sorted(found, key=lambda window: (window[1], window[0])))


def describe_breaks(own: Resting, policy: Resting) -> str:
    """What somebody *has*, in words; empty if they need no breaks."""
    in_a_row, breaks = breaks_of(own, policy)
    told = [f"a break in {span_phrase(window.first, window.last)}" for window in breaks]
    if in_a_row:
        told.insert(0, f"at most {in_a_row} meeting{'s' * (in_a_row > 1)} in a row")
    return " and ".join(told)


def span_phrase(first: int, last: int) -> str:
    """Consecutive rounds."""
    return f"round {first}" if first == last else f"rounds {first} to {last}"
