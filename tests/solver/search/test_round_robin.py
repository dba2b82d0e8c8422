"""The circle method: everybody meets everybody once, a turn at a time."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.search.round_robin import facing, round_robin_start, turns_of
from tests.solver.instances import instance


def rows_of(n: int, rounds: int) -> dict[int, list[tuple[int, int]]]:
    turns: dict[int, list[tuple[int, int]]] = {}
    columns = (column.tolist() for column in round_robin_start(instance(n, rounds)))
    for i, j, turn in zip(*columns, strict=True):
        turns.setdefault(turn, []).append((i, j))
    return turns


@pytest.mark.parametrize("n", range(2, 13))
def test_everybody_meets_everybody_once_and_nobody_two_in_one_turn(n: int) -> None:
    turns = rows_of(n, n)
    assert sorted(pair for row in turns.values() for pair in row) == list(combinations(range(n), 2))
    assert sorted(turns) == list(range(n - 1 + n % 2))
    for row in turns.values():
        seated = [v for pair in row for v in pair]
        assert len(seated) == len(set(seated)) == n - n % 2


@pytest.mark.parametrize("n", range(2, 13))
def test_the_turn_of_a_pair_is_that_at_which_the_circle_seats_it(n: int) -> None:
    first, second, turn = round_robin_start(instance(n, n))
    assert turns_of(first, second, n).tolist() == turn.tolist()


def test_pairs_come_in_the_order_of_the_turns() -> None:
    assert list(rows_of(8, 7)) == list(range(7))


@pytest.mark.parametrize(("n", "enough"), [(6, 3), (7, 4), (8, 4)])
def test_it_is_left_out_where_rounds_are_fewer_than_half_the_turns(n: int, enough: int) -> None:
    assert rows_of(n, enough)
    assert not rows_of(n, enough - 1)


@pytest.mark.parametrize("n", [0, 1])
def test_nobody_meets_nobody(n: int) -> None:
    assert not rows_of(n, 3)


@given(st.integers(2, 15))
def test_round_the_circle_everybody_faces_everybody_once(n: int) -> None:
    turns = n - 1 + n % 2
    faced = [(v, p) for v in range(n) for turn in range(turns) for p in facing(v, turn, n)]
    assert sorted(faced) == [(v, p) for v in range(n) for p in range(n) if v != p]


@given(st.integers(2, 15), st.integers(0, 40))
def test_who_faces_somebody_is_faced_by_them(n: int, turn: int) -> None:
    for v in range(n):
        assert [facing(p, turn, n) for p in facing(v, turn, n)] in ([[v]], [])
