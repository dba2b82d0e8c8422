"""A schedule seated by hand: pins, required pairs and minimums, one after the other.

Quick and nearly always complete, at any size. Who needs meetings is seated round by round, those
with the least time left first, beside the neighbour that the circle method gives: everybody faces
everybody once, so that even a minimum of ``n - 1`` meetings works out. Who is still short then
takes somebody's partner, where that leaves nobody else short.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

import numpy as np

from solver.feasibility.bookings import Bookings
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import supported_pairs
from solver.possible import one_sided, rounds_of
from solver.search.round_robin import facing

LOOK = 400
"""How many people are looked at before somebody is left without a partner."""
MENDED, ROWS, SPARE = 50, 60, 10
"""How many people left without a partner may take one from others; how many meetings, and people
without one, are looked at for each of them.
"""


@dataclass
class Construction:
    """Meetings of open rounds that obey every hard rule but, perhaps, some demands.

    ``free[r][v]``: present and not seated; ``room`` and ``due``: meetings each attendee may, and
    must, still get; ``unplaced``: required pairs that found no seats.
    """

    instance: Instance
    rows: list[list[Edge]]
    tables: list[int]
    free: list[bytearray]
    room: list[int]
    due: list[int]
    met: set[Edge]
    bookings: Bookings
    unplaced: list[Edge] = field(default_factory=list)
    pins_fail: bool = False

    @classmethod
    def of(cls, instance: Instance, liked: Matchings = ()) -> "Construction":
        """Seat what the instance demands; what is ``liked`` stays unless it is in the way.

        ``liked`` has a row for every round, those first in a row first seated. What found no seat
        is told by ``unplaced``, ``short`` and ``pins_fail``.
        """
        draft = cls(
            instance,
            rows=[[] for _ in range(instance.rounds)],
            tables=list(instance.tables),
            free=[bytearray(here.tobytes()) for here in np.ascontiguousarray(instance.present.T)],
            room=list(instance.capacity),
            due=list(instance.needed),
            met=set(instance.held_pairs),
            bookings=Bookings(instance),
        )
        draft.pins_fail = bool(draft._seat_all(instance.pinned))
        draft._seat_all(liked)
        draft._seat_required()
        for r in instance.open_rounds:
            draft._seat_those_in_need(r)
        for v in draft.short[:MENDED]:
            draft._mend(v)
        return draft

    @property
    def short(self) -> list[int]:
        """Who still lacks meetings."""
        return [v for v, due in enumerate(self.due) if due > 0]

    @property
    def complete(self) -> bool:
        """Tell whether every hard rule holds."""
        return not self.pins_fail and not self.unplaced and not self.short and self._stands

    @property
    def matchings(self) -> Matchings:
        """Who meets in each round, held rounds included."""
        held = self.instance.held
        return held + tuple(tuple(sorted(row)) for row in self.rows[len(held) :])

    @property
    def _stands(self) -> bool:
        """Tell whether H8 holds: only pins and liked meetings can be one-sided."""
        return self.instance.fill or not self.unsupported

    @property
    def unsupported(self) -> set[Edge]:
        """Meetings of open rounds that cannot stand by themselves."""
        alone = one_sided(self.instance, {pair for row in self.rows for pair in row})
        return set(alone) - supported_pairs(self.instance, self.matchings) if alone else set()

    def _seat_all(self, rows: Matchings) -> list[Edge]:
        """Seat the meetings of each round; returns those that the rules or others keep out."""
        meetings = [(pair, r) for r, row in enumerate(rows) for pair in row]
        i, j = np.array([pair for pair, _ in meetings], np.int64).reshape(-1, 2).T
        allowed = self.instance.permissions.of_pairs(i, j).tolist()
        kept_out = []
        for (pair, r), may_meet in zip(meetings, allowed, strict=True):
            if may_meet and pair not in self.met and self._has_seats(pair, r):
                self._seat(pair, r)
            else:
                kept_out.append(pair)
        return kept_out

    def _seat_required(self) -> None:
        """Those with the fewest rounds first, each where the most tables are left."""
        wanted = [pair for pair in self.instance.required if pair not in self.met]
        rounds = dict(rounds_of(self.instance, wanted))
        for pair in sorted(wanted, key=lambda pair: (len(rounds.get(pair, ())), pair)):
            possible = [r for r in rounds.get(pair, ()) if self._has_seats(pair, r)]
            if possible:
                self._seat(pair, max(possible, key=lambda r: (self.tables[r], -r)))
            elif not self._make_room(pair, rounds.get(pair, ())):
                self.unplaced.append(pair)

    def _make_room(self, pair: Edge, rounds: Sequence[int]) -> bool:
        """Seat the pair where the fewest meetings that may go have to go for it."""
        in_the_way = {r: self._in_the_way(pair, r) for r in rounds}
        possible = {r: meetings for r, meetings in in_the_way.items() if meetings is not None}
        for r in sorted(possible, key=lambda r: (len(possible[r]), r)):
            for meeting in possible[r]:
                self._unseat(meeting, r)
            if self._has_seats(pair, r):
                self._seat(pair, r)
                return True
            for meeting in possible[r]:
                self._seat(meeting, r)
        return False

    def _in_the_way(self, pair: Edge, r: int) -> list[Edge] | None:
        """The meetings of round ``r`` that have to go for the pair; None if one has to stay."""
        ends = [row for row in self.rows[r] if not set(row).isdisjoint(pair)]
        if not ends and self.tables[r] == 0:
            ends = [row for row in self.rows[r] if row not in self._fixed][-1:]
        return ends if self._fixed.isdisjoint(ends) else None

    def _seat_those_in_need(self, r: int) -> None:
        """Neighbours on the circle who both wait; then everybody left with whomever they find."""
        waiting = self._waiting(r)
        if self.instance.fill:
            for v in waiting:
                opposite = facing(v, r, self.instance.n)
                self._seat_with_first(v, r, (p for p in opposite if self.due[p] > 0))
        for place, v in enumerate(waiting):
            self._seat_with_first(v, r, self._partners(v, waiting, place))

    def _seat_with_first(self, v: int, r: int, partners: Iterable[int]) -> None:
        """Seat ``v`` with the first partner that the rules allow, if it still needs one."""
        if self.due[v] > 0 and self.tables[r] > 0 and self._can_sit(v, r):
            pairs = (edge(v, p) for p in partners)
            if pair := next((p for p in pairs if self._may_sit(p, r)), None):
                self._seat(pair, r)

    def _waiting(self, r: int) -> list[int]:
        """Who needs a meeting, those with the fewest rounds to spare first."""
        rounds_left = self.instance.present[:, r:].sum(axis=1).tolist()
        waiting = [v for v in self.short if self._can_sit(v, r)]
        return sorted(waiting, key=lambda v: (rounds_left[v] - self.due[v], v))

    def _partners(self, v: int, waiting: Sequence[int], place: int) -> Iterator[int]:
        """Whom ``v``, who waits at this place, could meet: first those who wait as well."""
        if not self.instance.fill:
            near = self._mutual[v]
            return chain((p for p in near if self.due[p] > 0), near)
        next_ones = (waiting[k] for k in range(place + 1, min(place + 1 + LOOK, len(waiting))))
        anybody = chain(range(v + 1, self.instance.n), range(v))
        return chain(next_ones, islice(anybody, LOOK))

    @cached_property
    def _mutual(self) -> dict[int, list[int]]:
        """Partners of mutual value of everybody in need."""
        near: dict[int, list[int]] = {v: [] for v in self.short}
        i, j, _ = self.instance.mutual_edges
        for a, b in zip(i.tolist(), j.tolist(), strict=True):
            if a in near:
                near[a].append(b)
            if b in near:
                near[b].append(a)
        return near

    def _mend(self, v: int) -> None:
        """Take partners from others in rounds in which ``v`` found nobody."""
        for r in self.instance.open_rounds:
            if self.due[v] > 0 and self._can_sit(v, r):
                spare = [u for u in np.flatnonzero(self.free[r]).tolist() if self.room[u] > 0]
                spare = sorted(spare, key=lambda u: -self.due[u])[:SPARE]
                looked_at = list(islice((p for p in self.rows[r] if p not in self._fixed), ROWS))
                any(self._take(v, ends, r, spare) for pair in looked_at for ends in _both(pair))

    def _take(self, v: int, ends: Edge, r: int, spare: Sequence[int]) -> bool:
        """Let ``v`` meet the first of these two, if the second finds another or needs nobody."""
        partner, left = ends
        if not self._may_meet(edge(v, partner)):
            return False
        others = (u for u in spare if u != v and self._may_meet(edge(left, u)))
        other = next(others, None) if self.tables[r] > 0 else None
        if other is None and self.due[left] >= 0:
            return False
        self._unseat(edge(partner, left), r)
        wanted = [edge(v, partner)] if other is None else [edge(v, partner), edge(left, other)]
        if self._seat_each(wanted, r):
            return True
        self._seat(edge(partner, left), r)
        return False

    def _seat_each(self, pairs: Sequence[Edge], r: int) -> bool:
        """Seat all of these or none; tells which."""
        for k, pair in enumerate(pairs):
            if not self._has_seats(pair, r):
                for seated in pairs[:k]:
                    self._unseat(seated, r)
                return False
            self._seat(pair, r)
        return True

    @cached_property
    def _fixed(self) -> set[Edge]:
        pinned = {pair for row in self.instance.pinned for pair in row}
        return pinned.union(self.instance.required)

    def _may_sit(self, pair: Edge, r: int) -> bool:
        return self._has_seats(pair, r) and self._may_meet(pair)

    def _may_meet(self, pair: Edge) -> bool:
        """Tell whether the pair may meet for once, and stand by itself if it has to."""
        if pair in self.met or not self.instance.permissions.may_meet(*pair):
            return False
        return self.instance.fill or self.instance.value(*pair) > 0

    def _has_seats(self, pair: Edge, r: int) -> bool:
        seats = self.tables[r] > 0 and self._can_sit(pair[0], r) and self._can_sit(pair[1], r)
        return seats and self.bookings.fits(pair, r)

    def _can_sit(self, v: int, r: int) -> bool:
        return bool(self.free[r][v]) and self.room[v] > 0

    def _seat(self, pair: Edge, r: int) -> None:
        self.rows[r].append(pair)
        self.met.add(pair)
        self.bookings.count(pair, r, 1)
        self.tables[r] -= 1
        for v in pair:
            self.free[r][v] = 0
            self.room[v] -= 1
            self.due[v] -= 1

    def _unseat(self, pair: Edge, r: int) -> None:
        self.rows[r].remove(pair)
        self.met.remove(pair)
        self.bookings.count(pair, r, -1)
        self.tables[r] += 1
        for v in pair:
            self.free[r][v] = 1
            self.room[v] += 1
            self.due[v] += 1


def _both(pair: Edge) -> tuple[Edge, Edge]:
    return pair, pair[::-1]
