"""The prepared problem: benefits and permissions asked one by one or all at once say the same."""

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.instance import (
    Benefits,
    Instance,
    among,
    columns_of,
    edge,
    mutual_values,
    rising,
    share_a_round,
)
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.instances import instance, mutual


def everybody_twice(n: int) -> tuple[Any, Any]:
    """Every ordered pair, oneself included."""
    i, j = np.array(list(product(range(n), repeat=2)), np.int64).T
    return i, j


@pytest.fixture(scope="module", params=range(25))
def problem(request: pytest.FixtureRequest) -> Instance:
    event = random_event(request.param, 9, 4)
    return instance_of(event, explicit_rows(event))


# All at once and one by one


def test_permissions_of_arrays_are_those_of_single_pairs(problem: Instance) -> None:
    i, j = everybody_twice(problem.n)
    single = [problem.permissions.may_meet(a, b) for a, b in zip(i, j, strict=True)]
    assert problem.permissions.of_pairs(i, j).tolist() == single


def test_benefits_of_arrays_are_those_of_single_pairs(problem: Instance) -> None:
    i, j = everybody_twice(problem.n)
    single = [problem.benefits.get(int(a), int(b)) for a, b in zip(i, j, strict=True)]
    assert problem.benefits.of_pairs(i, j).tolist() == single


def test_mutual_values_of_arrays_are_those_of_single_pairs(problem: Instance) -> None:
    i, j, w = (column.tolist() for column in problem.mutual_edges)
    listed = dict(zip(zip(i, j, strict=True), w, strict=True))
    assert listed == problem.values
    for a, b in product(range(problem.n), repeat=2):
        assert problem.value(a, b) == listed.get(edge(a, b), 0)


def test_the_best_sums_are_those_of_the_largest_gains(problem: Instance) -> None:
    for v in range(problem.n):
        gains = sorted(
            (
                problem.benefits.get(v, p)
                for p in range(problem.n)
                if problem.value(v, p) and meets_once(problem, v, p)
            ),
            reverse=True,
        )
        assert problem.best[v] == sum(gains[: problem.most[v]])


def meets_once(problem: Instance, v: int, p: int) -> bool:
    here = (problem.present[v] & problem.present[p]).any()
    return bool(here) and problem.permissions.may_meet(v, p)


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 300))
def test_a_mutual_value_is_the_root_of_the_product_of_what_reaches_the_floor(
    x: int, y: int, floor: int
) -> None:
    (value,) = mutual_values(np.array([x]), np.array([y]), floor).tolist()
    assert value == 0 if min(x, y) < floor else value**2 <= x * y < (value + 1) ** 2


# Benefits


def test_what_is_worth_nothing_is_left_out_and_the_rest_is_sorted() -> None:
    benefits = Benefits.of(3, [(2, 0, 5), (0, 2, 7), (0, 1, 0), (1, 0, 3)])
    rows = zip(benefits.source.tolist(), benefits.target.tolist(), strict=True)
    assert list(rows) == [(0, 2), (1, 0), (2, 0)]
    assert benefits.value.tolist() == [7, 3, 5]
    assert benefits.start.tolist() == [0, 1, 2, 3]
    assert benefits.returned.tolist() == [5, 0, 7]


def test_the_best_partners_of_everybody_come_first() -> None:
    benefits = Benefits.of(3, [(0, 1, 3), (0, 2, 7), (1, 0, 4), (1, 2, 4)])
    assert benefits.target[benefits.best_first].tolist() == [2, 1, 0, 2]


def test_nobody_gains_where_no_benefits_are_given() -> None:
    nothing = Benefits.of(3, [])
    assert nothing.get(0, 1) == 0
    assert nothing.of_pairs(*everybody_twice(3)).tolist() == [0] * 9
    assert instance(3, 2).best == (0, 0, 0)


# Permissions


def test_a_requirement_overrides_house_language_and_refusal_and_nothing_overrides_a_bar() -> None:
    against: list[dict[str, Any]] = [
        {"organisation": {0: 7, 1: 7}},
        {"language": {0: 1, 1: 2}},
        {"refused": [(0, 1)]},
    ]
    for why in against:
        assert not instance(2, 1, **why).permissions.may_meet(1, 0)
        assert instance(2, 1, required=[(0, 1)], **why).permissions.may_meet(1, 0)
    barred = instance(2, 1, required=[(0, 1)], barred=[(0, 1)]).permissions
    assert not barred.may_meet(0, 1)
    assert not barred.of_pairs(np.array([0]), np.array([1])).any()


def test_nobody_meets_themselves() -> None:
    assert not instance(2, 1).permissions.may_meet(1, 1)


# The day so far

HELD = (((0, 1), (2, 3)),)


def test_what_was_held_is_neither_required_nor_needed_again() -> None:
    problem = instance(
        4, 3, required=[(1, 2), (0, 1), (0, 2)], least={0: 2, 3: 1}, held=HELD,
        waived=frozenset({(0, 2)}), excused=frozenset({1}),
    )  # fmt: skip
    assert problem.required == ((1, 2),)
    assert problem.needed == (1, 0, 0, 0)
    assert problem.held_counts == (1, 1, 1, 1)
    assert problem.open_rounds == range(1, 3)


def test_who_is_excused_needs_nothing() -> None:
    assert instance(4, 2, least={0: 2, 1: 2}, excused=frozenset({0})).needed == (0, 2, 0, 0)


def test_there_is_room_for_as_many_meetings_as_limits_and_open_rounds_leave() -> None:
    problem = instance(4, 3, most={0: 2, 2: 0}, absent=[(1, 2), (3, 0)], held=HELD)
    assert problem.capacity == (1, 1, 0, 1)


def test_more_held_meetings_than_a_limit_leave_no_room() -> None:
    assert instance(4, 3, most={0: 0}, held=HELD).capacity[0] == 0


@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_room_is_what_breaks_leave_however_they_are_taken(rounds: int, chance: Any) -> None:
    """Enumerated are all sets of open rounds in which the first of them could sit."""
    spans = [(x, y) for x in range(rounds) for y in range(x, rounds)]
    windows = tuple(sorted(chance.sample(spans, min(3, len(spans))), key=lambda w: w[::-1]))
    n, start = rounds + 1, chance.randint(0, rounds)
    held = tuple(((0, r + 1),) if chance.random() < 0.7 else () for r in range(start))
    absent = [(0, r) for r in range(len(held), rounds) if chance.random() < 0.2]
    limit = chance.randint(0, rounds)
    all_windows, limits = (windows, *[()] * rounds), (limit, *[rounds] * rounds)
    problem = instance(n, rounds, held=held, absent=absent, windows=all_windows, limit=limits)
    had = {r for r, row in enumerate(held) if row}
    choices = [r for r in problem.open_rounds if (0, r) not in absent]
    most = max(
        len(chosen)
        for size in range(len(choices) + 1)
        for chosen in combinations(choices, size)
        if all(
            last < len(held) or not had.union(chosen) >= set(range(first, last + 1))
            for first, last in windows
        )
    )
    assert problem.capacity[0] == min(most, max(0, limit - len(had)))


def test_who_is_pinned_or_absent_is_not_free_nor_is_anybody_in_a_held_round() -> None:
    problem = instance(4, 3, held=HELD, absent=[(3, 1)], pinned=((), (), ((0, 2),)))
    assert problem.free.T.tolist() == [
        [False] * 4,
        [True, True, True, False],
        [False, True, False, True],
    ]
    assert problem.present.all(axis=1).tolist() == [True, True, True, False]


def test_a_pair_may_meet_in_a_round_in_which_both_are_there_unless_it_has_met() -> None:
    problem = instance(4, 3, held=HELD, absent=[(0, 1)], barred=[(0, 3)])
    assert [problem.may_meet_in(2, 0, r) for r in (1, 2)] == [False, True]
    assert not problem.may_meet_in(1, 0, 2)
    assert not problem.may_meet_in(0, 3, 2)


def test_held_meetings_count_among_the_best_whatever_forbids_them_now() -> None:
    gains = mutual({(0, 1): 800, (0, 2): 500, (0, 3): 300})
    problem = instance(4, 2, gains, barred=[(0, 1), (0, 2)], held=(((0, 1),),))
    assert problem.best[0] == 800 + 300


def test_what_falls_below_the_floor_on_one_side_adds_to_nobodys_best() -> None:
    assert instance(2, 1, {(0, 1): 900, (1, 0): 49}).best == (0, 0)
    assert instance(2, 1, {(0, 1): 900, (1, 0): 50}).best == (900, 50)


# Arrays of pairs


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_pairs_become_columns_and_rising_numbers(pairs: list[tuple[int, int]]) -> None:
    i, j = columns_of(pairs)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == pairs
    assert rising(pairs, 10).tolist() == sorted(10 * a + b for a, b in pairs)


@given(st.lists(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_numbers_are_found_among_those_known(numbers: list[int], known: set[int]) -> None:
    found = among(np.array(numbers, np.int64), np.array(sorted(known), np.int64))
    assert found.tolist() == [number in known for number in numbers]


@given(st.integers(1, 20), st.randoms(use_true_random=False))
def test_two_share_a_round_if_both_are_there_in_one(rounds: int, chance: Any) -> None:
    rows = [[chance.random() < 0.3 for _ in range(rounds)] for _ in range(4)]
    i, j = everybody_twice(4)
    expected = [
        any(a and b for a, b in zip(rows[x], rows[y], strict=True))
        for x, y in zip(i, j, strict=True)
    ]
    assert share_a_round(np.array(rows), i, j).tolist() == expected
