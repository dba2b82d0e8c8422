"""One move of the search in plain Python, and every sum the kernel remembers, from scratch.

A move ends the meetings of ``v`` in round ``r`` and of ``c`` in round ``q`` and lets ``v`` meet
``c``; those who are left meet each other if they may. Rounds are sets of meetings here, a Kempe
piece is whoever is linked by meetings of the two rounds, the rules are looked up in the schedule
that results, and its points come from ``solver.objective``: no step is shared with the kernel.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import closed_triangles, gains_of, pairs_of, points_of
from solver.search import kernel
from solver.search.state import broken_price
from tests.solver.instances import unrested, used_twice

Rounds = list[set[Edge]]
SUMS = (
    "partner", "gain", "give", "closing", "lock", "satisfied", "room", "spare", "byes", "filled",
)  # fmt: skip
"""The fields of the kernel's ``State`` that belong to a schedule and nothing else."""


class Move(NamedTuple):
    """``v`` shall leave its partner of round ``r`` for ``c``, who leaves its own of round ``q``."""

    v: int
    r: int
    c: int
    q: int


def moved(instance: Instance, matchings: Matchings, move: Move) -> Matchings | None:
    """The schedule after the move; None if the rules do not allow it."""
    v, r, c, q = move
    both_there = instance.present[v, r] and instance.present[c, q]
    if not both_there or not _may_meet(instance, matchings, v, c):
        return None
    b, d = partner(matchings[r], v), partner(matchings[q], c)
    rounds = [set(matching) for matching in matchings]
    piece = linked(rounds[r] | rounds[q], c)
    if r != q and v not in piece:  # the meeting of c comes to round r, and must fit in there
        exchange(rounds, r, q, piece)
        if not (_all_present(instance, r, rounds[r]) and _all_present(instance, q, rounds[q])):
            return None
        q = r
    if b is not None:
        rounds[r].remove(edge(v, b))
    if d is not None:
        rounds[q].remove(edge(c, d))
    if r != q:  # v and c lie on one piece: what is left between v and d may free both
        between = linked(rounds[r] | rounds[q], v)
        if d not in between:
            return None
        exchange(rounds, r, q, between)
    rounds[q].add(edge(v, c))
    if b is not None and d is not None and _should_meet(instance, matchings, b, d):
        rounds[r].add(edge(b, d))
    after = tuple(tuple(sorted(meetings)) for meetings in rounds)
    return after if allowed(instance, matchings, after) else None


def beginning(instance: Instance, matchings: Matchings, pair: Edge, r: int) -> Matchings | None:
    """The schedule with one more meeting, tables aside; None if rules or others are in the way."""
    seated = {v for others in matchings[r] for v in others}
    counts = open_counts(instance, matchings)
    fits = all(instance.present[v, r] and counts[v] < instance.capacity[v] for v in pair)
    if not fits or not seated.isdisjoint(pair) or not _may_meet(instance, matchings, *pair):
        return None
    after = (*matchings[:r], tuple(sorted((*matchings[r], pair))), *matchings[r + 1 :])
    rested = unrested(instance, after) <= unrested(instance, matchings)
    fresh = used_twice(instance, after) <= used_twice(instance, matchings)
    return after if rested and fresh else None


def points_won(instance: Instance, before: Matchings, after: Matchings) -> int:
    """What the search gains from one schedule to the other, broken promises priced."""
    return felt(instance, after) - felt(instance, before)


def felt(instance: Instance, matchings: Matchings) -> int:
    """Points of a schedule less the price of the promises it breaks."""
    return points_of(instance, matchings) - broken_price(instance, matchings)


def partner(matching: Iterable[Edge], v: int) -> int | None:
    """Whom ``v`` meets, if anybody."""
    return next((sum(pair) - v for pair in matching if v in pair), None)


def linked(meetings: set[Edge], v: int) -> set[int]:
    """Everybody whom these meetings join to ``v``, and ``v``."""
    found = {v}
    while more := {p for pair in meetings if not found.isdisjoint(pair) for p in pair} - found:
        found |= more
    return found


def exchange(rounds: Rounds, r: int, q: int, people: set[int]) -> None:
    """Let the meetings of these people change between the two rounds."""
    meetings = {pair for pair in rounds[r] | rounds[q] if not people.isdisjoint(pair)}
    rounds[r] ^= meetings
    rounds[q] ^= meetings


def _may_meet(instance: Instance, matchings: Matchings, i: int, j: int) -> bool:
    return instance.permissions.may_meet(i, j) and edge(i, j) not in set(pairs_of(matchings))


def _should_meet(instance: Instance, matchings: Matchings, i: int, j: int) -> bool:
    """Where idle seats stay idle nobody meets whom neither gains from."""
    b = instance.benefits.get
    useful = instance.fill or b(i, j) > 0 or b(j, i) > 0
    return useful and _may_meet(instance, matchings, i, j)


def allowed(instance: Instance, before: Matchings, after: Matchings) -> bool:
    """Tell whether a move may end in ``after``: held rounds stay, and nobody is in new trouble."""
    here, held = list(pairs_of(after)), len(instance.held)
    return (
        after[:held] == before[:held]
        and len(here) == len(set(here))
        and all(_possible(instance, r, after[r]) for r in instance.open_rounds)
        and set(instance.required).intersection(pairs_of(before)) <= set(here)
        and _within_limits(instance, open_counts(instance, before), open_counts(instance, after))
        and used_twice(instance, after) <= used_twice(instance, before)
        and unrested(instance, after) <= unrested(instance, before)
    )


def _possible(instance: Instance, r: int, matching: tuple[Edge, ...]) -> bool:
    pinned = set(instance.pinned[r]) if instance.pinned else set()
    seated = [v for pair in matching for v in pair]
    return (
        len(matching) <= instance.tables[r]
        and len(seated) == len(set(seated))
        and _all_present(instance, r, matching)
        and all(instance.permissions.may_meet(*pair) for pair in matching)
        and pinned <= set(matching)
    )


def _all_present(instance: Instance, r: int, matching: Iterable[Edge]) -> bool:
    return all(instance.present[v, r] for pair in matching for v in pair)


def _within_limits(instance: Instance, before: "Counter[int]", after: "Counter[int]") -> bool:
    """Nobody has more meetings than its limit, nor loses one that it needs."""
    return all(
        min(before[v], need) <= after[v] <= most
        for v, (need, most) in enumerate(zip(instance.needed, instance.capacity, strict=True))
    )


def open_counts(instance: Instance, matchings: Matchings) -> "Counter[int]":
    """Meetings of each attendee in open rounds."""
    return Counter(v for r in instance.open_rounds for pair in matchings[r] for v in pair)


def sums(instance: Instance, matchings: Matchings, rematch: bool) -> dict[str, Any]:
    """``SUMS`` from scratch, columns of rounds only."""
    table = _by_place(instance, matchings)
    had, here = open_counts(instance, matchings), Counter(v for p in pairs_of(matchings) for v in p)
    closed = {} if rematch else closed_triangles(instance, matchings)
    b, people = instance.benefits.get, range(instance.n)

    def at_places(worth: Any) -> list[list[int]]:
        places = [enumerate(row) for row in table]
        return [[worth(v, p, r) if p >= 0 else 0 for r, p in places[v]] for v in people]

    return {
        "partner": table,
        "gain": at_places(lambda v, p, r: b(v, p)),
        "give": at_places(lambda v, p, r: b(p, v)),
        "closing": at_places(
            lambda v, p, r: sum(g for trio, g in closed.items() if v in trio and p in trio)
        ),
        "lock": at_places(lambda v, p, r: lock(instance, edge(v, p), r)),
        "satisfied": gains_of(instance, matchings),
        "room": [instance.capacity[v] - had[v] for v in people],
        "spare": [had[v] - instance.needed[v] for v in people],
        "byes": [instance.most[v] - here[v] for v in people],
        "filled": [len(matching) for matching in matchings],
    }


def lock(instance: Instance, pair: Edge, r: int) -> int:
    """What binds the meeting of a pair in round ``r``."""
    if instance.pinned and pair in instance.pinned[r]:
        return kernel.PINNED
    return kernel.KEPT if pair in instance.required else kernel.FREE


def _by_place(instance: Instance, matchings: Matchings) -> list[list[int]]:
    table = np.full((instance.n, instance.rounds), kernel.NONE)
    for r, matching in enumerate(matchings):
        for i, j in matching:
            table[i, r], table[j, r] = j, i
    rows: list[list[int]] = table.tolist()
    return rows
