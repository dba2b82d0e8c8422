"""One attendee's star by branch and bound, compiled, in whole points.

Attendee ``v`` chooses at most ``most`` of its slots. A choice ``N`` is worth

    sum of worth over N + sum of share over the corners inside N + F phi(gained + gains of N).

**Bound.** Each corner's share is split between its two slots, as whole numbers; then a slot is
worth at most its own worth, plus the largest ``most - 1`` of the parts it holds, plus what a line
above ``F phi`` gives for its gain, and the ``most`` best slots bound the star. Splits and line are
improved by steps after B. T. Polyak (1969) at the root; slots that cannot be in a choice worth more
than ``best + tolerance`` leave.

**Search.** Depth first, the strongest slot first; each child excludes the slots tried before it.
At a node the chosen slots count in full, so a corner with one of them adds its whole share to the
other slot. Before a child is opened, its bound is read off its parent's (``hope_with``).

**Companies.** Of slots of one *class* a choice takes one at most (H9): every bound takes the best
slot of each class alone, and a child leaves out the class of what it chooses. Without the rule each
slot is a class of its own.

Whatever is cut off records its bound: the largest one cut off, or the best found, bounds the star
even when the number of nodes runs out. Lines are whole numbers too, rounded up: a slope counts
thousandths of ``F / denominator`` points per permille gained.
"""

from typing import Any, NamedTuple

import numpy as np

from solver.compilation import compiled, inline
from solver.instance import Ints
from solver.objective import CORNERS, STEEPNESS

SLOPES = np.array([1600, 1400, 1200, 1000, 800, 600, 400, 200, 0], np.int64)
"""Slopes tried inside the search: those of ``phi``, and between them."""
NEVER = -(1 << 60)
BEST, PRUNED, FLOOR, NODES, LIMIT, STAGE, WRITTEN, ROOT, SLOPE, LOOK = range(10)
"""Places in the tally of a search."""
STAGES = 5
"""How often the node limit is granted again, each time with a higher floor."""


class Stars(NamedTuple):
    """What does not depend on the multipliers; slots of a corner count from the owner's first."""

    most: Any  # int64[n]
    start: Any  # int64[n + 1]
    gain: Any  # int64[slots]
    kin: Any  # int64[slots] class of each slot, counted from 0 for each owner
    corner_start: Any  # int64[n + 1]
    first: Any  # int32[corners]
    second: Any  # int32[corners]
    gained: Any  # int64[n]
    denominator: Any  # int64[n]
    fairness: Any  # int64[n], 0 without satisfaction
    phi: Any  # int64[1001]


class Multipliers(NamedTuple):
    """How pairs and triangles are shared out; ``held`` and ``slope`` are improved by the search."""

    worth: Any  # int64[slots]
    share: Any  # int64[corners]
    held: Any  # int64[corners] how much of the share the first slot holds
    slope: Any  # int64[n]


class Known(NamedTuple):
    """Choices known so far, to start from."""

    slots: Any  # int32[n, pool, most], -1 after the last
    count: Any  # int64[n]


class Effort(NamedTuple):
    """How hard a star is searched."""

    nodes: int
    tolerance: int  # points that need not be told apart
    steps: int  # at the root
    at_once: bool  # stop at so many nodes, instead of going on with a higher floor


class StarSolution(NamedTuple):
    """What the searches found."""

    slots: Any  # int32[n, kept, most], -1 after the last
    count: Any  # int64[n]
    bound: Any  # int64[n]
    best: Any  # int64[n]
    nodes: Any  # int64[n]


class Scratch(NamedTuple):
    """Scratch for one search at a time."""

    tally: Any  # int64[10]
    active: Any  # bool[slots] still possible
    chosen: Any  # bool[slots] in the best choice by the bound
    hope: Any  # int64[slots]
    row: Any  # int64[slots + 1] rows of neighbours
    neighbour: Any  # int64[]
    corner: Any  # int64[]
    twin: Any  # int64[] the same corner in the neighbour's row
    part: Any  # int64[] of the share held by this slot
    kept: Any  # int64[] the parts at the best root bound
    used: Any  # bool[] among the largest parts of the row
    leader: Any  # int64[slots] the most promising slot of each class
    top: Any  # int64[] a short list, largest first
    top_at: Any  # int64[]
    incumbent: Any  # int64[most]
    count: Any  # int64[1] slots left after the root
    name: Any  # int64[slots] their numbers before
    worth: Any  # int64[slots]
    gain: Any  # int64[slots]
    kin: Any  # int64[slots]
    seen: Any  # int64[slots] when a class was last looked at
    lead: Any  # int64[slots] the largest hope of a class then
    classes: Any  # int64[slots]
    near_row: Any  # int64[slots + 1]
    near: Any  # int64[] neighbours, the largest part first
    near_part: Any  # int64[]
    near_share: Any  # int64[]
    table: Any  # int64[slots, slots] part of the share of row and column that the row holds
    open: Any  # bool[slots]
    mark: Any  # int64[slots]
    alone: Any  # int64[slots] worth of a slot before its line
    line: Any  # int64[9, slots]
    base: Any  # int64[9] where each line starts
    order: Any  # int64[depth, slots] open slots, the strongest first
    sure: Any  # int64[depth, slots] worth together with those chosen
    hopes: Any  # int64[depth, slots] by place in order
    hope_of: Any  # int64[depth, slots] by slot
    length: Any  # int64[depth]
    opened: Any  # int64[depth]
    turn: Any  # int64[depth]
    value: Any  # int64[depth]
    had: Any  # int64[depth]
    ground: Any  # int64[depth] value and line of those chosen
    slope: Any  # int64[depth]
    choice: Any  # int64[depth]


def new_scratch(slots: int, corners: int, most: int) -> Scratch:
    """Scratch for stars of at most so many slots, corners and partners."""
    depth, rows = most + 2, 2 * corners + 1

    def whole(*shape: int) -> Ints:
        return np.zeros(shape, np.int64)

    def flags(size: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.zeros(size, np.bool_)

    return Scratch(
        tally=whole(10),
        active=flags(slots),
        chosen=flags(slots),
        hope=whole(slots),
        row=whole(slots + 1),
        neighbour=whole(rows),
        corner=whole(rows),
        twin=whole(rows),
        part=whole(rows),
        kept=whole(rows),
        used=flags(rows),
        leader=whole(slots),
        top=whole(most + 2),
        top_at=whole(most + 2),
        incumbent=whole(most + 1),
        count=whole(1),
        name=whole(slots),
        worth=whole(slots),
        gain=whole(slots),
        kin=whole(slots),
        seen=whole(slots),
        lead=whole(slots),
        classes=whole(slots),
        near_row=whole(slots + 1),
        near=whole(rows),
        near_part=whole(rows),
        near_share=whole(rows),
        table=whole(slots, slots),
        open=flags(slots),
        mark=whole(slots),
        alone=whole(slots),
        line=whole(len(SLOPES), slots),
        base=whole(len(SLOPES)),
        order=whole(depth, slots),
        sure=whole(depth, slots),
        hopes=whole(depth, slots),
        hope_of=whole(depth, slots),
        length=whole(depth),
        opened=whole(depth),
        turn=whole(depth),
        value=whole(depth),
        had=whole(depth),
        ground=whole(depth),
        slope=whole(depth),
        choice=whole(depth),
    )


# A number written into a call is a type of its own to numba: what is called would be compiled once
# more for it, with all that it calls. Hence ``np.int64(0)`` where a count begins, and ``Effort``.


# --- satisfaction -------------------------------------------------------------------------------


@inline
def satisfaction(p, v, gained):
    """Points of what ``v`` gains in all."""
    if p.fairness[v] == 0:
        return np.int64(0)
    return p.fairness[v] * p.phi[min(1000, 1000 * gained // p.denominator[v])]


@inline
def along(p, v, slope, gain):
    """What a line of this slope rises over a gain, rounded up."""
    return -(-(p.fairness[v] * slope * gain) // p.denominator[v])


@inline
def start_of_line(p, v, slope):
    """Where the lowest line of this slope above ``F phi`` begins, rounded up."""
    highest = np.int64(0)
    for quarter in range(5):
        highest = max(highest, p.fairness[v] * (4 * CORNERS[quarter] - slope * quarter))
    return (highest + 3) // 4


@inline
def direction(p, v, slope, gained):
    """-1 if a flatter line fits better where ``gained`` is, 1 for a steeper one, else 0."""
    low, high = 0, 0
    for quarter in range(4):
        low += int(STEEPNESS[quarter] > slope)
        high += int(STEEPNESS[quarter] >= slope)
    if 4 * gained > high * p.denominator[v]:
        return -1
    return 1 if 4 * gained < low * p.denominator[v] else 0


# --- the star as rows of neighbours -------------------------------------------------------------


@compiled
def lay_out(p, m, d, v):
    """Write the corners of ``v`` with a share into rows, both ways round."""
    slots = p.start[v + 1] - p.start[v]
    for a in range(slots + 1):
        d.row[a] = 0
    for q in range(p.corner_start[v], p.corner_start[v + 1]):
        if m.share[q] > 0:
            d.row[p.first[q]] += 1
            d.row[p.second[q]] += 1
    for a in range(slots):
        d.active[a] = True
        d.row[a + 1] += d.row[a]
    for q in range(p.corner_start[v], p.corner_start[v + 1]):
        if m.share[q] > 0:
            a, b = p.first[q], p.second[q]
            d.row[a] -= 1
            d.row[b] -= 1
            held = min(m.share[q], max(0, m.held[q]))
            enter(d, d.row[a], b, q, d.row[b], held)
            enter(d, d.row[b], a, q, d.row[a], m.share[q] - held)


@inline
def enter(d, at, neighbour, corner, twin, part):
    """Write one end of a corner."""
    d.neighbour[at] = neighbour
    d.corner[at] = corner
    d.twin[at] = twin
    d.part[at] = part
    d.kept[at] = part


@compiled
def value_of(p, m, d, v, chosen):
    """Exact worth of a choice of slots, which ends with -1 or with the array."""
    first, value, gained = p.start[v], np.int64(0), p.gained[v]
    count = 0
    while count < p.most[v] and chosen[count] >= 0:
        a = chosen[count]
        d.chosen[a] = True
        value += m.worth[first + a]
        gained += p.gain[first + a]
        count += 1
    for k in range(count):
        a = chosen[k]
        for at in range(d.row[a], d.row[a + 1]):
            if d.neighbour[at] > a and d.chosen[d.neighbour[at]]:
                value += m.share[d.corner[at]]
    for k in range(count):
        d.chosen[chosen[k]] = False
    return value + satisfaction(p, v, gained)


@compiled
def best_known(p, m, known, d, v):
    """Start from the best of the known choices, or from nobody."""
    slots = p.start[v + 1] - p.start[v]
    for a in range(slots):
        d.chosen[a] = False
    for k in range(p.most[v] + 1):
        d.incumbent[k] = -1
    best = satisfaction(p, v, p.gained[v])
    for c in range(known.count[v]):
        value = value_of(p, m, d, v, known.slots[v, c])
        if value > best:
            best = value
            for k in range(p.most[v]):
                d.incumbent[k] = known.slots[v, c, k]
    d.tally[BEST] = best


# --- the root -----------------------------------------------------------------------------------


@inline
def slide_in(values, places, count, most, value, place):
    """Put a value into a falling list of at most ``most``; return how many there are."""
    if count == most:
        if most == 0 or value <= values[most - 1]:
            return count
        count -= 1
    k = count
    while k > 0 and values[k - 1] < value:
        values[k] = values[k - 1]
        places[k] = places[k - 1]
        k -= 1
    values[k] = value
    places[k] = place
    return count + 1


@inline
def largest_parts(d, a, most):
    """Sum of the ``most`` largest parts that a slot holds with active ones; marks them."""
    count = np.int64(0)
    for at in range(d.row[a], d.row[a + 1]):
        d.used[at] = False
        if d.part[at] > 0 and d.active[d.neighbour[at]]:
            count = slide_in(d.top, d.top_at, count, most, d.part[at], at)
    total = np.int64(0)
    for k in range(count):
        d.used[d.top_at[k]] = True
        total += d.top[k]
    return total


@inline
def find_leaders(p, d, v):
    """The most promising active slot of each class."""
    first, slots = p.start[v], p.start[v + 1] - p.start[v]
    for a in range(slots):
        d.leader[a] = -1
    for a in range(slots):
        if d.active[a]:
            leader = d.leader[p.kin[first + a]]
            if leader < 0 or d.hope[a] > d.hope[leader]:
                d.leader[p.kin[first + a]] = a


@compiled
def root_bound(p, m, d, v, slope):
    """The bound of the whole star with the present parts; marks the slots behind it.

    Returns the bound, the least hope among the chosen slots (0 if fewer than may be), their gain.
    """
    first, slots = p.start[v], p.start[v + 1] - p.start[v]
    for a in range(slots):
        d.chosen[a] = False
        if d.active[a]:
            alone = m.worth[first + a] + along(p, v, slope, p.gain[first + a])
            d.hope[a] = alone + largest_parts(d, a, p.most[v] - 1)
    find_leaders(p, d, v)
    count = np.int64(0)
    for a in range(slots):
        if d.active[a] and d.hope[a] > 0 and d.leader[p.kin[first + a]] == a:
            count = slide_in(d.top, d.top_at, count, p.most[v], d.hope[a], a)
    bound = start_of_line(p, v, slope) + along(p, v, slope, p.gained[v])
    gained = p.gained[v]
    for k in range(count):
        d.chosen[d.top_at[k]] = True
        bound += d.top[k]
        gained += p.gain[first + d.top_at[k]]
    least = d.top[count - 1] if count == p.most[v] and count > 0 else np.int64(0)
    return bound, least, gained


@compiled
def leave_hopeless(p, d, v, bound, least, tolerance):
    """Take out the slots that no choice worth more than the best can hold."""
    for a in range(p.start[v + 1] - p.start[v]):
        if d.active[a] and not d.chosen[a]:
            leader = d.leader[p.kin[p.start[v] + a]]
            given_up = d.hope[leader] if d.chosen[leader] else least
            forced = bound - given_up + d.hope[a]
            if forced <= d.tally[BEST] + tolerance:
                d.tally[PRUNED] = max(d.tally[PRUNED], forced)
                d.active[a] = False


@compiled
def keep_parts(d, slots):
    """Remember the present parts."""
    for at in range(d.row[slots]):
        d.kept[at] = d.part[at]


@inline
def one_sided(d, at, b):
    """Tell whether only this end of a corner counts its part, so that less of it is better."""
    return d.used[at] and not (d.chosen[b] and d.used[d.twin[at]])


@compiled
def polyak_step(p, d, v, bound, slope, gained, pace):
    """Move parts to the other end, and the slope to what is gained; return the slope."""
    slots = p.start[v + 1] - p.start[v]
    low, high = 0, 0
    for quarter in range(4):
        low += int(STEEPNESS[quarter] > slope)
        high += int(STEEPNESS[quarter] >= slope)
    reached = 4 * gained / p.denominator[v]
    beyond = 0.0
    if p.fairness[v] > 0:
        beyond = (max(0.0, reached - high) + min(0.0, reached - low)) / 4
    norm = 1e-9 + beyond * beyond
    for a in range(slots):
        if d.chosen[a]:
            for at in range(d.row[a], d.row[a + 1]):
                if one_sided(d, at, d.neighbour[at]):
                    norm += 1.0
    length = pace * (bound - d.tally[BEST]) / norm
    shift(d, slots, np.int64(length) + 1)
    if p.fairness[v] > 0:
        slope -= np.int64(length * beyond / p.fairness[v])
    return min(np.int64(1600), max(np.int64(0), slope))


@compiled
def shift(d, slots, length):
    """Pass up to ``length`` of every part that counts at one end only to the other end."""
    for a in range(slots):
        if d.chosen[a]:
            for at in range(d.row[a], d.row[a + 1]):
                if one_sided(d, at, d.neighbour[at]):
                    moved = min(d.part[at], length)
                    d.part[at] -= moved
                    d.part[d.twin[at]] += moved


@compiled
def improve_root(p, m, d, v, steps, tolerance):
    """Lower the root bound by ``steps`` steps; keep the best parts and slope."""
    slots = p.start[v + 1] - p.start[v]
    slope, pace = m.slope[v], 1.0
    d.tally[ROOT] = -NEVER
    d.tally[PRUNED] = NEVER
    for step in range(steps + 1):
        bound, least, gained = root_bound(p, m, d, v, slope)
        if bound < d.tally[ROOT]:
            d.tally[ROOT] = bound
            d.tally[SLOPE] = slope
            keep_parts(d, slots)
            leave_hopeless(p, d, v, bound, least, tolerance)
        else:
            pace *= 0.7
        if d.tally[ROOT] <= d.tally[BEST] + tolerance or step == steps:
            break
        slope = polyak_step(p, d, v, bound, slope, gained, pace)
    m.slope[v] = d.tally[SLOPE]
    for a in range(slots):
        for at in range(d.row[a], d.row[a + 1]):
            if p.first[d.corner[at]] == a:
                m.held[d.corner[at]] = d.kept[at]


# --- what is left after the root ----------------------------------------------------------------


@compiled
def compress(p, m, d, v):
    """Renumber the active slots, each with its neighbours, the largest part first."""
    first, slots = p.start[v], p.start[v + 1] - p.start[v]
    count = filled = np.int64(0)
    for a in range(slots):
        if d.active[a]:
            d.mark[a] = count
            d.name[count] = a
            d.worth[count] = m.worth[first + a]
            d.gain[count] = p.gain[first + a]
            d.kin[count] = p.kin[first + a]
            count += 1
    d.count[0] = count
    d.near_row[0] = 0
    for i in range(count):
        begin = filled
        for at in range(d.row[d.name[i]], d.row[d.name[i] + 1]):
            if d.active[d.neighbour[at]]:
                filled = place_neighbour(m, d, begin, filled, at)
        d.near_row[i + 1] = filled
        for at in range(begin, filled):
            d.table[i, d.near[at]] = d.near_part[at]


@compiled
def place_neighbour(m, d, begin, end, at):
    """Insert an entry into a row that falls by parts."""
    k = end
    while k > begin and d.near_part[k - 1] < d.kept[at]:
        d.near_part[k] = d.near_part[k - 1]
        d.near_share[k] = d.near_share[k - 1]
        d.near[k] = d.near[k - 1]
        k -= 1
    d.near_part[k] = d.kept[at]
    d.near_share[k] = m.share[d.corner[at]]
    d.near[k] = d.mark[d.neighbour[at]]
    return end + 1


@compiled
def clear_table(d):
    """Leave the table empty for the next star."""
    for i in range(d.count[0]):
        for at in range(d.near_row[i], d.near_row[i + 1]):
            d.table[i, d.near[at]] = 0


@compiled
def prepare_search(p, d, v, cap):
    """Nobody is chosen yet."""
    count = d.count[0]
    d.slope[0] = SLOPES.shape[0] - 1
    for s in range(SLOPES.shape[0]):
        d.base[s] = start_of_line(p, v, SLOPES[s])
        for i in range(count):
            d.line[s, i] = along(p, v, SLOPES[s], d.gain[i])
        if p.fairness[v] > 0:
            nearer = abs(SLOPES[s] - d.tally[SLOPE]) < abs(SLOPES[d.slope[0]] - d.tally[SLOPE])
            d.slope[0] = s if nearer else d.slope[0]
    for i in range(count):
        d.order[0, i] = i
        d.sure[0, i] = d.worth[i]
        d.open[i] = True
        d.mark[i] = 0
    d.length[0] = d.opened[0] = count
    d.value[0], d.had[0] = 0, p.gained[v]
    d.tally[FLOOR] = NEVER
    d.tally[NODES] = d.tally[STAGE] = 0
    d.tally[LIMIT] = cap


# --- the search ---------------------------------------------------------------------------------


@inline
def threshold(d, tolerance):
    """What a node must promise to be worth a visit."""
    return max(d.tally[BEST] + tolerance, d.tally[FLOOR])


@inline
def prune(d, bound):
    """Record the bound of what is cut off."""
    d.tally[PRUNED] = max(d.tally[PRUNED], bound)


@inline
def count_node(d, cap, at_once):
    """Count a node; past the limit raise the floor, at the last stage over everything."""
    d.tally[NODES] += 1
    if d.tally[NODES] <= d.tally[LIMIT]:
        return
    d.tally[STAGE] += 1
    d.tally[LIMIT] += cap
    if at_once or d.tally[STAGE] == STAGES:
        d.tally[FLOOR] = -NEVER
    else:
        rest = d.tally[ROOT] - d.tally[BEST]
        d.tally[FLOOR] = d.tally[BEST] + d.tally[STAGE] * rest // STAGES


@inline
def take_leaves(p, d, found, v, k):
    """Value the choice at a node, and those with one slot more if no further one fits."""
    better, last = False, np.int64(-1)
    value = d.value[k] + satisfaction(p, v, d.had[k])
    if value > d.tally[BEST]:
        d.tally[BEST] = value
        better = True
    if k == p.most[v] - 1:
        for z in range(d.length[k]):
            i = d.order[k, z]
            value = d.value[k] + d.sure[k, i] + satisfaction(p, v, d.had[k] + d.gain[i])
            if value > d.tally[BEST]:
                d.tally[BEST] = value
                better, last = True, i
    if better:
        write_down(p, d, found, v, k, last)


@inline
def write_down(p, d, found, v, k, last):
    """Keep the choice; the newest overwrite the oldest."""
    at = d.tally[WRITTEN] % found.slots.shape[1]
    d.tally[WRITTEN] += 1
    for c in range(p.most[v]):
        found.slots[v, at, c] = d.name[d.choice[c]] if c < k else -1
    if last >= 0:
        found.slots[v, at, k] = d.name[last]


@inline
def slots_alone(d, k, most):
    """What every open slot is worth at most, its line left out."""
    for z in range(d.length[k]):
        i = d.order[k, z]
        total, count = d.sure[k, i], 0
        for at in range(d.near_row[i], d.near_row[i + 1]):
            if d.open[d.near[at]]:
                total += d.near_part[at]
                count += 1
                if count == most:
                    break
        d.alone[i] = total


@inline
def sort_by_hope(d, k, s):
    """Order the open slots by what they are worth at most with line ``s``."""
    for z in range(d.length[k]):
        i = d.order[k, z]
        hope = d.alone[i] + d.line[s, i]
        at = z
        while at > 0 and d.hopes[k, at - 1] < hope:
            d.hopes[k, at] = d.hopes[k, at - 1]
            d.order[k, at] = d.order[k, at - 1]
            at -= 1
        d.hopes[k, at] = hope
        d.order[k, at] = i


@inline
def look(d):
    """Begin to look at classes: none is seen."""
    d.tally[LOOK] += 1
    return d.tally[LOOK]


@inline
def is_first(d, i, now):
    """Tell whether a slot is the first of its class since ``now``, and note it."""
    if d.seen[d.kin[i]] == now:
        return False
    d.seen[d.kin[i]] = now
    return True


@inline
def sum_of_hopes(p, d, v, k, s, most):
    """The node's bound with line ``s``, its ground, and the gain behind it."""
    ground = d.value[k] + d.base[s] + along(p, v, SLOPES[s], d.had[k])
    bound, gained, count, now = ground, d.had[k], 0, look(d)
    for z in range(d.length[k]):
        if count == most or d.hopes[k, z] <= 0:
            break
        if is_first(d, d.order[k, z], now):
            count += 1
            bound += d.hopes[k, z]
            gained += d.gain[d.order[k, z]]
    return bound, ground, gained


@inline
def least_hope(d, k, most):
    """What the last of the slots behind the node's bound promises; 0 if fewer fit."""
    count, now = 0, look(d)
    for z in range(d.length[k]):
        if is_first(d, d.order[k, z], now):
            count += 1
            if count == most:
                return max(0, d.hopes[k, z])
    return np.int64(0)


@inline
def bound_node(p, d, v, k, cut):
    """The node's bound with the best of a few lines; the slots end up in its order."""
    most = p.most[v] - k
    slots_alone(d, k, most - 1)
    best, s, heading = -NEVER, d.slope[k], 0
    for _ in range(4):
        sort_by_hope(d, k, s)
        bound, ground, gained = sum_of_hopes(p, d, v, k, s, most)
        if bound >= best:
            sort_by_hope(d, k, d.slope[k])
            break
        best, d.slope[k], d.ground[k] = bound, s, ground
        if p.fairness[v] == 0 or best <= cut:
            break
        turn = -direction(p, v, SLOPES[s], gained)
        if turn == 0 or turn == -heading or not 0 <= s + turn < SLOPES.shape[0]:
            break
        heading = turn
        s += turn
    return best


@inline
def visit(p, d, found, v, k, tolerance):
    """Value a node and bound it; what cannot be better is left out of its slots."""
    d.turn[k] = 0
    take_leaves(p, d, found, v, k)
    if k >= p.most[v] - 1 or d.length[k] == 0:
        d.length[k] = 0
        return
    cut = threshold(d, tolerance)
    bound = bound_node(p, d, v, k, cut)
    if bound <= cut:
        prune(d, bound)
        d.length[k] = 0
        return
    least, length = least_hope(d, k, p.most[v] - k), d.length[k]
    while length > 0 and bound - least + d.hopes[k, length - 1] <= cut:
        length -= 1
        prune(d, bound - least + d.hopes[k, length])
        d.open[d.order[k, length]] = False
    d.length[k] = length
    for z in range(length):
        d.hope_of[k, d.order[k, z]] = d.hopes[k, z]


@inline
def hope_from(d, k, most):
    """The node's bound when slots before the present turn are out."""
    bound, count, now = d.ground[k], 0, look(d)
    for z in range(d.turn[k], d.length[k]):
        if count == most or d.hopes[k, z] <= 0:
            break
        if is_first(d, d.order[k, z], now):
            count += 1
            bound += d.hopes[k, z]
    return bound


@inline
def hope_with(d, k, i, most):
    """Bound of choosing slot ``i`` and ``most`` more, and the least of these (0 if fewer fit).

    Choosing ``i`` moves its part of every share it has to the neighbour: no more is needed.
    """
    count, seen, now = np.int64(0), d.turn[k], look(d)
    while seen < d.length[k] and count < most and d.hopes[k, seen] > 0:
        b = d.order[k, seen]
        d.mark[b] = 1
        if d.kin[b] != d.kin[i]:
            count = lead_class(d, b, d.hopes[k, seen] + d.table[i, b], count, now)
        seen += 1
    for at in range(d.near_row[i], d.near_row[i + 1]):
        b = d.near[at]
        if d.open[b] and d.mark[b] == 0 and d.kin[b] != d.kin[i]:
            hope = d.hope_of[k, b] + d.near_part[at]
            if hope > 0:
                count = lead_class(d, b, hope, count, now)
    for z in range(d.turn[k], seen):
        d.mark[d.order[k, z]] = 0
    bound = d.ground[k] + d.sure[k, i] + d.line[d.slope[k], i]
    size = np.int64(0)
    for z in range(count):
        size = slide_in(d.top, d.top_at, size, most, d.lead[d.classes[z]], z)
    for z in range(size):
        bound += d.top[z]
    return bound, d.top[size - 1] if size == most and size > 0 else np.int64(0)


@inline
def lead_class(d, b, hope, count, now):
    """Let a slot lead its class if none promises more; return how many classes are led."""
    c = d.kin[b]
    if d.seen[c] != now:
        d.seen[c] = now
        d.lead[c] = hope
        d.classes[count] = c
        return count + 1
    d.lead[c] = max(d.lead[c], hope)
    return count


@inline
def open_child(d, k, i, bound, least, cut):
    """Choose slot ``i``; slots that are hopeless together with it stay out of the child."""
    count, size = 0, d.length[k] - d.turn[k]
    out = size
    for z in range(d.turn[k], d.length[k]):
        b = d.order[k, z]
        both = bound - least + d.hopes[k, z] + d.table[i, b]
        if both <= cut or d.kin[b] == d.kin[i]:
            if d.kin[b] != d.kin[i]:
                prune(d, both)
            out -= 1
            d.order[k + 1, out] = b
            d.open[b] = False
        else:
            d.order[k + 1, count] = b
            d.sure[k + 1, b] = d.sure[k, b]
            count += 1
    for at in range(d.near_row[i], d.near_row[i + 1]):
        if d.open[d.near[at]]:
            d.sure[k + 1, d.near[at]] += d.near_share[at]
    d.choice[k] = i
    d.value[k + 1] = d.value[k] + d.sure[k, i]
    d.had[k + 1] = d.had[k] + d.gain[i]
    d.slope[k + 1] = d.slope[k]
    d.length[k + 1] = count
    d.opened[k + 1] = size


@inline
def next_child(p, d, v, k, tolerance):
    """Open the next child of a node worth a visit, if there is one."""
    most = p.most[v] - k
    while d.turn[k] < d.length[k]:
        cut = threshold(d, tolerance)
        bound = hope_from(d, k, most)
        if bound <= cut:
            prune(d, bound)
            return False
        i = d.order[k, d.turn[k]]
        d.turn[k] += 1
        d.open[i] = False
        bound, least = hope_with(d, k, i, most - 1)
        if bound > cut:
            open_child(d, k, i, bound, least, cut)
            return True
        prune(d, bound)
    return False


@compiled
def search(p, d, found, v, effort):
    """Visit the nodes depth first until none is left."""
    prepare_search(p, d, v, effort.nodes)
    k, fresh = np.int64(0), True
    while k >= 0:
        if fresh:
            count_node(d, effort.nodes, effort.at_once)
            visit(p, d, found, v, k, effort.tolerance)
        fresh = next_child(p, d, v, k, effort.tolerance)
        if fresh:
            k += 1
        else:
            for z in range(d.opened[k]):
                d.open[d.order[k, z]] = True
            k -= 1


@compiled
def solve_star(p, m, known, d, found, v, effort):
    """Bound the star of ``v`` and find good choices."""
    lay_out(p, m, d, v)
    best_known(p, m, known, d, v)
    d.tally[WRITTEN] = 0
    d.tally[NODES] = 0
    write_incumbent(p, d, found, v)
    improve_root(p, m, d, v, effort.steps, effort.tolerance)
    if d.tally[ROOT] > d.tally[BEST] + effort.tolerance:
        compress(p, m, d, v)
        search(p, d, found, v, effort)
        clear_table(d)
        d.tally[ROOT] = min(d.tally[ROOT], d.tally[PRUNED])
    found.best[v] = d.tally[BEST]
    found.bound[v] = max(d.tally[BEST], d.tally[ROOT])
    found.nodes[v] = d.tally[NODES]
    found.count[v] = min(d.tally[WRITTEN], found.slots.shape[1])


@compiled
def write_incumbent(p, d, found, v):
    """Hand back the known choice that was best, if there was one."""
    if d.incumbent[0] < 0:
        return
    d.tally[WRITTEN] = 1
    for c in range(p.most[v]):
        found.slots[v, 0, c] = d.incumbent[c]


@compiled
def solve_stars(p, m, known, d, found, members, effort):
    """``solve_star`` for some of the attendees."""
    for at in range(members.shape[0]):
        v = members[at]
        if p.most[v] == 0:
            nobody(p, found, v)
        else:
            solve_star(p, m, known, d, found, v, effort)


@compiled
def nobody(p, found, v):
    """Without a partner only what is gained already counts."""
    found.best[v] = found.bound[v] = satisfaction(p, v, p.gained[v])
    found.nodes[v] = found.count[v] = 0


# --- a slot settled -----------------------------------------------------------------------------

SETTLED = 1 << 40
"""Worth more than any star: a slot that is given it is taken, one that loses it is not."""


@compiled
def mark_incumbent(p, m, known, d, v, bound, outside):
    """Without a slot that the best choice leaves anyway a star is worth what it was."""
    lay_out(p, m, d, v)
    best_known(p, m, known, d, v)
    for a in range(p.start[v], p.start[v + 1]):
        outside[a] = bound[v]
    for k in range(p.most[v]):
        if d.incumbent[k] < 0:
            break
        outside[p.start[v] + d.incumbent[k]] = NEVER


@compiled
def probe_stars(p, m, known, d, found, members, effort, bound, inside, outside):
    """Bound every star with each of its slots taken, and with each left."""
    for at in range(members.shape[0]):
        v = members[at]
        mark_incumbent(p, m, known, d, v, bound, outside)
        for a in range(p.start[v], p.start[v + 1]):
            m.worth[a] += SETTLED
            solve_star(p, m, known, d, found, v, effort)
            inside[a] = found.bound[v] - SETTLED
            m.worth[a] -= SETTLED
            if outside[a] == NEVER:
                m.worth[a] -= SETTLED
                solve_star(p, m, known, d, found, v, effort)
                outside[a] = found.bound[v]
                m.worth[a] += SETTLED
