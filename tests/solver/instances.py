"""Instances for tests, without an event around them: everything has a default."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from solver.instance import Benefits, Edge, Instance, Matchings, Permissions, Prices, Window


def instance(
    n: int,
    rounds: int,
    benefits: Mapping[Edge, int] | None = None,
    *,
    absent: Iterable[tuple[int, int]] = (),
    tables: tuple[int, ...] | None = None,
    least: Mapping[int, int] | None = None,
    most: Mapping[int, int] | None = None,
    required: Iterable[Edge] = (),
    barred: Iterable[Edge] = (),
    refused: Iterable[Edge] = (),
    organisation: Mapping[int, int] | None = None,
    language: Mapping[int, int] | None = None,
    triangles: int = 0,
    fairness: int = 0,
    byes: int = 0,
    **fields: Any,
) -> Instance:
    """``n`` people who may all meet; ``{(i, j): 800}``: i gains 800 permille by meeting j.

    ``absent`` lists attendee and round; people of two languages do not understand each other,
    language 0 is everybody's. Meetings alone have a price unless others are given.
    """
    present = np.ones((n, rounds), np.bool_)
    for v, r in absent:
        present[v, r] = False
    return Instance(
        present=present,
        tables=(n // 2,) * rounds if tables is None else tables,
        benefits=Benefits.of(n, [(i, j, b) for (i, j), b in (benefits or {}).items()]),
        permissions=Permissions(
            organisation=_column(n, organisation or {}, -1),
            language=_column(n, language or {}, 0),
            understand=np.array([[True] * 3, [True, True, False], [True, False, True]]),
            refused=frozenset(refused),
            barred=frozenset(barred),
            required=tuple(sorted(required)),
        ),
        least=tuple(_column(n, least or {}, 0).tolist()),
        most=tuple(
            min((most or {}).get(v, rounds), here) for v, here in enumerate(present.sum(axis=1))
        ),
        prices=Prices(triangles=triangles, fairness=fairness, byes=byes, floor=50),
        **fields,
    )


def mutual(values: Mapping[Edge, int]) -> dict[Edge, int]:
    """Benefits that are the same for both: ``{(0, 1): 800}`` is worth 800 to 0 and to 1."""
    return {pair: b for (i, j), b in values.items() for pair in ((i, j), (j, i))}


def everybody(n: int, benefit: int) -> dict[Edge, int]:
    """Everybody gains the same by meeting anybody."""
    return dict.fromkeys(permutations(range(n), 2), benefit)


def uses(problem: Instance, i: int, j: int) -> frozenset[tuple[int, int]]:
    """What a meeting of the two uses up between companies (H9)."""
    if problem.companies is None:
        return frozenset()
    ours, theirs = (int(problem.companies.house[v]) for v in (i, j))
    if ours == theirs:
        return frozenset()
    if problem.companies.in_pairs:
        return frozenset({(min(ours, theirs), max(ours, theirs))})
    return frozenset({(-1 - i, theirs), (-1 - j, ours)})


def used_twice(problem: Instance, matchings: Matchings) -> set[tuple[int, int]]:
    """What more than one meeting uses up."""
    counts = Counter(use for row in matchings for pair in row for use in uses(problem, *pair))
    return {use for use, count in counts.items() if count > 1}


def unrested(problem: Instance, matchings: Matchings) -> set[tuple[int, Window]]:
    """Whoever has no break in a window that is not held whole (H10)."""
    busy = {(v, r) for r, row in enumerate(matchings) for pair in row for v in pair}
    return {
        (v, (first, last))
        for v, own in enumerate(problem.windows)
        for first, last in own
        if last in problem.open_rounds and all((v, r) in busy for r in range(first, last + 1))
    }


def _column(n: int, given: Mapping[int, int], usual: int) -> "np.ndarray[tuple[int], Any]":
    return np.array([given.get(v, usual) for v in range(n)], np.int64)
