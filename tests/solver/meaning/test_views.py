"""Texts in all views: items by text, English told from other languages."""

import pytest

from solver.meaning.views import is_english, view_texts


@pytest.mark.parametrize("text", ["bookkeeping for small firms", "a new web site", "it support"])
def test_english_is_told_by_its_words(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text", ["buchhaltung für kleine firmen", "un traducteur pour nos textes", "會計", "24/7", ""]
)
def test_other_languages_and_no_words_are_not(text: str) -> None:
    assert not is_english(text)


def test_items_follow_their_texts_and_silence_has_none() -> None:
    views = view_texts(["logos, flyers", "-", "Umzug"])
    assert views.text.tolist() == [0, 0, 0, 2]
    assert views.is_part.tolist() == [False, True, True, False]
    assert len(views.sense) == len(views.trade) == views.spelling.shape[0] == 4


def test_only_english_items_have_an_english_row() -> None:
    views = view_texts(["bookkeeping", "Buchhaltung"])
    assert views.is_english.tolist() == [True, False]
    assert views.english[0].any()
    assert not views.english[1].any()
