"""The relaxation when only schedules better than a known one matter, and how prices move there.

At fixed multipliers, let a pair meet for certain: two stars lose something. If the sum of stars
less these losses is at most what a known schedule reaches, no better schedule holds that pair, and
it may be left out (reduced-cost fixing). In the same way a pair without which nothing better is
possible may be taken as certain. What no longer is a choice makes the next bound tighter.
"""

import numpy as np

from solver.bounds.stars.layout import Layout
from solver.bounds.stars.lbfgs import Vector
from solver.bounds.stars.multipliers import fair_shares
from solver.instance import Edge, Flags, Ints


def carried_prices(old: Layout, new: Layout, x: Vector) -> Vector:
    """The prices ``x`` of one layout where another has the same pairs and corners."""
    lean, share = x[: old.pairs], x[old.pairs : -1]
    return np.concatenate(
        [
            _looked_up(pair_keys(old), lean, pair_keys(new), 0.0),
            fair_shares(new, _looked_up(corner_keys(old), share, corner_keys(new), 0.0)),
            x[-1:],
        ]
    )


def carried_parts(old: Layout, new: Layout, held: Vector) -> Vector:
    """Which share of each corner's share its first slot holds; the first partner is the same."""
    return _looked_up(corner_keys(old), held, corner_keys(new), 0.5)


def carried_choices(old: Layout, new: Layout, slots: Ints) -> Ints:
    """Choices ``slots[v, choice]`` without the slots that are gone, cut where too many remain."""
    owners = np.arange(old.n)[:, None, None]
    partner = old.partner[np.minimum(old.start[owners] + np.maximum(slots, 0), 2 * old.pairs - 1)]
    wanted = np.where(slots >= 0, owners * old.n + partner, -1)
    keys = new.owner * new.n + new.partner
    if not len(keys):
        return np.full_like(slots, -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    moved = np.where(keys[at] == wanted, at - new.start[owners], -1)
    moved = -np.sort(-moved, axis=2)
    kept = np.broadcast_to(np.arange(slots.shape[2]) < new.most[:, None, None], moved.shape)
    moved[~kept] = -1
    return np.asarray(moved, np.int64)


def pair_keys(layout: Layout) -> Ints:
    """One ascending number a pair."""
    return layout.pair_low * layout.n + layout.pair_high


def corner_keys(layout: Layout) -> Ints:
    """One number a corner: its owner and the two partners, as they stand."""
    owner = layout.owner[layout.corner_slots[:, 0]]
    first, second = layout.partner[layout.corner_slots].T
    return np.asarray((owner * layout.n + first) * layout.n + second, np.int64)


def _looked_up(keys: Ints, values: Vector, wanted: Ints, default: float) -> Vector:
    if not len(keys):
        return np.full(len(wanted), default)
    order = np.argsort(keys)
    at = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[at] == wanted, values[at], default)


def edges_of(layout: Layout, chosen: Flags) -> frozenset[Edge]:
    """The chosen pairs."""
    low, high = layout.pair_low[chosen].tolist(), layout.pair_high[chosen].tolist()
    return frozenset(zip(low, high, strict=True))
