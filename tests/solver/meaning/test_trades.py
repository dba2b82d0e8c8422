"""The table of trades is whole, and what ships beside it was made of it."""

from collections import Counter

import numpy as np
import pytest

from solver.meaning.similarity import STEPS
from solver.meaning.spelling import rarity_of
from solver.meaning.trades import (
    DIRECTIONS,
    GROUPS,
    LANGUAGES,
    read_phrases,
    read_table,
    taught_encoder,
    trades,
)


def test_nearly_every_trade_has_phrases_in_fourteen_languages() -> None:
    """A phrase that two trades share stands in one; two small languages lack four so."""
    lacking = Counter[str]()
    for name, row in read_table().items():
        lacking.update(code for code in LANGUAGES[:-1] if not row.get(code))
        assert set(row) <= {*GROUPS, "kin", "emoji"}, name
    assert lacking.total() <= 4, lacking


def test_neighbours_are_trades_of_the_table() -> None:
    table = read_table()
    assert not {kin for row in table.values() for kin in row.get("kin", [])} - table.keys()


def test_no_phrase_stands_in_two_trades() -> None:
    owners: dict[str, set[int]] = {}
    for phrase in read_phrases():
        owners.setdefault(phrase.text, set()).add(phrase.trade)
    assert not {text: found for text, found in owners.items() if len(found) > 2}


def test_the_file_that_ships_is_of_this_table() -> None:
    """``python -m bench.teach`` makes it anew."""
    phrases, taught = read_phrases(), trades()
    assert taught.names == sorted(read_table())
    rarity = rarity_of([phrase.text for phrase in phrases], [phrase.trade for phrase in phrases])
    assert np.allclose(taught.rarity, rarity, atol=0.01)


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("traducteur", "translation"),
        ("Tragwerksplanung", "structural-engineer"),
        ("our customers pay late or never", "debt-collection"),
        ("会计", "bookkeeping"),
    ],
)
def test_texts_are_of_the_trade_that_they_name(text: str, trade: str) -> None:
    rows = taught_encoder().encode([text])
    assert trade in trades().nearest(rows[:, DIRECTIONS:], 2)[0]


def test_a_row_is_the_same_in_any_company() -> None:
    texts = ["bookkeeping", "un traducteur", "Umzug der Praxis", "logo"]
    together = trades().encode(texts)
    assert all(
        (trades().encode([text])[0] == row).all() for text, row in zip(texts, together, strict=True)
    )
    assert (together == np.rint(together)).all()


def test_sense_is_of_length_one_and_shares_sum_to_one() -> None:
    rows = trades().encode(["bookkeeping", "🎉"]) / STEPS
    assert np.linalg.norm(rows[:, :DIRECTIONS], axis=1) == pytest.approx(1, abs=0.01)
    assert (rows[:, DIRECTIONS:] ** 2).sum(axis=1) == pytest.approx(1, abs=0.01)


def test_most_trades_are_found_by_their_own_phrases() -> None:
    phrases = [phrase for phrase in read_phrases() if phrase.group == "en"][::20]
    rows = taught_encoder().encode([phrase.text for phrase in phrases])
    found = trades().nearest(rows[:, DIRECTIONS:], 1)
    named = [trades().names[phrase.trade] for phrase in phrases]
    right = Counter(best[0] == name for best, name in zip(found, named, strict=True))
    assert right[True] > 0.9 * len(phrases)
