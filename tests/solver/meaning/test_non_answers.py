"""Non-answers: how people leave a field, in many languages, and what only looks like it."""

import pytest

from schemas.text import plain_text
from solver.meaning.non_answers import NON_ANSWERS, says_nothing


@pytest.mark.parametrize(
    "text",
    [
        "-", "--", "…", "?", ".", "n/a", "N.A.", "None.", "nothing", "No idea!", "don't know",
        "Don\u2019t know", "TBD", "somebody to help me", "k.A.", "keine",
        "Keine Ahnung", "weiß nicht",
        "nada", "¡Nada!", "no sé", "rien", "pas d'idée", "niente", "não sei", "geen", "n.v.t.",
        "brak", "нет", "не знаю", "なし", "没有", "없음", "לא יודע", "لا شيء", "x",
    ],
)  # fmt: skip
def test_these_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    ["IT", "VAT", "no-code tools", "nothing but tax", "keine Steuern mehr: Beratung", "🎨", "税",
     "новый сайт", "nada de impuestos", "investor", "C++", "3D"],
)  # fmt: skip
def test_these_say_something(text: str) -> None:
    assert not says_nothing(text)


def test_non_answers_are_spelled_as_texts_are_compared() -> None:
    assert {answer for answer in NON_ANSWERS if plain_text(answer) != answer} == set()
