"""Choices of partners seen so far, and the model of all stars that they make.

With ``value_c`` the worth of choice ``c`` at the present prices, the model is
``sum_v mu log sum_c exp(value_c / mu)``: from above within ``mu log(pool)`` of the largest value.
All in units of 100,000 points.
"""

from typing import Any, NamedTuple

import numpy as np

from solver.bounds.stars.kernel import Stars
from solver.bounds.stars.layout import Layout
from solver.compilation import compiled, inline
from solver.objective import SCALE

KINK = 0.004
"""Over which the corner of ``max(0, share)`` is rounded off."""
NEGLIGIBLE = 1e-9
FRESH = 1e9


class Pool(NamedTuple):
    """For every attendee up to so many choices; the least used gives way to a new one."""

    slots: Any  # int32[n, pool, most], -1 after the last
    corners: Any  # int32[n, pool, most (most - 1) / 2]
    corner_count: Any  # int32[n, pool]
    content: Any  # float64[n, pool] satisfaction
    count: Any  # int64[n]
    use: Any  # float64[n, pool]
    weight: Any  # float64[n, pool] in the model's last value
    flag: Any  # bool[slots of one attendee]


def empty_pool(layout: Layout, size: int) -> Pool:
    """No choice is known."""
    n, most = layout.n, max(1, int(layout.most.max(initial=0)))
    return Pool(
        slots=np.full((n, size, most), -1, np.int32),
        corners=np.zeros((n, size, most * (most - 1) // 2), np.int32),
        corner_count=np.zeros((n, size), np.int32),
        content=np.zeros((n, size)),
        count=np.zeros(n, np.int64),
        use=np.zeros((n, size)),
        weight=np.zeros((n, size)),
        flag=np.zeros(max(1, int(np.diff(layout.start).max(initial=0))), np.bool_),
    )


@inline
def same_choice(p, pool, v, j, choice):
    """Tell whether choice ``j`` of the pool has the flagged slots and no others."""
    size, shared = 0, 0
    for k in range(p.most[v]):
        if choice[k] >= 0:
            size += 1
        a = pool.slots[v, j, k]
        if a >= 0:
            if not pool.flag[a]:
                return False
            shared += 1
    return size == shared


@compiled
def write_choice(p, pool, v, j, choice, unit):
    """Put a choice, whose slots are flagged, in place ``j``."""
    gained = p.gained[v]
    for k in range(p.most[v]):
        pool.slots[v, j, k] = choice[k]
        if choice[k] >= 0:
            gained += p.gain[p.start[v] + choice[k]]
    count = 0
    for q in range(p.corner_start[v], p.corner_start[v + 1]):
        if pool.flag[p.first[q]] and pool.flag[p.second[q]]:
            pool.corners[v, j, count] = q
            count += 1
    pool.corner_count[v, j] = count
    pool.content[v, j] = 0.0
    if p.fairness[v] > 0:
        content = p.fairness[v] * p.phi[min(1000, 1000 * gained // p.denominator[v])]
        pool.content[v, j] = content / unit
    pool.use[v, j] = FRESH


@compiled
def place_for(pool, v):
    """A free place, or that of the choice that was used least."""
    if pool.count[v] < pool.slots.shape[1]:
        pool.count[v] += 1
        return pool.count[v] - 1
    least = 0
    for j in range(pool.slots.shape[1]):
        if pool.use[v, j] < pool.use[v, least]:
            least = j
    return least


@inline
def mark(p, pool, v, choice, flag):
    """Raise or lower the flags of a choice."""
    for k in range(p.most[v]):
        if choice[k] >= 0:
            pool.flag[choice[k]] = flag


@inline
def is_known(p, pool, v, choice):
    """Tell whether the flagged choice is in the pool."""
    for j in range(pool.count[v]):  # noqa: SIM110 - any() over a generator does not compile
        if same_choice(p, pool, v, j, choice):
            return True
    return False


@compiled
def add_choices(p, pool, slots, counts, unit):
    """Add what is new of ``slots[v, :counts[v]]``; return how many were."""
    added = 0
    for v in range(counts.shape[0]):
        for c in range(counts[v]):
            mark(p, pool, v, slots[v, c], True)
            if not is_known(p, pool, v, slots[v, c]):
                write_choice(p, pool, v, place_for(pool, v), slots[v, c], unit)
                added += 1
            mark(p, pool, v, slots[v, c], False)
    return added


@inline
def smooth_positive_part(share):
    """``max(0, share)`` without its kink."""
    if share > KINK:
        return share
    return (share + KINK) * (share + KINK) / (4 * KINK) if share > -KINK else 0.0


@inline
def smooth_slope(share):
    """How ``smooth_positive_part`` rises."""
    if share > KINK:
        return 1.0
    return (share + KINK) / (2 * KINK) if share > -KINK else 0.0


@inline
def value_choices(p, pool, v, worth, share):
    """Write the value of every choice of ``v`` to its weight; return the largest."""
    largest = -1e18
    for j in range(pool.count[v]):
        value = pool.content[v, j]
        for k in range(p.most[v]):
            if pool.slots[v, j, k] < 0:
                break
            value += worth[p.start[v] + pool.slots[v, j, k]]
        for k in range(pool.corner_count[v, j]):
            value += smooth_positive_part(share[pool.corners[v, j, k]])
        pool.weight[v, j] = value
        largest = max(largest, value)
    return largest


@inline
def weigh(pool, v, largest, mu):
    """Turn values into weights that sum to 1; return ``mu log sum exp``."""
    total = 0.0
    for j in range(pool.count[v]):
        pool.weight[v, j] = np.exp(max(-700.0, (pool.weight[v, j] - largest) / mu))
        total += pool.weight[v, j]
    for j in range(pool.count[v]):
        pool.weight[v, j] /= total
    return largest + mu * np.log(total)


@compiled
def model(p, pool, members, worth, share, mu, value, taken_of, of_share):
    """The model of the stars from ``members[0]`` to ``members[1]``, and its gradients."""
    for v in range(members[0], members[1]):
        if pool.count[v] == 0:
            continue
        largest = value_choices(p, pool, v, worth, share)
        value[v] = weigh(pool, v, largest, mu)
        for j in range(pool.count[v]):
            weight = pool.weight[v, j]
            if weight < NEGLIGIBLE:
                continue
            for k in range(p.most[v]):
                if pool.slots[v, j, k] < 0:
                    break
                taken_of[p.start[v] + pool.slots[v, j, k]] += weight
            for k in range(pool.corner_count[v, j]):
                q = pool.corners[v, j, k]
                of_share[q] += weight * smooth_slope(share[q])


def remember_use(pool: Pool) -> None:
    """Let the use of every choice fade, and add its weight in the model's last value."""
    pool.use[:] = 0.7 * np.minimum(pool.use, 3.0) + pool.weight


def take_up(stars: Stars, pool: Pool, slots: Any, counts: Any) -> int:
    """Add choices, given per attendee; return how many were new."""
    return int(add_choices(stars, pool, slots, counts, float(SCALE)))


@compiled
def use_of_slots(p, pool, usage):
    """By how much the model's last value took every slot."""
    for v in range(pool.count.shape[0]):
        for j in range(pool.count[v]):
            for k in range(p.most[v]):
                if pool.slots[v, j, k] >= 0:
                    usage[p.start[v] + pool.slots[v, j, k]] += pool.weight[v, j]
