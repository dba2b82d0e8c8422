"""Nations that texts name, in any language, and nothing that only looks like one."""

import pytest

from solver.meaning.nations import nation_rows, nations_of


@pytest.mark.parametrize(
    ("text", "nations"),
    [
        ("translation into Spanish", {"spanish"}),
        ("Übersetzung aus dem Polnischen", {"polish"}),
        ("traductions de l'allemand", {"german"}),
        ("transporte a Portugal y Francia", {"portuguese", "french"}),
        ("vini spagnoli", {"spanish"}),
        ("перевод на английский", {"english"}),
        ("μετάφραση στα γαλλικά", {"french"}),
        ("ترجمة إلى الإنجليزية", {"english"}),
        ("ドイツ語の翻訳", {"german"}),
        ("中英翻译", {"chinese", "english"}),
        ("Übersetzer EN>DE", {"english", "german"}),
        ("contracten vertalen, nl → fr", {"dutch", "french"}),
        ("transport au Royaume-Uni", {"english"}),
        ("customs for the United Kingdom", {"english"}),
    ],
)
def test_nations_are_named_in_many_languages(text: str, nations: set[str]) -> None:
    assert nations_of(text) == nations


@pytest.mark.parametrize(
    "text",
    ["polished floors", "cinema advertising", "personal trainer", "индивидуальный дизайн",
     "swimming pools", "danza moderna", "go -> do it", "корень", "", "24/7"],
)  # fmt: skip
def test_other_words_name_no_nation(text: str) -> None:
    assert not nations_of(text)


def test_a_row_marks_what_a_text_names() -> None:
    rows = nation_rows(["Italian to German", "in italienischer Sprache", "yoga"])
    assert rows.sum(axis=1).tolist() == [2, 1, 0]
    assert (rows @ rows.T)[0].tolist() == [2, 1, 0]
