"""Open triangles: three people of whom two pairs have met, and the third pair has not.

If the two who have not met came together, the triangle would close and referrals could go round.
Its value is that of any triangle: the weakest gain on the better of the two ways round.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Set
from itertools import combinations
from typing import NamedTuple

from schemas.base import Pair, pair_of
from schemas.schedule import Schedule
from solver.compatibility.forbidden import STANDING
from solver.compatibility.graph import Compatibility


class Trio(NamedTuple):
    """Two people who have not met, somebody who met both, and the triangle's value in permille."""

    value: int
    introducer: str
    people: Pair


def find_open_triangles(
    graph: Compatibility, met: Set[Pair], coming: Set[Pair], v: str | None = None
) -> list[Trio]:
    """Every open triangle that is worth something, the best first; of ``v`` as one of the two.

    ``met`` have met at this event, one pair of each triangle at least; those who met before count
    as met. Whoever is ``coming`` together in an open round needs no introduction, and those who
    may not meet have none.
    """
    near = Acquaintances(graph, met, coming)
    trios = (
        Trio(value, b, two)
        for b, two in near.two_steps(v)
        if near.strangers(*two) and (value := _value(graph.gains, b, *two)) > 0
    )
    return sorted(trios, key=lambda trio: (-trio.value, trio.people, trio.introducer))


def pairs_to_meet(schedule: Schedule, held: int, cancelled: Container[int]) -> set[Pair]:
    """The pairs that are planned for open rounds."""
    return {
        pair_of(*meeting.attendees)
        for block in schedule.rounds[held:]
        for meeting in block.meetings
        if block.round not in cancelled
    }


class Acquaintances:
    """Who knows whom when an event is over."""

    def __init__(self, graph: Compatibility, met: Set[Pair], coming: Set[Pair]) -> None:
        self._forbidden = graph.forbidden
        self._met = {two for two in met if graph.number.keys() >= set(two)}
        earlier = {pair_of(*rule.pair) for rule in graph.event.pair_rules if rule.kind == "met"}
        self._known = self._met | earlier | coming
        self._partners = defaultdict[str, list[str]](list)
        for i, j in sorted(self._met | earlier):
            if STANDING.isdisjoint(self._forbidden.codes((i, j))):
                self._partners[i].append(j)
                self._partners[j].append(i)

    def two_steps(self, v: str | None) -> Iterator[tuple[str, Pair]]:
        """Everybody with two people whom they have met, one of them at this event, or ``v``'s."""
        for b in self._partners if v is None else self._partners.get(v, ()):
            for i, j in combinations(sorted(self._partners[b]), 2):
                if v in (None, i, j) and (pair_of(i, b) in self._met or pair_of(j, b) in self._met):
                    yield b, (i, j)

    def strangers(self, i: str, j: str) -> bool:
        """Whether two people, in order, do not know each other and may meet."""
        return (i, j) not in self._known and (i, j) not in self._forbidden


def _value(gains: Mapping[str, Mapping[str, int]], i: str, j: str, k: str) -> int:
    def gain(v: str, w: str) -> int:
        return gains[v].get(w, 0)

    one_way = min(gain(i, j), gain(j, k), gain(k, i))
    return max(one_way, min(gain(j, i), gain(k, j), gain(i, k)))
