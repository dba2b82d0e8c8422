"""Runs of letters tell how alike two texts are spelled."""

import numpy as np
import pytest

from solver.meaning.similarity import STEPS
from solver.meaning.spelling import PLACES, places_of, rarity_of, spelling_rows

EVEN = np.ones(PLACES, np.float32)


def alike(left: str, right: str) -> float:
    rows = spelling_rows([left, right], EVEN)
    return float((rows @ rows.T).toarray()[0, 1]) / STEPS**2


def test_runs_of_a_word_are_counted_by_hand() -> None:
    assert sum(places_of("tax").values()) == 3  # <tax tax> and <tax>
    assert sum(places_of("a b c 24").values()) == 0
    assert sum(places_of("会计").values()) == 1


@pytest.mark.parametrize(
    ("word", "like", "unlike"),
    [
        ("restaurant", "restaurnat", "resident"),
        ("Übersetzung".casefold(), "übersetzungen", "umsetzung"),
        ("electricista", "eletricista", "logista"),
    ],
)
def test_errors_and_inflections_are_nearer_than_other_words(
    word: str, like: str, unlike: str
) -> None:
    assert alike(word, like) > alike(word, unlike)
    assert alike(word, word) == pytest.approx(1, abs=0.01)


def test_a_text_without_words_is_like_nothing() -> None:
    assert alike("24/7", "24/7") == 0


def test_what_everybody_says_counts_nothing_and_what_one_says_much() -> None:
    rarity = rarity_of(["tax help", "van help"], [0, 1])
    common, rare = (rarity[list(places_of(word))] for word in ("help", "tax"))
    assert (common == 0).all()
    assert rare == pytest.approx(np.log(1.5))
