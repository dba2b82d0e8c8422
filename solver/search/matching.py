"""An exact maximum-weight matching, of a limited size.

The O(n m log n) blossom algorithm, by rustworkx, in whole numbers: Z. Galil, Efficient algorithms
for finding maximum matching in graphs, 1986.
"""

import numpy as np
import rustworkx as rx

from solver.instance import Edge, Ints


def best_matching(first: Ints, second: Ints, worths: Ints, most: int) -> list[Edge]:
    """At most ``most`` disjoint pairs of largest total worth, sorted; every worth positive, whole.

    Exact: with fewer seats than pairs a charge for each seat finds the cut (see ``_few``).
    """
    if most <= 0 or not len(first):
        return []
    first, second, worths = _within_reach(first, second, worths, most)
    pairs = _matching(first, second, worths)
    return pairs if len(pairs) <= most else _few(first, second, worths, most, pairs)


def _within_reach(first: Ints, second: Ints, worths: Ints, most: int) -> tuple[Ints, Ints, Ints]:
    """The pairs among which so many of the largest total worth are found; all unless it is few.

    The others cover ``2 * most - 2`` people. Of as many pairs and one more of somebody, one leads
    to nobody covered; and of all pairs that touch them and one more, one touches none.
    """
    each = 2 * most - 1
    if each >= len(first):
        return first, second, worths
    near = np.flatnonzero(np.maximum(*ranks_of(first, second, worths)) < each)
    best = near[np.argsort(-worths[near], kind="stable")[: (each - 1) * each + 1]]
    return first[best], second[best], worths[best]


def ranks_of(first: Ints, second: Ints, worths: Ints) -> tuple[Ints, Ints]:
    """How many pairs of the first, and of the second, are worth more; ties go by number."""
    owner, partner = np.concatenate([first, second]), np.concatenate([second, first])
    order = np.lexsort((partner, -np.concatenate([worths, worths]), owner))
    ranked = owner[order]
    ranks = np.empty(len(owner), np.int64)
    ranks[order] = np.arange(len(owner)) - np.searchsorted(ranked, ranked)
    return ranks[: len(first)], ranks[len(first) :]


def _few(first: Ints, second: Ints, worths: Ints, most: int, wanted: list[Edge]) -> list[Edge]:
    """With scarce tables: each costs a charge at which as many, or fewer or more, are worth most.

    The largest worth of ``k`` pairs is concave in ``k``, so a chord between too few and too many
    gives the next charge to try.
    """
    edges = zip(first.tolist(), second.tolist(), strict=True)
    worth = dict(zip(edges, worths.tolist(), strict=True))
    people = len(np.unique(np.concatenate([first, second])))
    fewer, more = list[Edge](), wanted
    while True:
        total = sum(worth[p] for p in more) - sum(worth[p] for p in fewer)
        charge = total // (len(more) - len(fewer))
        left = people * (worths - charge)
        # Of equally good matchings the largest, and the smallest.
        largest = _matching(*_positive(first, second, left + 1))
        if len(largest) < most:
            fewer = largest
            continue
        smallest = _matching(*_positive(first, second, left - 1))
        if len(smallest) <= most:
            return _between(smallest, largest, most)
        more = smallest


def _positive(first: Ints, second: Ints, worths: Ints) -> tuple[Ints, Ints, Ints]:
    useful = worths > 0
    return first[useful], second[useful], worths[useful]


def _between(fewer: list[Edge], more: list[Edge], size: int) -> list[Edge]:
    """So many pairs of two matchings that are equally good: along a path either is as good."""
    import networkx as nx  # slow to load, and seldom needed

    chosen = set(fewer)
    other: nx.Graph[int] = nx.Graph(chosen.symmetric_difference(more))
    for piece in sorted(map(sorted, nx.connected_components(other))):
        changed = {(min(pair), max(pair)) for pair in other.subgraph(piece).edges}
        if len(chosen) < size and len(chosen ^ changed) > len(chosen):
            chosen ^= changed
    return sorted(chosen)


def _matching(first: Ints, second: Ints, weights: Ints) -> list[Edge]:
    if not len(first):
        return []
    worths = weights.tolist()
    names, ends = np.unique(np.concatenate([first, second]), return_inverse=True)
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(names.tolist())
    half = len(first)
    graph.add_edges_from(list(zip(ends[:half].tolist(), ends[half:].tolist(), worths, strict=True)))
    chosen = rx.max_weight_matching(graph, weight_fn=int)
    numbers = names.tolist()
    return sorted(tuple(sorted((numbers[a], numbers[b]))) for a, b in chosen)
