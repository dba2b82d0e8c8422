"""The star bound against every schedule of tiny events, and against schedules of larger ones."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from bench.generate import generate
from schemas.event import Attendee, Event, Weights
from solver.bounds.flow_bound import Relaxation
from solver.bounds.stars import threads as block_threads
from solver.bounds.stars.bound import StarBound
from solver.bounds.stars.kernel import Effort
from solver.bounds.stars.multipliers import whole_multipliers
from solver.bounds.stars.node import SearchNode
from solver.budget import Budget, Meter
from solver.instance import Instance, Matchings
from solver.objective import points_of
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event
from tests.solver.instances import instance, mutual

LITTLE, PLENTY = 2_000, 300_000


def prepared(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


def some_schedule(instance: Instance, steps: int = 20_000) -> Matchings:
    """A schedule by annealing; minimums, requirements and H8 aside."""
    nothing: Matchings = ((),) * instance.rounds
    search = SearchState.begin(instance, Candidates.of(instance, 40), nothing, 1)
    search.place(*in_promising_order(instance))
    search.anneal(steps, 3_000.0)
    search.anneal(steps, 0.0)
    return search.matchings()


def bounds_on_the_way(
    instance: Instance, work: int = LITTLE, hint: Matchings | None = None
) -> list[int]:
    """Every bound that is reported, the last one last."""
    bounds: list[int] = []
    last = StarBound(Relaxation(instance), hint).improve(Meter(Budget(work=work)), bounds.append)
    assert bounds == sorted(set(bounds), reverse=True)
    assert last == bounds[-1]
    return bounds


@pytest.mark.parametrize("seed", range(250))
def test_no_schedule_of_a_tiny_event_exceeds_the_bound(seed: int) -> None:
    event = random_event(seed, 6, 3)
    best = best_points(event)
    if best is None:
        pytest.skip("nothing can be scheduled")
    assert bounds_on_the_way(prepared(event))[-1] >= best


@pytest.mark.parametrize("seed", range(60))
def test_no_schedule_of_a_tiny_event_exceeds_the_bound_of_the_leaves(seed: int) -> None:
    event = random_event(seed, 6, 3)
    best = best_points(event)
    if best is None:
        pytest.skip("nothing can be scheduled")
    instance = prepared(event)
    hint = some_schedule(instance, 100)
    assert bounds_on_the_way(instance, PLENTY, hint)[-1] >= best


def test_with_leaves_small_events_are_often_proven_to_the_point() -> None:
    seeds = [seed for seed in range(60) if best_points(random_event(seed, 6, 3)) is not None]
    proven = 0
    for seed in seeds:
        event = random_event(seed, 6, 3)
        bound = StarBound(Relaxation(prepared(event))).improve(Meter(Budget(work=PLENTY)))
        proven += bound == best_points(event)
    assert proven >= len(seeds) // 3


RING = instance(3, 2, mutual({(0, 1): 900, (0, 2): 800, (1, 2): 700}))
"""Three who could meet twice each; but of three pairs that share people only two fit in."""


def test_pairs_that_do_not_fit_into_the_rounds_are_told_apart() -> None:
    two_of_three: Matchings = (((0, 1),), ((1, 2),))
    found: list[Matchings] = []
    bound = StarBound(Relaxation(RING), two_of_three)
    proven = bound.improve(Meter(Budget(work=PLENTY)), offer=found.append)
    assert proven == 100 * (900 + 800)
    assert [points_of(RING, matchings) for matchings in found] == [proven]


@pytest.mark.parametrize("n", [20, 74, 152])
def test_open_conversations_are_not_forgotten_where_few_pairs_are_of_value(n: int) -> None:
    room = instance(n, 1, mutual({(0, 1): 900, (2, 3): 800}), byes=50)
    everybody = (tuple((v, v + 1) for v in range(0, n, 2)),)
    bound = StarBound(Relaxation(room), (((0, 1),),))
    assert bound.improve(Meter(Budget(work=PLENTY))) >= points_of(room, everybody)


def test_what_a_search_finds_meanwhile_is_taken_up() -> None:
    best: Matchings = (((0, 1),), ((0, 2),))
    bound = StarBound(Relaxation(RING), (((0, 1),), ()))
    found: list[Matchings] = []
    bound.improve(Meter(Budget(work=PLENTY)), offer=found.append, newest=lambda: best)
    assert bound.reached == points_of(RING, best)
    assert not found


@pytest.mark.parametrize("seed", range(12))
def test_held_and_pinned_meetings_are_taken_as_certain(seed: int) -> None:
    instance = prepared(generate(16, seed, rounds=5))
    schedule = some_schedule(instance)
    held = replace(instance, held=schedule[:2])
    pinned = replace(held, pinned=((), (), schedule[2][:3], schedule[3][:2], ()))
    for narrower in (held, pinned):
        bounds = bounds_on_the_way(narrower, 100_000)
        assert bounds[-1] >= points_of(instance, schedule)
    assert bounds_on_the_way(replace(instance, held=schedule), LITTLE)[-1] == points_of(
        instance, schedule
    )


@pytest.mark.parametrize("seed", range(8))
def test_pairs_met_before_close_triangles_in_the_bound(seed: int) -> None:
    instance = prepared(generate(14, seed, rounds=4))
    schedule = some_schedule(instance)
    earlier = tuple(sorted(pair for matching in schedule[2:] for pair in matching))
    again = replace(instance, met=earlier)
    for known in (again, replace(again, held=schedule[:1])):
        assert bounds_on_the_way(known, 100_000)[-1] >= points_of(known, schedule)


@pytest.mark.parametrize("seed", range(10))
def test_any_multipliers_are_valid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    instance = prepared(generate(20, seed))
    reached = points_of(instance, some_schedule(instance))
    leaf = SearchNode(Relaxation(instance))
    lay = leaf.layout
    for spread in (0.0, 0.1, 1.0):
        lean = rng.normal(0, spread, lay.pairs)
        share = rng.random(len(lay.corner_slots)) * 0.5 * spread
        held, slope = rng.random(len(share)), rng.random(lay.n) * 1.6
        seat = int(rng.integers(0, 20_000)) if lay.scarce else 0
        prices = whole_multipliers(lay, lean, share, held, slope, seat)
        effort = Effort(int(rng.choice([1, 30, 1_000])), int(rng.choice([0, 500])), 3, at_once=True)
        leaf.oracle.solve(prices, effort, lambda: False)
        total = lay.constant + lay.seats * seat + int(leaf.oracle.found.bound.sum())
        assert total >= reached


def test_four_people_in_three_rounds_are_bounded_by_what_they_reach() -> None:
    everybody = {i + j: 0.6 for i in "abcd" for j in "abcd" if i != j}
    event = event_of("abcd", 3, everybody, weights=Weights(triangles=100, fairness=100, byes=50))
    # 6 meetings of 600 permille, 4 triangles of 600, everybody fully satisfied, no byes.
    reached = 100 * 6 * 600 + 100 * 4 * 600 + 100 * 4 * 1000
    assert bounds_on_the_way(prepared(event), 100_000)[-1] == reached


def test_what_is_scarce_has_a_price() -> None:
    # Two tables a round for six people: four meetings, of which each is worth the same.
    everybody = {i + j: 0.5 for i in "abcdef" for j in "abcdef" if i != j}
    event = event_of("abcdef", 2, everybody, weights=Weights(triangles=0, fairness=0, byes=0))
    rounds = tuple(r.model_copy(update={"tables": 2}) for r in event.rounds)
    instance = prepared(event.model_copy(update={"rounds": rounds}))
    assert 0 <= bounds_on_the_way(instance, 100_000)[-1] - 4 * 100 * 500 < 100


DEGENERATE = {
    "nobody gains": event_of("abc", 2, {}),
    "two people": event_of("ab", 1, {"ab": 0.5, "ba": 0.5}),
    "no triangle": event_of("abcd", 2, {"ab": 0.5, "ba": 0.5, "cd": 0.3, "dc": 0.3}),
    "only one gains": event_of("abc", 2, {"ab": 0.5, "bc": 0.5, "ca": 0.5}),
    "nobody may meet": event_of(
        (Attendee(id="a", avoid=("b",)), Attendee(id="b")), 1, {"ab": 0.5, "ba": 0.5}
    ),
    "no meetings allowed": event_of(
        tuple(Attendee(id=v, max_meetings=0) for v in "abc"), 2, {"ab": 0.5, "ba": 0.5}
    ),
    "no satisfaction": event_of(
        "abc", 2, {"ab": 0.5, "ba": 0.5}, weights=Weights(triangles=75, fairness=0, byes=0)
    ),
}


@pytest.mark.parametrize("name", sorted(DEGENERATE))
def test_events_that_leave_nothing_to_choose_are_bounded_exactly(name: str) -> None:
    event = DEGENERATE[name]
    assert bounds_on_the_way(prepared(event), 100_000)[-1] == best_points(event)


def test_without_any_budget_there_is_a_bound() -> None:
    instance = prepared(generate(30, 1))
    reached = points_of(instance, some_schedule(instance))
    assert StarBound(Relaxation(instance)).improve(Meter(Budget(work=0))) >= reached


def test_the_same_work_proves_the_same() -> None:
    instance = prepared(generate(40, 2))
    hint = some_schedule(instance)
    first, second = (bounds_on_the_way(instance, 1_000_000, hint) for _ in range(2))
    assert first == second


def test_the_number_of_threads_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_threads, "WORTH_SHARING", 0)
    relaxation = Relaxation(prepared(generate(60, 4)))
    bounds = []
    for threads in (1, 2, 3):
        star = StarBound(relaxation, threads=threads)
        bounds.append(star.improve(Meter(Budget(work=1_000_000))))
    assert len(set(bounds)) == 1


def test_a_longer_look_goes_on_from_the_last() -> None:
    instance = prepared(generate(40, 3))
    star = StarBound(Relaxation(instance), some_schedule(instance))
    bounds = [star.improve(Meter(Budget(work=work))) for work in (50_000, 200_000, 500_000)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] >= points_of(instance, some_schedule(instance, 200_000))


def test_a_settled_pair_is_no_choice_any_more() -> None:
    instance = prepared(generate(12, 1, rounds=3))
    leaf = SearchNode(Relaxation(instance))
    leaf.improve(Meter(Budget(work=50_000)))
    pair = next(iter(leaf.most_divided()))
    keys = {(i, j) for i, j in zip(leaf.layout.pair_low, leaf.layout.pair_high, strict=True)}
    for excluded, forced in ((frozenset({pair}), frozenset()), (frozenset(), frozenset({pair}))):
        narrow = leaf.narrowed(excluded, forced).layout
        left = {(i, j) for i, j in zip(narrow.pair_low, narrow.pair_high, strict=True)}
        assert pair in keys
        assert pair not in left
        assert left <= keys


def test_halves_of_a_leaf_together_bound_every_schedule() -> None:
    for seed in range(20):
        event = random_event(seed, 6, 3)
        best = best_points(event)
        leaf = SearchNode(Relaxation(prepared(event)))
        if best is None or not leaf.layout.pairs:
            continue
        for pair in combinations(range(leaf.layout.n), 2):
            one, none = frozenset({pair}), frozenset[tuple[int, int]]()
            halves = [leaf.narrowed(one, none)]
            if leaf.relaxation.instance.permissions.may_meet(*pair):
                halves.append(leaf.narrowed(none, one))
            assert max(half.improve(Meter(Budget(work=200))) for half in halves) >= best
