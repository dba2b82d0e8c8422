"""A part of the people answers for all: whoever is left out could only stand in for others."""

from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import pytest

from solver.feasibility.subproblem import Subproblem, subproblem_of
from solver.instance import Edge, Instance, edge
from tests.solver.feasibility.oracle import complaints, whole_model
from tests.solver.instances import instance


@pytest.mark.parametrize(
    "problem",
    [
        # the first of the others may not meet the one in need
        instance(6, 1, least={0: 1}, barred=[(0, 1)]),
        # two who need two meetings each, with people who have time for one
        instance(8, 2, least={0: 2, 1: 2}, barred=[(0, 1)], most=dict.fromkeys(range(2, 8), 1)),
        # the first three others have time for one meeting, the last four for three
        instance(9, 3, least={0: 3, 1: 3}, barred=[(0, 1)], most=dict.fromkeys((2, 3, 4), 1)),
        # who is required to meet does so already
        instance(6, 2, required=[(0, 1)], least={2: 1}, pinned=(((0, 1),), ())),
    ],
)
def test_enough_stand_ins_are_kept(problem: Instance) -> None:
    part = subproblem_of(problem)
    assert len(part.people) < problem.n
    assert whole_model(part.instance) is not None


@pytest.mark.parametrize("block", range(4))
def test_a_part_of_the_people_answers_for_all(block: int) -> None:
    """Stand-ins of whom there are enough are left out; the answer stays."""
    left_out = impossible = 0
    for seed in range(block, 200, 4):
        problem = few_in_need(seed)
        part = subproblem_of(problem)
        found = whole_model(part.instance)
        assert (found is None) == (whole_model(problem) is None), f"seed {seed}"
        assert found is None or not list(complaints(problem, part.back(found)))
        left_out += problem.n - len(part.people)
        impossible += found is None
    assert left_out > 100
    assert 5 < impossible < 45


def few_in_need(seed: int) -> Instance:
    """Two or three people in need, others of whom not all are of use to them, and perhaps pins."""
    rng = Random(seed)
    n, rounds = 20, rng.randint(2, 3)
    needy = rng.sample(range(n), rng.randint(2, 3))
    others = [v for v in range(n) if v not in needy]
    problem = instance(
        n,
        rounds,
        least={v: rng.randint(1, rounds) for v in needy},
        absent={(v, r) for v in others for r in range(rounds) if rng.random() < 0.6},
        most={v: rng.randint(0, 1) for v in others if rng.random() < 0.5},
        barred={edge(v, p) for v in needy for p in others if rng.random() < 0.25},
        organisation={v: rng.randrange(2) for v in range(n) if rng.random() < 0.4},
        language={v: rng.randint(1, 2) for v in range(n) if rng.random() < 0.7},
        tables=tuple(rng.randint(1, 3) for _ in range(rounds)),
    )
    pins = [p for p in combinations(range(n), 2) if problem.may_meet_in(*p, 0) and fits(problem, p)]
    row = tuple(rng.sample(pins, min(len(pins), rng.randint(0, 1))))
    return replace(problem, pinned=(row, *((),) * (rounds - 1)))


def fits(problem: Instance, pair: Edge) -> bool:
    return all(problem.capacity[v] > 0 for v in pair)


# What is in a part


def whole_and_part(n: int, rounds: int, **fields: Any) -> tuple[Instance, Subproblem]:
    problem = instance(n, rounds, **fields)
    return problem, subproblem_of(problem)


def test_without_demands_nobody_is_looked_at_but_stand_ins() -> None:
    _, part = whole_and_part(20, 3)
    assert len(part.people) == 3
    assert not any(part.instance.needed)


def test_where_meetings_support_each_other_nobody_is_left_out() -> None:
    problem, part = whole_and_part(20, 2, least={0: 1}, fill=False)
    assert part.instance is problem
    assert list(part.people) == list(range(20))


def test_those_who_demand_and_those_kept_from_them_are_in_it() -> None:
    _, part = whole_and_part(
        30, 2, least={9: 1}, required=[(20, 21)], barred=[(9, 25), (27, 28)], refused=[(21, 29)]
    )
    assert {9, 20, 21, 25, 29} <= set(part.people)
    assert not {27, 28} & set(part.people)


def test_two_in_need_have_as_many_stand_ins_as_there_are_rounds() -> None:
    _, part = whole_and_part(30, 4, least={0: 1, 1: 1})
    assert list(part.people) == [0, 1, 2, 3, 4, 5]


def test_of_those_with_limited_meetings_one_a_person_and_round_is_kept() -> None:
    _, part = whole_and_part(30, 3, least={0: 1, 1: 1}, most=dict.fromkeys(range(2, 30), 1))
    assert list(part.people) == list(range(8))


@pytest.mark.parametrize(
    "different",
    [
        {"language": {29: 1}},
        {"absent": [(29, 0)]},
        {"most": {29: 1}},
        {"organisation": {0: 0, 29: 0}},
    ],
)
def test_who_is_of_another_kind_is_kept(different: dict[str, Any]) -> None:
    _, part = whole_and_part(30, 2, least={0: 1, 1: 1}, **different)
    assert list(part.people) == [0, 1, 2, 3, 29]


def test_houses_in_which_nobody_is_in_need_are_all_alike() -> None:
    _, part = whole_and_part(30, 2, least={0: 1}, organisation={28: 8, 29: 9})
    assert list(part.people) == [0, 1, 2]


def test_who_has_no_meeting_left_is_no_stand_in() -> None:
    _, part = whole_and_part(30, 2, least={0: 1}, most=dict.fromkeys(range(1, 28), 0))
    assert list(part.people) == [0, 28, 29]


def test_a_part_is_told_as_the_whole_was() -> None:
    """Numbers 0, 1, 2 of the part are 4, 6 and 9; 8 met 9, who is pinned to 6 in the last round."""
    n, others = 10, [0, 1, 2, 3, 5, 7, 8]
    problem, part = whole_and_part(
        n,
        3,
        required=[(4, 6), (6, 9)],
        least={4: 2, 6: 2},
        most=dict.fromkeys(others, 0) | {9: 2},
        absent=[(4, 1)],
        tables=(5, 4, 3),
        organisation={4: 7, 9: 7},
        language={6: 1, 9: 2},
        refused=[(4, 9)],
        held=(((8, 9),),),
        pinned=((), (), ((6, 9),)),
        seed=11,
    )
    told = part.instance
    assert list(part.people) == [4, 6, 9]
    assert told.present.tolist() == [[False, True], [True, False], [True, False]]
    assert told.tables == (4, 2)
    assert told.required == ((0, 1),)
    assert told.needed == (2, 1, 0)
    assert told.capacity == (1, 1, 0)
    assert told.permissions.organisation.tolist() == [7, -1, 7]
    assert told.permissions.language.tolist() == [0, 1, 2]
    assert told.permissions.refused == {(0, 2)}
    assert told.permissions.barred == {(1, 2)}
    assert (told.seed, told.prices, told.held, told.pinned) == (11, problem.prices, (), ())


def test_what_a_part_finds_comes_back_as_pins_beside_those_there_were() -> None:
    _, part = whole_and_part(
        12, 3, least={9: 1, 11: 1}, held=(((0, 1),),), pinned=((), ((2, 3),), ())
    )
    nine, eleven = list(part.people).index(9), list(part.people).index(11)
    assert part.back(((), ((nine, eleven),))) == ((), ((2, 3),), ((9, 11),))
    assert part.back((((nine, eleven),), ())) == ((), ((2, 3), (9, 11)), ())


@pytest.mark.parametrize("rounds", [4, 70])
def test_people_who_differ_in_one_of_very_many_rounds_are_told_apart(rounds: int) -> None:
    """The number of a kind does not overflow."""
    away = [(v, r) for v, r in ((20, 0), (21, rounds - 1))]
    _, part = whole_and_part(24, rounds, least={0: 1}, absent=away, most=dict.fromkeys((22, 23), 0))
    assert {0, 20, 21} <= set(part.people)
