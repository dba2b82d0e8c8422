"""A start for large events: every round in turn, by a flow on the double cover.

With the other rounds fixed the points are additive over one round's meetings (``matching``). A
flow between two copies of the attendees, in which everybody chooses one partner and is chosen by
one, finds the best round at any size, but for parity: who chose whom forms pairs, chains and
rings, and of each the best matching is kept. Whoever is left over, by a ring of odd length for
one, is matched once more. Where idle seats are filled, the flow may leave people to an open
conversation for what it saves in byes; without that, everybody would be seated with somebody of
little use. Pairs worth no more than that are left out, which makes the flow three times as fast.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from solver.instance import Edge, Ints, edge
from solver.min_cost_flow import Network
from solver.search import kernel
from solver.search.matching import best_matching
from solver.search.rematching import candidate_pairs, worths_in_round
from solver.search.state import SearchState

Choices = dict[int, tuple[int, int]]
"""Whom somebody chose, and what a meeting of the two is worth."""
Valued = tuple[int, Edge]
"""What a pair is worth, and the pair."""


def place_by_flow(search: SearchState) -> int:
    """Fill the open rounds, those with the fewest people first, each given the ones before it.

    Meetings join the search as they are; returns how many pairs were looked at, as steps of work.
    """
    instance = search.instance
    here = instance.present.sum(axis=0)
    first, second = candidate_pairs(search)
    for r in sorted(instance.open_rounds, key=lambda r: int(here[r])):
        for i, j in _meetings(search, first, second, r):
            search.join(i, j, r)
        if instance.fill:
            only_here = search.problem._replace(open_rounds=np.array([r]))
            kernel.fill_idle(only_here, search.state)
    search.priced_points = search.true_priced_points()
    return len(first) * len(instance.open_rounds)


def _meetings(search: SearchState, first: Ints, second: Ints, r: int) -> list[Edge]:
    """Pairs of large worth for round ``r``, as many as it has tables left."""
    worths, alone = worths_in_round(search, first, second, r), _worths_alone(search)
    useful = worths > alone[first] + alone[second]
    first, second, worths = first[useful], second[useful], worths[useful]
    tables = int(search.problem.tables[r] - search.state.filled[r])
    flowing = match_choices(choices_of(first, second, worths, alone, tables))
    pairs = [pair for _, pair in sorted(flowing, reverse=True)[:tables]]
    free = np.ones(len(alone), np.bool_)
    free[[v for pair in pairs for v in pair]] = False
    left = free[first] & free[second]
    return pairs + best_matching(first[left], second[left], worths[left], tables - len(pairs))


def _worths_alone(search: SearchState) -> Ints:
    """Points that a meeting saves each attendee in byes, whoever it is with."""
    if not search.instance.fill:
        return np.zeros(search.instance.n, np.int64)
    points, at = search.problem.bye_points, search.state.byes
    return np.asarray(np.maximum(0, points[at] - points[at - 1]), np.int64)


def choices_of(first: Ints, second: Ints, worths: Ints, alone: Ints, most: int) -> Choices:
    """Who chooses whom so that the pairs chosen are worth most, each way counted; worths in points.

    Everybody chooses once at most, and is chosen once; all together choose ``2 * most`` times.
    Somebody ``v`` who chooses nobody, or is chosen by nobody, is worth ``alone[v]`` for it.
    """
    n, people = len(alone), np.unique(np.concatenate([first, second]))
    source, sink, pool = 2 * n, 2 * n + 1, np.full(len(people), 2 * n + 2)
    network = Network(2 * n + 3)
    there = network.add(first, second + n, 1, worths)
    back = network.add(second, first + n, 1, worths)
    network.add(people, pool, 1, alone[people])
    network.add(pool, people + n, 1, alone[people])
    network.add(np.full(len(people), source), people, 1, 0)
    network.add(people + n, np.full(len(people), sink), 1, 0)
    flows, _ = network.largest(source, sink, min(2 * most, len(people)))
    return _chosen(flows[there], first, second, worths) | _chosen(
        flows[back], second, first, worths
    )


def _chosen(flows: Ints, who: Ints, whom: Ints, worths: Ints) -> Choices:
    used = flows > 0
    rows = zip(who[used].tolist(), whom[used].tolist(), worths[used].tolist(), strict=True)
    return {v: (other, worth) for v, other, worth in rows}


def match_choices(chosen: Mapping[int, tuple[int, int]]) -> list[Valued]:
    """The best matching within each pair, chain and ring of choices, by dynamic programming."""
    left = dict(chosen)
    wanted = {other for other, _ in chosen.values()}
    kept: list[Valued] = []
    for v in sorted(chosen, key=lambda v: (v in wanted, v)):  # a chain begins at one unwanted
        steps, at = [], v
        while at in left:
            other, worth = left.pop(at)
            steps.append((worth, edge(at, other)))
            at = other
        ring = len(steps) > 1 and at == v
        kept += best_of_ring(steps) if ring else best_of_chain(steps)
    return kept


def best_of_ring(steps: Sequence[Valued]) -> list[Valued]:
    """The same for a chain whose last pair is a neighbour of the first."""
    return max(best_of_chain(steps[1:]), best_of_chain(steps[:-1]), key=_total)


def best_of_chain(steps: Sequence[Valued]) -> list[Valued]:
    """Of pairs that each share somebody with the next, the most worth without neighbours."""
    totals = [0, 0]
    for worth, _ in steps:
        totals.append(max(totals[-1], totals[-2] + worth))
    kept: list[Valued] = []
    k = len(steps)
    while k > 0:
        if totals[k + 1] > totals[k]:
            kept.append(steps[k - 1])
            k -= 1
        k -= 1
    return kept


def _total(pairs: Sequence[Valued]) -> int:
    return sum(worth for worth, _ in pairs)
