"""Shares of triangles, compiled: how much the triangles around a pair can earn it at most."""

import numpy as np

from solver.compilation import allocating


@allocating
def triangle_shares(
    start, partner, gain, give, known, capacity, first, second, gains, gives, again, least
):
    """For each pair the largest sum of its shares of triangles, in sixths of a permille.

    Rows of sides, both ways round and rising: the partners of ``v`` are ``partner[start[v] :
    start[v + 1]]``, with ``gain`` and ``give`` in permille and whether they are ``known`` already.
    ``first``, ``second``, ``gains``, ``gives``, ``again`` are the pairs asked about. A triangle
    worth less than ``least`` counts for nothing.
    """
    shares = np.zeros(first.shape[0], np.int64)
    largest = max(1, capacity.max()) if capacity.shape[0] else 1
    both = np.empty(largest, np.int64)
    near = np.empty(largest, np.int64)
    far = np.empty(largest, np.int64)
    place = np.empty(start.shape[0], np.int64)
    marked = np.full(start.shape[0], -1, np.int64)
    who = -1
    for e in range(first.shape[0]):
        i, j = first[e], second[e]
        ij, ji = gains[e], gives[e]
        if ij == 0 and ji == 0:
            continue
        if i != who:
            who = i
            place[partner[start[i] : start[i + 1]]] = np.arange(start[i], start[i + 1])
            marked[partner[start[i] : start[i + 1]]] = i
        most_both = max(0, min(capacity[i], capacity[j]) - 1)
        most_near, most_far = max(0, capacity[i] - 1), max(0, capacity[j] - 1)
        both[:most_both] = 0
        near[:most_near] = 0
        far[:most_far] = 0
        certain = 0
        for y in range(start[j], start[j + 1]):
            if marked[partner[y]] != i:
                continue
            x = place[partner[y]]
            g = max(min(ij, min(gain[y], give[x])), min(ji, min(give[y], gain[x])))
            g *= g >= least
            if known[x] and known[y]:
                certain += g
            elif again[e]:
                pass
            elif known[x]:
                _keep(far, most_far, g)
            elif known[y]:
                _keep(near, most_near, g)
            else:
                _keep(both, most_both, g)
        shares[e] = (
            6 * certain
            + 3 * far[:most_far].sum()
            + 3 * near[:most_near].sum()
            + 2 * both[:most_both].sum()
        )
    return shares


@allocating
def _keep(largest, most, value):
    """Put ``value`` into the ``most`` largest so far, rising, in place of the least of them."""
    if most == 0 or value <= largest[0]:
        return
    at = 0
    while at + 1 < most and largest[at + 1] < value:
        largest[at] = largest[at + 1]
        at += 1
    largest[at] = value


@allocating
def corners(start, neighbour, first, second):
    """Everybody next to both people of a pair: the place of the pair, and who.

    The neighbours of ``v``, rising, are ``neighbour[start[v] : start[v + 1]]``. Returns two
    parallel arrays, int64.
    """
    pair, third = [], []
    for e in range(first.shape[0]):
        x, y = start[first[e]], start[second[e]]
        while x < start[first[e] + 1] and y < start[second[e] + 1]:
            if neighbour[x] == neighbour[y]:
                pair.append(e)
                third.append(neighbour[x])
            if neighbour[x] <= neighbour[y]:
                x += 1
            else:
                y += 1
    return np.array(pair, np.int64), np.array(third, np.int64)
