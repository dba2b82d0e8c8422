"""Bounds owe nothing to the search: no schedule exceeds them, whatever the prices."""

import os

import numpy as np
import pytest

from bench.generate import generate
from solver.bounds import flow_bound
from solver.bounds.flow_bound import FlowBound, Relaxation
from solver.instance import Instance
from solver.search.flow_start import place_by_flow
from solver.search.state import Candidates, SearchState
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event

EVENTS = 2_000 if os.environ.get("TERTIUS_SOAK") else 150


def instance(seed: int) -> Instance:
    event = random_event(seed, 6, 3)
    return instance_of(event, explicit_rows(event))


@pytest.mark.parametrize("block", range(10))
def test_no_schedule_exceeds_it(block: int) -> None:
    compared = 0
    for seed in range(block, EVENTS, 10):
        best = best_points(random_event(seed, 6, 3))
        if best is not None:
            values = FlowBound(Relaxation(instance(seed))).improve(6)
            assert min(values) >= best, f"seed {seed}"
            compared += 1
    assert compared > 0


@pytest.mark.parametrize("seed", range(20))
def test_any_prices_give_a_valid_bound(seed: int) -> None:
    best = best_points(random_event(seed, 6, 3))
    if best is None:
        pytest.skip("this event cannot be scheduled")
    flow = FlowBound(Relaxation(instance(seed)))
    rng = np.random.default_rng(seed)
    for _ in range(10):
        flow.prices = rng.integers(0, 2_000, len(flow.prices))
        assert flow.evaluate()[0] >= best


def test_prices_of_a_good_schedule_are_better_than_none_and_valid() -> None:
    event = generate(200, 3)
    problem = instance_of(event, explicit_rows(event))
    search = SearchState.begin(problem, Candidates.of(problem, 40), ((),) * problem.rounds, 1)
    place_by_flow(search)
    relaxed = Relaxation(problem)
    (cold,) = FlowBound(relaxed).improve(1)
    (warm,) = FlowBound(relaxed, search.matchings()).improve(1)
    assert search.priced_points <= warm < cold


@pytest.mark.parametrize("seed", range(40))
def test_where_triangles_are_too_many_to_look_at_the_bound_is_looser_and_valid(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = Relaxation(instance(seed)).earned
    monkeypatch.setattr(flow_bound, "MOST_STEPS", -1)
    loose = Relaxation(instance(seed)).earned
    assert (loose >= tight).all()
    best = best_points(random_event(seed, 6, 3))
    assert best is None or min(FlowBound(Relaxation(instance(seed))).improve(6)) >= best


def test_everybody_with_everybody_is_proven_by_the_flow_alone() -> None:
    """All benefits equal, n - 1 rounds: the bound is what a round robin reaches."""
    people = "abcdef"
    gains = {x + y: 0.5 for x in people for y in people if x != y}
    event = event_of(people, 5, gains)
    relaxed = Relaxation(instance_of(event, explicit_rows(event)))
    bound = min(FlowBound(relaxed).improve(4))
    meetings, trios = 15, 20
    assert bound == 100 * 500 * meetings + 75 * 500 * trios + 100 * 1000 * 6


def test_nobody_may_meet_anybody() -> None:
    event = event_of("abc", 2, {"ab": 1, "ba": 1}, pair_rules=())
    forbidden = [{"kind": "forbid", "pair": pair} for pair in (("a", "b"), ("a", "c"), ("b", "c"))]
    event = type(event).model_validate({**event.model_dump(), "pair_rules": tuple(forbidden)})
    relaxed = Relaxation(instance_of(event, explicit_rows(event)))
    assert min(FlowBound(relaxed).improve(3)) == 0  # nobody could have had a meeting
