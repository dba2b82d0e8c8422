"""The compiled moves, held against the plain sums and the independent verifier."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

import numpy as np
import pytest

from schemas.event import Event
from solver.compatibility.graph import build_graph
from solver.feasibility.construct import Construction
from solver.instance import Edge, Instance, Matchings, Result
from solver.objective import points_of, triangle_value
from solver.search import kernel
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.translate.prepare import explicit_rows, instance_of
from solver.translate.write import schedule_of
from solver.verify import find_violations
from tests.builders import event_of, random_event
from tests.solver.graphs import gains_of
from tests.solver.reference import SUMS, Move, allowed, beginning, moved, points_won, sums

MOVES = 10_000_000 if os.environ.get("TERTIUS_SOAK") else 200_000
EVENTS = 100 if os.environ.get("TERTIUS_SOAK") else 25
MOVED = 1_440 if os.environ.get("TERTIUS_SOAK") else 144
HOT, ANYTHING = 30_000.0, 1e30
"""Temperatures: much is accepted, and whatever is possible."""
WITHIN = 1.0
"""Moves stay in one round where promises have a price."""


def begun(instance: Instance, start: Matchings | None = None, seed: int = 1) -> SearchState:
    nothing: Matchings = ((),) * instance.rounds
    return SearchState.begin(instance, Candidates.of(instance, 40), start or nothing, seed)


def hostile(seed: int, attendees: int, rounds: int) -> tuple[Event, Instance, Matchings]:
    """A random event with all that is demanded in it seated; from this seed on, the first."""
    for trial in count(seed, 1_000):
        event = random_event(trial, attendees, rounds)
        draft = Construction.of(instance_of(event, explicit_rows(event)))
        if draft.complete:
            return event, draft.instance, draft.matchings
    raise AssertionError


@pytest.mark.parametrize("seed", range(EVENTS))
def test_no_move_makes_a_schedule_that_the_verifier_refuses(seed: int) -> None:
    event, instance, start = hostile(seed, 6 + seed, 7)
    search = begun(instance, start, seed)
    search.place(*in_promising_order(instance))
    for _ in range(5):
        search.anneal(MOVES // EVENTS // 5, HOT)
        assert search.priced_points == points_of(instance, search.matchings())
        schedule = schedule_of(
            event, build_graph(event), instance, Result(search.matchings(), search.priced_points)
        )
        found = find_violations(event, gains_of(event), (), schedule)
        # H8 is seen to after the moves, not by them.
        assert [f for f in found if not f.startswith("H8")] == []


@pytest.mark.parametrize("block", range(12))
def test_every_move_is_that_of_the_reference(block: int) -> None:
    """Whether it is possible, what it makes of the schedule, what it wins, what is remembered."""
    made = 0
    for seed in range(block, MOVED, 12):
        search = in_the_middle(seed)
        before = search.matchings()
        for _ in range(80):
            move = drawn(search)
            won, expected = make(search, move), moved(search.instance, before, move)
            after = search.matchings()
            assert after == (before if expected is None else expected), f"seed {seed}: {move}"
            assert won == points_won(search.instance, before, after), f"seed {seed}: {move}"
            assert remembered(search) == sums(search.instance, after, search.problem.rematch)
            made += after != before
            before = after
    assert made > 100


def drawn(search: SearchState) -> Move:
    within = WITHIN if search.problem.promise_price else 0.2
    return Move(*map(int, kernel.propose(search.problem, search.state, 0.5, within)))


def make(search: SearchState, move: Move) -> int:
    """Make the move if it is possible; returns the points won."""
    p, state, (v, r, c, q) = search.problem, search.state, move
    if not p.present[v, r] or not p.present[c, q]:
        return 0
    if not kernel.may_meet(p, v, c) or kernel.has_met(state, v, c, search.instance.rounds):
        return 0
    b, d = int(state.partner[v, r]), int(state.partner[c, q])
    if p.strict and not kernel.may_begin(p, state, v, c, b, d):
        return 0
    joined = kernel.can_join(p, state, b, d, move.v, move.c)
    if not kernel.permitted(state, v, b, r, c, d, q, joined):
        return 0
    won = kernel.change(p, state, v, b, r, c, d, q, joined)
    if p.priced:
        won += kernel.cost_won(p, v, b, c, d, joined)
    if p.promise_price:
        won += kernel.promises_kept(p, v, b, c, d, r, joined)
    return int(won) if kernel.carry_out(p, state, v, b, r, c, d, q, joined) else 0


@pytest.mark.parametrize("block", range(6))
def test_what_chance_makes_of_a_schedule_is_allowed(block: int) -> None:
    made = 0
    for seed in range(block, MOVED, 6):
        search = in_the_middle(seed)
        p, within = search.problem, WITHIN if search.problem.promise_price else 0.2
        before = search.matchings()
        for _ in range(80):
            won = int(kernel.try_move(p, search.state, ANYTHING, 0.5, within))
            after = search.matchings()
            assert allowed(search.instance, before, after), f"seed {seed}"
            assert won == points_won(search.instance, before, after), f"seed {seed}"
            made += after != before
            before = after
    assert made > 200


def in_the_middle(seed: int) -> SearchState:
    """A random problem and a schedule of it: rounds are held, meetings pinned, promises made."""
    rng = Random(seed)
    _, instance, start = hostile(seed, 6 + seed % 10, 2 + seed % 5)
    search = begun(instance, start, seed)
    search.place(*in_promising_order(instance))
    search.anneal(300, HOT)
    planned = search.matchings()

    def demanded(r: int) -> Collection[Edge]:
        return instance.pinned[r] if instance.pinned else ()

    held = planned[: rng.choice((0, 0, 1)) if len(planned) > 1 else 0]
    pinned = tuple(
        tuple(p for p in row if r >= len(held) and (rng.random() < 0.1 or p in demanded(r)))
        for r, row in enumerate(planned)
    )
    price = rng.choice((0, 0, 0, 20_000))
    again = replace(instance, held=held, pinned=pinned, promised=planned, promise_price=price)
    search = begun(again, planned, seed)
    if rng.random() < 0.5:
        search.problem = in_rows(search.problem)
    return search


def remembered(search: SearchState) -> dict[str, Any]:
    """The sums that belong to the schedule, columns of rounds only."""
    rounds = search.instance.rounds
    fields = ((name, getattr(search.state, name)) for name in SUMS)
    return {
        name: (field[:, :rounds] if field.ndim == 2 else field).tolist() for name, field in fields
    }


def in_rows(problem: kernel.SearchProblem) -> kernel.SearchProblem:
    """The problem as it is stored for large events."""
    return problem._replace(known=np.zeros((0, 0), np.uint32))


@pytest.mark.parametrize("seed", range(40))
def test_a_pair_is_worth_to_a_round_what_its_meeting_adds(seed: int) -> None:
    search = in_the_middle(seed)
    instance, p, state = search.instance, search.problem, search.state
    r = instance.open_rounds[-1]
    for i, _ in search.round_pairs(r):
        if state.lock[i, r] == kernel.FREE:
            kernel.part(p, state, i, r)
    first, second = (side.astype(np.int64) for side in np.triu_indices(instance.n, 1))
    worths = np.zeros(len(first), np.int64)
    kernel.worths_of_meeting(p, state, first, second, r, worths)
    without = search.matchings()
    for i, j, worth in zip(first.tolist(), second.tolist(), worths.tolist(), strict=True):
        after = beginning(instance, without, (i, j), r)
        assert worth == (
            kernel.BARRED
            if after is None
            else points_of(instance, after) - points_of(instance, without)
        )


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
    before = search.priced_points
    for _ in range(20):
        search.anneal(200, 0.0)
        assert search.priced_points >= before
        before = search.priced_points


def test_a_loss_is_accepted_as_often_as_the_temperature_says() -> None:
    """One of ln 2 temperatures every second time; nothing but gains without any heat."""
    state = in_the_middle(1).state
    loss = -1_000 * np.log(2)
    half = sum(kernel.accepted(state, loss, 1_000.0) for _ in range(10_000))
    assert abs(half - 5_000) < 250  # five standard deviations
    assert all(kernel.accepted(state, 0, 1_000.0) for _ in range(100))
    assert [kernel.accepted(state, won, 0.0) for won in (-1, 0, 1)] == [False, False, True]


def test_chance_is_xorshift64() -> None:
    random = np.array([88172645463325252], np.uint64)
    drawn = [int(kernel.draw(random)) for _ in range(2)]
    assert drawn == [8748534153485358512, 3040900993826735515]
    assert {int(kernel.below(random, 7)) for _ in range(200)} == set(range(7))


def test_the_same_seed_makes_the_same_moves() -> None:
    event = random_event(3, 12, 6)
    instance = instance_of(event, explicit_rows(event))
    answers = []
    for _ in range(2):
        search = begun(instance, seed=11)
        search.anneal(20_000, HOT)
        answers.append(search.matchings())
    assert answers[0] == answers[1]


def test_compiling_changes_nothing() -> None:
    """The same moves by the same functions as plain Python."""
    module = "tests.solver.search.test_kernel"
    script = f"from {module} import after_some_moves; print(after_some_moves())"
    plainly = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert plainly.stdout.strip() == after_some_moves()


def after_some_moves() -> str:
    """All that is known of a few schedules after some moves each, as a digest."""
    digest = hashlib.sha256()
    for seed in range(12):
        search = in_the_middle(seed)
        search.anneal(1_000, HOT)
        for field in search.state:
            digest.update(field.tobytes())
    return digest.hexdigest()


def test_sparse_rows_answer_like_the_table() -> None:
    event = random_event(5, 12, 4)
    instance = instance_of(event, explicit_rows(event))
    table = begun(instance).problem
    rows = in_rows(table)
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
