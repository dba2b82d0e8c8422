"""How many different people somebody could meet: counted one by one, but never further than asked.

Whom a person may meet is kept in parts (``solver.instance.Permissions``), so that large events
fit; to count whom it may meet looks at one after the other and ends as soon as they are enough.
"""

from typing import Any, NamedTuple

import numpy as np

from solver.compilation import compiled

WORD = 64
"""Rounds that one number holds a bit for."""


class Room(NamedTuple):
    """Who is there when, of which organisation and kind, as the compiled loop reads it."""

    organisation: Any  # int64[n], -1 for none
    address: Any  # int64[n], -1 for none, or empty
    span: Any  # int64[n, 2] places as intervals, or empty
    house: Any  # int64[n] whom H9 counts once, or empty where it does not bind
    kind: Any  # int64[n]
    agree: Any  # bool[kinds, kinds] which kinds may meet
    by_kind: Any  # int64[n] everybody, kind after kind
    kind_start: Any  # int64[kinds + 1]
    present: Any  # uint64[n, k] a bit for every round
    special_start: Any  # int64[n + 1] rows of special
    special: Any  # int64[] people of whom a rule of their own speaks, ascending within a row
    possible: Any  # bool[] whether they count


def count_partners(room: Room, most: Any) -> Any:
    """For each attendee the lesser of ``most`` and the number of people it could meet.

    Where ``house`` is given, one of each other house; ``most`` and the counts are int64[n].
    """
    counts = np.zeros_like(most)
    scratch = np.zeros(max(1, int(most.max(initial=0))), np.int64)
    _count(room, most, scratch, counts)
    return counts


def rounds_as_bits(present: Any) -> Any:
    """Presence, bool[n, R], as uint64[n, k] with a bit for every round."""
    n, rounds = present.shape
    padded = np.zeros((n, -(-max(1, rounds) // WORD) * WORD), np.bool_)
    padded[:, :rounds] = present
    return np.packbits(padded, axis=1).view(np.uint64)


@compiled
def _count(p, most, scratch, counts):
    """Write the count of everybody; ``scratch`` holds the houses counted so far."""
    for v in range(most.shape[0]):
        count = np.int64(0)
        for a in range(p.special_start[v], p.special_start[v + 1]):
            if count < most[v] and p.possible[a]:
                count = _with(p, scratch, count, v, p.special[a])
        for k in range(p.agree.shape[0]):
            if count >= most[v]:
                break
            if p.agree[p.kind[v], k]:
                count = _with_kind(p, most[v], scratch, count, v, k)
        counts[v] = count


@compiled
def _with_kind(p, most, scratch, count, v, k):
    """The count with people of kind ``k`` of whom no rule of their own speaks."""
    for a in range(p.kind_start[k], p.kind_start[k + 1]):
        if count >= most:
            break
        w = p.by_kind[a]
        if w == v or (p.organisation[v] >= 0 and p.organisation[v] == p.organisation[w]):
            continue
        if p.address.shape[0] > 0 and p.address[v] >= 0 and p.address[v] == p.address[w]:
            continue
        if p.span.shape[0] > 0 and (p.span[v, 0] >= p.span[w, 1] or p.span[w, 0] >= p.span[v, 1]):
            continue
        if _are_together(p, v, w) and not _is_special(p, v, w):
            count = _with(p, scratch, count, v, w)
    return count


@compiled
def _with(p, scratch, count, v, w):
    """The count with one more partner, or the same if its house is counted already."""
    if p.house.shape[0] == 0:
        return count + 1
    own = p.house[v] == p.house[w]
    house = np.int64(-1) if own else p.house[w]
    if not own:
        for a in range(count):
            if scratch[a] == house:
                return count
    scratch[count] = house
    return count + 1


@compiled
def _are_together(p, v, w):
    """Tell whether two people are both there in some round."""
    for word in range(p.present.shape[1]):
        if p.present[v, word] & p.present[w, word] != np.uint64(0):
            return True
    return False


@compiled
def _is_special(p, v, w):
    """Tell whether a rule of their own speaks of the two."""
    low, high = p.special_start[v], p.special_start[v + 1]
    last = high
    while low < high:
        middle = (low + high) >> 1
        if p.special[middle] < w:
            low = middle + 1
        else:
            high = middle
    return low < last and p.special[low] == w
