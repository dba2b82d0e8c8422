"""A schedule seated by hand: pins, required pairs and minimums, one after the other.

Quick and nearly always complete, at any size; it never looks back. Who needs meetings is seated
round by round, those with the least time left first, beside the neighbour that the circle method
gives: everybody faces everybody once, so that even a minimum of ``n - 1`` meetings works out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

import numpy as np

from solver.day import one_sided, rounds_of
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import supported

LOOK = 400
"""How many people are looked at before somebody is left without a partner."""


@dataclass
class Draft:
    """Meetings of open rounds that obey every hard rule but, perhaps, some demands.

    ``free[r][v]``: present and not seated; ``room`` and ``due``: meetings each attendee may, and
    must, still get; ``unplaced``: pins and required pairs that found no seats.
    """

    instance: Instance
    rows: list[list[Edge]]
    tables: list[int]
    free: list[bytearray]
    room: list[int]
    due: list[int]
    met: set[Edge]
    unplaced: list[Edge] = field(default_factory=list)

    @classmethod
    def of(cls, instance: Instance) -> "Draft":
        """Seat what the instance demands."""
        draft = cls(
            instance,
            rows=[[] for _ in range(instance.rounds)],
            tables=list(instance.tables),
            free=[bytearray(here.tobytes()) for here in np.ascontiguousarray(instance.present.T)],
            room=list(instance.capacity),
            due=list(instance.needed),
            met=set(instance.held_pairs),
        )
        draft._seat_pins()
        draft._seat_required()
        for r in instance.open_rounds:
            draft._seat_those_in_need(r)
        return draft

    @property
    def short(self) -> list[int]:
        """Who still lacks meetings."""
        return [v for v, due in enumerate(self.due) if due > 0]

    @property
    def complete(self) -> bool:
        """Tell whether every hard rule holds."""
        return not self.unplaced and not self.short and self._stands

    @property
    def matchings(self) -> Matchings:
        """Who meets in each round, held rounds included."""
        held = self.instance.held
        return held + tuple(tuple(sorted(row)) for row in self.rows[len(held) :])

    @property
    def _stands(self) -> bool:
        """Tell whether H8 holds: only a pin can be one-sided."""
        if self.instance.fill:
            return True
        alone = one_sided(self.instance, {pair for row in self.rows for pair in row})
        return not alone or supported(self.instance, self.matchings).issuperset(alone)

    def _seat_pins(self) -> None:
        pins = [(pair, r) for r, row in enumerate(self.instance.pinned) for pair in row]
        i, j = np.array([pair for pair, _ in pins], np.int64).reshape(-1, 2).T
        allowed = self.instance.permissions.of_pairs(i, j).tolist()
        for (pair, r), may_meet in zip(pins, allowed, strict=True):
            if may_meet and self._has_seats(pair, r):
                self._seat(pair, r)
            else:
                self.unplaced.append(pair)

    def _seat_required(self) -> None:
        """Those with the fewest rounds first, each where the most tables are left."""
        wanted = [pair for pair in self.instance.required if pair not in self.met]
        rounds = dict(rounds_of(self.instance, wanted))
        for pair in sorted(wanted, key=lambda pair: (len(rounds.get(pair, ())), pair)):
            possible = [r for r in rounds.get(pair, ()) if self._has_seats(pair, r)]
            if possible:
                self._seat(pair, max(possible, key=lambda r: (self.tables[r], -r)))
            else:
                self.unplaced.append(pair)

    def _seat_those_in_need(self, r: int) -> None:
        waiting = self._waiting(r)
        for place, v in enumerate(waiting):
            if self.tables[r] == 0:
                return
            if self.due[v] > 0 and self._can_sit(v, r):
                partners = self._partners(v, r, waiting[place + 1 :])
                pair = next((p for p in partners if self._may_sit(p, r)), None)
                if pair:
                    self._seat(pair, r)

    def _waiting(self, r: int) -> list[int]:
        """Who needs a meeting, those with the fewest rounds to spare first."""
        rounds_left = self.instance.present[:, r:].sum(axis=1).tolist()
        waiting = [v for v in self.short if self._can_sit(v, r)]
        return sorted(waiting, key=lambda v: (rounds_left[v] - self.due[v], v))

    def _partners(self, v: int, r: int, waiting: Sequence[int]) -> Iterator[Edge]:
        """Whom ``v`` could meet: first who needs it too, the neighbour on the circle before all."""
        if not self.instance.fill:
            near = self._mutual[v]
            chosen: Iterator[int] = chain((p for p in near if self.due[p] > 0), near)
        else:
            n = self.instance.n
            facing = [p for p in facing_at(r, n, v) if self.due[p] > 0]
            anybody = chain(range(v + 1, n), range(v))
            chosen = chain(facing, islice(waiting, LOOK), islice(anybody, LOOK))
        return (edge(v, p) for p in chosen)

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

    def _may_sit(self, pair: Edge, r: int) -> bool:
        possible = pair not in self.met and self._has_seats(pair, r)
        return possible and self.instance.permissions.may_meet(*pair)

    def _has_seats(self, pair: Edge, r: int) -> bool:
        return self.tables[r] > 0 and self._can_sit(pair[0], r) and self._can_sit(pair[1], r)

    def _can_sit(self, v: int, r: int) -> bool:
        return bool(self.free[r][v]) and self.room[v] > 0

    def _seat(self, pair: Edge, r: int) -> None:
        self.rows[r].append(pair)
        self.met.add(pair)
        self.tables[r] -= 1
        for v in pair:
            self.free[r][v] = 0
            self.room[v] -= 1
            self.due[v] -= 1


def facing_at(turn: int, n: int, v: int) -> list[int]:
    """Whom ``v`` faces at a turn of the circle; nobody if the chair is empty."""
    last = n - 1 + n % 2
    if v == last:
        return [turn % last]
    other = (2 * turn - v) % last
    return [p for p in (last if other == v else other,) if p < n]
