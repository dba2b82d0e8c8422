"""What a process and its children say to each other: orders, and what came of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from app.planning.document import Written
from schemas.incident import Change
from schemas.schedule import Quality
from schemas.solve import Advice, Conflict, Progress, SolveRequest
from solver.budget import Budget


@dataclass(frozen=True)
class PlanOrder:
    """An event to plan, as JSON, with what the service keeps beside it.

    ``improve``: what is published came of a repair; look for something better. After
    ``seconds_in_front`` the work gives way to what takes less.
    """

    event: str
    budget: Budget
    published: str | None = None
    held_rounds: int = 0
    asked: SolveRequest = field(default_factory=SolveRequest)
    improve: bool = False
    seconds_in_front: float = inf


@dataclass(frozen=True)
class Task:
    """Something else that needs the solver's modules: a function of an event's JSON."""

    function: Callable[[str], Any]
    event: str
    seconds_in_front: float = inf


@dataclass(frozen=True)
class Planned:
    """A verified schedule as it is stored, with its quality."""

    written: Written
    quality: Quality


@dataclass(frozen=True)
class Improved:
    """What a search after a repair found: a better schedule and whom it touches, or a bound.

    ``automatic`` is the organiser's word that it may be published at once.
    """

    fresh: float
    proven: Quality
    better: Planned | None
    changes: tuple[Change, ...]
    automatic: bool


@dataclass(frozen=True)
class Contradicted:
    """The rules that cannot all hold, and what to do about it."""

    conflict: tuple[Conflict, ...]
    advice: Advice | None = None


@dataclass(frozen=True)
class Outdated:
    """What is published was made for an earlier state of the event: nothing is said of it."""


@dataclass(frozen=True)
class Exhausted:
    """The budget ended, or a stop came, before there was any schedule."""


@dataclass(frozen=True)
class Failed:
    """A defect of ours, and where; nothing of the event."""

    whereabouts: dict[str, object]


@dataclass(frozen=True)
class Done:
    """What the function of a task returned."""

    value: Any


PlanReply = Planned | Improved | Outdated | Contradicted | Exhausted | Failed


Report = Callable[[Progress], Awaitable[None]]
