"""Similarities are whole numbers that no order and no block size can change."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.meaning import similarity
from solver.meaning.similarity import Cosines, Rows, plain_text
from tests.solver.compatibility.words import HandEncoder
from tests.solver.meaning.encoders import DEAF


class Drawn:
    """Rows that are drawn once and for all, one a text."""

    def __init__(self, count: int) -> None:
        rows = np.random.default_rng(count).standard_normal((count, 384))
        self._rows = np.asarray(rows / np.linalg.norm(rows, axis=1)[:, None], np.float32)

    def encode(self, texts: Sequence[str]) -> Rows:
        return self._rows[[int(text) for text in texts]]


def similarities(left: list[str], right: list[str], floor: int) -> dict[tuple[str, str], int]:
    found = Cosines(Drawn(60)).alike(left, right, floor)
    rows = zip(found.left.tolist(), found.right.tolist(), found.permille.tolist(), strict=True)
    return {(left[i], right[j]): permille for i, j, permille in rows}


def test_words_shared_are_counted_by_hand() -> None:
    left, right = ["a b c d", "x"], ["a b c z", "c d e f", "x y z w", "q"]
    found = Cosines(HandEncoder()).alike(left, right, 1)
    assert found.left.tolist() == [0, 0, 1]
    assert found.right.tolist() == [0, 1, 2]
    assert found.permille.tolist() == [750, 500, 500]


def test_pairs_below_the_floor_are_left_out() -> None:
    found = Cosines(HandEncoder()).alike(["a b c d"], ["a b c z", "c d e f"], 501)
    assert found.permille.tolist() == [750]


def test_without_texts_on_both_sides_the_encoder_is_not_asked() -> None:
    assert Cosines(DEAF).alike([], ["a"], 0).permille.size == 0
    assert Cosines(DEAF).alike(["a"], [], 0).permille.size == 0


@given(st.permutations(range(60)), st.permutations(range(60)))
def test_no_order_of_the_texts_changes_a_similarity(left: list[int], right: list[int]) -> None:
    there = [str(k) for k in range(60)]
    in_order = similarities(there, there, 1)
    shuffled = similarities([str(k) for k in left], [str(k) for k in right[:7]], 1)
    assert shuffled == {pair: x for pair, x in in_order.items() if int(pair[1]) in right[:7]}


@pytest.mark.parametrize("cells", [1, 60, 500])
def test_no_size_of_blocks_changes_a_similarity(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [str(k) for k in range(60)]
    whole = similarities(there, there, 1)
    monkeypatch.setattr(similarity, "CELLS", cells)
    assert similarities(there, there, 1) == whole


def test_case_width_and_spaces_make_no_other_text() -> None:
    assert plain_text("  Web\u00a0 DESIGN ") == plain_text("web design") == "web design"
    assert plain_text("\uff37eb") == "web"
    assert plain_text("Stra\u00dfe") == "strasse"
