"""Reasons by column: in order, joined, and combined as if one by one."""

from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solver.compatibility.rows import (
    EXACT,
    NOTHING,
    combine_rows,
    combine_rows_by,
    direction_keys,
    in_order,
    join_rows,
    rows,
)

VALUES = st.lists(st.integers(0, 1000), max_size=2 * EXACT)


@given(VALUES)
def test_reasons_together_leave_the_product_of_what_each_leaves(values: list[int]) -> None:
    missing = prod((1000 - value) / 1000 for value in values)
    assert abs(combine_rows(values) - 1000 * (1 - missing)) < 1 + 1e-6
    assert 0 <= combine_rows(values) <= 1000


@given(VALUES, st.integers(0, 1000))
def test_one_reason_more_never_makes_it_less(values: list[int], more: int) -> None:
    assert max([combine_rows(values), more]) <= combine_rows([*values, more])


@given(st.lists(VALUES.filter(bool), max_size=6))
def test_groups_are_combined_as_each_would_be(groups: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, groups)])[:-1].astype(np.int64)
    values = np.array([value for group in groups for value in group], np.int16)
    assert combine_rows_by(starts, values).tolist() == [combine_rows(group) for group in groups]


def test_no_reason_is_worth_nothing_and_a_single_one_what_it_is() -> None:
    assert combine_rows([]) == 0
    assert [combine_rows([value]) for value in (0, 1, 500, 1000)] == [0, 1, 500, 1000]
    assert combine_rows([500, 500]) == 750
    assert combine_rows([999, 1]) == 999


def test_what_is_given_once_holds_for_all() -> None:
    made = rows([0, 1], 2, 3, np.array([10, 20]))
    assert made.target.tolist() == [2, 2]
    assert made.kind.tolist() == [3, 3]
    assert made.refused.tolist() == [False, False]
    assert [column.dtype.name for column in made] == [
        "int32", "int32", "int8", "int16", "bool", "int16", "int16",
    ]  # fmt: skip


def test_rows_are_chosen_by_a_mask_or_by_places() -> None:
    made = rows([0, 1, 2], 3, 0, 5)
    assert made.where(np.array([True, False, True])).source.tolist() == [0, 2]
    assert made.where(np.array([2, 0])).source.tolist() == [2, 0]


def test_parts_are_joined_and_no_parts_are_nothing() -> None:
    joined = join_rows([rows([0], 1, 0, 5), NOTHING, rows([2, 3], 1, 1, 6, refused=True)])
    assert joined.source.tolist() == [0, 2, 3]
    assert joined.refused.tolist() == [False, True, True]
    assert len(join_rows([]).source) == 0


def test_rows_go_by_direction_then_kind_then_need() -> None:
    first = rows([1, 0, 0, 0], [0, 2, 1, 1], 0, [1, 2, 4, 5], left=[0, 0, 1, 0])
    made = join_rows([rows([0], 1, 1, 3), first])
    assert direction_keys(made, people=3).tolist() == [1, 3, 2, 1, 1]
    assert in_order(made, people=3).value.tolist() == [5, 4, 3, 2, 1]


def test_equal_rows_stay_in_their_order() -> None:
    made = rows([0] * 20, 1, 0, np.arange(20))
    assert in_order(made, people=2).value.tolist() == list(range(20))


def test_the_largest_rooms_have_keys_that_do_not_overflow() -> None:
    last = 99_999
    made = rows([last, last], [last - 1, last], 100, [1, 2], left=30_000)
    assert in_order(made, people=100_000).value.tolist() == [1, 2]
    assert direction_keys(made, people=100_000).tolist() == [9_999_999_998, 9_999_999_999]
