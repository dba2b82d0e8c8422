"""The circle method: everybody meets everybody once, where the rules let them.

One attendee stands still while the others move round a circle; facing pairs meet. ``n`` people
(made even by an empty chair) are done in ``n - 1`` rounds, which no schedule can beat
(T. P. Kirkman, 1847).
"""

import numpy as np

from solver.instance import Instance, Ints


def round_robin_start(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """Pairs in the order of the circle's turns, and the turn of each: three parallel arrays, int64.

    Only worth it where the rounds come near to let everybody meet everybody; empty elsewhere.
    """
    n = instance.n + instance.n % 2
    if instance.n < 2 or 2 * instance.rounds < n:
        nobody = np.zeros(0, np.int64)
        return nobody, nobody, nobody
    turn = np.arange(n - 1)[:, None]
    step = np.arange(1, n // 2)[None, :]
    ahead, behind = (turn + step) % (n - 1), (turn - step) % (n - 1)
    first = np.concatenate([turn, ahead], axis=1).ravel()
    second = np.concatenate([np.full_like(turn, n - 1), behind], axis=1).ravel()
    seated = np.maximum(first, second) < instance.n
    low, high = np.minimum(first, second), np.maximum(first, second)
    turns = np.repeat(turn.ravel(), n // 2)
    return low[seated].astype(np.int64), high[seated].astype(np.int64), turns[seated]


def turns_of(first: Ints, second: Ints, n: int) -> Ints:
    """At which turn of a circle of ``n`` people each pair faces each other, int64."""
    last = n - 1 + n % 2
    low, high = np.minimum(first, second), np.maximum(first, second)
    # 2 (turn) = low + high (mod last), and last is odd
    turn = (low + high) * ((last + 1) // 2) % max(1, last)
    return np.asarray(np.where(high == last, low, turn), np.int64)


def facing(v: int, turn: int, n: int) -> list[int]:
    """Whom ``v`` faces at a turn of the circle; nobody where a chair is empty."""
    last = n - 1 + n % 2
    other = turn % last if v == last else (2 * turn - v) % last
    return [p for p in (last if other == v else other,) if p < n]
