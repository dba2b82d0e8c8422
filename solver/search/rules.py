"""What few moves look at, as the one array in which the kernel reads it: ``SearchProblem.rules``.

Companies, breaks, places and pairs kept apart (H9 to H11), costs of pairs, and who may not meet,
where that is not kept by pair.
"""

from collections.abc import Mapping

import numpy as np

from solver.instance import NOBODY, Companies, Instance, Ints, PlaceSets
from solver.search import kernel


def rules_of(instance: Instance) -> Ints:
    """Where each part begins, where the last one ends, and the parts one after the other."""
    parts: dict[int, Ints] = {
        **_of_permissions(instance),
        **_of_costs(instance),
        **_of_companies(instance.companies),
        **_of_windows(instance),
        **_of_places(instance.places),
        kernel.APART: _apart(instance),
    }
    listed = [np.asarray(parts.get(part, NOBODY), np.int64) for part in range(kernel.PARTS)]
    begins = np.cumsum([kernel.PARTS + 1, *map(len, listed)])
    return np.concatenate([begins, *listed])


def costs_of(instance: Instance) -> Ints:
    """Every cost of pairs once, 0 first; empty if no meeting costs anything."""
    return np.unique([0, *instance.costs.values()]) if instance.costs else NOBODY


def _of_permissions(instance: Instance) -> Mapping[int, Ints]:
    permissions = instance.permissions
    low, high = permissions.span.reshape(-1, 2).T
    kind, agree = permissions.kinds
    start, barred = _barred_rows(instance)
    return {
        kernel.ORGANISATION: permissions.organisation,
        kernel.KIND: kind,
        kernel.AGREE: agree.ravel().astype(np.int64),
        kernel.BARRED_START: start,
        kernel.BARRED_ROWS: barred,
        kernel.ADDRESS: permissions.address,
        kernel.SPAN_FROM: low,
        kernel.SPAN_TO: high,
    }


def _barred_rows(instance: Instance) -> tuple[Ints, Ints]:
    pairs = sorted(instance.permissions.barred | instance.permissions.refused)
    both = np.array(pairs + [(j, i) for i, j in pairs], np.int64).reshape(-1, 2)
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    start = np.searchsorted(both[:, 0], np.arange(instance.n + 1))
    return start.astype(np.int64), both[:, 1].copy()


def _of_costs(instance: Instance) -> Mapping[int, Ints]:
    listed = sorted(
        (v, w, points) for (i, j), points in instance.costs.items() for v, w in ((i, j), (j, i))
    )
    owner, partner, points = np.array(listed, np.int64).reshape(-1, 3).T
    return {
        kernel.COSTS: costs_of(instance),
        kernel.COST_START: np.searchsorted(owner, np.arange(instance.n + 1)),
        kernel.COST_PARTNER: partner,
        kernel.COST_POINTS: points,
    }


def _of_companies(companies: Companies | None) -> Mapping[int, Ints]:
    if companies is None:
        return {}
    house = companies.house
    if not companies.in_pairs:
        return {kernel.HOUSE: house}
    member = np.argsort(house, kind="stable")
    numbers = np.arange(int(house.max(initial=-1)) + 2)
    return {
        kernel.HOUSE: house,
        kernel.HOUSE_START: np.searchsorted(house[member], numbers),
        kernel.MEMBER: member,
    }


def _of_windows(instance: Instance) -> Mapping[int, Ints]:
    rows = instance.open_windows or [[]] * instance.n
    listed = [window for row in rows for window in row]
    first, last = np.array(listed, np.int64).reshape(-1, 2).T
    return {
        kernel.WINDOW_START: np.cumsum([0, *map(len, rows)]),
        kernel.WINDOW_FROM: first,
        kernel.WINDOW_TO: last,
    }


def _of_places(places: PlaceSets | None) -> Mapping[int, Ints]:
    if places is None:
        return {}
    return {
        kernel.PLACE: places.of,
        kernel.AROUND: np.array([row[1] if len(row) > 1 else -1 for row in places.around]),
        kernel.DEPTH: np.array([len(row) - 1 for row in places.around]),
        kernel.PLACE_TABLES: places.tables.ravel(),
    }


def _apart(instance: Instance) -> Ints:
    n = instance.n
    keys = sorted((r * n + i) * n + j for (i, j), r in instance.apart)
    return np.array(keys, np.int64)
