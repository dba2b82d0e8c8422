"""Round after round, always the meeting that adds the most points."""

import numpy as np

from bench.peers import PeerAnswer
from bench.peers.day import PeerDay
from solver.instance import Edge, Instance, Ints, Matchings


def solve(instance: Instance, _: float, found: PeerAnswer) -> None:
    """Fill every round once; done long before the time is up."""
    found(schedule(instance))


def schedule(instance: Instance) -> Matchings:
    """The one schedule there is this way."""
    day = PeerDay(instance)
    for r in instance.open_rounds:
        day.seat(r, most_first(instance.tables[r], *day.worths(r)))
    return day.matchings()


def most_first(
    tables: int, first: Ints, second: Ints, worths: Ints, seated: list[Edge] | None = None
) -> list[Edge]:
    """Take the pairs by falling worth, after ``seated``, where both are free and a table is."""
    pairs = list(seated or ())
    taken = {v for pair in pairs for v in pair}
    order = np.lexsort((second, first, -worths))
    order = order[worths[order] > 0]
    for i, j in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if len(pairs) >= tables:
            break
        if i not in taken and j not in taken:
            pairs.append((i, j))
            taken.update((i, j))
    return pairs
