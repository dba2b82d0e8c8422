"""The hard rules as a CP-SAT model: what it allows is what the rules allow."""

from itertools import combinations
from typing import Any

import pytest
from ortools.sat.python import cp_model

from solver.feasibility.cp_model import HardRulesModel, total
from solver.feasibility.cp_solver import FOUND, new_solver, run_cp_sat
from solver.instance import Edge, Instance, Matchings
from tests.solver.feasibility.oracle import meter
from tests.solver.instances import instance, mutual


def modelled(problem: Instance) -> HardRulesModel:
    return HardRulesModel.of(problem, combinations(range(problem.n), 2))


def solved(day: HardRulesModel) -> Matchings | None:
    solver = new_solver(0, linear=1)
    status = run_cp_sat(solver, day.model, meter())
    assert status in (*FOUND, cp_model.INFEASIBLE)
    return day.matchings(solver) if status in FOUND else None


def most_meetings(problem: Instance) -> int:
    """How many meetings the model lets take place in open rounds."""
    day = modelled(problem)
    day.model.maximize(total(day.meets.values()))
    found = solved(day)
    assert found is not None
    return sum(map(len, found[len(problem.held) :]))


def with_meetings(problem: Instance, *meetings: tuple[Edge, int]) -> Matchings | None:
    day = modelled(problem)
    for pair, r in meetings:
        day.demand(pair, r)
    return solved(day)


@pytest.mark.parametrize(
    ("changes", "meetings"),
    [
        ({}, 6),  # everybody meets everybody
        ({"absent": [(0, 0)]}, 5),
        ({"tables": (2, 1, 2)}, 5),
        ({"tables": (1, 1, 1)}, 3),
        ({"tables": (0, 2, 1)}, 3),
        ({"most": {0: 1}}, 4),
        ({"barred": [(0, 1)]}, 5),
        ({"held": (((0, 1), (2, 3)),)}, 4),
    ],
)
def test_four_people_have_as_many_meetings_as_the_rules_allow(
    changes: dict[str, Any], meetings: int
) -> None:
    assert most_meetings(instance(4, 3, **changes)) == meetings


def test_two_meetings_of_one_person_are_in_two_rounds() -> None:
    problem = instance(4, 2)
    assert with_meetings(problem, ((0, 1), 0), ((0, 2), 0)) is None
    found = with_meetings(problem, ((0, 1), 0), ((0, 2), 1))
    assert found is not None
    assert (0, 1) in found[0]
    assert (0, 2) in found[1]


def test_a_pair_has_one_meeting() -> None:
    assert with_meetings(instance(4, 2), ((0, 1), 0), ((0, 1), 1)) is None


def test_tables_are_counted_round_by_round() -> None:
    problem = instance(6, 2, tables=(1, 3))
    assert with_meetings(problem, ((0, 1), 0), ((2, 3), 0)) is None
    assert with_meetings(problem, ((0, 1), 1), ((2, 3), 1), ((4, 5), 1)) is not None


def test_a_round_in_which_somebody_is_missing_has_one_table_less() -> None:
    """Of six people one is absent from the first round: two tables are as good as three."""
    problem = instance(6, 2, tables=(2, 3), absent=[(5, 0)])
    assert with_meetings(problem, ((0, 1), 0), ((2, 3), 0)) is not None


def test_a_demand_of_a_pair_that_is_not_offered_contradicts() -> None:
    day = HardRulesModel.of(instance(4, 2), [(0, 1)])
    assert solved(day) is not None
    day.demand((2, 3))
    assert solved(day) is None


def test_a_minimum_above_the_pairs_on_offer_contradicts() -> None:
    problem = instance(4, 2, least={0: 2})
    assert solved(HardRulesModel.of(problem, [(0, 1)])) is None
    assert solved(HardRulesModel.of(problem, [(0, 1), (0, 2)])) is not None


def test_nobody_has_more_meetings_than_a_limit() -> None:
    problem = instance(6, 3, most={0: 1}, required=[(0, 1)])
    assert with_meetings(problem, ((0, 2), 1)) is None


def test_what_is_pinned_takes_place_in_its_round() -> None:
    problem = instance(4, 3, pinned=((), ((0, 1),), ()), required=[(0, 1), (2, 3)])
    found = solved(modelled(problem))
    assert found is not None
    assert (0, 1) in found[1]


def test_that_a_pair_meets_in_a_round_is_said_only_of_that_round() -> None:
    for wanted, r in ((True, 1), (False, 0)):
        day = modelled(instance(4, 2))
        there = day.in_round((0, 1), 1)
        day.demand((0, 1), r)
        day.model.add(there == 1)
        assert (solved(day) is not None) == wanted


def test_a_suggestion_is_found_again() -> None:
    hint: Matchings = (((0, 3),), ((0, 1), (2, 3)), ())
    day = modelled(instance(4, 3))
    day.suggest(hint)
    solver = new_solver(0, linear=1)
    solver.parameters.fix_variables_to_their_hinted_value = True
    assert run_cp_sat(solver, day.model, meter()) in FOUND
    assert day.matchings(solver) == hint


# Triangles and H8

ROUND_TRIP = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
SIDES = [(0, 1), (0, 2), (1, 2)]


def closes(problem: Instance, *meetings: Edge) -> bool:
    """Whether the triangle 0-1-2 may be said to close when exactly these of its pairs meet."""
    day = modelled(problem)
    for pair in SIDES:
        if pair in day.meets:
            day.model.add(day.meets[pair] == (pair in meetings))
    day.model.add(day.closing((0, 1, 2)) == 1)
    return solved(day) is not None


def test_a_triangle_closes_when_all_three_pairs_meet() -> None:
    problem = instance(3, 3, ROUND_TRIP)
    assert closes(problem, *SIDES)
    assert not closes(problem, (0, 1), (0, 2))


def test_pairs_that_are_acquainted_need_not_meet_for_it() -> None:
    met = instance(3, 3, ROUND_TRIP, met=((0, 1),))
    assert closes(met, (0, 2), (1, 2))
    assert not closes(met, (0, 1), (1, 2))
    held = instance(3, 3, ROUND_TRIP, held=(((0, 1),),))
    assert closes(held, (0, 2), (1, 2))
    assert not closes(held, (0, 2))


def test_three_who_all_met_earlier_need_one_meeting_here() -> None:
    problem = instance(3, 3, ROUND_TRIP, met=tuple(SIDES))
    assert closes(problem, (0, 2))
    assert not closes(problem)
    held = instance(3, 3, ROUND_TRIP, met=((0, 1), (0, 2)), held=(((1, 2),),))
    assert closes(held)


def test_a_triangle_is_stated_once() -> None:
    day = modelled(instance(3, 3, ROUND_TRIP))
    assert day.closing((0, 1, 2)) is day.closing((0, 1, 2))


def test_where_idle_seats_stay_idle_a_meeting_is_mutual_required_or_in_a_triangle() -> None:
    gains = ROUND_TRIP | mutual({(3, 4): 500}) | {(3, 5): 900}
    problem = instance(6, 3, gains, fill=False, required=[(4, 5)])
    day = modelled(problem)
    day.model.maximize(total(day.meets.values()))
    found = solved(day)
    assert found is not None
    assert {pair for row in found for pair in row} == {*SIDES, (3, 4), (4, 5)}
    two_rounds = instance(6, 2, gains, fill=False)
    assert most_meetings(two_rounds) == 1
