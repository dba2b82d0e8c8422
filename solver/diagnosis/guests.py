"""What one more person would add to a schedule, estimated without solving again.

A guest is there in every open round and sits down with one person a round at most. Sitting down
with somebody idle takes a free table; with somebody busy it takes them from their partner, who is
idle then. The best choice is an assignment of rounds to people (scipy's), each valued by what
changes: mutual value, and ``phi`` of the satisfaction of the person and of the partner left.
Then the guest's own satisfaction counts. Whoever could gain from the guest has a better best day,
of which they reach less unless they meet: that counts as the objective has it.

Left out: triangles; byes, which one more person changes much the same whoever it is; what people
set free could do with each other; that two changes may concern the same partner.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import linear_sum_assignment

from solver.instance import Flags, Instance, Ints, Matchings, mutual_values
from solver.objective import LEAST_BEST, PHI, gains_of

NEVER = -(10**12)
"""Points of what cannot be."""


@dataclass(frozen=True, eq=False)
class CandidateGuest:
    """What a guest gains from each attendee and gives to each, in permille; whom they may meet."""

    gains: Ints
    gives: Ints
    may_meet: Flags


@dataclass(frozen=True, eq=False)
class Seats:
    """One round: everybody's partner (themselves: none), what each gains, what the pair is worth.

    ``bound``: in a meeting that has to take place; ``free``: whether a table is.
    """

    partner: Ints
    gained: Ints
    value: Ints
    present: Flags
    bound: Flags
    free: bool


class Guests:
    """A schedule, ready to be asked what a guest would add to it."""

    def __init__(self, instance: Instance, matchings: Matchings) -> None:
        self._instance, self._matchings = instance, matchings
        self._best = np.array(instance.best, np.int64)
        self._most = np.array(instance.most, np.int64)
        self._had = np.array(gains_of(instance, matchings), np.int64)

    def values(self, guest: CandidateGuest) -> Ints:
        """The mutual value of the guest and everybody whom they may meet."""
        values = mutual_values(guest.gains, guest.gives, self._instance.prices.floor)
        return np.where(guest.may_meet & (self._most > 0), values, 0)

    def added(self, guest: CandidateGuest) -> int:
        """Points that the guest would add, about; below 0 if they would only be in the way."""
        values = self.values(guest)
        best, fairness = self._best_with(guest, values), self._instance.prices.fairness
        wished = np.where(values > 0, guest.gains, 0)
        most = max(LEAST_BEST, int(np.sort(wished)[::-1][: len(self._rounds)].sum()))
        changes = np.array([self._changes(seats, guest, values, best) for seats in self._rounds])
        attraction = np.maximum(0, changes + fairness * 1000 * wished // most)
        r, v = linear_sum_assignment(attraction, maximize=True)
        r, v = r[attraction[r, v] > 0], v[attraction[r, v] > 0]
        room = (_worth(self._had, best) - _worth(self._had, self._best)).sum()
        own = PHI[min(1000, 1000 * int(wished[v].sum()) // most)]
        return int(changes[r, v].sum() + fairness * (room + own))

    def _best_with(self, guest: CandidateGuest, values: Ints) -> Ints:
        """Everybody's best day if the guest is there: better where they beat the least of it."""
        given = np.where(values > 0, guest.gives, 0)
        return self._best + np.maximum(0, given - self._least_of_best)

    def _changes(self, seats: Seats, guest: CandidateGuest, values: Ints, best: Ints) -> Ints:
        """Points won if the guest sits with each in one round; far below 0 where they cannot."""
        left, fairness = seats.partner, self._instance.prices.fairness
        before = _worth(self._had, best)
        met = _worth(self._had + guest.gives - seats.gained, best) - before
        lost = (_worth(self._had - seats.gained, best) - before)[left]
        idle = left == np.arange(self._instance.n)
        room = np.where(idle, seats.free & (self._meetings < self._most), ~seats.bound)
        change = 100 * (values - seats.value) + fairness * (met + np.where(idle, 0, lost))
        return np.where((values > 0) & seats.present & room, change, NEVER)

    @cached_property
    def _rounds(self) -> list[Seats]:
        return [self._seats(r) for r in self._instance.open_rounds]

    def _seats(self, r: int) -> Seats:
        instance, everybody = self._instance, np.arange(self._instance.n)
        i, j = np.array(self._matchings[r], np.int64).reshape(-1, 2).T
        partner = everybody.copy()
        partner[i], partner[j] = j, i
        gained = instance.benefits.of_pairs(everybody, partner)
        value = mutual_values(gained, gained[partner], instance.prices.floor)
        required = set(instance.required)
        bound = np.array([(min(v, w), max(v, w)) in required for v, w in enumerate(partner)])
        free = len(i) < instance.tables[r]
        gained = np.where(value > 0, gained, 0)
        return Seats(partner, gained, value, instance.present[:, r], bound, free)

    @cached_property
    def _meetings(self) -> Ints:
        met = [v for matching in self._matchings for pair in matching for v in pair]
        return np.bincount(np.array(met, np.int64), minlength=self._instance.n)

    @cached_property
    def _least_of_best(self) -> Ints:
        """What the least gain in everybody's best day is worth; 0 if the day is not full."""
        fewer = tuple(max(0, most - 1) for most in self._instance.most)
        return self._best - np.array(replace(self._instance, most=fewer).best, np.int64)


def _worth(had: Ints, best: Ints) -> Ints:
    """``phi`` of everybody's satisfaction; 0 for whom nobody can serve."""
    reached = np.minimum(1000, 1000 * had // np.maximum(best, LEAST_BEST))
    return np.where(best > 0, PHI[reached], 0)
