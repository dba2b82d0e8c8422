"""How alike two texts are, in whole thousandths.

An encoder gives every text a row of length 1; two texts are as alike as the cosine of their
rows. Rows are rounded to multiples of 1/2048 before they are compared: a scalar product of such
rows, and every part of it, is a whole number below 2^24, which float32 holds exactly. So neither
the order of texts, nor the size of blocks, nor the matrix library in use changes anything.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from schemas.text import plain_text as plain_text

Rows = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

STEPS = 2048
"""Rows are compared in multiples of 1 / STEPS."""
CELLS = 4_000_000
"""At most so many similarities are in memory at once."""


class Encoder(Protocol):
    """Turns texts into rows whose cosines say how alike the texts are."""

    def encode(self, texts: Sequence[str]) -> Rows:
        """Give each text its unit row; a text has the same row in any company."""


class Comparison(Protocol):
    """Tells how alike texts are."""

    def alike(self, left: Sequence[str], right: Sequence[str], floor: int) -> "Alike":
        """All pairs of texts at least ``floor`` permille alike, ordered by place."""

    def learn(self, texts: Sequence[str]) -> None:
        """Read texts, for later."""


class Alike(NamedTuple):
    """Pairs of alike texts: place in the left list, place in the right, similarity in permille."""

    left: Integers
    right: Integers
    permille: Integers


class Cosines:
    """Texts are as alike as one encoder's rows of them."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def alike(self, left: Sequence[str], right: Sequence[str], floor: int) -> Alike:
        """All pairs at least ``floor`` permille alike, ordered by place."""
        if not left or not right:
            return Alike(*np.zeros((3, 0), np.int64))
        ours, theirs = (_whole(self._encoder.encode(texts)) for texts in (left, right))
        return Alike(*np.concatenate(list(_blocks(ours, theirs, floor)), axis=1))

    def learn(self, texts: Sequence[str]) -> None:
        """Encode texts, for later."""
        self._encoder.encode(texts)


def _whole(rows: Rows) -> Rows:
    return np.rint(rows * STEPS)


def _blocks(left: Rows, right: Rows, floor: int) -> Iterator[Integers]:
    height = max(1, CELLS // len(right))
    for start in range(0, len(left), height):
        products = left[start : start + height] @ right.T
        i, j = np.nonzero(products >= floor * STEPS**2 / 1000)
        yield np.stack([i + start, j, _permille(products[i, j])])


def _permille(products: Rows) -> Integers:
    """Scalar products of whole rows as thousandths of the largest."""
    return np.clip(products.astype(np.int64) * 1000 // STEPS**2, 0, 1000)
