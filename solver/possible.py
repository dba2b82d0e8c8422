"""What could happen in open rounds: which pairs, in which rounds, how many, which triangles."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

import numpy as np

from solver.instance import Edge, Flags, Instance, Ints
from solver.objective import Trio, triangle_value

PAIRS, TRIANGLES = 280, 250
"""How many pairs and triangles of value an event may have for a proof to be within reach."""


def rounds_of(instance: Instance, pairs: Iterable[Edge]) -> Iterator[tuple[Edge, list[int]]]:
    """Of pairs that may meet in an open round with an open table: in which, pairs in order."""
    listed = sorted(set(pairs) - instance.held_pairs)
    i, j = np.array(listed, np.int64).reshape(-1, 2).T
    open_to = instance.present & (np.array(instance.tables) > 0)
    open_to[:, : len(instance.held)] = False
    together = open_to[i] & open_to[j] & instance.permissions.of_pairs(i, j)[:, None]
    together &= _have_places(instance, i, j)
    for k, pair in enumerate(listed if instance.apart else ()):
        together[k, [r for r in instance.open_rounds if (pair, r) in instance.apart]] = False
    for pair, row in zip(listed, together, strict=True):
        if rounds := np.flatnonzero(row).tolist():
            yield pair, rounds


def _have_places(instance: Instance, i: Ints, j: Ints) -> Flags:
    """In which rounds there is a table at which both of a pair may sit: a row for each pair."""
    places = instance.places
    if places is None:
        return np.ones((len(i), 1), np.bool_)
    least = [places.tables[list(row)].min(axis=0) for row in places.around]
    everywhere = np.full(instance.rounds, instance.n, np.int64)
    return np.asarray(np.stack([*least, everywhere])[places.of_pairs(i, j)] > 0, np.bool_)


def halves_of(instance: Instance) -> dict[int, int]:
    """How many meetings those present in each open round could have with tables enough."""
    halves = (instance.present.sum(axis=0) // 2).tolist()
    return {r: halves[r] for r in instance.open_rounds}


def seats_of(instance: Instance) -> dict[int, int]:
    """How many meetings each open round has room for."""
    return {r: min(half, instance.tables[r]) for r, half in halves_of(instance).items()}


def one_sided(instance: Instance, pairs: Iterable[Edge]) -> list[Edge]:
    """The pairs that need a closed triangle to stand by themselves (H8)."""
    required = set(instance.permissions.required)
    return [pair for pair in pairs if pair not in required and not instance.value(*pair)]


def trios(instance: Instance, pairs: Collection[Edge]) -> list[Trio]:
    """Triangles of value that meetings of these pairs can close, sorted."""
    acquainted, open_rounds = known(instance), len(instance.open_rounds)
    near: list[set[int]] = [set() for _ in range(instance.n)]
    for i, j in acquainted.union(pairs):
        near[i].add(j)
        near[j].add(i)
    found = {trio_of(*pair, k) for pair in pairs for k in near[pair[0]] & near[pair[1]]}
    return sorted(
        trio
        for trio in found
        # the meetings of a triangle share people, so no two of them are in one round
        if sum(pair not in acquainted for pair in combinations(trio, 2)) <= open_rounds
        and triangle_value(instance, *trio) > 0
    )


def known(instance: Instance) -> frozenset[Edge]:
    """Pairs that have met at an earlier event or in a held round."""
    return instance.held_pairs.union(instance.met)


def trio_of(i: int, j: int, k: int) -> Trio:
    """Three attendees in order."""
    a, b, c = sorted((i, j, k))
    return a, b, c


def useful_pairs(instance: Instance) -> list[Edge]:
    """The pairs that a best schedule may need, sorted.

    Where byes cost something or somebody needs meetings, any pair may fill two idle seats. Else a
    meeting without value, demand or triangle can be left out of a schedule at no loss.
    """
    possible = {pair for pair, _ in rounds_of(instance, combinations(range(instance.n), 2))}
    if instance.fill and (instance.prices.byes or any(instance.needed)):
        return sorted(possible)
    alone = set(one_sided(instance, possible))
    supported = {p for trio in trios(instance, possible) for p in combinations(trio, 2)}
    demanded = {pair for matching in instance.pinned for pair in matching}
    promised = {pair for pair, _ in promises_of(instance)}
    return sorted(possible & ((possible - alone) | supported | demanded | promised))


def is_small(instance: Instance) -> bool:
    """Tell whether the event has few enough pairs and triangles for its optimum to be proven."""
    if instance.n * (instance.n - 1) // 2 > 2 * PAIRS:
        return False
    pairs = useful_pairs(instance)
    return len(pairs) <= PAIRS and len(trios(instance, pairs)) <= TRIANGLES


def promises_of(instance: Instance) -> list[tuple[Edge, int]]:
    """Every promise of an open round."""
    rounds = instance.open_rounds
    return [(p, r) for r, row in enumerate(instance.promised) if r in rounds for p in row]


def within_tables(instance: Instance, row: tuple[Edge, ...], r: int) -> tuple[Edge, ...]:
    """As many of these meetings of round ``r`` as it has tables, the most valuable first.

    Sets of tables are nested, so no other choice keeps more of them.
    """
    places, taken, kept = instance.places, Counter[int](), list[Edge]()
    if places is None and len(row) <= instance.tables[r]:
        return row
    for pair in sorted(row, key=lambda pair: (-instance.value(*pair), pair)):
        asked = places.asked_by(*pair) if places else ()
        if len(kept) < instance.tables[r] and all(
            places is not None and taken[k] < places.tables[k, r] for k in asked
        ):
            kept.append(pair)
            taken.update(asked)
    return tuple(sorted(kept))
