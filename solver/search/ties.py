"""Among schedules of equal points: whose turn it is to meet, and byes spread over the day.

Points do not say in which round a pair meets, nor which of several people of equal benefit meet.
Two things are settled here, when all else is.

**Turns.** A circle that meets again and again, round by round, sees everybody in the fewest weeks
if it goes by a round robin: three matchings chosen at random of six people may leave two triangles,
in which no fourth one is new to all. So each round is rematched once more, a hair dearer the pairs
of the turn that has most pairs who never met; what that round is worth comes first.

**Spread.** Meetings of two rounds form paths and cycles. Exchanging the rounds along a path changes
when its two ends have a bye, and nothing else: as long as this shortens runs of byes, it is done.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, takewhile

import numpy as np

from solver.instance import Edge, Instance, Matchings, edge
from solver.search.rematching import Rematching
from solver.search.round_robin import turns_of
from solver.search.state import SearchState

TURNS_UP_TO, SPREAD_UP_TO = 60, 2_000
"""Attendees up to which turns are taken, and up to which byes are spread."""
PASSES = 6
MOST_LOOKS = 200_000
"""Attendees times pairs of rounds of one pass; of many rounds only those near each other."""


def take_turns(search: SearchState) -> None:
    """Rematch every open round of a small event once, at no loss, by the turns of a circle."""
    instance = search.instance
    rematching = Rematching.of(search)
    turns = turns_of(rematching.first, rematching.second, instance.n)
    pairs = list(zip(rematching.first.tolist(), rematching.second.tolist(), strict=True))
    for r in instance.open_rounds:
        met = {*instance.met, *(p for s in range(instance.rounds) for p in _others(search, r, s))}
        is_new = np.array([pair not in met for pair in pairs], np.bool_)
        left = np.bincount(turns[is_new], minlength=1)
        due = is_new & (turns == int(np.argmax(left)))
        replace(rematching, favour=due.astype(np.int64)).rematch(r)


def _others(search: SearchState, r: int, s: int) -> list[Edge]:
    return search.round_pairs(s) if s != r else []


def spread_byes(instance: Instance, matchings: Matchings) -> Matchings:
    """The same meetings in rounds in which byes follow each other less often."""
    if instance.n > SPREAD_UP_TO:
        return matchings
    spread = _Spread.of(instance, matchings)
    for _ in range(PASSES):
        if not spread.improve():
            break
    return spread.matchings()


@dataclass(frozen=True)
class _Spread:
    """``partner[r][v]``: whom ``v`` meets in round ``r``; -1 if nobody."""

    instance: Instance
    partner: list[list[int]]

    @classmethod
    def of(cls, instance: Instance, matchings: Matchings) -> "_Spread":
        partner = [[-1] * instance.n for _ in range(instance.rounds)]
        for row, matching in zip(partner, matchings, strict=True):
            for i, j in matching:
                row[i], row[j] = j, i
        return cls(instance, partner)

    def matchings(self) -> Matchings:
        return tuple(tuple((v, p) for v, p in enumerate(row) if v < p) for row in self.partner)

    def improve(self) -> bool:
        """Exchange along every path that this helps; tells whether any did."""
        helped = False
        for r, s in self._round_pairs():
            done = set[int]()
            for v in range(self.instance.n):
                if v not in done and (self.partner[r][v] < 0) != (self.partner[s][v] < 0):
                    path = self._path(v, r, s)
                    done |= {path[0], path[-1]}
                    helped |= self._exchange_if_better(path, r, s)
        return helped

    def _round_pairs(self) -> Iterator[tuple[int, int]]:
        instance = self.instance
        apart = max(1, MOST_LOOKS // max(1, instance.n * instance.rounds))
        pairs = combinations(instance.open_rounds, 2)
        return ((r, s) for r, s in pairs if s - r <= apart)

    def _path(self, v: int, r: int, s: int) -> list[int]:
        """Everybody from ``v``, who meets somebody in one of the two rounds alone, to the end."""
        path, here, there = [v], r, s
        if self.partner[r][v] < 0:
            here, there = s, r
        while (p := self.partner[here][path[-1]]) >= 0:
            path.append(p)
            here, there = there, here
        return path

    def _exchange_if_better(self, path: list[int], r: int, s: int) -> bool:
        ends = (path[0], path[-1])
        before = sum(self._length_of_bye(v, r, s) for v in ends)
        self._exchange(path, r, s)
        after = sum(self._length_of_bye(v, r, s) for v in ends)
        if after < before and self._is_allowed(path, r, s):
            return True
        self._exchange(path, r, s)
        return False

    def _exchange(self, path: list[int], r: int, s: int) -> None:
        one, other = self.partner[r], self.partner[s]
        for v in path:
            one[v], other[v] = other[v], one[v]

    def _length_of_bye(self, v: int, r: int, s: int) -> int:
        """What its one bye in these rounds adds to the squares of the lengths of ``v``'s runs."""
        q = r if self.partner[r][v] < 0 else s
        if not self._has_bye(v, q):
            return 0
        before = sum(1 for _ in takewhile(partial(self._has_bye, v), range(q - 1, -1, -1)))
        after = sum(
            1 for _ in takewhile(partial(self._has_bye, v), range(q + 1, len(self.partner)))
        )
        return 2 * before * after + 2 * (before + after) + 1

    def _has_bye(self, v: int, r: int) -> bool:
        return self.partner[r][v] < 0 and bool(self.instance.present[v, r])

    def _is_allowed(self, path: list[int], r: int, s: int) -> bool:
        return (
            all(self.instance.present[v, q] for v in path for q in (r, s) if self._sits(v, q))
            and all(map(self._rests, (path[0], path[-1])))
            and all(self._holds(q, path) for q in (r, s))
        )

    def _sits(self, v: int, r: int) -> bool:
        return self.partner[r][v] >= 0

    def _rests(self, v: int) -> bool:
        windows = self.instance.open_windows[v] if self.instance.open_windows else []
        return all(any(not self._sits(v, q) for q in range(a, z + 1)) for a, z in windows)

    def _holds(self, r: int, path: list[int]) -> bool:
        """Whether a round has its tables, its pins, and nobody who is kept apart in it."""
        instance, row = self.instance, self.partner[r]
        moved = {edge(v, row[v]) for v in path if row[v] >= 0}
        pinned = {pair for matching in instance.pinned for pair in matching}
        if moved & pinned or any((pair, r) in instance.apart for pair in moved):
            return False
        return self._has_tables(r)

    def _has_tables(self, r: int) -> bool:
        places, pairs = self.instance.places, list(self._pairs(r))
        if len(pairs) > self.instance.tables[r]:
            return False
        if places is None:
            return True
        asked = Counter(k for pair in pairs for k in places.asked_by(*pair))
        return all(count <= places.tables[k, r] for k, count in asked.items())

    def _pairs(self, r: int) -> Iterator[Edge]:
        return ((v, p) for v, p in enumerate(self.partner[r]) if v < p)
