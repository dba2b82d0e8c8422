"""Which nations a text names: by their languages, their countries or their people.

Two texts that name different ones are seldom about one thing: "into Spanish", "into French". A text
that names none says nothing of it. ``data/nations.toml`` is written by hand.
"""

import re
import tomllib
from collections.abc import Sequence, Set
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from schemas.language import fold
from solver.meaning.similarity import Rows

WORD = re.compile(r"\w+")
ARTICLE = "\u0627\u0644"
"""The Arabic article, which stands before the word without a blank."""
ARROW = re.compile(r"(?<!\w)([a-z]{2}) ?(?:<?[-=]?>|[→↔⇔⇄]) ?([a-z]{2})(?!\w)")
"""Two codes of languages with an arrow between: from the one into the other."""
CODES = {
    "ar": "arabic", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "fi": "finnish", "fr": "french", "hr": "croatian", "hu": "hungarian",
    "it": "italian", "ja": "japanese", "ko": "korean", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sk": "slovak",
    "sl": "slovenian", "sv": "swedish", "tr": "turkish", "uk": "ukrainian", "zh": "chinese",
}  # fmt: skip
SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")

Owners = dict[str, set[str]]
"""The nations of each name."""


class Names(NamedTuple):
    """Names of nations: whole words, beginnings of words, and what is found anywhere."""

    whole: Owners
    stems: Owners
    anywhere: Owners


@lru_cache(50_000)
def nations_of(text: str) -> frozenset[str]:
    """The nations that a text names."""
    folded = fold(text)
    words = WORD.findall(folded)
    found = {CODES[code] for pair in ARROW.findall(folded) for code in pair if code in CODES}
    found.update(*map(_named, words), *map(_named, map(" ".join, pairwise(words))))
    if SPACELESS.search(folded):
        anywhere = _names().anywhere
        found.update(*(owners for name, owners in anywhere.items() if name in folded))
    return frozenset(found)


def nation_rows(texts: Sequence[str]) -> Rows:
    """1 where a text (row) names a nation (column)."""
    order = {nation: k for k, nation in enumerate(_nations())}
    rows = np.zeros((len(texts), len(order)), np.float32)
    for k, text in enumerate(texts):
        rows[k, [order[nation] for nation in nations_of(text)]] = 1
    return rows


@lru_cache(50_000)
def _named(word: str) -> Set[str]:
    names, bare = _names(), word.removeprefix(ARTICLE)
    if owners := names.whole.get(word) or names.whole.get(bare):
        return owners
    beginnings = (bare[:end] for end in range(len(bare), 2, -1))
    return next((names.stems[start] for start in beginnings if start in names.stems), frozenset())


@cache
def _names() -> Names:
    names = Names({}, {}, {})
    for nation, told in _nations().items():
        for name in told:
            bare = fold(name.removesuffix("*").replace("-", " "))
            stem = names.stems if name.endswith("*") else names.whole
            kind = names.anywhere if SPACELESS.search(bare) else stem
            kind.setdefault(bare, set()).add(nation)
    return names


@cache
def _nations() -> dict[str, list[str]]:
    file = resources.files("solver.meaning") / "data" / "nations.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
