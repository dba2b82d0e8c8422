"""The start of large events: rounds by flow, worth much and within every rule."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import solver.search.rematching
import solver.solve
from app.planning.plan import plan_schedule
from bench.generate import generate
from solver.budget import Budget
from solver.errors import Infeasible
from solver.instance import Edge, Instance, Ints, Matchings
from solver.objective import points_of
from solver.search.flow_start import Valued, best_of_chain, choices_of, match_choices, place_by_flow
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import random_event
from tests.solver.instances import everybody, instance, mutual


def begun(instance: Instance, start: Matchings | None = None) -> SearchState:
    held = ((),) * instance.rounds
    return SearchState.begin(instance, Candidates.of(instance, 40), start or held, 1)


def placed(instance: Instance, start: Matchings | None = None) -> Matchings:
    search = begun(instance, start)
    place_by_flow(search)
    assert search.priced_points == points_of(instance, search.matchings())
    return search.matchings()


def columns(worths: dict[Edge, int]) -> tuple[Ints, Ints, Ints]:
    pairs = np.array(list(worths), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], np.array(list(worths.values()), np.int64)


def chosen(worths: dict[Edge, int], alone: list[int], most: int) -> dict[int, int]:
    found = choices_of(*columns(worths), np.array(alone, np.int64), most)
    return {v: other for v, (other, _) in found.items()}


def test_four_people_have_the_best_pairs_in_one_round_and_the_next_best_in_the_other() -> None:
    values = {(0, 1): 900, (2, 3): 900, (0, 2): 500, (1, 3): 500, (0, 3): 400, (1, 2): 400}
    assert placed(instance(4, 2, mutual(values))) == (((0, 1), (2, 3)), ((0, 2), (1, 3)))


def test_two_good_meetings_are_better_than_the_best_one() -> None:
    values = {(0, 1): 600, (1, 2): 700, (2, 3): 600}
    assert placed(instance(4, 1, mutual(values))) == (((0, 1), (2, 3)),)


def test_a_triangle_counts_in_the_round_that_closes_it() -> None:
    """0-2 closes a triangle worth 300 with the two held meetings; 0-3 alone is worth a bit more."""
    values = {(0, 1): 300, (1, 2): 300, (0, 2): 300, (0, 3): 310}
    held: Matchings = (((0, 1),), ((1, 2),))
    gains, start = mutual(values), (*held, ())
    apart = placed(instance(4, 3, gains, held=held, fill=False), start)
    assert apart[2] == ((0, 3),)
    closed = placed(instance(4, 3, gains, held=held, fill=False, triangles=100), start)
    assert closed[2] == ((0, 2),)


def test_absence_tables_maxima_and_bars_are_kept() -> None:
    gains = everybody(6, 500)
    away = placed(instance(6, 2, gains, absent=[(0, 0)]))
    assert 0 not in {v for pair in away[0] for v in pair}
    assert [len(row) for row in placed(instance(6, 2, gains, tables=(1, 2)))] == [1, 2]
    one_meeting = placed(instance(6, 3, gains, most={0: 1}))
    assert sum(0 in pair for row in one_meeting for pair in row) == 1
    assert placed(instance(2, 1, everybody(2, 500), barred=[(0, 1)])) == ((),)
    assert placed(instance(2, 1, everybody(2, 500), organisation={0: 3, 1: 3})) == ((),)


def test_what_was_placed_before_stays_and_is_not_repeated() -> None:
    gains = mutual({(0, 1): 900, (2, 3): 100, (0, 2): 100})
    problem = instance(4, 2, gains, required=[(0, 2)], fill=False)
    assert placed(problem, ((), ((0, 2),))) == (((0, 1), (2, 3)), ((0, 2),))


def test_of_two_pairs_and_one_table_the_better_pair_has_it() -> None:
    values = mutual({(0, 1): 300, (2, 3): 900})
    assert placed(instance(4, 1, values, tables=(1,), fill=False)) == (((2, 3),),)


def test_idle_seats_are_filled_only_where_the_event_says_so() -> None:
    gains = mutual({(0, 1): 900})
    assert placed(instance(4, 1, gains, byes=50)) == (((0, 1), (2, 3)),)
    assert placed(instance(4, 1, gains, fill=False)) == (((0, 1),),)


def test_nobody_is_kept_from_a_good_meeting_only_to_seat_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """1-2 and an open conversation of 0 and 3 are worth more than 0-1 and 2-3."""
    monkeypatch.setattr(solver.search.rematching, "EVERY_PAIR", 0)
    gains = mutual({(0, 1): 60, (1, 2): 900, (2, 3): 60})
    assert placed(instance(4, 1, gains, byes=50)) == (((0, 3), (1, 2)),)


def test_a_pair_worth_less_than_any_meeting_saves_is_left_to_open_conversations() -> None:
    worths = {(0, 1): 50, (2, 3): 200}
    assert chosen(worths, [40, 40, 40, 40], 2) == {2: 3, 3: 2}
    assert chosen(worths, [0, 0, 0, 0], 2) == {0: 1, 1: 0, 2: 3, 3: 2}


def test_choices_prefer_a_ring_of_three_which_is_then_broken() -> None:
    """Three half meetings are worth 135, the best whole one 100."""
    found = choices_of(*columns({(0, 1): 100, (1, 2): 90, (0, 2): 80}), np.zeros(3, np.int64), 2)
    assert sorted(worth for _, worth in found.values()) == [80, 90, 100]
    assert match_choices(found) == [(100, (0, 1))]


def test_one_table_has_room_for_two_choices() -> None:
    assert len(chosen({(0, 1): 100, (1, 2): 90, (0, 2): 80}, [0, 0, 0], 1)) == 2


def test_a_ring_of_five_keeps_the_best_two_pairs() -> None:
    worths = (10, 50, 20, 40, 30)
    ring = {v: ((v + 1) % 5, worth) for v, worth in enumerate(worths)}
    assert sorted(match_choices(ring)) == [(40, (3, 4)), (50, (1, 2))]


def test_a_chain_is_followed_from_its_beginning() -> None:
    """3 -> 1 -> 0 -> 2: taken from 0, the two good pairs at its ends would be missed."""
    chain = {3: (1, 30), 1: (0, 40), 0: (2, 30)}
    assert sorted(match_choices(chain)) == [(30, (0, 2)), (30, (1, 3))]


def test_two_who_chose_each_other_meet_once() -> None:
    assert match_choices({0: (4, 70), 4: (0, 70)}) == [(70, (0, 4))]


@given(st.lists(st.integers(0, 20), max_size=9))
def test_no_other_choice_from_a_chain_is_worth_more(worths: list[int]) -> None:
    steps: list[Valued] = [(worth, (k, k + 1)) for k, worth in enumerate(worths)]
    kept = best_of_chain(steps)
    places = sorted(pair[0] for _, pair in kept)
    assert all(b - a > 1 for a, b in pairwise(places))
    ways = (
        way
        for size in range(len(steps) + 1)
        for way in combinations(range(len(steps)), size)
        if all(b - a > 1 for a, b in pairwise(way))
    )
    assert sum(w for w, _ in kept) == max(sum(worths[k] for k in way) for way in ways)


def test_people_left_over_by_rings_are_matched_with_each_other() -> None:
    """Two rings of three: one of each is left over, and the two may meet."""
    rings = {(0, 1): 900, (1, 2): 900, (0, 2): 900, (3, 4): 900, (4, 5): 900, (3, 5): 900}
    bridges = {(i, j): 60 for i in range(3) for j in range(3, 6)}
    ((*pairs,),) = placed(instance(6, 1, mutual(rings | bridges), fill=False))
    assert len(pairs) == 3


def test_it_is_better_than_taking_the_best_pairs_first() -> None:
    event = generate(200, 3)
    problem = instance_of(event, explicit_rows(event))
    greedy = begun(problem)
    greedy.place(*in_promising_order(problem))
    assert points_of(problem, placed(problem)) > 1.05 * greedy.priced_points


def test_the_same_event_has_the_same_start() -> None:
    event = generate(150, 4)
    problem = instance_of(event, explicit_rows(event))
    assert placed(problem) == placed(problem)


@pytest.mark.parametrize("block", range(5))
def test_hostile_events_started_by_flow_pass_the_verifier(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver.solve, "FLOW_FROM", 0)
    passed = 0
    for seed in range(block, 100, 5):
        event = random_event(seed, 9 + seed % 14, 6)
        try:
            plan_schedule(event, Budget(work=20_000))
        except Infeasible:
            continue
        passed += 1
    assert passed > 0
