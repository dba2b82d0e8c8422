"""Shares of triangles, compiled: how much the triangles around a pair can earn it at most."""

import numba as nb
import numpy as np


@nb.njit(cache=True, nogil=True)
def triangle_shares(
    start, partner, gain, give, known, capacity, first, second, gains, gives, again
):
    """For each pair the largest sum of its shares of triangles, in sixths of a permille."""
    shares = np.zeros(first.shape[0], np.int64)
    both = np.empty(partner.shape[0] + 1, np.int64)
    near = np.empty(partner.shape[0] + 1, np.int64)
    far = np.empty(partner.shape[0] + 1, np.int64)
    for e in range(first.shape[0]):
        i, j = first[e], second[e]
        ij, ji = gains[e], gives[e]
        if ij == 0 and ji == 0:
            continue
        x, y = start[i], start[j]
        count, nears, fars, certain = 0, 0, 0, 0
        while x < start[i + 1] and y < start[j + 1]:
            if partner[x] < partner[y]:
                x += 1
                continue
            if partner[x] > partner[y]:
                y += 1
                continue
            g = max(min(ij, min(gain[y], give[x])), min(ji, min(give[y], gain[x])))
            if known[x] and known[y]:
                certain += g
            elif again[e]:
                pass
            elif known[x]:
                far[fars] = g
                fars += 1
            elif known[y]:
                near[nears] = g
                nears += 1
            else:
                both[count] = g
                count += 1
            x += 1
            y += 1
        most = min(capacity[i], capacity[j]) - 1
        shares[e] = (
            6 * certain
            + 3 * _sum_of_largest(far, fars, capacity[j] - 1)
            + 3 * _sum_of_largest(near, nears, capacity[i] - 1)
            + 2 * _sum_of_largest(both, count, most)
        )
    return shares


@nb.njit(cache=True, nogil=True)
def _sum_of_largest(values, count, most):
    """Sum of the ``most`` largest of ``values[:count]``."""
    if most <= 0:
        return 0
    if count <= most:
        return values[:count].sum()
    return np.sort(values[:count])[count - most :].sum()
