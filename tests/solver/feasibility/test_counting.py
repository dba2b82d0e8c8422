"""Demands that counting shows to be impossible, and none that are possible."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.errors import Rule
from solver.feasibility.counting import find_impossible_demands, hopeless_demands
from solver.feasibility.rules import with_only
from solver.instance import Instance
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.feasibility.oracle import whole_model
from tests.solver.instances import instance


def require(*pairs: tuple[int, int]) -> list[Rule]:
    return [Rule("require", pair) for pair in pairs]


def least(*people: int) -> list[Rule]:
    return [Rule("min", (v,)) for v in people]


@given(st.integers(0, 400))
def test_what_counting_calls_impossible_is_impossible(seed: int) -> None:
    event = random_event(seed, 6, 3)
    problem = instance_of(event, explicit_rows(event))
    found = find_impossible_demands(problem)
    assert not found or whole_model(with_only(problem, found)) is None


def test_where_nothing_is_demanded_nothing_is_impossible() -> None:
    assert find_impossible_demands(instance(4, 2, tables=(0, 0))) == []


# Each check, and the same event with just enough


def test_a_pair_that_never_meets_is_named_alone() -> None:
    problem = instance(6, 2, required=[(0, 1), (2, 3)], absent=[(2, 0), (3, 1)])
    assert find_impossible_demands(problem) == require((2, 3))
    assert not find_impossible_demands(instance(6, 2, required=[(0, 1), (2, 3)], absent=[(2, 0)]))


def test_a_round_without_tables_brings_no_pair_together() -> None:
    required = [(0, 1)]
    shut = instance(4, 2, required=required, absent=[(0, 0)], tables=(2, 0))
    assert find_impossible_demands(shut) == require((0, 1))
    ajar = instance(4, 2, required=required, absent=[(0, 0)], tables=(0, 1))
    assert find_impossible_demands(ajar) == []


def test_of_too_many_required_partners_one_more_than_fit_are_named() -> None:
    star = [(0, v) for v in range(1, 5)]
    assert find_impossible_demands(instance(8, 2, required=star)) == require(*star[:3])
    assert find_impossible_demands(instance(8, 4, required=star)) == []
    limited = instance(8, 4, required=star, most={0: 3})
    assert find_impossible_demands(limited) == require(*star)


def test_a_limit_below_a_minimum_is_seen() -> None:
    """Held meetings count on both sides."""
    held = (((0, 1),),)
    assert find_impossible_demands(instance(6, 4, least={0: 3}, most={0: 2})) == least(0)
    assert find_impossible_demands(instance(6, 4, least={0: 3}, most={0: 3}, held=held)) == []
    assert find_impossible_demands(instance(6, 3, least={0: 4}, held=held)) == least(0)


@pytest.mark.parametrize(
    "problem",
    [
        instance(4, 3, least={0: 3}, barred=[(0, 3)]),
        instance(4, 3, least={0: 3}, refused=[(0, 3)]),
        instance(4, 3, least={0: 3}, organisation={0: 0, 3: 0}),
        instance(4, 3, least={0: 3}, language={0: 1, 3: 2}),
        instance(4, 3, least={0: 3}, absent=[(3, 0), (3, 1), (3, 2)]),
        instance(4, 4, least={0: 4}, held=(((0, 3),),)),
    ],
)
def test_who_may_meet_too_few_is_named(problem: Instance) -> None:
    assert find_impossible_demands(problem) == least(0)


@pytest.mark.parametrize(
    "problem",
    [
        # somebody is counted out twice, by language and as a colleague
        instance(5, 3, least={0: 3}, organisation={0: 0, 4: 0}, language={0: 1, 4: 2}),
        # colleagues who must meet may
        instance(4, 3, least={0: 3}, organisation={0: 0, 3: 0}, required=[(0, 3)]),
        # the last is there for one round, and 0 as well
        instance(4, 3, least={0: 3}, absent=[(3, 0), (3, 1)]),
    ],
)
def test_who_may_meet_just_enough_is_not(problem: Instance) -> None:
    assert find_impossible_demands(problem) == []


def test_of_many_minimums_the_largest_that_together_are_too_many_are_named() -> None:
    """Three meetings have six seats; 3 + 2 + 2 are more, 3 + 2 + 1 are not."""
    needs = {0: 1, 1: 2, 2: 3, 3: 2}
    assert find_impossible_demands(instance(6, 3, tables=(1,) * 3, least=needs)) == least(1, 2, 3)
    assert find_impossible_demands(instance(6, 3, tables=(1,) * 3, least={0: 1, 1: 2, 2: 3})) == []


def test_requirements_and_minimums_share_the_seats() -> None:
    """Two meetings: one is required, and two others need one each, or three."""
    required = [(0, 1)]
    enough = instance(8, 1, tables=(2,), required=required, least={0: 1, 2: 1, 3: 1})
    assert find_impossible_demands(enough) == []
    short = instance(8, 1, tables=(2,), required=required, least={0: 1, 2: 1, 3: 1, 4: 1})
    assert find_impossible_demands(short) == require((0, 1)) + least(2, 3, 4)


def test_an_empty_chair_is_no_seat() -> None:
    """Three present have one meeting, however many tables there are."""
    problem = instance(4, 1, tables=(9,), least=dict.fromkeys(range(3), 1), absent=[(3, 0)])
    assert find_impossible_demands(problem) == least(0, 1, 2)


def test_more_pairs_are_required_than_tables_are_there() -> None:
    pairs = [(0, 1), (2, 3), (4, 5)]
    problem = instance(6, 1, tables=(1,), required=pairs)
    assert find_impossible_demands(problem) == require(*pairs[:2])


def test_a_house_needs_more_of_others_than_come() -> None:
    """Four colleagues and two guests in one round: two of the four find somebody."""
    house = dict.fromkeys(range(4), 0)
    assert find_impossible_demands(
        instance(6, 1, least=dict.fromkeys(range(3), 1), organisation=house)
    ) == least(0, 1, 2)
    assert not find_impossible_demands(instance(6, 1, least={0: 1, 1: 1}, organisation=house))
    assert not find_impossible_demands(
        instance(6, 2, least=dict.fromkeys(range(4), 1), organisation=house)
    )


def test_colleagues_who_must_meet_are_two_seats_within_the_house() -> None:
    house = dict.fromkeys(range(4), 0)
    needs = dict.fromkeys(range(4), 1)
    problem = instance(6, 1, least=needs, organisation=house, required=[(0, 1)])
    assert find_impossible_demands(problem) == []


def test_people_of_no_house_are_no_house() -> None:
    assert find_impossible_demands(instance(6, 1, least=dict.fromkeys(range(6), 1))) == []


# What is hopeless by itself


def test_what_is_hopeless_is_so_whatever_else_is_given_up() -> None:
    problem = instance(
        9,
        2,
        required=[(0, 1), (2, 3)],
        least={1: 3, 8: 2, 5: 1},
        barred=[(2, 3), *((v, 8) for v in (0, 1, 3, 4, 5, 6, 7))],
    )
    assert hopeless_demands(problem) == ([(2, 3)], [1, 8])


def test_what_only_together_is_too_much_is_not_hopeless() -> None:
    crowd = instance(6, 1, tables=(1,), required=[(0, 1), (2, 3)], least=dict.fromkeys(range(6), 1))
    assert hopeless_demands(crowd) == ([], [])
    assert hopeless_demands(instance(4, 1, required=combinations(range(3), 2))) == ([], [])
