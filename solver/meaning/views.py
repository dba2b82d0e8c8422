"""Texts as the views of likeness see them: sense, trade, English, spelling, and nations named.

Every view is a row a text; two texts are as alike in a view as the scalar product of their rows.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from solver.meaning.encoders import default_encoder, english_words
from solver.meaning.misspelling import mend_text
from solver.meaning.nations import nation_rows
from solver.meaning.similarity import STEPS, Flags, Integers, Rows
from solver.meaning.spelling import WORD, spelling_rows
from solver.meaning.trades import DIRECTIONS, taught_encoder, trades
from solver.meaning.wording import items_of

ENGLISH = 0.5
"""A text is taken for English if the English model or the trades know so many of its words."""
ELSEWHERE = frozenset((
    "con", "da", "das", "de", "der", "des", "di", "die", "do", "du", "e", "een", "ein", "eine",
    "el", "em", "en", "et", "het", "i", "il", "im", "la", "las", "le", "les", "los", "met",
    "mit", "na", "o", "para", "per", "por", "um", "uma", "un", "und", "une", "van", "von",
    "voor", "w", "y", "z", "zu",
))  # fmt: skip
"""Small words of other languages that the vocabulary holds as well."""


class Views(NamedTuple):
    """Items of texts: of which text each is, whether a part of it, and its rows in all views.

    Entries are whole multiples of 1 / STEPS. The English row of an item in another language is 0.
    ``nations`` has 1 for each that the whole text names.
    """

    text: Integers
    is_part: Flags
    sense: Rows
    trade: Rows
    english: Rows
    is_english: Flags
    spelling: csr_array
    nations: Rows

    def where(self, chosen: npt.NDArray[np.int64] | slice) -> "Views":
        """The chosen items."""
        columns: Any = (column[chosen] for column in self)
        return Views(*columns)


def load_encoders() -> None:
    """Have all models at hand, which takes a second or two, before somebody waits for them."""
    for encoder in (default_encoder(), taught_encoder()):
        encoder.load()


def view_texts(texts: Sequence[str]) -> Views:
    """All items of these texts, text by text, the whole of each first."""
    listed = [
        (k, item, place > 0) for k, t in enumerate(texts) for place, item in enumerate(_read(t))
    ]
    names = sorted({item for _, item, _ in listed})
    number = {item: k for k, item in enumerate(names)}
    chosen = np.array([number[item] for _, item, _ in listed], np.int64)
    text = np.array([k for k, _, _ in listed], np.int64)
    is_part = np.array([part for _, _, part in listed], np.bool_)
    rows = (column[chosen] for column in _rows(names))
    columns: Any = (text, is_part, *rows, nation_rows(texts)[text])
    return Views(*columns)


def _read(text: str) -> tuple[str, ...]:
    """The items of a text, typing errors mended."""
    return tuple(map(mend_text, items_of(text)))


def learn_texts(texts: Sequence[str]) -> None:
    """Have the encoders read these texts, for later."""
    names = sorted({item for text in texts for item in _read(text)})
    taught_encoder().encode(names)
    default_encoder().encode([name for name in names if is_english(name)])


def _rows(items: Sequence[str]) -> Any:
    width = DIRECTIONS + len(trades().names)
    taught = taught_encoder().encode(items).reshape(len(items), width)
    flags = np.array([is_english(item) for item in items], np.bool_)
    english = np.zeros((len(items), 1), np.float32)
    if flags.any():
        encoded = default_encoder().encode([item for item in items if is_english(item)])
        english = np.zeros((len(items), encoded.shape[1]), np.float32)
        english[flags] = np.rint(encoded * STEPS)
    spelling = spelling_rows(items, trades().rarity)
    return taught[:, :DIRECTIONS], taught[:, DIRECTIONS:], english, flags, spelling


@lru_cache(50_000)
def is_english(text: str) -> bool:
    """Whether most of the words of a text in plain spelling are English ones."""
    words = WORD.findall(text)
    known = sum(len(w) < 2 or (w in _vocabulary() and w not in ELSEWHERE) for w in words)
    return bool(words) and known >= ENGLISH * len(words)


@cache
def _vocabulary() -> frozenset[str]:
    return trades().english | english_words()
