"""The written offer and need pairs keep the promises that make their figures mean something."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import bench

Pair = dict[str, str]

LEAST_PAIRS = 80
KINDS = ("paraphrase", "ordinary", "trap")
FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """about and are but can for from has have how not off our out over that the their they
        this too was what when who why will with would you your""",
    )
)
PAIRS: list[Pair] = json.loads((Path(bench.__file__).parent / "pairs.json").read_text("utf-8"))


def _of(kind: str) -> list[Pair]:
    return [pair for pair in PAIRS if pair["kind"] == kind]


def _stems(text: str, shortest: int) -> set[str]:
    """Crude on purpose: the plural s dropped, then the first five letters."""
    words = re.findall(r"\w+", text.casefold())
    return {
        word.removesuffix("s")[:5]
        for word in words
        if len(word) >= shortest and word not in FUNCTION_WORDS
    }


def test_there_are_enough_pairs_and_as_many_of_each_kind() -> None:
    counts = Counter(pair["kind"] for pair in PAIRS)
    assert len(PAIRS) >= LEAST_PAIRS
    assert set(counts) == set(KINDS)
    assert len(set(counts.values())) == 1


def test_the_kinds_alternate_so_that_any_split_is_balanced() -> None:
    assert [pair["kind"] for pair in PAIRS] == [KINDS[k % 3] for k in range(len(PAIRS))]


def test_a_trap_has_a_lure_and_no_other_pair_has_one() -> None:
    for pair in PAIRS:
        lure = {"lure"} if pair["kind"] == "trap" else set()
        assert set(pair) == {"kind", "need", "offer"} | lure
        assert all(text == text.strip() != "" for text in pair.values())


def test_no_text_is_there_twice() -> None:
    texts = [pair[key].casefold() for pair in PAIRS for key in pair if key != "kind"]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("pair", _of("paraphrase"), ids=lambda pair: pair["offer"])
def test_a_paraphrase_shares_no_content_word(pair: Pair) -> None:
    assert _stems(pair["need"], 4).isdisjoint(_stems(pair["offer"], 4))


@pytest.mark.parametrize("pair", _of("trap"), ids=lambda pair: pair["lure"])
def test_a_lure_shares_a_word_with_its_need(pair: Pair) -> None:
    assert _stems(pair["need"], 3) & _stems(pair["lure"], 3)


def test_ordinary_pairs_share_a_word_as_people_do() -> None:
    apart = [p for p in _of("ordinary") if not _stems(p["need"], 3) & _stems(p["offer"], 3)]
    assert apart == []
