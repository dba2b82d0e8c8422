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
    seats = TableSeating({3: frozenset({7})}, {}).seat([(0, 1), (2, 3)], RoundTables(9), {})
    assert seats[2, 3] == 7


def test_one_of_the_two_stays_where_they_sat() -> None:
    seating = TableSeating({}, {})
    first = seating.seat([(0, 1), (2, 3)], RoundTables(2), {})
    second = seating.seat([(0, 2), (1, 3)], RoundTables(2), {})
    assert second[0, 2] in (first[0, 1], first[2, 3])
    assert seating.changes == 2


def test_closed_tables_are_left_out() -> None:
    room = RoundTables(4, frozenset({1, 2}))
    seats = TableSeating({0: frozenset({1, 4})}, {}).seat([(0, 1), (2, 3)], room, {})
    assert seats == {(0, 1): 4, (2, 3): 3}


def test_a_place_comes_before_a_published_table_and_that_before_other_places() -> None:
    meetings, room = [(0, 1), (2, 3)], RoundTables(4)
    assert TableSeating({0: frozenset({1})}, {}).seat(meetings, room, {(0, 1): 4})[0, 1] == 1
    either = TableSeating({0: frozenset({1, 4})}, {})
    assert either.seat(meetings, room, {(0, 1): 4})[0, 1] == 4


def test_tables_of_nested_sets_are_shared_out_so_that_all_sit() -> None:
    places = {0: frozenset({1, 2, 3}), 2: frozenset({1}), 4: frozenset({1, 2})}
    seats = TableSeating(places, {}).seat([(0, 1), (2, 3), (4, 5), (6, 7)], RoundTables(4), {})
    assert seats == {(0, 1): 3, (2, 3): 1, (4, 5): 2, (6, 7): 4}


def test_a_pinned_meeting_is_at_its_table() -> None:
    seats = TableSeating({}, {}).seat([(0, 1), (2, 3)], RoundTables(2), {}, {(0, 1): 2})
    assert seats == {(0, 1): 2, (2, 3): 1}


def test_a_billion_tables_cost_nothing() -> None:
    assert TableSeating({}, {}).seat([(0, 1)], RoundTables(10**9), {}) == {(0, 1): 1}


def test_a_published_table_that_is_closed_or_gone_is_not_kept() -> None:
    for room in (RoundTables(4, frozenset({4})), RoundTables(3)):
        assert TableSeating({}, {}).seat([(0, 1)], room, {(0, 1): 4}) == {(0, 1): 1}


def test_nobody_is_seated_at_a_published_table_of_others_unless_it_is_their_place() -> None:
    meetings, promised = [(0, 1), (2, 3)], {(2, 3): 1}
    either = TableSeating({0: frozenset({1, 2})}, {}).seat(meetings, RoundTables(4), promised)
    assert either == {(0, 1): 2, (2, 3): 1}
    only = TableSeating({0: frozenset({1})}, {}).seat(meetings, RoundTables(4), promised)
    assert only == {(0, 1): 1, (2, 3): 2}


def test_promises_of_others_who_do_not_meet_take_no_table() -> None:
    assert TableSeating({}, {}).seat([(0, 1)], RoundTables(2), {(2, 3): 1}) == {(0, 1): 1}


def test_a_fixed_place_outweighs_two_who_would_stay() -> None:
    seating = TableSeating({0: frozenset({3})}, {1: 1, 0: 1})
    assert seating.seat([(0, 1)], RoundTables(3), {}) == {(0, 1): 3}


def test_two_who_stay_outweigh_one() -> None:
    """Both of the first pair sat at table 1, one of the second."""
    seating = TableSeating({}, {0: 1, 1: 1, 2: 1, 3: 2})
    seats = seating.seat([(2, 3), (0, 1)], RoundTables(2), {})
    assert seats == {(0, 1): 1, (2, 3): 2}
    assert seating.changes == 1


def test_who_sits_for_the_first_time_changes_nothing() -> None:
    seating = TableSeating({}, {})
    seating.follow({(0, 1): 5})
    seating.follow({(0, 2): 5})
    seating.follow({(1, 2): 6})
    assert seating.changes == 2
    assert seating.last == {0: 5, 1: 6, 2: 6}


def test_nobody_to_seat_needs_no_table() -> None:
    assert TableSeating({}, {}).seat([], RoundTables(0), {}) == {}


def test_open_tables_are_told_in_order() -> None:
    room = RoundTables(5, frozenset({2, 5}))
    assert list(room.open()) == [1, 3, 4]
    assert [room.has(table) for table in (0, 1, 2, 5, 6)] == [False, True, False, False, False]
