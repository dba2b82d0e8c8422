"""One round at a time: the matching that is put back is the best there is."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.budget import Budget, Meter
from solver.objective import points_of
from solver.search.matching import Rematching, best_matching
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import event_of, random_event


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
