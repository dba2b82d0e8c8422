"""Texts are taken apart as people wrote them, and what says nothing is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.meaning.wording import MOST_ITEMS, is_silent, is_vague, items_of


@pytest.mark.parametrize(
    "text",
    [
        "-", "", " \u2026 ", "?", "n/a", "N.A.", "None.", "No idea!", "don't know", "TBD", "k.A.",
        "somebody to help me", "keine", "weiß nicht", "nada", "¡Nada!", "todavía no lo sé", "rien",
        "pas d'idée", "niente", "não sei", "geen", "n.v.t.", "brak", "ничего", "не знаю", "なし",
        "没有", "없음", "לא יודע", "لا شيء", "x",
    ],
)  # fmt: skip
def test_what_people_type_for_nothing_is_silent(text: str) -> None:
    assert is_silent(text)
    assert items_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "IT", "VAT", "3D", "C++", "📷", "税", "会计", "no-code tools", "nothing but tax",
        "investor",
        "keine Ahnung von Steuern, wer hilft?", "новый сайт", "nada de impuestos",
    ],
)  # fmt: skip
def test_what_says_something_is_not(text: str) -> None:
    assert not is_silent(text)
    assert items_of(text)


def test_what_fits_everybody_matches_nobody() -> None:
    assert is_vague("Visibility!")
    assert is_vague("neue Kunden")
    assert items_of("networking") == ()
    assert not is_vague("new customers for my bakery")


def test_a_list_is_taken_apart_and_the_whole_comes_first() -> None:
    assert items_of("Logos, Messegrafik und UX") == (
        "logos, messegrafik und ux",
        "logos",
        "messegrafik",
        "user experience design",
    )
    assert items_of("architect for joint projects") == ("architect for joint projects",)


def test_those_for_whom_something_is_done_are_no_items() -> None:
    assert items_of("flowers for receptions, offices and shops") == (
        "flowers for receptions, offices and shops",
    )
    assert items_of("Steuern für Private, Hilfe beim Umzug")[1:] == (
        "steuern für private",
        "hilfe beim umzug",
    )


def test_a_picture_is_read_by_its_name() -> None:
    assert items_of("📷 of dishes") == ("camera of dishes",)


def test_an_abbreviation_means_the_same_in_every_language() -> None:
    assert items_of("MWST") == items_of("VAT") == items_of("TVA") == ("value added tax",)


def test_a_word_is_no_abbreviation_though_it_is_spelled_like_one() -> None:
    assert items_of("do it for us") == ("do it for us",)
    assert items_of("it") == ("information technology",)


@given(st.text(max_size=400))
def test_any_text_has_few_items_and_none_is_empty(text: str) -> None:
    items = items_of(text)
    assert len(items) <= MOST_ITEMS + 1
    assert len(set(items)) == len(items)
    assert all(items)
