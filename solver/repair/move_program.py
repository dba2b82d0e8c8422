"""Which few meetings are worth giving up for people who sit out: a mixed-integer program.

Columns are meetings that could be, meetings that make way for them, and people who move. Whoever
makes way for a guest can be whom the guest meets next: k good meetings then move k + 1 people and
not 2 k, which taking the best meetings one by one does not see. What the program sums up is close
to the points and not the points themselves: byes and satisfaction of all but the guests count at
their present slope, triangles at what is lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from solver.feasibility.bookings import Bookings
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import PHI, tally_of

PARTNERS = 20
"""Whom everybody who is short could meet: the best so many."""
TO_TALK_TO = 8
"""And so many with whom a meeting would only be an open conversation."""
EVERY_SEAT = 600
"""Up to so many pairs and rounds all of them are looked at: who makes way may meet whoever does."""
MOVE = 5_000
"""Points that every person who moves, and every meeting that makes way, has to win back."""
NEED = 1_000
"""Points that a permille of a guest's own benefit counts beside: the moves are for their sake."""
NODES = 5
"""Nodes of the search tree, a fixed number so that the same question has the same answer."""
CLOSE, CLOSER = 0.05, 0.001
"""The program is solved well enough within this share of its best, with guests and without."""
CHOSEN = 0.5
PIECES = ((0, 250), (250, 500), (500, 750), (750, 1000))
"""Satisfaction in permille between the bends of its worth."""

Terms = list[tuple[int, float]]


class PairRound(NamedTuple):
    """A pair and the open round that it could meet in, or meets in."""

    pair: Edge
    round: int


class Moves(NamedTuple):
    """Meetings that are made, and those that make way for them."""

    made: Sequence[PairRound]
    lost: Sequence[PairRound]


@dataclass(frozen=True)
class ShortPeople:
    """People who sit out open rounds, and in which; ``guests`` are those for whom others move."""

    idle: Mapping[int, Sequence[int]]
    guests: Set[int]


def choose_moves(
    instance: Instance,
    matchings: Matchings,
    short: ShortPeople,
    most_moved: int,
    most_broken: int | None = None,
) -> Moves:
    """New meetings of people who are short, close to the best choice; none if none is worth it.

    At most ``most_moved`` people who are no guests have another round than in ``matchings``, and at
    most ``most_broken`` meetings make way. The same question has the same answer.
    """
    possible = PossibleMoves(instance, matchings, short)
    if not possible.meetings:
        return Moves((), ())
    return _Choice(possible, most_moved, most_broken).best()


class PossibleMoves:
    """Meetings that people who are short could have if one or two others made way."""

    def __init__(self, instance: Instance, matchings: Matchings, short: ShortPeople) -> None:
        self.instance, self.matchings, self.short = instance, matchings, short
        self.partner = {
            (v, r): w
            for r in instance.open_rounds
            for pair in matchings[r]
            for v, w in (pair, pair[::-1])
        }
        self.round_of = {pair: r for r in instance.open_rounds for pair in matchings[r]}
        self._fixed = {*instance.required}.union(*instance.pinned)
        self._bookings = _booked(instance, matchings) if instance.is_strict else None
        self.meetings = list(dict.fromkeys(self._seats()))

    def in_the_way(self, seat: PairRound) -> list[PairRound]:
        """The meetings that the two have in that round now, and theirs of another round."""
        seated = (v for v in seat.pair if (v, seat.round) in self.partner)
        way = [PairRound(edge(v, self.partner[v, seat.round]), seat.round) for v in seated]
        own = self.round_of.get(seat.pair)
        return way if own is None else [*way, PairRound(seat.pair, own)]

    def _seats(self) -> Iterator[PairRound]:
        """Where there are few, all; else those of people who are short."""
        n, rounds = self.instance.n, self.instance.open_rounds
        if n * (n - 1) // 2 * len(rounds) <= EVERY_SEAT:
            pairs = self.round_of.items()
            seats = (PairRound(pair, r) for pair in combinations(range(n), 2) for r in rounds)
            return (seat for seat in seats if seat not in pairs and self._could_be(seat))
        return (
            seat
            for v in self.short.idle
            for w in self._partners_of(v)
            for seat in (PairRound(edge(v, w), r) for r in self.short.idle[v])
            if self._could_be(seat)
        )

    def _partners_of(self, v: int) -> list[int]:
        """Whom somebody may meet and has not met, who is worth most to both first."""
        everybody = np.arange(self.instance.n)
        others = everybody[everybody != v]
        others = others[self.instance.permissions.of_pairs(np.full_like(others, v), others)]
        values = self.instance.values
        ranked = sorted((-values.get(edge(v, w), 0), w) for w in others.tolist())
        met = self.instance.held_pairs
        worth = [w for value, w in ranked if value and edge(v, w) not in met]
        idle = [w for value, w in ranked if not value and edge(v, w) not in met]
        return worth[:PARTNERS] + (idle[:TO_TALK_TO] if self.instance.fill else [])

    def _could_be(self, seat: PairRound) -> bool:
        """Whether the two may meet in that round, if nobody but their partners made way."""
        way = self.in_the_way(seat)
        may = self.instance.may_meet_in(*seat.pair, seat.round)
        if not may or any(made.pair in self._fixed for made in way):
            return False
        if self._bookings is None:
            return True
        for made in way:
            self._bookings.count(*made, -1)
        fits = self._bookings.fits(*seat)
        for made in way:
            self._bookings.count(*made, 1)
        return fits


def _booked(instance: Instance, matchings: Matchings) -> Bookings:
    bookings = Bookings(instance)
    for r in instance.open_rounds:
        for pair in matchings[r]:
            bookings.count(pair, r, 1)
    return bookings


@dataclass
class _Model:
    """Columns with what one of each is worth, rows that bind them."""

    worth: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)

    def column(self, worth: float, high: float = 1.0, *, whole: bool = True) -> int:
        """A new column from 0 to ``high``; its number."""
        self.worth.append(worth)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.worth) - 1

    def row(self, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """Keep a sum of columns between ``low`` and ``high``."""
        self.rows.append((terms, low, high))

    def solve(self, gap: float) -> Any:
        """The best value of every column, or as close to it; None if none was found."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # slow to load, seldom needed
        from scipy.sparse import csr_array

        places = [(a, row, k) for row, (terms, _, _) in enumerate(self.rows) for k, a in terms]
        factors, rows, columns = zip(*places, strict=True)
        shape = len(self.rows), len(self.worth)
        matrix = csr_array((factors, (rows, columns)), shape=shape)
        _, lows, highs = zip(*self.rows, strict=True)
        return milp(
            -np.array(self.worth),
            integrality=np.array(self.whole, np.int64),
            bounds=Bounds(0, np.array(self.high)),
            constraints=LinearConstraint(matrix, lows, highs),
            options={"node_limit": NODES, "mip_rel_gap": gap},
        ).x


class _Choice:
    """The program over possible moves."""

    def __init__(self, possible: PossibleMoves, most_moved: int, most_broken: int | None) -> None:
        self._instance, self._guests = possible.instance, possible.short.guests
        self._possible, self._model = possible, _Model()
        self._tally = tally_of(possible.instance, possible.matchings)
        ways = {seat: possible.in_the_way(seat) for seat in possible.meetings}
        self._made = {seat: self._model.column(self._worth(seat.pair)) for seat in ways}
        self._lost = self._columns_of_lost(sorted({seat for way in ways.values() for seat in way}))
        made, lost = self._made.items(), self._lost.items()
        self._changes = [(*row, 1.0) for row in made] + [(*row, -1.0) for row in lost]
        self._bind_seats()
        self._bind_pairs()
        self._bind_tables()
        self._bind_movers(most_moved)
        self._bind_people()
        if most_broken is not None:
            self._model.row(_ones(self._lost.values()), high=most_broken)

    def best(self) -> Moves:
        """The moves to be made."""
        values = self._model.solve(CLOSE if self._guests else CLOSER)
        if values is None:
            return Moves((), ())
        made, lost = (
            [seat for seat, k in columns.items() if values[k] > CHOSEN]
            for columns in (self._made, self._lost)
        )
        return Moves(made, lost)

    # --- what it is worth -----------------------------------------------------------------------

    def _worth(self, pair: Edge) -> float:
        """Points of a meeting, with what it adds for those who are no guests, at their slope."""
        value = self._instance.values.get(pair, 0)
        total = 100.0 * value - self._instance.costs.get(pair, 0)
        for v, w in (pair, pair[::-1]):
            gain = self._instance.benefits.get(v, w) if value else 0
            if v in self._guests:
                total += NEED * gain
            else:
                total += self._bye_slope(v) + self._satisfaction_slope(v) * gain
        return total

    def _columns_of_lost(self, seats: Sequence[PairRound]) -> dict[PairRound, int]:
        """The meetings that make way: their worth and that of their triangles is lost."""
        triangles: defaultdict[Edge, int] = defaultdict(int)
        for trio, value in self._tally.triangles.items():
            for pair in combinations(trio, 2):
                triangles[pair] += self._instance.prices.triangles * value
        return {
            seat: self._model.column(-self._worth(seat.pair) - triangles[seat.pair] - MOVE)
            for seat in seats
        }

    def _bye_slope(self, v: int) -> float:
        """Points that a meeting saves, halfway between one more and one fewer."""
        could, byes = int(self._instance.could[v]), int(self._tally.byes[v])
        prices = self._instance.bye_points[could]
        return float(prices[min(could, byes + 1)] - prices[max(0, byes - 1)]) / 2

    def _satisfaction_slope(self, v: int) -> float:
        """Points for a permille of benefit."""
        best, s = int(self._tally.best[v]), int(self._tally.satisfactions[v])
        if best <= 0:
            return 0.0
        piece = next(((a, z) for a, z in PIECES if a <= s < z), None)
        return self._slope(v, *piece) * 1000 / best if piece else 0.0

    def _slope(self, v: int, low: int, high: int) -> float:
        """Points for a permille of satisfaction between two bends."""
        return float(self._instance.fairness[v]) * float(PHI[high] - PHI[low]) / (high - low)

    # --- what binds -----------------------------------------------------------------------------

    def _bind_seats(self) -> None:
        """Nobody sits twice in a round: who has a meeting in it gives that one up."""
        at: defaultdict[tuple[int, int], Terms] = defaultdict(list)
        for seat, k in self._made.items():
            for v in seat.pair:
                at[v, seat.round].append((k, 1.0))
        for (v, r), terms in at.items():
            way = self._possible.partner.get((v, r))
            self._bind_unless_lost(terms, None if way is None else PairRound(edge(v, way), r))

    def _bind_pairs(self) -> None:
        """No pair meets twice: one that meets already gives that meeting up."""
        of: defaultdict[Edge, Terms] = defaultdict(list)
        for seat, k in self._made.items():
            of[seat.pair].append((k, 1.0))
        for pair, terms in of.items():
            r = self._possible.round_of.get(pair)
            self._bind_unless_lost(terms, None if r is None else PairRound(pair, r))

    def _bind_unless_lost(self, terms: Terms, seat: PairRound | None) -> None:
        """Make one of these at most, and none unless ``seat``, if any, makes way."""
        if seat is None:
            self._model.row(terms, high=1)
        else:
            self._model.row([*terms, (self._lost[seat], -1.0)], high=0)

    def _bind_tables(self) -> None:
        """Each meeting of a round has a table."""
        tables: defaultdict[int, Terms] = defaultdict(list)
        for seat, k, sign in self._changes:
            tables[seat.round].append((k, sign))
        for r, terms in tables.items():
            left = self._instance.tables[r] - len(self._possible.matchings[r])
            self._model.row(terms, high=left)

    def _bind_movers(self, most: int) -> None:
        """Whoever has another round than before moves, and few do."""
        changes = [(v, k) for seat, k, _ in self._changes for v in {*seat.pair} - self._guests]
        movers = {v: self._model.column(-MOVE) for v in sorted({v for v, _ in changes})}
        for v, k in changes:
            self._model.row([(k, 1.0), (movers[v], -1.0)], high=0)
        self._model.row(_ones(movers.values()), high=most)

    def _bind_people(self) -> None:
        """Keep within everybody's limits; a guest's byes and satisfaction count exactly."""
        start = self._instance.open_rounds.start
        now = Counter(v for row in self._possible.matchings[start:] for pair in row for v in pair)
        of: defaultdict[int, Terms] = defaultdict(list)
        for seat, k, sign in self._changes:
            for v in seat.pair:
                of[v].append((k, sign))
        for v, terms in of.items():
            low, high = self._instance.needed[v] - now[v], self._instance.capacity[v] - now[v]
            self._model.row(terms, min(0, low), max(0, high))
            if v in self._guests:
                self._count_byes(v, terms)
                self._count_satisfaction(v)

    def _count_byes(self, v: int, terms: Terms) -> None:
        """One column for each bye: a later one costs more, so that the first are taken first."""
        could, byes = int(self._instance.could[v]), int(self._tally.byes[v])
        steps = np.diff(self._instance.bye_points[could, : could + 1]).tolist()
        columns = [self._model.column(-step, whole=False) for step in steps]
        self._model.row(_ones(columns) + terms, low=byes)

    def _count_satisfaction(self, v: int) -> None:
        """One column for each piece of its worth: an earlier one is worth more."""
        best = int(self._tally.best[v])
        if best <= 0:
            return
        pieces = [
            self._model.column(self._slope(v, low, high), high - low, whole=False)
            for low, high in PIECES
        ]
        gains = [
            (k, -sign * 1000 * self._gain(v, seat.pair) / best)
            for seat, k, sign in self._changes
            if v in seat.pair
        ]
        self._model.row(_ones(pieces) + gains, high=1000 * float(self._tally.gains[v]) / best)

    def _gain(self, v: int, pair: Edge) -> int:
        (other,) = set(pair) - {v}
        return self._instance.benefits.get(v, other) if pair in self._instance.values else 0


def _ones(columns: Iterable[int]) -> Terms:
    return [(k, 1.0) for k in columns]
