"""Tables: fixed places first, then few changes."""

import pytest

from solver import tables
from solver.tables import RoundTables, TableSeating


@pytest.fixture(params=["exact", "greedy"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "greedy":
        monkeypatch.setattr(tables, "EXACT_MEETINGS", -1)


pytestmark = pytest.mark.usefixtures("_way")


def test_a_fixed_place_is_kept() -> None:
    seats = TableSeating({3: 7}, {}).seat([(0, 1), (2, 3)], RoundTables(9), {})
    assert seats[2, 3] == 7


def test_one_of_the_two_stays_where_they_sat() -> None:
    seating = TableSeating({}, {})
    first = seating.seat([(0, 1), (2, 3)], RoundTables(2), {})
    second = seating.seat([(0, 2), (1, 3)], RoundTables(2), {})
    assert second[0, 2] in (first[0, 1], first[2, 3])
    assert seating.changes == 2


def test_closed_tables_are_left_out() -> None:
    seats = TableSeating({0: 1}, {}).seat([(0, 1), (2, 3)], RoundTables(4, frozenset({1, 2})), {})
    assert sorted(seats.values()) == [3, 4]


def test_a_published_table_comes_before_a_fixed_place() -> None:
    seats = TableSeating({0: 1}, {}).seat([(0, 1), (2, 3)], RoundTables(4), {(0, 1): 4})
    assert seats[0, 1] == 4


def test_a_billion_tables_cost_nothing() -> None:
    assert TableSeating({}, {}).seat([(0, 1)], RoundTables(10**9), {}) == {(0, 1): 1}
