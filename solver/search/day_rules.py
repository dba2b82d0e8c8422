"""Companies, breaks, places and pairs kept apart (H9 to H11), as the arrays the kernel reads."""

from typing import Any

import numpy as np

from solver.instance import Companies, Instance, Ints, PlaceSets

NOTHING = np.zeros(0, np.int64)


def day_rules(instance: Instance) -> dict[str, Any]:
    """Those fields of the kernel's ``SearchProblem`` that are about these rules."""
    rows = instance.open_windows
    listed = [window for row in rows for window in row]
    start = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return {
        "strict": instance.is_strict,
        **_of_companies(instance.companies),
        "window_start": start if rows else np.zeros(instance.n + 1, np.int64),
        "window": np.array(listed, np.int64).reshape(-1, 2),
        **_of_places(instance.places, instance.rounds),
        "apart": _apart(instance),
    }


def _of_companies(companies: Companies | None) -> dict[str, Ints]:
    if companies is None:
        return {"house": NOTHING, "house_start": NOTHING, "member": NOTHING}
    house = companies.house
    member = np.argsort(house, kind="stable").astype(np.int64)
    start = np.searchsorted(house[member], np.arange(int(house.max(initial=-1)) + 2))
    return {
        "house": house,
        "house_start": start.astype(np.int64) if companies.in_pairs else NOTHING,
        "member": member,
    }


def _of_places(places: PlaceSets | None, rounds: int) -> dict[str, Ints]:
    if places is None:
        none = np.zeros((0, rounds), np.int64)
        return {"place": NOTHING, "around": NOTHING, "depth": NOTHING, "place_tables": none}
    return {
        "place": places.of,
        "around": np.array([row[1] if len(row) > 1 else -1 for row in places.around], np.int64),
        "depth": np.array([len(row) - 1 for row in places.around], np.int64),
        "place_tables": places.tables,
    }


def _apart(instance: Instance) -> Ints:
    n = instance.n
    keys = sorted((r * n + i) * n + j for (i, j), r in instance.apart)
    return np.array(keys, np.int64)
