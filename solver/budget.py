"""How long a search may go on: until a time, a number of steps or a gap, whichever comes first."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Stop = Callable[[], bool]
STEPS_A_SECOND = 50_000_000
"""Steps that a deterministic second of CP-SAT counts as: about what annealing does meanwhile."""


@dataclass(frozen=True)
class Budget:
    """Limits of a search; with ``work`` alone the answer does not depend on the machine's speed.

    ``seconds`` of wall time, ``work`` in steps (about one exact change of points each), ``gap``
    as a share of the bound.
    """

    seconds: float | None = None
    work: int | None = None
    gap: float | None = None


@dataclass
class Meter:
    """Counts the work done against a budget and knows why a search has to stop."""

    budget: Budget
    stop: Stop = lambda: False
    work: int = 0
    started: float = field(default_factory=time.monotonic)
    parent: "Meter | None" = None

    @property
    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self.started

    def at_least(self, seconds: float, work: int) -> "Meter":
        """A meter for what is left, or this much if less is: for what nobody can do without."""
        budget = self.budget
        return Meter(
            Budget(
                seconds=None if budget.seconds is None else max(seconds, self.seconds_left()),
                work=None if budget.work is None else max(work, int(self.work_left())),
            ),
            self.stop,
            parent=self,
        )

    def at_most(self, work: int) -> "Meter":
        """A meter for what is left, but no more than so many steps of it."""
        seconds = None if self.budget.seconds is None else self.seconds_left()
        return Meter(Budget(seconds, int(min(work, self.work_left()))), self.stop, parent=self)

    def part(self, share: float) -> "Meter":
        """A meter for a share of what is left; what it spends, the whole has spent."""
        seconds = None if self.budget.seconds is None else share * max(0.0, self.seconds_left())
        work = None if self.budget.work is None else max(1, int(share * self.work_left()))
        return Meter(Budget(seconds, work, self.budget.gap), self.stop, parent=self)

    def spend(self, steps: int) -> None:
        """Count ``steps`` as done, here and in the budget this one is part of."""
        self.work += steps
        if self.parent is not None:
            self.parent.spend(steps)

    def stopped_by(self) -> str | None:
        """Name the limit that is used up, if any."""
        if self.stop():
            return "stopped"
        if self.budget.work is not None and self.work >= self.budget.work:
            return "work"
        if self.budget.seconds is not None and self.seconds >= self.budget.seconds:
            return "time"
        return None

    def spent(self) -> float:
        """The share of the budget that is used up; 0 without one."""
        shares = [0.0]
        if self.budget.seconds is not None:
            shares.append(self.seconds / self.budget.seconds)
        if self.budget.work is not None:
            shares.append(self.work / self.budget.work)
        return max(shares)

    def seconds_left(self) -> float:
        """Wall seconds that remain; infinite without a limit on time."""
        return float("inf") if self.budget.seconds is None else self.budget.seconds - self.seconds

    def work_left(self) -> float:
        """Steps that remain; infinite without a limit on work."""
        return float("inf") if self.budget.work is None else self.budget.work - self.work
