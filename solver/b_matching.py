"""The most pairs of a list that the open rounds have room for: a b-matching, relaxed.

Each pair is an arc from either of its two to the other, and nobody has more arcs out or in than
meetings left. Half of the largest flow is the best fractional b-matching of the pairs with whole
and half ones; no schedule has more, nor more than there are seats.
"""

from collections.abc import Iterable

import numpy as np

from solver.instance import Edge, Instance, columns_of
from solver.min_cost_flow import Network
from solver.possible import rounds_of, seats_of


def most_pairs(instance: Instance, pairs: Iterable[Edge]) -> int:
    """No schedule lets more of the pairs meet, held rounds included."""
    pairs = set(pairs)
    i, j = columns_of(pair for pair, _ in rounds_of(instance, pairs))
    n, seats = instance.n, sum(seats_of(instance).values())
    everybody, capacity = np.arange(n), np.array(instance.capacity, np.int64)
    source, sink = 2 * n, 2 * n + 1
    network = Network(2 * n + 2)
    network.add(np.full(n, source), everybody, capacity, 0)
    network.add(n + everybody, np.full(n, sink), capacity, 0)
    for tail, head in ((i, j), (j, i)):
        network.add(tail, n + head, 1, 1)
    _, worth = network.largest(source, sink, 2 * len(i))
    return len(pairs & instance.held_pairs) + min(worth // 2, seats)
