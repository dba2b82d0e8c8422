"""A schedule as arrays: who is worth meeting, what is taken up, and what stays."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from solver.instance import Instance, Matchings
from solver.objective import points_of
from solver.search import kernel
from solver.search.state import (
    Candidates,
    SearchState,
    broken_price,
    empty_state,
    in_promising_order,
    problem_of,
    scored_pairs,
)
from tests.solver.instances import everybody, instance, mutual
from tests.solver.reference import SUMS, sums


def begun(problem: Instance, start: Matchings | None = None, seed: int = 1) -> SearchState:
    nothing: Matchings = ((),) * problem.rounds
    return SearchState.begin(problem, Candidates.of(problem, 40), start or nothing, seed)


def scores(problem: Instance) -> dict[tuple[int, int], int]:
    i, j, score = (column.tolist() for column in scored_pairs(problem))
    return {(a, b): s for a, b, s in zip(i, j, score, strict=True)}


# Who is worth meeting


def test_a_pair_is_promising_by_what_each_gains_and_more_so_if_both_do() -> None:
    problem = instance(4, 2, {(0, 1): 400, (1, 0): 900, (3, 2): 700})
    assert scores(problem) == {(0, 1): 4 * 600 + 1300, (2, 3): 700}


HARD_TO_MEET: list[dict[str, Any]] = [
    {"barred": [(0, 1)]},
    {"refused": [(0, 1)]},
    {"organisation": {0: 7, 1: 7}},
    {"absent": [(0, 0), (1, 1)]},
    {"held": (((0, 1),),)},
]


@pytest.mark.parametrize("why", HARD_TO_MEET)
def test_who_cannot_meet_any_more_is_no_candidate(why: dict[str, Any]) -> None:
    problem = instance(4, 2, mutual({(0, 1): 800, (2, 3): 500}), **why)
    assert set(scores(problem)) == {(2, 3)}


def test_who_is_pinned_to_another_in_every_round_is_no_candidate() -> None:
    gains = mutual({(0, 1): 800, (0, 3): 500})
    assert set(scores(instance(4, 2, gains, pinned=(((0, 2),), ((1, 3),))))) == set()
    assert set(scores(instance(4, 2, gains, pinned=(((0, 2),), ())))) == {(0, 1), (0, 3)}


def test_the_most_promising_pairs_come_first_and_ties_go_by_number() -> None:
    gains = mutual({(1, 2): 300, (0, 3): 800, (2, 3): 300, (0, 1): 300})
    i, j, turn = (column.tolist() for column in in_promising_order(instance(4, 2, gains)))
    assert list(zip(i, j, turn, strict=True)) == [(0, 3, 0), (0, 1, 1), (1, 2, 2), (2, 3, 3)]


def test_everybody_has_its_best_partners_best_first() -> None:
    gains = mutual({(0, 1): 500, (0, 2): 900, (0, 3): 500, (2, 3): 100})
    found = Candidates.of(instance(5, 2, gains), each=2)
    assert found.start.tolist() == [0, 2, 3, 5, 7, 7]
    assert found.partner.tolist() == [2, 1, 0, 0, 3, 0, 2]


# A schedule is taken up


def test_a_start_is_taken_up_with_every_sum() -> None:
    problem = instance(
        6, 3, mutual({(0, 1): 800, (1, 2): 600, (0, 2): 700}) | {(3, 4): 400},
        triangles=75, fairness=100, byes=50, held=(((0, 1), (2, 3)),), least={4: 1},
    )  # fmt: skip
    start: Matchings = (((0, 1), (2, 3)), ((1, 2), (3, 4)), ((0, 2),))
    search = begun(problem, start)
    assert search.matchings() == start
    assert search.priced_points == points_of(problem, start)
    expected = sums(problem, start, rematch=False)
    for name in SUMS:
        found = getattr(search.state, name)
        columns = found[:, :3] if found.ndim == 2 else found
        assert columns.tolist() == expected[name], name


def test_required_and_pinned_meetings_are_bound_and_others_are_not() -> None:
    problem = instance(6, 2, required=[(0, 1), (2, 3)], pinned=((), ((2, 3),)))
    search = begun(problem, (((0, 1), (2, 4)), ((2, 3), (4, 5))))
    lock = search.state.lock
    assert lock[[0, 1], 0].tolist() == [kernel.KEPT] * 2
    assert lock[[2, 4], 0].tolist() == [kernel.FREE] * 2
    assert lock[[2, 3], 1].tolist() == [kernel.PINNED] * 2
    assert lock[[4, 5], 1].tolist() == [kernel.FREE] * 2


def test_pairs_met_earlier_stand_beyond_the_last_round_unless_they_meet_here() -> None:
    gains = {(0, 1): 300, (1, 0): 200, (2, 3): 100}
    met = ((0, 1), (0, 2), (2, 3))
    problem = instance(4, 2, gains, met=met, required=[(0, 2)], held=(((2, 3),),))
    state = empty_state(problem, 1)
    assert state.partner[:, 2:].tolist() == [[1], [0], [kernel.NONE], [kernel.NONE]]
    assert state.gain[:2, 2].tolist() == [300, 200]
    assert state.give[:2, 2].tolist() == [200, 300]


def test_earlier_meetings_are_looked_at_in_moves_only_if_some_pair_may_meet_again() -> None:
    candidates = Candidates.of(instance(4, 2), 40)
    for refused, rematch in (([(0, 1)], False), ([], True)):
        problem = instance(4, 2, met=((0, 1),), refused=refused)
        assert bool(problem_of(problem, candidates).rematch) == rematch


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_every_seed_starts_another_chance_and_none_stands_still(seed: int) -> None:
    states = {int(empty_state(instance(2, 1), s).random[0]) for s in (seed, seed + 1)}
    assert len(states) == 2
    assert 0 not in states


def test_the_seed_that_would_stand_still_does_not() -> None:
    """The one that scrambles to 0."""
    seed = -0x9E3779B97F4A7C15 % 2**64
    assert int(empty_state(instance(2, 1), seed).random[0]) == 1


def test_more_attendees_try_fewer_other_rounds() -> None:
    rounds = [
        problem_of(instance(n, 1), Candidates.of(instance(n, 1), 40)).other_rounds
        for n in (2, 300, 301, 1500)
    ]
    assert rounds == [5, 5, 4, 1]


# What is placed


def columns(*pairs: tuple[int, int]) -> tuple[Any, Any, Any]:
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    return first.copy(), second.copy(), np.zeros(len(first), np.int64)


def test_pairs_are_placed_in_their_order_where_they_fit() -> None:
    problem = instance(4, 1, everybody(4, 500), fill=False)
    search = begun(problem)
    search.place(*columns((1, 2), (0, 1), (0, 3)))
    assert search.matchings() == (((0, 3), (1, 2)),)
    assert search.priced_points == points_of(problem, search.matchings())


@pytest.mark.parametrize(("fill", "meetings"), [(True, 2), (False, 1)])
def test_whoever_is_idle_is_seated_only_where_idle_seats_are_filled(
    fill: bool, meetings: int
) -> None:
    search = begun(instance(4, 1, mutual({(0, 1): 500}), fill=fill, byes=50 if fill else 0))
    search.place(*columns((0, 1)))
    (row,) = search.matchings()
    assert len(row) == meetings
    assert search.priced_points == search.true_priced_points()


def test_meetings_of_another_schedule_are_kept_where_the_rules_still_let_them() -> None:
    problem = instance(
        6, 3, everybody(6, 500), barred=[(2, 3)], absent=[(4, 1)], tables=(3, 3, 1),
        held=(((0, 5),),),
    )  # fmt: skip
    search = begun(problem, (((0, 5),), ((0, 1),), ()))
    search.keep((((0, 2),), ((0, 2), (2, 3), (4, 5)), ((0, 5), (1, 2), (3, 4))))
    assert search.matchings() == (((0, 5),), ((0, 1),), ((1, 2),))
    assert search.priced_points == points_of(problem, search.matchings())


def test_a_pair_kept_in_one_round_is_not_kept_in_another() -> None:
    search = begun(instance(4, 2, everybody(4, 500)))
    search.keep((((0, 1),), ((0, 1), (2, 3))))
    assert search.matchings() == (((0, 1),), ((2, 3),))


def test_every_promise_broken_costs_its_price() -> None:
    promised: Matchings = ((), ((0, 1), (2, 3)), ((0, 2),))
    problem = instance(4, 3, promised=promised, promise_price=70)
    assert broken_price(problem, promised) == 0
    assert broken_price(problem, ((), ((0, 1),), ((1, 2),))) == 140
    assert broken_price(problem, ((), ((0, 2),), ((0, 1),))) == 210
    assert broken_price(instance(4, 3), ((), (), ())) == 0


def test_annealing_keeps_the_books() -> None:
    gains = mutual({pair: 100 + 30 * k for k, pair in enumerate(combinations(range(8), 2))})
    problem = instance(8, 3, gains, promised=(((0, 1),), (), ()), promise_price=5_000)
    search = begun(problem)
    search.place(*in_promising_order(problem))
    search.anneal(3_000, 20_000.0)
    assert search.priced_points == search.true_priced_points()
    hot = search.priced_points
    search.anneal(3_000, 0.0)
    assert search.priced_points == search.true_priced_points() >= hot
