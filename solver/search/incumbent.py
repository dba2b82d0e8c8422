"""What is known at any moment: the best schedule, the best bound, and whether that is enough."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from solver.budget import Meter
from solver.errors import NoIncumbentError
from solver.instance import Instance, Matchings, Result
from solver.objective import points_of, supported_pairs
from solver.search.state import broken_price

Report = Callable[[Result], None]


@dataclass
class Incumbent:
    """The best schedule so far, and the best bound; search and bound may be two threads."""

    instance: Instance
    meter: Meter
    report: Report
    matchings: Matchings | None = None
    points: int = 0
    priced_points: int = 0
    bound: int | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def offer(self, matchings: Matchings) -> bool:
        """Keep a schedule if it obeys H6 and H8 and is better; tells whether it was kept.

        Better is: more points less the price of broken promises. Safe from any thread.
        """
        return self._keep(matchings, 1)

    def prefer(self, matchings: Matchings) -> bool:
        """Keep another schedule if it obeys H6 and H8 and is no worse; tells whether it was."""
        return self._keep(matchings, 0)

    def _keep(self, matchings: Matchings, least_gain: int) -> bool:
        standing = standing_alone(self.instance, matchings)
        if not minimums_reached(self.instance, standing):
            return False
        reached = points_of(self.instance, standing)
        felt = reached - broken_price(self.instance, standing)
        with self.lock:
            known = self.matchings is not None
            if known and (felt < self.priced_points + least_gain or standing == self.matchings):
                return False
            self.matchings, self.points, self.priced_points = standing, reached, felt
            self.tell()
        return True

    def limit(self, bound: int) -> bool:
        """Keep a bound, in points and valid for every schedule, if lower; tells whether it was."""
        with self.lock:
            if self.bound is not None and bound >= self.bound:
                return False
            self.bound = bound
            self.tell()
        return True

    def tell(self) -> None:
        """Report how things stand."""
        if self.matchings is not None:
            self.report(self.result("time"))

    def settled(self) -> str | None:
        """``optimal``, ``gap``, ``time``, ``work`` or ``stopped``; None while it is to go on."""
        with self.lock:
            if self.matchings is not None and self.bound is not None:
                if self.bound <= self.points:
                    return "optimal"
                if self.within_gap():
                    return "gap"
        return self.meter.stopped_by()

    def within_gap(self) -> bool:
        """Whether the schedule is as close to the bound as was asked for."""
        wanted = self.meter.budget.gap
        if wanted is None or self.matchings is None or self.bound is None:
            return False
        return self.bound - self.points <= wanted * max(abs(self.bound), 1)

    def result(self, stopped_by: str) -> Result:
        """The answer as it stands; NoIncumbentError if there is none."""
        if self.matchings is None:
            raise NoIncumbentError("no schedule that obeys every rule was found in the time given")
        return Result(
            self.matchings,
            self.points,
            self.bound,
            self.meter.work,
            self.meter.seconds,
            stopped_by,
        )


def standing_alone(instance: Instance, matchings: Matchings) -> Matchings:
    """The schedule without meetings that H8 forbids; they are worth nothing."""
    if instance.fill:
        return matchings
    standing = supported_pairs(instance, matchings)
    return tuple(
        matching if r < len(instance.held) else tuple(p for p in matching if p in standing)
        for r, matching in enumerate(matchings)
    )


def minimums_reached(instance: Instance, matchings: Matchings) -> bool:
    """Tell whether everybody has the meetings that are still needed."""
    counts = [0] * instance.n
    for matching in matchings[len(instance.held) :]:
        for i, j in matching:
            counts[i] += 1
            counts[j] += 1
    return all(count >= need for count, need in zip(counts, instance.needed, strict=True))
