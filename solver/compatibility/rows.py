"""Reasons by column: a large room has millions, and an object for each would take gigabytes.

People are numbers, their places in the order of ids. ``left`` and ``right`` say on what a reason
rests: for a need that an offer meets, the places of both in their owners' lists; else nothing.
"""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EXACT = 6
"""A product of so many factors of up to 1000 is exact in 64 bits."""


class Rows(NamedTuple):
    """Reasons as parallel arrays: ``source`` gains ``value`` permille from ``target``."""

    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    value: npt.NDArray[np.int16]
    refused: Flags
    left: npt.NDArray[np.int16]
    right: npt.NDArray[np.int16]

    def where(self, chosen: Any) -> "Rows":
        """The chosen rows: a mask, or places in order."""
        return Rows(*(column[chosen] for column in self))


TYPES = (np.int32, np.int32, np.int8, np.int16, np.bool_, np.int16, np.int16)


def rows(
    source: Any,
    target: Any,
    kind: int,
    value: Any,
    refused: Any = False,
    left: Any = 0,
    right: Any = 0,
) -> Rows:
    """Reasons of one kind; what is given once holds for all."""
    columns = np.broadcast_arrays(source, target, kind, value, refused, left, right)
    return _typed(columns)


def join_rows(parts: Iterable[Rows]) -> Rows:
    """All rows of all parts."""
    columns: Iterable[Any] = zip(*(list(parts) or [NOTHING]), strict=True)
    return Rows(*(np.concatenate(column) for column in columns))


def _typed(columns: Iterable[Any]) -> Rows:
    return Rows(*[column.astype(kind) for column, kind in zip(columns, TYPES, strict=True)])


NOTHING = _typed([np.zeros(0)] * len(TYPES))


def in_order(found: Rows, people: int) -> Rows:
    """By direction, and within one by kind and by need."""
    within = found.kind.astype(np.int64) * (1 << 16) + found.left
    return found.where(
        np.argsort(direction_keys(found, people) * (1 << 20) + within, kind="stable")
    )


def direction_keys(found: Rows, people: int) -> Integers:
    """One number for each source and target, in their order."""
    return found.source.astype(np.int64) * people + found.target


def combine_rows(values: Sequence[int]) -> int:
    """Permille of all reasons together: 0 without any, never less for one more, at most 1000."""
    missing, whole = prod(1000 - value for value in values), prod(1000 for _ in values)
    return 1000 - -(-1000 * missing // whole)


def combine_rows_by(starts: Integers, values: npt.NDArray[np.int16]) -> Integers:
    """``combine_rows`` of every group of ``values``; groups begin at ``starts``, none is empty."""
    if not len(starts):
        return np.zeros(0, np.int64)
    counts = np.diff(np.append(starts, len(values)))
    missing = np.multiply.reduceat(1000 - values.astype(np.int64), starts)
    benefits: Integers = 1000 + -missing // 1000 ** np.minimum(counts - 1, EXACT - 1)
    for group in np.flatnonzero(counts > EXACT).tolist():
        start = starts[group]
        benefits[group] = combine_rows(values[start : start + counts[group]].tolist())
    return benefits
