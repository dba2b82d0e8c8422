"""What headers and cells of lists are called in many languages."""

import pytest

from app.imports.aliases import known_words
from app.imports.lists.words import (
    is_nothing,
    read_list_heading,
    read_rule_kind,
)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("attendee_id", "attendee"), ("Von", "attendee"), ("Personne A", "attendee"),
        ("PARTNER", "partner"), ("Mit wem?", "partner"), ("con quien", "partner"),
        ("Score", "value"), ("Wert", "value"), ("valeur", "value"), ("puntuación", "value"),
        ("Rang", "rank"), ("Regel", "kind"), ("Runde", "round"), ("fecha", "date"),
    ],
)  # fmt: skip
def test_headers_are_known_in_many_languages(header: str, field: str) -> None:
    assert read_list_heading(header).fields[0] == field


@pytest.mark.parametrize(
    ("header", "number"),
    [
        ("choice 2", 2), ("2nd choice", 2), ("Second choice", 2), ("Zweitwunsch", None),
        ("2. Wahl", 2), ("Zweite Wahl", 2), ("2ème choix", None), ("Wunsch2", None), ("2", 2),
    ],
)  # fmt: skip
def test_choices_are_counted_in_digits_and_words(header: str, number: int | None) -> None:
    heading = read_list_heading(header)
    assert heading.number == number
    if number is not None:
        assert heading.fields == ("choice",)


def test_a_long_sentence_is_no_heading() -> None:
    assert (
        read_list_heading("Whom of all the 2 hundred people here is your first choice").fields == ()
    )


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Must meet", "require"), ("muss", "require"), ("doivent se rencontrer", "require"),
        ("never", "forbid"), ("darf nicht", "forbid"), ("må ikke", "forbid"), ("nunca", "forbid"),
        ("may", "may"), ("egal", "may"), ("peut", "may"),
        ("yes", None), ("", None), ("perhaps", None),
    ],
)  # fmt: skip
def test_kinds_of_rules_are_known_in_many_languages(cell: str, kind: str | None) -> None:
    assert read_rule_kind(cell) == kind


def test_no_word_is_two_kinds_of_rules() -> None:
    for words in known_words("app.imports.lists")["kinds"].values():
        assert not [word for word in words if read_rule_kind(word) is None]


def test_cells_that_say_nothing() -> None:
    assert all(map(is_nothing, ("", "-", "\u2013", "N/A", "null", "NaN", "…")))
    assert not any(map(is_nothing, ("0", "0.5", "x")))
