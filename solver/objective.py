"""Points of a schedule, from scratch: every other sum in the solver must agree with this one.

``points = 100 sum w + T sum g + F sum phi(s) - 1000 E sum byes^2`` (docs/model.md), whole
numbers throughout; 100,000 points are 1.0 on the wire.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from solver.instance import Edge, Instance, Matchings, edge

Trio = tuple[int, int, int]
SCALE = 100_000
"""Points per unit of the objective on the wire."""
LEAST_BEST = 500
"""Satisfaction is measured against at least half a full benefit, in permille."""


@dataclass(frozen=True)
class Parts:
    """The four parts of the points; byes count against."""

    mutual: int
    triangles: int
    fairness: int
    byes: int

    @property
    def points(self) -> int:
        """The number to maximise."""
        return self.mutual + self.triangles + self.fairness - self.byes


def points(instance: Instance, matchings: Matchings) -> int:
    """Points of a schedule."""
    return parts(instance, matchings).points


def parts(instance: Instance, matchings: Matchings) -> Parts:
    """The parts that sum to the points of a schedule, held rounds included."""
    prices = instance.prices
    shares = satisfactions(instance, matchings)
    return Parts(
        mutual=100 * sum(instance.value(i, j) for i, j in pairs(matchings)),
        triangles=prices.triangles * sum(closed_triangles(instance, matchings).values()),
        fairness=prices.fairness * sum(phi(s) for s in shares if s is not None),
        byes=1000 * prices.byes * sum(k * k for k in byes(instance, matchings)),
    )


def pairs(matchings: Matchings) -> Iterator[Edge]:
    """Every meeting of every round."""
    return (pair for matching in matchings for pair in matching)


def phi(s: int) -> int:
    """Concave worth of a satisfaction, both permille: the first quarter is worth most."""
    if s <= 250:
        return 8 * s // 5
    if s <= 500:
        return 400 + 6 * (s - 250) // 5
    if s <= 750:
        return 700 + 4 * (s - 500) // 5
    return 900 + 2 * (s - 750) // 5


def satisfactions(instance: Instance, matchings: Matchings) -> list[int | None]:
    """``s(v)`` in permille; None for whom nobody here can serve."""
    had = gains(instance, matchings)
    return [
        min(1000, 1000 * u // max(best, LEAST_BEST)) if best else None
        for u, best in zip(had, instance.best, strict=True)
    ]


def gains(instance: Instance, matchings: Matchings) -> list[int]:
    """``u(v)``: what each attendee gains from its mutual meetings, in permille."""
    had = [0] * instance.n
    benefit = instance.benefits.get
    for i, j in pairs(matchings):
        if instance.value(i, j) > 0:
            had[i] += benefit(i, j)
            had[j] += benefit(j, i)
    return had


def byes(instance: Instance, matchings: Matchings) -> list[int]:
    """Rounds each attendee could have met somebody more."""
    counts = [0] * instance.n
    for i, j in pairs(matchings):
        counts[i] += 1
        counts[j] += 1
    return [max(0, high - count) for high, count in zip(instance.most, counts, strict=True)]


def triangle_value(instance: Instance, i: int, j: int, k: int) -> int:
    """``g(i, j, k)``: the weakest gain on the better of the two ways round, in permille."""
    b = instance.benefits.get
    return max(min(b(i, j), b(j, k), b(k, i)), min(b(j, i), b(k, j), b(i, k)))


def closed_triangles(instance: Instance, matchings: Matchings) -> dict[Trio, int]:
    """Triangles of value whose three pairs have met, at least one of them at this event."""
    neighbours = acquaintances(instance, matchings)
    closed: dict[Trio, int] = {}
    for i, j in pairs(matchings):
        for k in neighbours[i] & neighbours[j]:
            a, b, c = sorted((i, j, k))
            if (a, b, c) not in closed and (value := triangle_value(instance, a, b, c)) > 0:
                closed[a, b, c] = value
    return dict(sorted(closed.items()))


def acquaintances(instance: Instance, matchings: Matchings) -> list[set[int]]:
    """Whom each attendee has met, here or at an earlier event."""
    neighbours: list[set[int]] = [set() for _ in range(instance.n)]
    for source in (pairs(matchings), instance.met):
        for i, j in source:
            neighbours[i].add(j)
            neighbours[j].add(i)
    return neighbours


def supported(instance: Instance, matchings: Matchings) -> set[Edge]:
    """The meetings that may stand by themselves (H8): mutual, required, or in a closed triangle."""
    standing = {pair for pair in pairs(matchings) if instance.value(*pair) > 0}
    standing.update(instance.permissions.required)
    for i, j, k in closed_triangles(instance, matchings):
        standing.update((edge(i, j), edge(j, k), edge(i, k)))
    return standing
