"""People drawn at random, as at most events: draw after draw, the best is kept."""

import time
from random import Random

from bench.peers import PeerAnswer
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import points_of


def solve(instance: Instance, seconds: float, found: PeerAnswer) -> None:
    """Draw until the time is up."""
    deadline, rng = time.monotonic() + seconds, Random(instance.seed)
    best: int | None = None
    while best is None or time.monotonic() < deadline:
        drawn = draw(instance, rng)
        reached = points_of(instance, drawn)
        if best is None or reached > best:
            best = reached
            found(drawn)


def draw(instance: Instance, rng: Random) -> Matchings:
    """One schedule: in each round everybody, in any order, meets the next who is left."""
    rounds = list(instance.held)
    met = set(instance.held_pairs)
    room = list(instance.capacity)
    for r in instance.open_rounds:
        pairs = _draw_round(instance, rng, r, met, room)
        rounds.append(tuple(sorted(pairs)))
    return tuple(rounds)


def _draw_round(
    instance: Instance, rng: Random, r: int, met: set[Edge], room: list[int]
) -> list[Edge]:
    waiting = [v for v in range(instance.n) if instance.present[v, r] and room[v] > 0]
    rng.shuffle(waiting)
    pairs: list[Edge] = []
    while waiting and len(pairs) < instance.tables[r]:
        i = waiting.pop()
        free = (j for j in reversed(waiting) if edge(i, j) not in met)
        j = next((j for j in free if instance.permissions.may_meet(i, j)), None)
        if j is not None:
            waiting.remove(j)
            met.add(edge(i, j))
            pairs.append(edge(i, j))
            room[i] -= 1
            room[j] -= 1
    return pairs
