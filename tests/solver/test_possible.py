"""What could happen in open rounds: pairs and rounds, seats, and triangles that can close."""

import pytest

from solver.instance import Instance
from solver.possible import known, one_sided, rounds_of, seats_of, trio_of, trios
from tests.solver.instances import instance, mutual

ROUND_TRIP = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
SIDES = [(0, 1), (0, 2), (1, 2)]


def test_a_pair_meets_in_open_rounds_with_a_table_in_which_both_are_there() -> None:
    problem = instance(
        4, 5, absent=[(0, 1), (1, 2)], tables=(2, 2, 2, 0, 1), held=((),), barred=[(2, 3)]
    )
    found = dict(rounds_of(problem, [(2, 3), (0, 1), (0, 2)]))
    assert found == {(0, 1): [4], (0, 2): [2, 4]}
    assert list(found) == [(0, 1), (0, 2)]


def test_a_pair_that_has_met_today_meets_no_more() -> None:
    problem = instance(4, 2, held=(((0, 1),),))
    assert dict(rounds_of(problem, [(0, 1), (0, 2)])) == {(0, 2): [1]}


def test_no_pairs_have_no_rounds() -> None:
    assert list(rounds_of(instance(4, 2), ())) == []


def test_a_round_seats_as_many_as_come_or_as_its_tables_hold() -> None:
    problem = instance(5, 4, tables=(2, 1, 9, 9), absent=[(0, 2), (1, 2)], held=((),))
    assert seats_of(problem) == {1: 1, 2: 1, 3: 2}


def test_a_pair_of_no_mutual_value_needs_a_triangle_unless_it_is_required() -> None:
    gains = mutual({(0, 1): 500, (0, 2): 49}) | {(0, 3): 900}
    problem = instance(4, 2, gains, required=[(2, 3)])
    assert one_sided(problem, [(0, 1), (0, 2), (0, 3), (2, 3)]) == [(0, 2), (0, 3)]


def test_a_requirement_that_was_given_up_still_stands_by_itself() -> None:
    problem = instance(4, 2, required=[(2, 3)], waived=frozenset({(2, 3)}))
    assert one_sided(problem, [(2, 3)]) == []


def test_a_triangle_needs_a_round_for_each_pair_that_is_not_acquainted() -> None:
    assert trios(instance(3, 3, ROUND_TRIP), SIDES) == [(0, 1, 2)]
    assert trios(instance(3, 2, ROUND_TRIP), SIDES) == []
    assert trios(instance(3, 2, ROUND_TRIP, met=((0, 1),)), SIDES) == [(0, 1, 2)]
    assert trios(instance(3, 3, ROUND_TRIP, held=((),)), SIDES) == []
    assert trios(instance(3, 3, ROUND_TRIP, held=(((0, 1),),)), SIDES[1:]) == [(0, 1, 2)]


def test_every_side_meets_or_is_acquainted_and_one_of_them_meets() -> None:
    assert trios(instance(3, 3, ROUND_TRIP), SIDES[:2]) == []
    met = instance(3, 3, ROUND_TRIP, met=((1, 2),))
    assert trios(met, SIDES[:2]) == [(0, 1, 2)]
    assert trios(instance(3, 3, ROUND_TRIP, met=tuple(SIDES)), ()) == []


WITHOUT_VALUE: list[Instance] = [
    instance(3, 3),
    instance(3, 3, {(0, 1): 600, (1, 2): 500, (0, 2): 700}),
    instance(3, 3, {(0, 1): 600, (1, 2): 500}),
]


@pytest.mark.parametrize("problem", WITHOUT_VALUE)
def test_a_triangle_of_which_no_way_round_is_gained_all_along_is_none(problem: Instance) -> None:
    assert trios(problem, SIDES) == []


def test_who_met_earlier_or_today_is_known() -> None:
    assert known(instance(4, 2, met=((2, 3),), held=(((0, 1),),))) == {(0, 1), (2, 3)}


def test_a_trio_is_told_in_order() -> None:
    assert {trio_of(*order) for order in ((2, 0, 1), (1, 2, 0), (0, 1, 2))} == {(0, 1, 2)}
