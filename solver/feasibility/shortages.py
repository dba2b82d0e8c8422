"""What there is too little of where demands contradict the rest, with everybody concerned.

Each shortage is a necessary condition that fails: what is needed at least, and what there is at
most. Contradictions that only a proof shows have none here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import Literal, NamedTuple

from solver.feasibility.counting import rounds_left
from solver.feasibility.decide import standing_pairs
from solver.instance import Edge, Instance, edge
from solver.possible import halves_of, rounds_of, seats_of

BottleneckKind = Literal[
    "shared_rounds", "rounds", "attendee_rounds", "tables", "meetings", "partners", "partner_rounds"
]
PAIRS_AT_ONCE = 400_000
"""Pairs of somebody in need and somebody else up to which partners are counted together."""


class Bottleneck(NamedTuple):
    """``people`` need so much of something at least, and there is so much of it at most.

    *shared_rounds*: rounds in which the two can meet. *rounds*, *attendee_rounds*: rounds for each
    of them, all that there are or those left to each. *tables*: meetings at all tables together.
    *partners*: meetings with the few whom they may meet; *partner_rounds* the same, where the
    rounds of these few are what is short.
    """

    kind: BottleneckKind
    needed: int
    available: int
    people: tuple[int, ...]
    partners: tuple[int, ...] = ()


def find_shortages(instance: Instance) -> list[Bottleneck]:
    """Whatever counting shows to be too little for the demands, each with all whom it concerns."""
    demands = _Demands.of(instance)
    if not any(demands.needed):
        return []
    # What rounds alone make impossible is not told again by what else would be too little.
    modest = demands.at_most(rounds_left(instance))
    return [
        *_no_shared_round(instance),
        *_too_few_rounds(instance, demands),
        *_too_few_seats(instance, modest),
        *_too_few_partners(instance, modest),
    ]


class _Demands(NamedTuple):
    """Meetings each must still have at least, and with whom they are required."""

    needed: list[int]
    required: list[set[int]]

    @classmethod
    def of(cls, instance: Instance) -> "_Demands":
        required: list[set[int]] = [set() for _ in range(instance.n)]
        for i, j in instance.required:
            required[i].add(j)
            required[j].add(i)
        both = zip(instance.needed, required, strict=True)
        return cls([max(need, len(partners)) for need, partners in both], required)

    def at_most(self, counts: list[int]) -> "_Demands":
        return self._replace(needed=[min(*p) for p in zip(self.needed, counts, strict=True)])

    def of_people(self, people: Iterable[int]) -> int:
        return sum(self.needed[v] for v in people)


def _no_shared_round(instance: Instance) -> Iterator[Bottleneck]:
    possible = {pair for pair, _ in rounds_of(instance, instance.required)}
    for pair in instance.required:
        if pair not in possible:
            yield Bottleneck("shared_rounds", 1, 0, pair)


def _too_few_rounds(instance: Instance, demands: _Demands) -> Iterator[Bottleneck]:
    """Whoever has fewer rounds than meetings to have; alike ones together."""
    left, rounds = rounds_left(instance), _open_rounds(instance)
    alike = defaultdict[tuple[BottleneckKind, int, int], list[int]](list)
    for v, needed in enumerate(demands.needed):
        if needed > left[v]:
            kind: BottleneckKind = "rounds" if left[v] == rounds else "attendee_rounds"
            alike[kind, needed, left[v]].append(v)
    for (kind, needed, available), people in alike.items():
        partners = set[int]().union(*(demands.required[v] for v in people))
        yield Bottleneck(kind, needed, available, tuple(people), tuple(sorted(partners)))


def _open_rounds(instance: Instance) -> int:
    return sum(instance.tables[r] > 0 for r in instance.open_rounds)


def _too_few_seats(instance: Instance, demands: _Demands) -> Iterator[Bottleneck]:
    """All demands together need more meetings than there is room for."""
    seats, halves = seats_of(instance), halves_of(instance)
    needed, available = -(-sum(demands.needed) // 2), sum(seats.values())
    if needed > available:
        people = tuple(v for v, need in enumerate(demands.needed) if need)
        yield Bottleneck("meetings" if seats == halves else "tables", needed, available, people)


def _too_few_partners(instance: Instance, demands: _Demands) -> Iterator[Bottleneck]:
    """Groups that need more meetings than those whom they may meet can give them (Hall).

    A meeting fills a place of its other side: no schedule has more than the largest flow from
    needs over possible meetings to capacities. The smallest cut holds every group that is short.
    """
    rest = [need - len(met) for need, met in zip(demands.needed, demands.required, strict=True)]
    needy = [v for v, count in enumerate(rest) if count > 0]
    if not needy or len(needy) * instance.n > PAIRS_AT_ONCE:
        return
    near = _neighbours(instance, needy)
    capacity = zip(instance.capacity, demands.required, strict=True)
    room = [max(0, most - len(met)) for most, met in capacity]
    for group in _short_groups(rest, room, near):
        asking = Counter(u for v in group for u in near[v])
        required = set[int]().union(*(demands.required[v] for v in group))
        meetings = sum(min(room[u], count) for u, count in asking.items())
        full = any(room[u] < count for u, count in asking.items())
        yield Bottleneck(
            "partner_rounds" if full else "partners",
            demands.of_people(group),
            meetings + sum(len(demands.required[v]) for v in group),
            tuple(group),
            tuple(sorted(required.union(asking))),
        )


def _neighbours(instance: Instance, needy: Collection[int]) -> dict[int, list[int]]:
    """Whom each of these may meet, required partners apart."""
    pairs: Iterable[Edge] = {edge(v, u) for v in needy for u in range(instance.n) if u != v}
    if not instance.fill:
        pairs = standing_pairs(instance, combinations(range(instance.n), 2)).intersection(pairs)
    near: dict[int, list[int]] = {v: [] for v in needy}
    for (i, j), _ in rounds_of(instance, set(pairs).difference(instance.required)):
        for v, u in ((i, j), (j, i)):
            if v in near:
                near[v].append(u)
    return near


def _short_groups(
    rest: list[int], room: list[int], near: dict[int, list[int]]
) -> Iterator[list[int]]:
    """Groups short of partners, each hanging together by partners who have no room left."""
    from ortools.graph.python.max_flow import SimpleMaxFlow  # slow to load, and seldom needed

    n, flow = len(rest), SimpleMaxFlow()
    source, sink = 2 * n, 2 * n + 1
    for v, partners in near.items():
        flow.add_arc_with_capacity(source, v, rest[v])
        for u in partners:
            flow.add_arc_with_capacity(v, n + u, 1)
    for u in sorted(set[int]().union(*near.values())):
        flow.add_arc_with_capacity(n + u, sink, room[u])
    flow.solve(source, sink)
    if flow.optimal_flow() == sum(rest[v] for v in near):
        return
    short = {v for v in flow.get_source_side_min_cut() if v < source}
    left = sorted(v for v in short if v < n)
    asking = defaultdict[int, list[int]](list)
    for v in left:
        for u in near[v]:
            if n + u in short:
                asking[u].append(v)
    while left:
        yield (group := sorted(_reached(left[0], near, asking)))
        left = [v for v in left if v not in group]


def _reached(v: int, near: dict[int, list[int]], asking: dict[int, list[int]]) -> set[int]:
    """Whoever hangs together with ``v`` by partners asked by several."""
    found, ahead = {v}, [v]
    while ahead:
        partners = (u for u in near[ahead.pop()] if u in asking)
        fresh = {w for u in partners for w in asking[u]} - found
        found |= fresh
        ahead += fresh
    return found
