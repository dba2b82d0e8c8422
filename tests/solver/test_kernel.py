"""The compiled moves, held against the plain sums and the independent verifier."""

import os

import numpy as np
import pytest

from schemas.event import Event
from solver import kernel
from solver.anneal import Candidates, Search, in_promising_order
from solver.instance import Instance, Matchings, Result
from solver.objective import closed_triangles, gains, points, triangle_value
from solver.translate.prepare import explicit_rows, instance_of
from solver.translate.write import schedule_of
from solver.verify import violations
from tests.builders import event_of, random_event
from tests.solver.graphs import explicit_graph, gains_of

MOVES = 10_000_000 if os.environ.get("TERTIUS_SOAK") else 200_000
EVENTS = 100 if os.environ.get("TERTIUS_SOAK") else 25
HOT = 30_000.0


def begun(instance: Instance, start: Matchings | None = None, seed: int = 1) -> Search:
    nothing: Matchings = ((),) * instance.rounds
    return Search.begin(instance, Candidates.of(instance, 40), start or nothing, seed)


def hostile_event(seed: int, attendees: int, rounds: int) -> Event:
    """A random event without requirements: those are met before the moves begin."""
    event = random_event(seed, attendees, rounds)
    rules = tuple(rule for rule in event.pair_rules if rule.kind != "require")
    return event.model_copy(update={"pair_rules": rules})


@pytest.mark.parametrize("seed", range(EVENTS))
def test_no_move_makes_a_schedule_that_the_verifier_refuses(seed: int) -> None:
    event = hostile_event(seed, 6 + seed, 7)
    instance = instance_of(event, explicit_rows(event))
    search = begun(instance, seed=seed)
    search.place(*in_promising_order(instance))
    for _ in range(5):
        search.anneal(MOVES // EVENTS // 5, HOT)
        assert search.felt == points(instance, search.matchings())
        schedule = schedule_of(
            event, explicit_graph(event), instance, Result(search.matchings(), search.felt)
        )
        found = violations(event, gains_of(event), (), schedule)
        # Minimums and H8 are seen to before and after the moves, not by them.
        assert [f for f in found if not f.startswith("H8") and "are due" not in f] == []


@pytest.mark.parametrize("seed", range(EVENTS))
def test_the_running_sums_are_those_of_the_schedule(seed: int) -> None:
    event = hostile_event(seed, 12, 6)
    instance = instance_of(event, explicit_rows(event))
    search = begun(instance, seed=seed)
    search.place(*in_promising_order(instance))
    search.anneal(5_000, HOT)
    matchings, state = search.matchings(), search.state
    counts = np.zeros(instance.n, np.int64)
    for matching in matchings:
        for pair in matching:
            counts[list(pair)] += 1
    assert state.satisfied.tolist() == gains(instance, matchings)
    assert state.filled.tolist() == [len(matching) for matching in matchings]
    assert state.byes.tolist() == (np.array(instance.most) - counts).tolist()
    assert state.room.tolist() == (np.array(instance.capacity) - counts).tolist()
    if not search.problem.rematch:
        assert closing_of(search) == expected_closing(instance, matchings)


def closing_of(search: Search) -> dict[tuple[int, int], int]:
    return {
        (i, j): int(search.state.closing[i, r])
        for r, matching in enumerate(search.matchings())
        for i, j in matching
    }


def expected_closing(instance: Instance, matchings: Matchings) -> dict[tuple[int, int], int]:
    closed = closed_triangles(instance, matchings)
    return {
        (i, j): sum(g for trio, g in closed.items() if i in trio and j in trio)
        for matching in matchings
        for i, j in matching
    }


def test_a_required_meeting_may_change_rounds_but_stays() -> None:
    event = event_of("abcdef", 4, {"ab": 0.1, "ba": 0.1, "ac": 0.9, "ca": 0.9, "bd": 1, "db": 1})
    instance = instance_of(event, explicit_rows(event))
    search = begun(instance, (((0, 1),), (), (), ()))
    search.state.lock[[0, 1], 0] = kernel.KEPT
    for _ in range(50):
        search.anneal(100, HOT)
        assert any((0, 1) in matching for matching in search.matchings())


def test_a_pinned_meeting_stays_in_its_round() -> None:
    event = event_of("abcdefgh", 5, {"ac": 0.9, "ca": 0.9, "bd": 1, "db": 1, "eh": 0.5, "he": 1})
    instance = instance_of(event, explicit_rows(event))
    search = begun(instance, ((), (), ((0, 1), (2, 3)), (), ()))
    search.state.lock[:4, 2] = kernel.PINNED
    for _ in range(50):
        search.anneal(100, HOT)
        assert {(0, 1), (2, 3)} <= set(search.matchings()[2])


def test_pure_ascent_never_loses_a_point() -> None:
    event = random_event(7, 12, 6)
    instance = instance_of(event, explicit_rows(event))
    search = begun(instance)
    before = search.felt
    for _ in range(20):
        search.anneal(200, 0.0)
        assert search.felt >= before
        before = search.felt


def test_the_same_seed_makes_the_same_moves() -> None:
    event = random_event(3, 12, 6)
    instance = instance_of(event, explicit_rows(event))
    answers = []
    for _ in range(2):
        search = begun(instance, seed=11)
        search.anneal(20_000, HOT)
        answers.append(search.matchings())
    assert answers[0] == answers[1]


def test_sparse_rows_answer_like_the_table() -> None:
    event = random_event(5, 12, 4)
    instance = instance_of(event, explicit_rows(event))
    table = begun(instance).problem
    rows = table._replace(dense=np.zeros((0, 0), np.int16), allowed=np.zeros((0, 0), np.uint8))
    for i in range(instance.n):
        for j in range(instance.n):
            assert kernel.benefit(rows, i, j) == kernel.benefit(table, i, j)
            assert kernel.may_meet(rows, i, j) == kernel.may_meet(table, i, j)


def test_a_triangle_is_worth_its_weakest_gain_the_better_way_round() -> None:
    event = event_of("abc", 3, {"ab": 0.4, "bc": 0.7, "ca": 0.3, "ba": 0.2, "cb": 0.9, "ac": 0.8})
    instance = instance_of(event, explicit_rows(event))
    assert triangle_value(instance, 0, 1, 2) == 300
    search = begun(instance, (((0, 1),), ((1, 2),), ()))
    assert kernel.triangles_of_pair(search.problem, search.state, 0, 2) == 300
