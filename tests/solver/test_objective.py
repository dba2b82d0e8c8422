"""Points of a schedule: each part by hand, and all of them against an independent count."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.instance import Matchings
from solver.objective import (
    Parts,
    byes_of,
    closed_triangles,
    gains_of,
    parts_of,
    phi,
    points_of,
    satisfactions_of,
    supported_pairs,
    tally_of,
    triangle_value,
)
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import worth
from tests.builders import random_event, with_companies_and_breaks
from tests.solver.instances import instance, mutual

ROUND_TRIP = {(0, 1): 600, (1, 2): 500, (2, 0): 700}
ALL_MEET: Matchings = (((0, 1),), ((1, 2),), ((0, 2),))


@given(st.integers(0, 500))
def test_points_are_those_of_an_independent_count(seed: int) -> None:
    event = with_companies_and_breaks(random_event(seed, 7, 3), seed)
    problem = instance_of(event, explicit_rows(event))
    ids = sorted(attendee.id for attendee in event.attendees)
    seats: Matchings = tuple(
        tuple((k, k + 1) for k in range(r, problem.n - 1, 2 + r)) for r in range(problem.rounds)
    )
    seen: set[tuple[int, int]] = set()
    rows = []
    for row in seats:
        rows.append(tuple(p for p in row if p not in seen and problem.permissions.may_meet(*p)))
        seen.update(rows[-1])
    met = [(ids[i], ids[j]) for row in rows for i, j in row]
    expected = worth(event, met)
    if expected is not None:
        assert points_of(problem, tuple(rows)) == expected


def test_the_four_parts_are_summed_and_byes_count_against() -> None:
    assert Parts(mutual=100, triangles=20, fairness=3, byes=50).points == 73


def test_a_meeting_is_worth_the_root_of_what_both_gain() -> None:
    problem = instance(4, 1, {(0, 1): 900, (1, 0): 400, (2, 3): 900, (3, 2): 49})
    assert parts_of(problem, (((0, 1), (2, 3)),)) == Parts(60_000, 0, 0, 0)


def test_a_triangle_is_worth_its_weakest_gain_once_all_three_have_met() -> None:
    problem = instance(3, 3, ROUND_TRIP, triangles=75)
    assert parts_of(problem, ALL_MEET).triangles == 75 * 500
    assert parts_of(problem, (*ALL_MEET[:2], ())).triangles == 0
    assert triangle_value(problem, 0, 1, 2) == triangle_value(problem, 2, 0, 1) == 500


def test_the_better_way_round_counts() -> None:
    gains = ROUND_TRIP | {(1, 0): 900, (2, 1): 800, (0, 2): 650}
    assert triangle_value(instance(3, 3, gains), 0, 1, 2) == 650


def test_pairs_met_earlier_close_triangles_but_not_all_by_themselves() -> None:
    met = instance(3, 1, ROUND_TRIP, met=((0, 1), (0, 2)))
    assert closed_triangles(met, (((1, 2),),)) == {(0, 1, 2): 500}
    everybody = instance(3, 1, ROUND_TRIP, met=((0, 1), (0, 2), (1, 2)))
    assert closed_triangles(everybody, ((),)) == {}
    assert closed_triangles(everybody, (((1, 2),),)) == {(0, 1, 2): 500}


def test_triangles_are_told_once_and_in_order() -> None:
    problem = instance(4, 3, dict.fromkeys(((i, j) for i in range(4) for j in range(4)), 300))
    meetings: Matchings = (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2)))
    assert list(closed_triangles(problem, meetings)) == list(combinations(range(4), 3))


def test_satisfaction_is_measured_against_the_best_day_but_at_least_half_a_benefit() -> None:
    gains = mutual({(0, 1): 300, (0, 2): 600, (2, 3): 100})
    problem = instance(4, 1, gains, fairness=100)
    meetings: Matchings = (((0, 1), (2, 3)),)
    assert gains_of(problem, meetings) == [300, 300, 100, 100]
    # 300 of 600; 300 of 500, for 300 is less; 100 of 600; 100 of 500
    assert satisfactions_of(problem, meetings) == [500, 600, 166, 200]
    assert parts_of(problem, meetings).fairness == 100 * sum(map(phi, (500, 600, 166, 200)))


def test_whom_nobody_here_can_serve_has_no_satisfaction() -> None:
    problem = instance(3, 1, mutual({(0, 1): 500}), fairness=100)
    assert satisfactions_of(problem, ((),)) == [0, 0, None]
    assert parts_of(problem, ((),)).fairness == 0


def test_what_only_one_gains_satisfies_nobody() -> None:
    problem = instance(3, 2, {(0, 1): 900} | mutual({(0, 2): 500}))
    assert gains_of(problem, (((0, 1),), ())) == [0, 0, 0]


def test_nobody_is_more_than_satisfied() -> None:
    """A held meeting beyond the limit that counts in the best day."""
    problem = instance(3, 2, mutual({(0, 1): 800, (0, 2): 700}), most={0: 1})
    assert satisfactions_of(problem, (((0, 1),), ((0, 2),)))[0] == 1000


@pytest.mark.parametrize(
    ("s", "worth_of_it"),
    [(0, 0), (1, 1), (250, 400), (251, 401), (500, 700), (501, 700), (750, 900), (1000, 1000)],
)
def test_the_first_quarter_of_satisfaction_is_worth_most(s: int, worth_of_it: int) -> None:
    assert phi(s) == worth_of_it


def test_its_worth_rises_and_never_more_steeply() -> None:
    quarters = [phi(s + 250) - phi(s) for s in range(0, 1000, 250)]
    assert quarters == [400, 300, 200, 100]
    assert all(phi(s) <= phi(s + 1) for s in range(1000))


def test_byes_cost_their_square() -> None:
    problem = instance(4, 3, byes=50, absent=[(3, 0)], most={2: 1})
    meetings: Matchings = (((0, 1),), (), ())
    assert byes_of(problem, meetings) == [2, 2, 1, 2]
    assert parts_of(problem, meetings).byes == 1000 * 50 * (4 + 4 + 1 + 4)


def test_more_meetings_than_a_limit_are_no_bye() -> None:
    assert byes_of(instance(3, 2, most={0: 1}), (((0, 1),), ((0, 2),))) == [0, 1, 1]


def test_what_is_mutual_required_or_in_a_closed_triangle_stands_by_itself() -> None:
    gains = ROUND_TRIP | mutual({(3, 4): 500}) | {(3, 5): 900}
    problem = instance(6, 4, gains, required=[(4, 5)])
    meetings: Matchings = (*ALL_MEET, ((3, 4), (1, 5)))
    standing = supported_pairs(problem, meetings)
    assert standing == {(0, 1), (0, 2), (1, 2), (3, 4), (4, 5)}
    assert supported_pairs(problem, (*ALL_MEET[:2], (), ())) == {(4, 5)}


def test_the_sums_of_a_schedule_are_made_once() -> None:
    problem = instance(3, 3, ROUND_TRIP)
    assert tally_of(problem, ALL_MEET) is tally_of(problem, ALL_MEET)
    assert tally_of(instance(3, 3), ALL_MEET) is not tally_of(problem, ALL_MEET)


def test_nobody_has_no_points() -> None:
    assert points_of(instance(0, 0), ()) == 0
    assert closed_triangles(instance(0, 2), ((), ())) == {}
