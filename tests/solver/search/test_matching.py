"""The matching is the best there is."""

from itertools import combinations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solver.search.matching import (
    best_matching,
    ranks_of,
)


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
