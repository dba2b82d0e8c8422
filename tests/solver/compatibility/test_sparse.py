"""Sparse tables: marks, rows of some people, and questions about cells."""

import numpy as np

from solver.compatibility.sparse import but_oneself, holds, marks, only


def array(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


TABLE = marks(array(0, 0, 1, 2, 0), array(1, 2, 1, 0, 1), (3, 3))


def test_a_mark_is_one_however_often_it_is_named() -> None:
    assert TABLE.toarray().tolist() == [[0, 1, 1], [0, 1, 0], [1, 0, 0]]


def test_rows_of_others_are_empty() -> None:
    some = only(TABLE, np.array([True, False, True]))
    assert some.toarray().tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0]]
    assert some.nnz == 3


def test_nobody_has_anything_in_common_with_themselves() -> None:
    assert but_oneself(TABLE).toarray().tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0]]


def test_it_is_told_which_cells_hold_something() -> None:
    row, column = (axis.ravel() for axis in np.indices((3, 3)))
    assert holds(TABLE, row, column).tolist() == TABLE.toarray().ravel().astype(bool).tolist()


def test_cells_of_very_wide_tables_are_not_mixed_up() -> None:
    wide = marks(array(70_000), array(5), (70_001, 100_000))
    asked = holds(wide, np.array([70_000, 70_000, 0], np.int32), np.array([5, 6, 5], np.int32))
    assert asked.tolist() == [True, False, False]
