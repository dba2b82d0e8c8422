"""One round at a time: a matching of largest worth, again and again until no round gains.

What anybody would try first who knows blossom algorithms (Edmonds 1965; Galil 1986), with the two
libraries at hand. Nothing is handed over before every round has had its turn. Beyond
``EVERY_PAIR`` attendees only pairs of which one gains something are matched, or no matching would
ever end; who is left idle is seated greedily. Ends by itself, or is cut off.
"""

from collections.abc import Callable, Iterable
from itertools import cycle

import networkx as nx
import rustworkx as rx

from bench.peers import PeerAnswer
from bench.peers.day import PeerDay
from bench.peers.greedy import most_first
from solver.instance import Edge, Instance, Ints

Matching = Callable[[int, Iterable[tuple[int, int, int]]], Iterable[Edge]]
"""Number of attendees and weighted pairs to a matching."""
EVERY_PAIR = 300


def by_networkx(instance: Instance, _: float, found: PeerAnswer) -> None:
    """With networkx."""
    _by_rounds(instance, found, _networkx)


def by_rustworkx(instance: Instance, _: float, found: PeerAnswer) -> None:
    """With rustworkx."""
    _by_rounds(instance, found, _rustworkx)


def _networkx(_: int, weighted: Iterable[tuple[int, int, int]]) -> Iterable[Edge]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(weighted)
    return nx.max_weight_matching(graph)


def _rustworkx(n: int, weighted: Iterable[tuple[int, int, int]]) -> Iterable[Edge]:
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(n))
    graph.add_edges_from(list(weighted))
    return rx.max_weight_matching(graph, weight_fn=int)


def _by_rounds(instance: Instance, found: PeerAnswer, matching: Matching) -> None:
    day, quiet = PeerDay(instance), 0
    for turn, r in enumerate(cycle(instance.open_rounds), start=1):
        quiet = 0 if _rematch(day, r, matching) else quiet + 1
        if turn >= len(instance.open_rounds):
            found(day.matchings())
        if quiet == len(instance.open_rounds):
            break


def _rematch(day: PeerDay, r: int, matching: Matching) -> bool:
    """Give round ``r`` a better matching, if there is one; tells whether there was."""
    before = day.clear(r)
    first, second, worths = day.worths(r)
    worth = dict(
        zip(zip(first.tolist(), second.tolist(), strict=True), worths.tolist(), strict=True)
    )
    useful = worths > 0
    if day.instance.n > EVERY_PAIR:
        useful &= (day.benefit[first, second] > 0) | (day.benefit[second, first] > 0)
    chosen = matching(day.instance.n, _weighted(first[useful], second[useful], worths[useful]))
    ordered = sorted(((min(p), max(p)) for p in chosen), key=lambda p: (-worth[p], p))
    tables = day.instance.tables[r]
    after = most_first(tables, first, second, worths, ordered[:tables])
    better = bool(sum(worth[p] for p in after) > sum(worth[p] for p in before))
    day.seat(r, after if better else before)
    return better


def _weighted(first: Ints, second: Ints, worths: Ints) -> list[tuple[int, int, int]]:
    return list(zip(first.tolist(), second.tolist(), worths.tolist(), strict=True))
