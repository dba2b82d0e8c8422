"""Table numbers: places first, then as few changes of table as a round allows.

Each round is an assignment of its meetings to open tables of least cost, given where everybody
sat last: exact (Hungarian method) for the meetings that need one of some tables, and up to
``EXACT_MEETINGS`` a round for the others; greedy above.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from solver.instance import Edge

EXACT_MEETINGS = 400
NO_PINS: Mapping[Edge, int] = MappingProxyType({})
MOVED, PROMISED, TAKEN, FORBIDDEN = 100, 10**6, 10**4, 10**9
"""What it costs to leave the table one sat at last, or the one that was promised; to take one that
was promised to others; and to sit where one cannot."""


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

    places: Mapping[int, frozenset[int]]
    last: dict[int, int]
    changes: int = 0

    def seat(
        self,
        meetings: Sequence[Edge],
        room: RoundTables,
        promised: Mapping[Edge, int],
        pinned: Mapping[Edge, int] = NO_PINS,
    ) -> dict[Edge, int]:
        """Give each meeting of the next round a table of its own; published ones keep theirs.

        Whoever has places sits at one of them, and a pinned meeting at its table; after that
        nothing outweighs a ``promised`` table, and no two meetings have the same.
        """
        kept = {m: promised[m] for m in meetings if m in promised and room.has(promised[m])}
        chosen = self._placed(meetings, room, kept, pinned)
        taken = set(chosen.values())
        chosen |= {m: t for m, t in kept.items() if m not in chosen and t not in taken}
        others = [meeting for meeting in meetings if meeting not in chosen]
        chosen |= self._assigned(
            others, RoundTables(room.count, room.closed.union(chosen.values()))
        )
        self.follow(chosen)
        return chosen

    def _placed(
        self,
        meetings: Sequence[Edge],
        room: RoundTables,
        kept: Mapping[Edge, int],
        pinned: Mapping[Edge, int],
    ) -> dict[Edge, int]:
        """Tables for the meetings that cannot be anywhere."""
        needs = {m: self._needs(m, pinned) for m in meetings}
        needy = {m: tables for m, tables in needs.items() if tables is not None}
        if not needy:
            return {}
        from scipy.optimize import linear_sum_assignment  # slow to load, and seldom needed

        tables = sorted(t for t in frozenset[int]().union(*needy.values()) if room.has(t))
        others = {t for m, t in kept.items() if m not in needy}
        cost = np.full((len(needy), len(tables)), float(FORBIDDEN))
        for row, (meeting, allowed) in enumerate(needy.items()):
            for column, table in enumerate(tables):
                if table in allowed:
                    cost[row, column] = self._price(meeting, table, kept, others)
                    cost[row, column] += column / (len(tables) + 1)
        rows, columns = linear_sum_assignment(cost)
        names = list(needy)
        return {names[r]: tables[c] for r, c in zip(rows, columns, strict=True)}

    def _needs(self, pair: Edge, pinned: Mapping[Edge, int]) -> frozenset[int] | None:
        """The tables at which a meeting has to be; None for any."""
        if pair in pinned:
            return frozenset({pinned[pair]})
        sets = [self.places[v] for v in pair if v in self.places]
        return frozenset.intersection(*sets) if sets else None

    def _price(
        self, pair: Edge, table: int, kept: Mapping[Edge, int], others: Collection[int]
    ) -> int:
        moved = sum(self.last.get(v, table) != table for v in pair)
        return (
            MOVED * moved + PROMISED * (kept.get(pair, table) != table) + TAKEN * (table in others)
        )

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
        for table in (self.last.get(v) for v in pair):
            if table is not None and room.has(table):
                saved[table] = saved.get(table, 0) + MOVED
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
