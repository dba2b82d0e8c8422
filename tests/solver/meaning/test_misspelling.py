"""Typing errors are mended where one word is meant, and words that are right stay as they are."""

import pytest

from solver.meaning.misspelling import mend_text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bussiness insurence", "business insurance"),
        ("translater for contracts", "translator for contracts"),
        ("translatoin of contracts", "translation of contracts"),
        ("buchhaltng, steuern", "buchhaltung, steuern"),
    ],
)
def test_a_slip_is_mended(written: str, meant: str) -> None:
    assert mend_text(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "accountant for a small company",
        "two dismissals",  # another ending
        "lathe",  # short
        "quobblings and zwentibolds",
        "会计 и бухгалтер",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert mend_text(text) == text
