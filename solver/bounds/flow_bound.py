"""Upper bounds that owe nothing to the search: a flow on the bipartite double cover.

Rounds, tables of single rounds and minimums are left out; what stays is that attendee ``v`` has at
most ``capacity[v]`` more meetings, and that the rounds together seat only so many. Then

- a triangle that closes shares its worth equally among those of its sides that are still to be
  met; a pair ``i-j`` can serve at most ``min(capacity[i], capacity[j]) - 1`` triangles whose other
  two sides are also still to be met, so the largest of them bound what the pair earns;
- satisfaction is concave: ``F phi(u) <= K(c) + c u`` for every price ``c`` of a permille gained,
  and any choice of prices is valid (a Lagrangian relaxation, A. M. Geoffrion, 1974; a few steps
  find good ones);
- the price of byes is convex, so the worth of one meeting more falls with every meeting.

The largest total is a maximum-weight ``capacity``-matching, at most half of a minimum-cost flow
between two copies of the attendees. Everything is whole: values in sixths of a point.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from solver.instance import Edge, Flags, Instance, Ints, Matchings, among, rising, share_a_round
from solver.min_cost_flow import Network
from solver.objective import CORNERS, LEAST_BEST, gains_of, parts_of
from solver.triangles import triangle_shares

SIXTHS = 6
EVERY_PAIR = 150
"""Up to so many attendees open conversations are single pairs, not a common pool."""
MOST_STEPS = 1_500_000_000
"""Steps that looking for triangles may take: some seconds, which nothing can cut short."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The bound's view of an instance: what is certain to take place is taken as met already.

    Only schedules in which the ``forced`` pairs meet and the ``excluded`` ones do not count.
    """

    instance: Instance
    excluded: frozenset[Edge] = frozenset()
    forced: frozenset[Edge] = frozenset()

    def narrowed(self, excluded: frozenset[Edge], forced: frozenset[Edge]) -> "Relaxation":
        """The relaxation with still more pairs settled."""
        return Relaxation(self.instance, self.excluded | excluded, self.forced | forced)

    @cached_property
    def certain(self) -> Matchings:
        """By round, the meetings that every schedule holds in that very round."""
        held, pinned = self.instance.held, self.instance.pinned
        return tuple(
            held[r] if r < len(held) else pinned[r] if pinned else ()
            for r in range(self.instance.rounds)
        )

    @cached_property
    def base(self) -> int:
        """Points of the certain meetings alone, satisfaction and byes left out."""
        alone = parts_of(self.instance, (*self.certain, tuple(self._required)))
        return alone.mutual + alone.triangles - alone.pairs

    @cached_property
    def _required(self) -> list[Edge]:
        settled = {pair for matching in self.certain for pair in matching}
        return sorted({*self.instance.required, *self.forced} - settled)

    @cached_property
    def met(self) -> frozenset[Edge]:
        """Pairs that have met here, or will for certain."""
        return frozenset(p for matching in self.certain for p in matching) | {*self._required}

    @cached_property
    def known(self) -> frozenset[Edge]:
        """Pairs that count as met in triangles whatever the schedule is."""
        return self.met | frozenset(self.instance.met)

    @cached_property
    def gained(self) -> Ints:
        """What everybody gains from the certain meetings, in permille."""
        had = np.zeros(self.instance.n, np.int64)
        for i, j in self.met:
            if self.instance.value(i, j):
                had[i] += self.instance.benefits.get(i, j)
                had[j] += self.instance.benefits.get(j, i)
        return had

    @cached_property
    def counts(self) -> Ints:
        """Certain meetings of each attendee."""
        counts = np.zeros(self.instance.n, np.int64)
        for pair in self.met:
            counts[list(pair)] += 1
        return counts

    @cached_property
    def capacity(self) -> Ints:
        """Meetings each attendee may have beyond the certain ones."""
        instance = self.instance
        open_certain = self.counts - np.array(instance.held_counts, np.int64)
        left = np.maximum(0, np.array(instance.capacity, np.int64) - open_certain)
        left = np.minimum(left, instance.free.sum(axis=1))
        if not instance.held:  # held meetings may be more than the rules allow
            left = np.minimum(left, np.maximum(0, instance.could - self.counts))
        return np.asarray(np.minimum(left, self._partners_left), np.int64)

    @cached_property
    def _partners_left(self) -> Ints:
        n = self.instance.n
        if n > EVERY_PAIR:
            return np.full(n, n, np.int64)
        i, j = self.open_pairs
        return np.bincount(np.concatenate([i, j]), minlength=n).astype(np.int64)

    @cached_property
    def seats(self) -> int:
        """Seats that the open rounds offer beyond the certain meetings."""
        instance, total = self.instance, 0
        for r in instance.open_rounds:
            taken = len(self.certain[r])
            here = int(instance.present[:, r].sum()) - 2 * taken
            total += 2 * max(0, min(instance.tables[r] - taken, here // 2))
        return total - 2 * len(self._required)

    @cached_property
    def open_pairs(self) -> tuple[Ints, Ints]:
        """Pairs ``i < j`` that may still meet: all in a small event, else those of some benefit."""
        instance, n = self.instance, self.instance.n
        if n <= EVERY_PAIR:
            i, j = np.triu_indices(n, 1)
            i, j = i.astype(np.int64), j.astype(np.int64)
        else:
            b = instance.benefits
            low, high = np.minimum(b.source, b.target), np.maximum(b.source, b.target)
            keys = np.unique(low * n + high)
            i, j = keys // n, keys % n
        settled = among(i * n + j, rising(self.met | self.excluded, n))
        possible = instance.permissions.of_pairs(i, j) & ~settled
        possible &= share_a_round(instance.free, i, j)
        if instance.companies is not None:
            possible &= ~instance.companies.used_up(self.met, i, j)
        return i[possible], j[possible]

    @cached_property
    def earned(self) -> Ints:
        """Sixths of points of each open pair: mutual value, and shares of triangles at most."""
        instance = self.instance
        i, j = self.open_pairs
        gain, give = instance.benefits.of_pairs(i, j), instance.benefits.of_pairs(j, i)
        mutual = np.where(self.mutual, np.sqrt((gain * give).astype(np.float64)), 0)
        steps = np.diff(self._sides[0])[j].sum()
        if steps <= MOST_STEPS:
            least = instance.least_triangle
            asked = i, j, gain, give, self._again
            shares = triangle_shares(*self._sides, self.capacity, *asked, least)
        else:
            shares = self._shares_at_most(np.maximum(gain, give))
        worth = SIXTHS * 100 * mutual.astype(np.int64) + instance.prices.triangles * shares
        return np.asarray(worth - SIXTHS * self.costs_of(i, j), np.int64)

    def costs_of(self, first: Ints, second: Ints) -> Ints:
        """Points that a meeting of each pair ``i < j`` costs."""
        costs, n = self.instance.costs, self.instance.n
        if not costs:
            return np.zeros(len(first), np.int64)
        known = rising(costs, n)
        points = np.array([costs[key // n, key % n] for key in known.tolist()], np.int64)
        keys = first * n + second
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[at] == keys, points[at], 0)

    def _shares_at_most(self, largest: Ints) -> Ints:
        """No less than the shares of triangles: as if every triangle were worth the pair's own.

        A triangle is worth no more than the larger benefit of the pair, which is ``largest``.
        """
        i, j = self.open_pairs
        start, _, _, _, known = self._sides
        met = np.diff(np.append(0, np.cumsum(known))[start])
        left = np.maximum(0, self.capacity - 1)
        unknown = 2 * np.minimum(left[i], left[j])
        half = 3 * (np.minimum(left[j], met[i]) + np.minimum(left[i], met[j]))
        shares: Ints = largest * (unknown + half + 6 * np.minimum(met[i], met[j]))
        return shares

    @cached_property
    def mutual(self) -> Flags:
        """Which open pairs are of mutual value."""
        i, j = self.open_pairs
        b, floor = self.instance.benefits, max(1, self.instance.prices.floor)
        return np.minimum(b.of_pairs(i, j), b.of_pairs(j, i)) >= floor

    @cached_property
    def _again(self) -> Flags:
        """Which open pairs met at an earlier event."""
        n = self.instance.n
        i, j = self.open_pairs
        return among(i * n + j, rising(self.known, n))

    @cached_property
    def _sides(self) -> tuple[Ints, Ints, Ints, Ints, Flags]:
        """Rows of possible or known partners of some benefit: start, partner, gain, give, known."""
        n, b = self.instance.n, self.instance.benefits
        i, j = self.open_pairs
        known = rising(self.known, n)
        keys = np.unique(np.concatenate([i * n + j, known]))
        low, high = keys // n, keys % n
        worthy = (b.of_pairs(low, high) > 0) | (b.of_pairs(high, low) > 0)
        low, high = low[worthy], high[worthy]
        owner, partner = np.concatenate([low, high]), np.concatenate([high, low])
        order = np.lexsort((partner, owner))
        owner, partner = owner[order], partner[order]
        is_known = among(np.minimum(owner, partner) * n + np.maximum(owner, partner), known)
        start = np.searchsorted(owner, np.arange(n + 1)).astype(np.int64)
        return start, partner, b.of_pairs(owner, partner), b.of_pairs(partner, owner), is_known


class FlowBound:
    """The Lagrangian bound at one set of prices after another; every value is valid."""

    def __init__(self, relaxation: Relaxation, expected: Matchings | None = None) -> None:
        """Begin with the prices of a schedule that is ``expected`` to be good, if there is one."""
        self.relaxation = relaxation
        instance = relaxation.instance
        best = np.array(instance.best, np.int64)
        self.denominator = np.where(best > 0, np.maximum(best, LEAST_BEST), 0)
        self.prices = np.zeros(instance.n, np.int64)
        self.step = 0
        if expected is not None:
            self._follow(np.array(gains_of(instance, expected), np.float64))

    def improve(self, steps: int) -> list[int]:
        """Bounds in points at ``steps`` sets of prices, each chosen by the flow before it.

        Every one is valid. Raises ArithmeticError if the flow cannot be solved.
        """
        values = []
        for _ in range(steps):
            bound, gained = self.evaluate()
            values.append(bound)
            self._follow(gained)
        return values

    def evaluate(self) -> tuple[int, NDArray[np.float64]]:
        """The bound in points at the present prices, and what each gains in its flow (permille)."""
        relaxed = self.relaxation
        flow, sixths = _largest_flow(relaxed, self.edge_values())
        constant = int(self._intercepts().sum()) + int((self.prices * relaxed.gained).sum())
        total = relaxed.base + _ceil(sixths + 2 * constant, 2 * SIXTHS) - self._byes_alone()
        return total, relaxed.gained + self._gains(flow)

    def edge_values(self) -> Ints:
        """Sixths of points that one meeting of each open pair earns at the present prices."""
        i, j = self.relaxation.open_pairs
        b = self.relaxation.instance.benefits
        bought = self.prices[i] * b.of_pairs(i, j) + self.prices[j] * b.of_pairs(j, i)
        return self.relaxation.earned + np.where(self.relaxation.mutual, bought, 0)

    def _gains(self, flow: Ints) -> NDArray[np.float64]:
        """``u(v)`` from the open pairs in a flow whose units are half meetings."""
        i, j = self.relaxation.open_pairs
        b = self.relaxation.instance.benefits
        half = np.where(self.relaxation.mutual, flow / 2, 0)
        n = self.relaxation.instance.n
        here = np.bincount(i, half * b.of_pairs(i, j), n)
        there = np.bincount(j, half * b.of_pairs(j, i), n)
        return np.asarray(here + there, np.float64)

    def _intercepts(self) -> Ints:
        """``K(c)`` in sixths: the most that satisfaction exceeds ``c u``, rounded up."""
        fairness = self.relaxation.instance.fairness
        quarters = np.arange(5, dtype=np.int64)
        worth = 4 * SIXTHS * np.outer(fairness, CORNERS)
        above = worth - np.outer(self.prices * self.denominator, quarters)
        return np.where(self.denominator > 0, -(-above.max(axis=1) // 4), 0)

    def _byes_alone(self) -> int:
        """Points that byes cost if nothing but the certain meetings took place."""
        instance, counts = self.relaxation.instance, self.relaxation.counts
        idle = np.maximum(0, instance.could - counts)
        return int(instance.bye_points[instance.could, idle].sum())

    def _follow(self, gained: NDArray[np.float64]) -> None:
        """Move the prices towards the slopes of ``phi`` at what was gained."""
        self.step += 1
        satisfaction = 4 * gained / np.maximum(self.denominator, 1)
        quarter = np.clip(satisfaction.astype(np.int64), 0, 4)
        rise = np.append(np.diff(CORNERS), 0)[quarter]
        fairness = self.relaxation.instance.fairness
        slope = SIXTHS * fairness * 4 * rise / np.maximum(self.denominator, 1)
        weight = 1.0 if self.step == 1 else 2.0 / (self.step + 2)
        moved = (1 - weight) * self.prices + weight * slope
        self.prices = np.where(self.denominator > 0, np.rint(moved), 0).astype(np.int64)


def _largest_flow(relaxed: Relaxation, values: Ints) -> tuple[Ints, int]:
    """Half meetings on each open pair in a flow of largest value, and that value in sixths."""
    instance, n = relaxed.instance, relaxed.instance.n
    pooled = instance.fill and n > EVERY_PAIR
    # What is worth nothing as a pair goes by the pool as well, and most pairs are: arcs saved.
    useful = np.flatnonzero(values > 0) if pooled else np.arange(len(values))
    i, j = (side[useful] for side in relaxed.open_pairs)
    network = Network(2 * n + 3)
    source, sink, pool = 2 * n, 2 * n + 1, 2 * n + 2
    first = network.add(i, j + n, 1, values[useful])
    second = network.add(j, i + n, 1, values[useful])
    people = np.arange(n)
    if pooled:
        network.add(people, np.full(n, pool), relaxed.capacity, 0)
        network.add(np.full(n, pool), people + n, relaxed.capacity, 0)
    owner, worth = _meeting_worths(relaxed)
    network.add(np.full(len(owner), source), owner, 1, worth)
    network.add(owner + n, np.full(len(owner), sink), 1, worth)
    seats = min(relaxed.seats, int(relaxed.capacity.sum()))
    flows, value = network.largest(source, sink, max(0, seats))
    halves = np.zeros(len(values), np.int64)
    halves[useful] = flows[first] + flows[second]
    return halves, value


def _meeting_worths(relaxed: Relaxation) -> tuple[Ints, Ints]:
    """For each attendee one row a possible meeting: what it saves in byes, in sixths."""
    owner, saved = savings(relaxed)
    return owner, SIXTHS * saved


def savings(relaxed: Relaxation) -> tuple[Ints, Ints]:
    """Points that meetings save in byes: a row for each that somebody may have, and whose it is."""
    instance, capacity = relaxed.instance, relaxed.capacity
    owner = np.repeat(np.arange(instance.n), capacity)
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(capacity) - capacity, capacity)
    could = instance.could[owner]
    idle = np.maximum(0, could - relaxed.counts[owner] - turn)
    points = instance.bye_points
    return owner, points[could, idle] - points[could, np.maximum(0, idle - 1)]


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
