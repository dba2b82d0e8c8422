"""Sparse tables of people and of what they have in common."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def marks(row: Integers, column: Integers, shape: tuple[int, int]) -> csr_array:
    """1 at each of these places, however often it is named."""
    table = csr_array((np.ones(len(row), np.int32), (row, column)), shape=shape)
    table.data[:] = 1
    return table


def only(table: csr_array, people: Flags) -> csr_array:
    """The rows of these people; all others empty."""
    return _chosen(table, people[table.tocoo().row])


def but_oneself(table: csr_array) -> csr_array:
    """Without the diagonal."""
    found = table.tocoo()
    return _chosen(table, np.asarray(found.row != found.col))


def _chosen(table: csr_array, cells: Flags) -> csr_array:
    """The chosen ones of the cells that are stored."""
    found = table.tocoo()
    places = found.row[cells], found.col[cells]
    return csr_array((found.data[cells], places), shape=table.shape)


def holds(table: csr_array, row: npt.NDArray[np.integer], column: npt.NDArray[np.integer]) -> Flags:
    """Whether the table holds something at each of these places."""
    width = table.shape[1]
    found = table.tocoo()
    there = found.row.astype(np.int64) * width + found.col
    return np.isin(row.astype(np.int64) * width + column, there)
