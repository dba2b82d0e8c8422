"""The most pairs of a list that the open rounds have room for: a b-matching, relaxed.

Each pair is an arc from either of its two to the other, and nobody has more arcs out or in than
meetings left. Half of the largest flow is the best fractional b-matching of the pairs with whole
and half ones; no schedule has more, nor more than there are seats. Where a company is met once (H9)
the arcs to it lead through gates of room for one: of each person, or of the whole other company.
"""

from collections.abc import Iterable

import numpy as np

from solver.instance import Edge, Instance, Ints, columns_of
from solver.min_cost_flow import Network
from solver.possible import rounds_of, seats_of


def most_pairs(instance: Instance, pairs: Iterable[Edge]) -> int:
    """No schedule lets more of the pairs meet, held rounds included."""
    pairs = set(pairs)
    i, j = columns_of(pair for pair, _ in rounds_of(instance, pairs))
    n, seats = instance.n, sum(seats_of(instance).values())
    arcs, gates = _arcs(instance, np.concatenate((i, j)), np.concatenate((j, i)))
    everybody, capacity = np.arange(n), np.array(instance.capacity, np.int64)
    source, sink = 2 * n, 2 * n + 1
    network = Network(2 * n + 2 + gates)
    network.add(np.full(n, source), everybody, capacity, 0)
    network.add(n + everybody, np.full(n, sink), capacity, 0)
    for tail, head, worth in arcs:
        network.add(tail, head, 1, worth)
    _, most = network.largest(source, sink, 2 * len(i))
    return len(pairs & instance.held_pairs) + min(most // 2, seats)


Arcs = tuple[Ints, Ints, int]
"""Where they begin and end, and what each is worth."""


def _arcs(instance: Instance, one: Ints, other: Ints) -> tuple[list[Arcs], int]:
    """What leads from each of ``one`` to the ``other``, and through how many gates beside people.

    A gate comes after whoever goes out, and one before whoever is come to.
    """
    n, companies = instance.n, instance.companies
    if companies is None:
        return [(one, n + other, 1)], 0
    away = companies.house[one] != companies.house[other]
    free = (one[~away], n + other[~away], 1)
    one, other = one[away], other[away]
    x, y = companies.house[one], companies.house[other]
    first = _numbered(x if companies.in_pairs else one, y)
    second = _numbered(x, y if companies.in_pairs else other)
    out = 2 * n + 2 + first
    into = 2 * n + 2 + first.max(initial=-1) + 1 + second
    steps = ((one, out, 0), (out, into, 1), (into, n + other, 0))
    return [free, *(_each_once(*step) for step in steps)], len(one) and int(into.max()) - 2 * n - 1


def _numbered(a: Ints, b: Ints) -> Ints:
    """The different pairs of two columns by number: a number for each row."""
    return np.unique(_keys(a, b), return_inverse=True)[1]


def _each_once(tail: Ints, head: Ints, worth: int) -> Arcs:
    first = np.unique(_keys(tail, head), return_index=True)[1]
    return tail[first], head[first], worth


def _keys(a: Ints, b: Ints) -> Ints:
    return np.asarray(a * (b.max(initial=0) + 1) + b, np.int64)
