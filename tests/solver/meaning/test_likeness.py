"""Likeness recognises what is meant, in every language, and is the same on every way to it."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.compatibility.matches import WORTH
from solver.meaning import likeness
from solver.meaning.likeness import FEATURES, TABLE, WEIGHTS, Likeness, compare_items, permille_of
from solver.meaning.similarity import plain_text
from solver.meaning.views import view_texts

MEANT = (
    ("Steuerberater", "tax advice for companies"),
    ("un traducteur pour notre site", "Übersetzungen Deutsch, Französisch"),
    ("VAT", "MwSt-Erklärungen, Buchhaltung"),
    ("our customers pay late", "debt collection"),
    ("neumáticos para camiones", "Reifenhandel, Montage"),
    ("📷 of our dishes", "food photography"),
    ("архитектор", "arquitecto, reformas de viviendas"),
)
ELSE = (
    ("cold chain for vaccines", "cold calling and lead generation"),
    ("un traducteur", "cours de yoga"),
    ("accountant", "office cleaning"),
    ("-", "-"),
    ("visibility", "visibility"),
)


def alike(need: str, offer: str, floor: int = 0) -> int:
    found = Likeness().alike([plain_text(need)], [plain_text(offer)], floor)
    return int(found.permille[0]) if len(found.permille) else 0


def features(need: str, offer: str) -> dict[str, float]:
    """The features of the whole of two texts."""
    ours, theirs = (view_texts([plain_text(text)]) for text in (need, offer))
    return dict(zip(FEATURES, compare_items(ours, theirs).features[0].tolist(), strict=True))


@pytest.mark.parametrize(("need", "offer"), MEANT)
def test_what_is_meant_is_recognised(need: str, offer: str) -> None:
    assert WORTH[alike(need, offer)] >= 300


@pytest.mark.parametrize(("need", "offer"), ELSE)
def test_what_only_sounds_alike_or_says_nothing_is_not(need: str, offer: str) -> None:
    assert WORTH[alike(need, offer)] < 300


def test_the_very_same_text_is_fully_alike_whatever_it_says() -> None:
    assert alike("Quobblings", "  QUOBBLINGS ") == 1000


@pytest.mark.parametrize(("need", "offer"), [*MEANT, *ELSE])
def test_likeness_does_not_ask_who_needs(need: str, offer: str) -> None:
    assert alike(need, offer) == alike(offer, need)


@pytest.mark.parametrize(
    ("need", "offer", "other"),
    [
        ("translation into Spanish", "translator for Spanish", "translator for German and French"),
        ("Deutschkurs", "German lessons", "Greek lessons"),
        ("vino portugués", "wines from Portugal", "wines from France"),
    ],
)
def test_naming_another_nation_parts_two_texts(need: str, offer: str, other: str) -> None:
    assert alike(need, offer) >= 600
    assert alike(need, other) < alike(need, offer) - 100


def test_naming_a_nation_parts_nobody_from_who_names_none_or_one_more() -> None:
    named = features("translation into Spanish", "translations")["parted"]
    more = features("translation into Spanish", "Spanish, German and English translator")["parted"]
    other = features("English to French translator", "French and Dutch translator")["parted"]
    assert (named, more, other) == (0, 0, 1)


def test_a_typing_error_hardly_changes_a_likeness() -> None:
    assert alike("public liabilty insurence", "insurance broker: liability") == alike(
        "public liability insurance", "insurance broker: liability"
    )


@given(st.permutations([text for pair in MEANT for text in pair]))
@settings(max_examples=10, deadline=None)
def test_no_company_and_no_order_changes_a_likeness(texts: list[str]) -> None:
    plain = [plain_text(text) for text in texts]
    found = Likeness().alike(plain, plain, 0)
    table = np.zeros((len(plain), len(plain)), np.int64)
    table[found.left, found.right] = found.permille
    need, offer = plain.index(plain_text(MEANT[0][0])), plain.index(plain_text(MEANT[0][1]))
    assert table[need, offer] == alike(*MEANT[0])


def test_no_size_of_blocks_changes_a_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [plain_text(text) for pair in MEANT for text in pair]
    whole = Likeness().alike(texts, texts, 100)
    monkeypatch.setattr(likeness, "CELLS", 40)
    parts = Likeness().alike(texts, texts, 100)
    assert all((a == b).all() for a, b in zip(whole, parts, strict=True))


def test_a_floor_leaves_out_what_is_below_and_changes_nothing_else() -> None:
    texts = [plain_text(text) for pair in (*MEANT, *ELSE) for text in pair]
    every, some = Likeness().alike(texts, texts, 0), Likeness().alike(texts, texts, 400)
    kept = every.permille >= 400
    assert all((a[kept] == b).all() for a, b in zip(every, some, strict=True))


def test_one_more_item_never_makes_a_text_less_like_another() -> None:
    """The best pair of items counts; the whole of a list may read otherwise, its items do not."""
    assert alike("logo", "logos") >= 450
    assert alike("logo", "logos, flyers, signs, stickers") >= 450


def test_the_table_never_falls_and_every_view_speaks_for_likeness() -> None:
    assert all(a < b for a, b in pairwise(odds for odds, _ in TABLE))
    assert permille_of(np.array([-99.0, 99.0])).tolist() == [0, 1000]
    speaking = ("sense", "trade", "sense alone", "spelling", "english")
    assert all(WEIGHTS[FEATURES.index(name)] > 0 for name in speaking)


def test_offers_in_another_language_are_found_among_their_neighbours() -> None:
    path = Path(__file__).parents[3] / "bench" / "cross_language.json"
    pairs = json.loads(path.read_text(encoding="utf-8"))
    needs, offers = ([plain_text(pair[side]) for pair in pairs] for side in ("need", "offer"))
    found = Likeness().alike(needs, offers, 0)
    table = np.zeros((len(needs), len(offers)), np.int64)
    table[found.left, found.right] = found.permille
    assert (table.argmax(axis=1) == np.arange(len(needs))).mean() >= 0.6
