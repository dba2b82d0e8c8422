"""How likely it is that an offer meets a need, from all views of the two texts.

A logistic regression over few features, with the weights that ``docs/benefits.md`` prints; of two
texts with several items, the best pair of items counts. Odds are told as *likeness* in permille, on
the scale of ``solver.compatibility.matches.CURVE``, by a table that was calibrated on rooms that
the weights had not seen. Fitted by ``bench.fit``.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from solver.meaning.similarity import STEPS, Alike, Integers
from solver.meaning.views import Views, learn_texts, view_texts
from solver.meaning.wording import items_of

Floats = npt.NDArray[np.float32]

CELLS = 1_000_000
"""At most so many pairs of items are compared at once."""
FEATURES = (
    "sense", "trade", "sense alone", "spelling", "english", "both english", "part", "parted",
)  # fmt: skip
PARTED = -4.0
"""The weight of the last feature, set and not fitted: of 431 gold pairs in rooms none parts."""
WEIGHTS = np.array([2.73, 5.41, 2.37, 0.62, 0.85, -0.39, -1.60, PARTED], np.float32)
BIAS = np.float32(-6.05)
TABLE = (
    (-7.26, 0), (-4.26, 250), (-3.81, 300), (-3.34, 350), (-2.85, 400), (-2.28, 450),
    (-1.75, 500), (-1.06, 600), (-0.16, 750), (2.84, 1000),
)  # fmt: skip
"""Log-odds and likeness in permille; straight lines between."""
SPELLING = FEATURES.index("spelling")
NO_ODDS = -np.inf


class Likeness:
    """Compares texts by all views."""

    def alike(self, left: Sequence[str], right: Sequence[str], floor: int) -> Alike:
        """All pairs of texts at least ``floor`` permille alike, ordered by place."""
        ours, theirs = view_texts(left), view_texts(right)
        if not len(ours.text) or not len(theirs.text):
            return Alike(*np.zeros((3, 0), np.int64))
        blocks = [_same_texts(left, right), *_alike_blocks(ours, theirs, floor)]
        text, other, permille = np.concatenate(blocks, axis=1)
        key = text * max(1, len(right)) + other
        order = np.lexsort((-permille, key))
        first = order[np.diff(key[order], prepend=-1) != 0]
        return Alike(text[first], other[first], permille[first])

    def learn(self, texts: Sequence[str]) -> None:
        """Read texts, for later."""
        learn_texts(texts)


class Pairs(NamedTuple):
    """Pairs of items by their places, and of each its features in their order."""

    left: Integers
    right: Integers
    features: Floats


def compare_items(left: Views, right: Views, least: float = NO_ODDS) -> Pairs:
    """The features of all pairs of items whose log-odds can be ``least`` or more."""
    sense, shared = _products(left.sense, right.sense), _products(left.trade, right.trade)
    both = np.outer(left.is_english, right.is_english)
    english = np.zeros_like(sense)
    if both.any():
        ours, theirs = left.english[left.is_english], right.english[right.is_english]
        english[both] = _products(ours, theirs).ravel()
    parts = np.add.outer(left.is_part.astype(np.float32), right.is_part)
    spelling = np.ones_like(sense)  # at most
    parted = _parted(left.nations, right.nations)
    columns = sense, np.sqrt(shared), sense * (1 - shared), spelling, english, both, parts, parted
    odds = BIAS + sum(w * column for w, column in zip(WEIGHTS, columns, strict=True))
    i, j = np.nonzero(odds >= least)
    features = np.stack([column[i, j] for column in columns], axis=1).astype(np.float32)
    features[:, SPELLING] = _spelling(left.spelling, right.spelling, i, j)
    return Pairs(i, j, features)


def odds_of(features: Floats) -> Floats:
    """Log-odds of pairs, one a row of features."""
    return np.asarray(features @ WEIGHTS + BIAS, np.float32)


def permille_of(odds: Floats) -> Integers:
    """Likeness by the table."""
    points, values = np.array(TABLE).T
    return np.asarray(np.interp(odds, points, values), np.int64)


def _alike_blocks(left: Views, right: Views, floor: int) -> Iterator[Integers]:
    points, values = np.array(TABLE).T
    least = NO_ODDS if floor <= values[0] else float(np.interp(floor, values, points))
    height = max(1, CELLS // max(1, len(right.text)))
    for start in range(0, len(left.text), height):
        ours = left.where(slice(start, start + height))
        i, j, features = compare_items(ours, right, least)
        permille = permille_of(odds_of(features))
        kept = permille >= floor
        yield np.stack([ours.text[i[kept]], right.text[j[kept]], permille[kept]])


def _same_texts(left: Sequence[str], right: Sequence[str]) -> Integers:
    """The very same text is fully alike, if it says anything."""
    place = {text: k for k, text in enumerate(right) if items_of(text)}
    same = [(k, place[text], 1000) for k, text in enumerate(left) if text in place]
    return np.array(same, np.int64).reshape(-1, 3).T


def _products(left: Floats, right: Floats) -> Floats:
    """Scalar products of rows in multiples of 1 / STEPS, from 0 to 1."""
    return np.asarray(np.clip(left @ right.T / np.float32(STEPS**2), 0, 1), np.float32)


def _parted(left: Floats, right: Floats) -> Floats:
    """1 where each of two texts names a nation that the other does not name."""
    parted = np.zeros((len(left), len(right)), np.float32)
    ours, theirs = left.any(axis=1), right.any(axis=1)
    some, others = left[ours], right[theirs]
    fewer = np.minimum.outer(some.sum(axis=1), others.sum(axis=1))
    parted[np.ix_(ours, theirs)] = some @ others.T < fewer
    return parted


def _spelling(left: csr_array, right: csr_array, i: Integers, j: Integers) -> Floats:
    """The scalar products of chosen rows."""
    found = [
        left[i[k : k + CELLS // 10]].multiply(right[j[k : k + CELLS // 10]]).sum(axis=1)
        for k in range(0, len(i), CELLS // 10)
    ]
    return np.concatenate([np.zeros(0), *found]).astype(np.float32) / np.float32(STEPS**2)
