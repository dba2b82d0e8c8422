"""Table numbers: fixed places first, then as few changes of table as a round allows.

Each round is an assignment of its meetings to open tables of least cost, given where everybody
sat last: exact (Hungarian method) up to ``EXACT_MEETINGS`` a round, greedy above.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solver.instance import Edge

EXACT_MEETINGS = 400
FIXED, MOVED = 10_000, 100
"""What it costs to leave a fixed place, or the table one sat at last."""


@dataclass(frozen=True)
class RoundTables:
    """The tables of one round: numbers ``1..count`` without the ``closed`` ones."""

    count: int
    closed: frozenset[int] = frozenset()

    def open(self) -> Iterator[int]:
        """Open table numbers, smallest first."""
        return (table for table in range(1, self.count + 1) if table not in self.closed)

    def has(self, table: int) -> bool:
        """Tell whether the table is there and open."""
        return 1 <= table <= self.count and table not in self.closed


@dataclass
class TableSeating:
    """Where everybody sat last, as rounds are seated one after the other."""

    fixed: Mapping[int, int]
    last: dict[int, int]
    changes: int = 0

    def seat(
        self, meetings: Sequence[Edge], room: RoundTables, promised: Mapping[Edge, int]
    ) -> dict[Edge, int]:
        """Give each meeting of the next round a table of its own; published ones keep theirs.

        Nothing outweighs a ``promised`` table, and no two meetings have the same.
        """
        chosen = {m: promised[m] for m in meetings if m in promised and room.has(promised[m])}
        others = [meeting for meeting in meetings if meeting not in chosen]
        chosen |= self._assigned(
            others, RoundTables(room.count, room.closed.union(chosen.values()))
        )
        self.follow(chosen)
        return chosen

    def _assigned(self, meetings: Sequence[Edge], room: RoundTables) -> dict[Edge, int]:
        wishes = [self._wishes(meeting, room) for meeting in meetings]
        assign = _assign_exactly if len(meetings) <= EXACT_MEETINGS else _assign_greedily
        seats = assign(wishes, _candidates(wishes, room)) if meetings else []
        return dict(zip(meetings, seats, strict=True))

    def follow(self, seats: Mapping[Edge, int]) -> None:
        """Remember who sat where, and count who changed tables."""
        for pair, table in seats.items():
            for v in pair:
                self.changes += self.last.get(v, table) != table
                self.last[v] = table

    def _wishes(self, pair: Edge, room: RoundTables) -> dict[int, int]:
        """What is saved at each open table by seating the pair there."""
        saved: dict[int, int] = {}
        wishes = [(self.fixed.get(v), FIXED) for v in pair]
        wishes += [(self.last.get(v), MOVED) for v in pair]
        for table, saving in wishes:
            if table is not None and room.has(table):
                saved[table] = saved.get(table, 0) + saving
        return saved


def _candidates(wishes: list[dict[int, int]], room: RoundTables) -> list[int]:
    """The tables worth looking at: all that are wished for, and the lowest of the others."""
    wished = {table for saved in wishes for table in saved}
    lowest = (table for table in room.open() if table not in wished)
    spare = [table for table, _ in zip(lowest, wishes, strict=False)]
    return sorted([*wished, *spare])


def _assign_exactly(wishes: list[dict[int, int]], tables: list[int]) -> list[int]:
    from scipy.optimize import linear_sum_assignment  # slow to load, and needed last of all

    column = {table: c for c, table in enumerate(tables)}
    # Among equals the lowest table numbers are taken.
    cost = np.tile(np.arange(len(tables), dtype=np.float64) / (len(tables) + 1), (len(wishes), 1))
    for row, saved in enumerate(wishes):
        for table, saving in saved.items():
            cost[row, column[table]] -= saving
    _, seats = linear_sum_assignment(cost)
    return [tables[c] for c in seats]


def _assign_greedily(wishes: list[dict[int, int]], tables: list[int]) -> list[int]:
    ranked = sorted(
        (-saving, row, table) for row, saved in enumerate(wishes) for table, saving in saved.items()
    )
    seats: dict[int, int] = {}
    taken: set[int] = set()
    for _, row, table in ranked:
        if row not in seats and table not in taken:
            seats[row] = table
            taken.add(table)
    free = (table for table in tables if table not in taken)
    return [seats[row] if row in seats else next(free) for row in range(len(wishes))]
