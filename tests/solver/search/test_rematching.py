"""One round at a time: the matching that is put back is the best there is."""

from itertools import combinations

import numpy as np
import pytest

from solver.budget import Budget, Meter
from solver.instance import Instance, Matchings
from solver.objective import points_of
from solver.search import kernel, rematching
from solver.search.rematching import (
    Rematching,
    candidate_pairs,
    worths_in_round,
)
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event
from tests.solver.instances import everybody, instance, mutual


@pytest.mark.parametrize("seed", range(20))
def test_rematching_never_loses_a_point_and_keeps_its_books(seed: int) -> None:
    event = random_event(seed, 12, 5)
    instance = instance_of(event, explicit_rows(event))
    search = SearchState.begin(instance, Candidates.of(instance, 40), ((),) * instance.rounds, seed)
    search.place(*in_promising_order(instance))
    before = search.priced_points
    Rematching.of(search).improve(Meter(Budget()))
    assert search.priced_points >= before
    assert search.priced_points == points_of(instance, search.matchings())


def test_people_below_their_minimum_are_seated_first() -> None:
    """Alone, a and b would meet: c would then miss the only meeting it must have."""
    event = event_of("abc", 1, {"ab": 1, "ba": 1, "ac": 0.1, "ca": 0.1})
    c = event.attendees[2].model_copy(update={"min_meetings": 1})
    event = event.model_copy(update={"attendees": (*event.attendees[:2], c)})
    instance = instance_of(event, explicit_rows(event))
    search = SearchState.begin(instance, Candidates.of(instance, 40), (((0, 2),),), 1)
    Rematching.of(search).improve(Meter(Budget()))
    assert search.matchings() == (((0, 2),),)


def begun(problem: Instance, start: Matchings) -> SearchState:
    return SearchState.begin(problem, Candidates.of(problem, 40), start, 1)


def test_required_and_pinned_meetings_stay_where_better_ones_are_found() -> None:
    """Without them 0 and 1 would meet, and 2 and 3."""
    gains = mutual({(0, 1): 900, (2, 3): 900, (4, 5): 100})
    for bound in ({"required": [(0, 2)]}, {"pinned": (((0, 2),),)}):
        problem = instance(6, 1, gains, **bound)
        search = begun(problem, (((0, 2), (1, 3)),))
        Rematching.of(search).improve(Meter(Budget()))
        assert set(search.matchings()[0]) >= {(0, 2), (4, 5)}


def test_a_promise_is_given_up_only_for_more_than_its_price() -> None:
    gains = mutual({(0, 1): 300, (0, 2): 900})
    for price, kept in ((60_001, (0, 1)), (59_999, (0, 2))):
        problem = instance(3, 1, gains, promised=(((0, 1),),), promise_price=price)
        search = begun(problem, (((0, 1),),))
        Rematching.of(search).improve(Meter(Budget()))
        assert search.matchings() == ((kept,),)


def test_a_promise_adds_its_price_to_its_own_round_alone() -> None:
    gains = mutual({(0, 1): 300, (2, 3): 300})
    problem = instance(4, 2, gains, promised=(((0, 1),), ((2, 3),)), promise_price=7)
    search = begun(problem, ((), ()))
    first, second = np.array([0, 2]), np.array([1, 3])
    worths = [worths_in_round(search, first, second, r).tolist() for r in (0, 1)]
    assert worths == [[30_007, 30_000], [30_000, 30_007]]


def test_who_may_not_meet_in_a_round_has_no_worth_there_promise_or_not() -> None:
    problem = instance(
        4, 2, mutual({(0, 1): 300}), promised=(((0, 1),), ()), promise_price=7, absent=[(1, 0)]
    )
    search = begun(problem, ((), ()))
    pair = np.array([0]), np.array([1])
    assert worths_in_round(search, *pair, 0).tolist() == [kernel.BARRED]
    assert worths_in_round(search, *pair, 1).tolist() == [30_000]


def test_rounds_are_rematched_until_none_gains() -> None:
    gains = mutual({(0, 1): 900, (2, 3): 800, (0, 2): 700, (1, 3): 600})
    problem = instance(4, 2, gains)
    search = begun(problem, ((), ()))
    again = Rematching.of(search)
    assert again.improve(Meter(Budget()))
    assert search.matchings() == (((0, 1), (2, 3)), ((0, 2), (1, 3)))
    assert not again.improve(Meter(Budget()))
    assert not again.rematch(0)


def test_held_rounds_are_left_alone() -> None:
    gains = mutual({(0, 1): 900, (0, 2): 100})
    problem = instance(4, 2, gains, held=(((0, 2),),))
    search = begun(problem, (((0, 2),), ()))
    Rematching.of(search).improve(Meter(Budget()))
    assert search.matchings()[0] == ((0, 2),)
    assert (0, 1) in search.matchings()[1]


def test_a_spent_budget_rematches_nothing_and_a_turn_costs_its_pairs() -> None:
    problem = instance(4, 3, everybody(4, 500))
    search = begun(problem, ((), (), ()))
    assert not Rematching.of(search).improve(Meter(Budget(work=0)))
    meter = Meter(Budget(work=1))
    assert Rematching.of(search).improve(meter)
    assert meter.work == 6


def test_every_pair_of_a_small_event_is_looked_at_and_candidates_of_a_large_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = begun(instance(4, 2, mutual({(0, 3): 500, (1, 2): 300})), ((), ()))
    small = candidate_pairs(search)
    monkeypatch.setattr(rematching, "EVERY_PAIR", 3)
    large = candidate_pairs(search)
    assert list(zip(*(c.tolist() for c in small), strict=True)) == list(combinations(range(4), 2))
    assert list(zip(*(c.tolist() for c in large), strict=True)) == [(0, 3), (1, 2)]


@pytest.mark.parametrize("seed", range(60))
def test_no_schedule_of_one_round_exceeds_the_most_of_it(seed: int) -> None:
    event = random_event(seed, 8, 1)
    best = best_points(event)
    if best is None:
        pytest.skip("nothing can be scheduled")
    problem = instance_of(event, explicit_rows(event))
    search = begun(problem, ((),))
    before = search.matchings()
    assert Rematching.of(search).most(0) >= best
    assert search.matchings() == before
