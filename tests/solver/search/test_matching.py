"""One round at a time: the matching that is put back is the best there is."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.budget import Budget, Meter
from solver.instance import Instance, Matchings
from solver.objective import points_of
from solver.search import matching
from solver.search.matching import (
    Rematching,
    best_matching,
    candidate_pairs,
    ranks_of,
    worths_in_round,
)
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import event_of, random_event
from tests.solver.instances import everybody, instance, mutual


def columns(worths: dict[tuple[int, int], int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pairs = np.array(list(worths), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1], np.array(list(worths.values()), np.int64)


@given(
    st.dictionaries(
        st.sampled_from(list(combinations(range(7), 2))), st.integers(1, 10**12), min_size=1
    ),
    st.integers(0, 4),
)
def test_it_is_as_good_as_every_other_choice_of_pairs(
    worths: dict[tuple[int, int], int], tables: int
) -> None:
    chosen = best_matching(*columns(worths), tables)
    assert len({v for pair in chosen for v in pair}) == 2 * len(chosen)
    assert len(chosen) <= tables
    best = max(
        (sum(worths[p] for p in some) for some in matchings_within(worths, tables)), default=0
    )
    assert sum(worths[pair] for pair in chosen) == best


def matchings_within(
    worths: dict[tuple[int, int], int], most: int
) -> list[tuple[tuple[int, int], ...]]:
    return [
        some
        for size in range(most + 1)
        for some in combinations(worths, size)
        if len({v for pair in some for v in pair}) == 2 * size
    ]


def test_it_agrees_with_another_library_on_a_larger_round() -> None:
    rng = np.random.default_rng(5)
    worths = {p: int(rng.integers(1, 1000)) for p in combinations(range(40), 2)}
    chosen = best_matching(*columns(worths), 20)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from((i, j, w) for (i, j), w in worths.items())
    other = nx.max_weight_matching(graph)
    assert sum(worths[p] for p in chosen) == sum(worths[min(p), max(p)] for p in other)


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
    assert worths_in_round(search, *pair, 0).tolist() == [-1]
    assert worths_in_round(search, *pair, 1).tolist() == [30_000]


def test_rounds_are_rematched_until_none_gains() -> None:
    gains = mutual({(0, 1): 900, (2, 3): 800, (0, 2): 700, (1, 3): 600})
    problem = instance(4, 2, gains)
    search = begun(problem, ((), ()))
    rematching = Rematching.of(search)
    assert rematching.improve(Meter(Budget()))
    assert search.matchings() == (((0, 1), (2, 3)), ((0, 2), (1, 3)))
    assert not rematching.improve(Meter(Budget()))
    assert not rematching.rematch(0)


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
    monkeypatch.setattr(matching, "EVERY_PAIR", 3)
    large = candidate_pairs(search)
    assert list(zip(*(c.tolist() for c in small), strict=True)) == list(combinations(range(4), 2))
    assert list(zip(*(c.tolist() for c in large), strict=True)) == [(0, 3), (1, 2)]


def test_ranks_tell_how_many_of_ones_pairs_are_worth_more() -> None:
    worths = {(0, 1): 5, (0, 2): 9, (0, 3): 5, (1, 2): 7}
    first, second = ranks_of(*columns(worths))
    assert first.tolist() == [1, 0, 2, 0]
    assert second.tolist() == [1, 0, 0, 1]


def test_few_tables_are_filled_from_few_of_very_many_pairs() -> None:
    rng = np.random.default_rng(3)
    worths = {p: int(rng.integers(1, 50)) for p in combinations(range(30), 2)}
    chosen = best_matching(*columns(worths), 2)
    best = max(sum(worths[p] for p in some) for some in matchings_within(worths, 2))
    assert sum(worths[p] for p in chosen) == best


def test_no_tables_or_no_pairs_have_no_matching() -> None:
    assert best_matching(*columns({(0, 1): 5}), 0) == []
    assert best_matching(*columns({}), 3) == []
