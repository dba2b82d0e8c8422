"""How alike two texts are spelled: runs of four and five letters in common, weighed by rarity.

That sees inflections, compounds and typing errors in any script without knowing any language. Runs
are told apart by a hash; how rare each is was counted over the trades.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from solver.meaning.similarity import STEPS

WORD = re.compile(r"[^\W\d_]+")
RUNS = (4, 5)
PLACES = 1 << 18
"""Runs fall into so many places; two that share one are taken for the same."""

Rarity = npt.NDArray[np.float32]
"""How much a run counts, by place."""


@lru_cache(50_000)
def places_of(text: str) -> Counter[int]:
    """How often each place is hit by a run of the text's words; ends of words count as letters."""
    return Counter(
        crc32(run.encode()) % PLACES for word in WORD.findall(text) for run in _runs(word)
    )


def _runs(word: str) -> list[str]:
    if len(word) < 3 and word.isascii():
        return []
    ended = f"<{word}>"
    if len(ended) <= RUNS[0]:
        return [ended]
    return [ended[k : k + n] for n in RUNS for k in range(len(ended) - n + 1)]


def spelling_rows(texts: Sequence[str], rarity: Rarity) -> csr_array:
    """A row of length 1 for each text, in multiples of 1 / STEPS; a text without words has none."""
    found = [places_of(text) for text in texts]
    ends = np.cumsum([0, *map(len, found)])
    column = np.fromiter((place for row in found for place in row), np.int64, ends[-1])
    count = np.fromiter((n for row in found for n in row.values()), np.float64, ends[-1])
    value = np.sqrt(count) * rarity[column]
    row = np.repeat(np.arange(len(texts)), np.diff(ends))
    length = np.sqrt(np.bincount(row, value * value, minlength=len(texts)))
    whole = np.rint(STEPS * value / np.maximum(length, 1e-9)[row])
    return csr_array((whole.astype(np.float32), column, ends), shape=(len(texts), PLACES))


def rarity_of(texts: Sequence[str], owner: Sequence[int]) -> Rarity:
    """How rare each run is among the owners of texts: the log of the share that lacks it."""
    pairs = {(place, v) for text, v in zip(texts, owner, strict=True) for place in places_of(text)}
    holders = np.bincount([place for place, _ in pairs], minlength=PLACES)
    return np.log((1 + len(set(owner))) / (1 + holders)).astype(np.float32)
