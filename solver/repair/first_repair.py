"""The first repair after incidents: whoever may keep a promise keeps it, whoever is free is paired.

In the running round people whose partner is missing, or who come while it runs, meet each other, or
somebody who waits (*standby fill*). In open rounds every promise stays that tables allow; with the
other rounds fixed the points are additive over the meetings of one round (``matching``), so the
people left free get the best matching there is, round after round until none gains anything.
Triangles that a drop-out broke are rescued by what it is worth to close others.

Only where promises stand in the way of a demand, or have lost the triangle that they stood by, is
more asked: demands are waived (``waive_fewest``) and promises broken (``keep_promises``), the
fewest first. Bounded by work and never by the clock, so that the same incidents give the same
bytes.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from solver.budget import Budget, Meter
from solver.errors import NoIncumbentError
from solver.feasibility.feasible import find_feasible_start, waive_fewest
from solver.instance import (
    Edge,
    Flags,
    Instance,
    Ints,
    Matchings,
    Result,
    columns_of,
    edge,
    mutual_values,
)
from solver.objective import pairs_of, points_of
from solver.repair.promises import (
    broken_promises,
    fit_together,
    keep_promises,
    promises_with_tables,
)
from solver.search import kernel
from solver.search.capped_matching import best_first, best_within, caps_of
from solver.search.incumbent import minimums_reached, standing_alone
from solver.search.matching import ranks_of
from solver.search.rematching import EVERY_PAIR, rematch_in_turn
from solver.search.state import (
    Candidates,
    ask_for_pins,
    byes_at,
    empty_state,
    meetings_of,
    problem_of,
)

WORK = 20_000_000
"""Steps that a repair may take at most; few repairs need a thousandth of them."""
BEST_EACH = 10
"""Partners of everybody who are looked at where more than ``EVERY_PAIR`` people are free."""
MATCHED_UP_TO = 1_000
"""People free in one round up to whom the matching is exact; above the best pairs go first."""


@dataclass(frozen=True)
class RunningRound:
    """The round that is running, by index: who is to be seated in it, and who waits to be asked.

    Those ``stranded`` lost a partner, or came while it ran. Both are present, may meet somebody,
    and have neither a meeting nor a break in it. Those ``apart`` have just missed each other.
    """

    round: int
    stranded: frozenset[int]
    waiting: frozenset[int]
    apart: frozenset[Edge] = frozenset()


@dataclass(frozen=True)
class FirstRepair:
    """The repaired schedule, and the instance with what was waived and with ``added`` as held.

    ``added`` are new meetings of the running round. No valid repair breaks fewer promises than
    ``least_broken``.
    """

    instance: Instance
    result: Result
    added: tuple[Edge, ...]
    least_broken: int


def repair_first(
    instance: Instance, promises: Matchings, running: RunningRound | None, meter: Meter
) -> FirstRepair:
    """Repair what incidents broke, breaking no promise without need; the same answer each time.

    ``promises`` holds a row of meetings for every round, empty for held ones; the two of each are
    present and may meet. Raises NoIncumbentError if the work does not suffice for any schedule.
    """
    meter = Meter(Budget(work=WORK), meter.stop, parent=meter)
    pins = promises_with_tables(instance, promises)
    pinned = instance.with_pins(pins).pinned
    together = fit_together(instance, pinned)
    seated = pinned if together else pins
    day = _Day.of(instance, seated, meter)
    added = day.stand_in(running, promises) if running else []
    if running and added:
        instance = _with_held(instance, running.round, added)
        if any(instance.windows):  # what was a break is none any more
            day = _Day.of(instance, seated, meter)
    matchings = _strict(instance, pinned, day) if together else None
    least = broken_promises(promises, pins)
    if matchings is None:
        instance, matchings, least = _giving_way(instance, promises, meter)
    reached = points_of(instance, matchings)
    result = Result(matchings, reached, None, meter.work, meter.seconds, "work")
    return FirstRepair(instance, result, tuple(added), least)


def _with_held(instance: Instance, r: int, added: list[Edge]) -> Instance:
    held = list(instance.held)
    held[r] = tuple(sorted((*held[r], *added)))
    return replace(instance, held=tuple(held))


def _strict(instance: Instance, pins: Matchings, day: "_Day") -> Matchings | None:
    """The repair that keeps all pins; None if that leaves a demand or H8 unsatisfied."""
    if not set(instance.required).issubset(pairs_of(pins)) or day.overbooked(pins):
        return None
    matchings = standing_alone(instance, day.matched())
    kept = broken_promises(pins, matchings) == 0
    return matchings if kept and minimums_reached(instance, matchings) else None


def _giving_way(
    instance: Instance, promises: Matchings, meter: Meter
) -> tuple[Instance, Matchings, int]:
    """The repair where demands or promises have to go, the fewest of each; and how many must."""
    instance = waive_fewest(instance, meter)
    pins, least = keep_promises(instance, promises, meter)
    start = find_feasible_start(instance.with_pins(pins), meter)
    if start is None:
        raise NoIncumbentError("no schedule that obeys every rule was found with the work allowed")
    day = _Day.of(instance, start, meter)
    if instance.fill:  # elsewhere a meeting may support others (H8)
        day.loosen({*pairs_of(start)}.difference(pairs_of(pins), instance.required))
    return instance, standing_alone(instance, day.matched()), least


@dataclass(frozen=True)
class _Day:
    """A schedule as arrays; its open rounds are matched anew but for what is locked."""

    instance: Instance
    problem: kernel.SearchProblem
    state: kernel.State
    meter: Meter

    @classmethod
    def of(cls, instance: Instance, seated: Matchings, meter: Meter) -> "_Day":
        """Seat the held meetings and these, all of them locked."""
        nobody = Candidates(np.zeros(instance.n + 1, np.int64), np.zeros(0, np.int64))
        day = cls(instance, problem_of(instance, nobody, dense=0), empty_state(instance, 0), meter)
        # Presence binds by itself; capacities leave out what the running round may add.
        day.state.room[:] = instance.limits
        for r, row in enumerate((*instance.held, *seated[len(instance.held) :])):
            day._seat(row, r)
            ask_for_pins(instance, day.problem, day.state, row, r)
            day.state.lock[[v for pair in row for v in pair], r] = kernel.PINNED
        return day

    def loosen(self, meetings: Collection[Edge]) -> None:
        """Let these meetings of open rounds go if better ones are found."""
        for r in self.instance.open_rounds:
            row = [pair for pair in meetings_of(self.state, r) if pair in meetings]
            self.state.lock[[v for pair in row for v in pair], r] = kernel.FREE

    def overbooked(self, pins: Matchings) -> bool:
        """Tell whether somebody's promises are more than its limit allows."""
        return any(self.state.room[v] < 0 for pair in pairs_of(pins) for v in pair)

    # --- the running round ----------------------------------------------------------------------

    def stand_in(self, running: RunningRound, promises: Matchings) -> list[Edge]:
        """Pair who is stranded, as many as possible and then for the most points.

        With each other or with somebody who waits, but not with whom one is to meet anyway.
        """
        r, met = running.round, {*pairs_of(promises), *running.apart}
        first, second = columns_of(
            [pair for pair in _with_one_of(running.stranded, running.waiting) if pair not in met]
        )
        worths = self._worths(first, second, r)
        possible = (
            worths > kernel.BARRED
            if self.instance.fill
            else (worths >= 0) & self._mutual(first, second)
        )
        first, second, worths = first[possible], second[possible], worths[possible]
        each = int(np.abs(worths).sum()) + 1
        caps = caps_of(self.instance, self.state, first, second, r)
        added = best_within(first, second, worths + each, self._tables_left(r), caps)
        self._seat(added, r)
        return added

    def _mutual(self, first: Ints, second: Ints) -> Flags:
        b = self.instance.benefits
        gains, gives = b.of_pairs(first, second), b.of_pairs(second, first)
        return np.asarray(mutual_values(gains, gives, self.instance.prices.floor) > 0)

    # --- open rounds ----------------------------------------------------------------------------

    def matched(self) -> Matchings:
        """The schedule after every round was matched, in turn, until a whole turn won nothing.

        Rounds with the fewest people free come first: they have the least choice.
        """
        rounds = sorted(self.instance.open_rounds, key=lambda r: int(self._free(r).sum()))
        rematch_in_turn(
            rounds,
            self._rematch,
            lambda count: count >= len(rounds) and self.meter.stopped_by() is not None,
        )
        if self.instance.fill:
            kernel.fill_idle(self.problem, self.state)
        return tuple(tuple(meetings_of(self.state, r)) for r in range(self.instance.rounds))

    def _rematch(self, r: int) -> bool:
        """Give whoever is free in round ``r`` the best matching; tells whether it is better."""
        before = [p for p in meetings_of(self.state, r) if not self.state.lock[p[0], r]]
        for i, _ in before:
            kernel.part(self.problem, self.state, i, r)
        first, second = (
            np.concatenate(ends)
            for ends in zip(columns_of(before), self._pairs_left(r), strict=True)
        )
        weights = self._weights(first, second, r)
        after = self._best(first, second, weights, r)
        edges = zip(first.tolist(), second.tolist(), strict=True)
        weight = dict(zip(edges, weights.tolist(), strict=True))
        gained = bool(sum(weight[p] for p in after) > sum(weight[p] for p in before))
        self._seat(after if gained else before, r)
        return gained

    def _seat(self, meetings: Iterable[Edge], r: int) -> None:
        kernel.join_all(self.problem, self.state, *columns_of(meetings), r)

    def _tables_left(self, r: int) -> int:
        return self.instance.tables[r] - int(self.state.filled[r])

    def _free(self, r: int) -> Flags:
        """Who is there in round ``r`` without a meeting and may have one more."""
        idle = self.problem.present[:, r] & (self.state.partner[:, r] < 0)
        return np.asarray(idle & (self.state.room > 0))

    def _worths(self, first: Ints, second: Ints, r: int) -> Ints:
        """Points that each pair would add to round ``r``; ``BARRED`` if it may not meet there."""
        worths = np.zeros(len(first), np.int64)
        kernel.worths_of_meeting(self.problem, self.state, first, second, r, worths)
        self.meter.spend(len(first))
        return worths

    def _weights(self, first: Ints, second: Ints, r: int) -> Ints:
        """What to make most of: people in need, then points, then seats taken; 0 for nothing.

        Where idle seats are left a meeting that adds no point may not stand (H8).
        """
        worths = self._worths(first, second, r)
        due = (self.state.spare < 0).astype(np.int64)
        people = len(np.unique(np.concatenate([first, second])))
        largest = int(np.abs(worths[worths > kernel.BARRED]).max(initial=0))
        need = (largest + 1) * people * (due[first] + due[second])
        possible = worths > (kernel.BARRED if self.instance.fill else 0)
        return np.where(possible, (worths + need) * people + 1, 0)

    def _best(self, first: Ints, second: Ints, weights: Ints, r: int) -> list[Edge]:
        """Disjoint pairs of large total weight: the largest unless people are many."""
        useful, most = weights > 0, self._tables_left(r)
        people = len(np.unique(np.concatenate([first[useful], second[useful]])))
        if people > EVERY_PAIR:
            near = np.minimum(*ranks_of(first, second, weights)) < BEST_EACH
            useful &= near if people <= MATCHED_UP_TO else useful
        first, second, weights = first[useful], second[useful], weights[useful]
        caps = caps_of(self.instance, self.state, first, second, r)
        if people > MATCHED_UP_TO:
            return best_first(first, second, weights, most, caps)
        return best_within(first, second, weights, most, caps)

    def _pairs_left(self, r: int) -> tuple[Ints, Ints]:
        """Who may meet now: every pair of few people, of many those of some benefit.

        And of those the ones who have sat out most, whom an open conversation helps most.
        """
        free = self._free(r)
        idle = np.flatnonzero(free) if self._tables_left(r) > 0 else np.zeros(0, np.int64)
        if len(idle) <= EVERY_PAIR:
            return _all_pairs(idle)
        b, n = self.instance.benefits, self.instance.n
        both = free[b.source] & free[b.target]
        low, high = np.minimum(b.source, b.target)[both], np.maximum(b.source, b.target)[both]
        byes = (self.state.byes - byes_at(self.instance))[idle]
        longest = idle[np.argsort(-byes, kind="stable")[: EVERY_PAIR // 2]]
        first, second = _all_pairs(np.sort(longest))
        keys = np.unique(np.concatenate([low * n + high, first * n + second]))
        return keys // n, keys % n


def _all_pairs(people: Ints) -> tuple[Ints, Ints]:
    first, second = np.triu_indices(len(people), 1)
    return people[first], people[second]


def _with_one_of(stranded: Collection[int], waiting: Collection[int]) -> list[Edge]:
    """Pairs of whom at least one is stranded."""
    others = sorted({*waiting} - {*stranded})
    found = [edge(v, w) for v in sorted(stranded) for w in others]
    return sorted([*found, *combinations(sorted(stranded), 2)])
