"""How a run went: what was known after how many seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """The best objective, and the best bound if any, from this second on."""

    seconds: float
    objective: float
    bound: float | None = None


Trace = tuple[Moment, ...]
