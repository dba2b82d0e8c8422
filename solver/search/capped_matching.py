"""One round where matchings alone are not enough: sets of tables, and pairs of houses met once.

Places (H11) cap how many meetings of a round may ask for the tables of a set, and where two houses
meet once (``one_pair``, H9) two meetings of one round may exclude each other. The plain matching is
the answer if it happens to keep within the caps; else a small mixed-integer program (scipy's HiGHS)
is, up to ``EXACT_UP_TO`` pairs, and above that the best pairs go first and the rest is matched
again. What is too much for either is never seated.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.instance import Edge, Flags, Instance, Ints
from solver.search import kernel
from solver.search.matching import best_matching

EXACT_UP_TO = 3_000
"""Pairs up to which the best round is looked for exactly."""
NODES = 200
"""Nodes that this may take: the same answer on every machine."""


class Cap(NamedTuple):
    """At most ``limit`` of the pairs marked in ``pairs`` may meet."""

    pairs: Flags
    limit: int


def caps_of(
    instance: Instance, state: kernel.State, first: Ints, second: Ints, r: int
) -> list[Cap]:
    """What binds the meetings of round ``r`` besides those already seated, and tables in all."""
    return [
        *_of_places(instance, state, first, second, r),
        *_of_houses(instance, first, second),
    ]


def _of_places(
    instance: Instance, state: kernel.State, first: Ints, second: Ints, r: int
) -> list[Cap]:
    places = instance.places
    if places is None:
        return []
    asked = places.of_pairs(first, second)
    held_by = np.zeros((len(places.around) + 1, len(places.around)), np.bool_)
    for k, row in enumerate(places.around):
        held_by[k, list(row)] = True
    left = places.tables[:, r] - state.asked[:, r]
    return [Cap(held_by[asked, k], max(0, int(left[k]))) for k in range(len(places.around))]


def _of_houses(instance: Instance, first: Ints, second: Ints) -> list[Cap]:
    companies = instance.companies
    if companies is None or not companies.in_pairs or not len(first):
        return []
    one, other = companies.house[first], companies.house[second]
    keys = np.minimum(one, other) * (int(companies.house.max()) + 1) + np.maximum(one, other)
    _, which, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    caps = [Cap(np.asarray(which == k), 1) for k in np.flatnonzero(sizes > 1).tolist()]
    return [cap for cap in caps if one[cap.pairs][0] != other[cap.pairs][0]]


def best_within(
    first: Ints, second: Ints, worths: Ints, most: int, caps: Sequence[Cap]
) -> list[Edge]:
    """At most ``most`` disjoint pairs of large total worth within the caps, sorted.

    Every worth is positive. The largest there is where the plain matching keeps within the caps,
    and up to ``EXACT_UP_TO`` pairs as a rule.
    """
    chosen = best_matching(first, second, worths, most)
    if keep_within(first, second, chosen, caps):
        return chosen
    if len(first) <= EXACT_UP_TO:
        exact = _exactly(first, second, worths, most, caps)
        if exact is not None and keep_within(first, second, exact, caps):
            return exact
    return best_first(first, second, worths, most, caps)


def keep_within(first: Ints, second: Ints, chosen: Sequence[Edge], caps: Sequence[Cap]) -> bool:
    """Tell whether these of the pairs keep within the caps."""
    if not caps:
        return True
    wanted = set(chosen)
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    used = np.array([pair in wanted for pair in pairs], np.bool_)
    return all(int((cap.pairs & used).sum()) <= cap.limit for cap in caps)


def _exactly(
    first: Ints, second: Ints, worths: Ints, most: int, caps: Sequence[Cap]
) -> list[Edge] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to load, and seldom needed
    from scipy.sparse import csr_array, vstack

    count, pair = len(first), np.arange(len(first))
    people, ends = np.unique(np.concatenate([first, second]), return_inverse=True)
    ones = np.ones(2 * count)
    rows = [csr_array((ones, (ends, np.tile(pair, 2))), shape=(len(people), count))]
    rows += [csr_array(cap.pairs.astype(np.float64)[None, :]) for cap in caps]
    rows.append(csr_array(np.ones((1, count))))
    limits = np.array([1.0] * len(people) + [float(cap.limit) for cap in caps] + [float(most)])
    found = milp(
        -worths.astype(np.float64),
        integrality=np.ones(count, np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(vstack(rows), ub=limits),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    used = np.flatnonzero(found.x > 0.5)
    return sorted(zip(first[used].tolist(), second[used].tolist(), strict=True))


def best_first(
    first: Ints, second: Ints, worths: Ints, most: int, caps: Sequence[Cap]
) -> list[Edge]:
    """The pairs of most worth that the ones before leave seats, tables and houses for."""
    left = [cap.limit for cap in caps]
    seated: set[int] = set()
    chosen: list[Edge] = []
    for k in np.lexsort((second, first, -worths)).tolist():
        pair = int(first[k]), int(second[k])
        binding = [c for c, cap in enumerate(caps) if cap.pairs[k]]
        if len(chosen) == most:
            break
        if seated.isdisjoint(pair) and all(left[c] > 0 for c in binding):
            seated.update(pair)
            chosen.append(pair)
            for c in binding:
                left[c] -= 1
    return sorted(chosen)
