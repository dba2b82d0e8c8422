"""Typing errors: a word that nobody knows, one slip from a word of the trades, is read as that one.

Known are the words of the table of trades and of the English model; what a text is read as depends
on nobody else in the room.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from solver.meaning.encoders import english_words
from solver.meaning.spelling import WORD
from solver.meaning.trades import trades

SHORTEST = 7
"""Letters of a word that may be misspelt; shorter ones are near to too many."""
START = 2
"""The first letters are seldom wrong, and another last letter is another ending of the word."""


@lru_cache(50_000)
def mend_text(text: str) -> str:
    """A text in plain spelling without its typing errors."""
    return WORD.sub(lambda found: _mend(found[0]), text)


@lru_cache(50_000)
def _mend(word: str) -> str:
    """The word, or the only one of the trades that is one slip from it.

    A slip is a letter too many, too few or wrong, or two that are exchanged.
    """
    if len(word) < SHORTEST or word in trades().words or word in english_words():
        return word
    alike = _by_ends().get(_ends(word), ())
    near = extract(word, alike, scorer=OSA.distance, score_cutoff=1, limit=2)
    return near[0][0] if len(near) == 1 else word


def _ends(word: str) -> tuple[str, str]:
    return word[:START], word[-1]


@cache
def _by_ends() -> Mapping[tuple[str, str], Sequence[str]]:
    """The words of the trades by their first letters and their last."""
    words = defaultdict(list)
    for word in sorted(trades().words):
        words[_ends(word)].append(word)
    return words
