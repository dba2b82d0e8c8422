"""What people trade in: a table of trades in fifteen languages, and what it teaches about texts.

Each trade is something that one can offer and another need, with the phrases by which people ask
for it. It teaches twice. *Sense*: directions of the encoder's space in which phrases of one trade
differ (by language, by wording) are shrunk and those in which trades differ kept: linear
discriminant analysis with a shrunk covariance within trades. *Shares*: how much of each trade a
text has, from its nearest phrases by sense and by spelling.

``data/trades/*.toml`` is written by hand; ``data/trades.npz`` is made of it by ``bench.teach``.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from solver.meaning.cache import CachingEncoder
from solver.meaning.encoders import Multilingual, read_verified, remembering
from solver.meaning.similarity import STEPS, Encoder, Integers, Rows, plain_text
from solver.meaning.spelling import PLACES, WORD, Rarity, rarity_of, spelling_rows

DIGEST = "83786380886bb26437fb8a78858cb9d7af25c42ffa8391860b7fdcfea7af63ed"
LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "tr",
    "ru",
    "zh",
    "ja",
    "ar",
    "el",
    "uk",
)
GROUPS = (*LANGUAGES, "short", "trouble")
"""By language, or abbreviations, or troubles told instead of the trade that mends them."""
DIRECTIONS = 200
WITHIN = 0.3
"""The share of the covariance within trades that is measured; the rest is the same all round."""
FINE = 1 << 20
"""Directions are whole multiples of 1 / FINE, so that turning a row is exact."""
GRAIN = 127
"""Prototypes are whole multiples of 1 / GRAIN."""
BLOCK = 500
"""So many texts are compared with all phrases at once."""
HARD = 0.05
"""How sharply the nearest trade is preferred; the temperature of a softmax."""


class Phrase(NamedTuple):
    """A phrase in one spelling, the number of its trade, and its language or kind."""

    text: str
    trade: int
    group: str


NOTHING = Phrase("", -1, "")


class Trades:
    """What the table teaches: ``names`` are the trades in order, ``words`` all words of the table
    and ``english`` its English ones."""

    def __init__(self, arrays: Mapping[str, Any], encoder: Encoder) -> None:
        self._encoder = encoder
        self.names: list[str] = arrays["names"].tolist()
        self.english = frozenset(arrays["english"].tolist())
        self.words = frozenset(arrays["words"].tolist())
        self._mean, self._turn = arrays["mean"], arrays["turn"]
        self._prototypes = arrays["prototypes"].astype(np.float32)
        self._prototype_starts: Integers = arrays["prototype_starts"]
        self._phrase_starts: Integers = arrays["phrase_starts"]
        self.rarity: Rarity = arrays["rarity"].astype(np.float32)
        shape = len(arrays["spelling_ends"]) - 1, PLACES
        columns = arrays["spelling_data"].astype(np.float32), arrays["spelling_places"]
        self._spelling = csr_array((*columns, arrays["spelling_ends"]), shape=shape)

    def encode(self, texts: Sequence[str]) -> Rows:
        """Of each text its sense and the square roots of its shares, in multiples of 1 / STEPS.

        Sense is of length 1; shares sum to 1.
        """
        spelling = spelling_rows(texts, self.rarity)
        sense = self._sense(self._encoder.encode(texts))
        blocks = [
            self._shares(sense[start : start + BLOCK], spelling[start : start + BLOCK])
            for start in range(0, len(texts), BLOCK)
        ]
        shares = np.concatenate([np.zeros((0, len(self.names)), np.float32), *blocks])
        return np.hstack([sense, shares])

    def _sense(self, rows: Rows) -> Rows:
        """Rows of the encoder turned."""
        whole = np.rint(rows.astype(np.float64) * STEPS) - self._mean
        turned = whole @ self._turn
        length = np.linalg.norm(turned, axis=1, keepdims=True)
        return np.asarray(np.rint(STEPS * turned / np.maximum(length, 1)), np.float32)

    def nearest(self, shares: Rows, many: int) -> list[list[str]]:
        """Of each row the trades that it has most of, the first first."""
        order = np.argsort(-shares, axis=1, kind="stable")[:, :many]
        return [[self.names[trade] for trade in row] for row in order.tolist()]

    def _shares(self, sense: Rows, spelling: csr_array) -> Rows:
        near = sense @ self._prototypes.T / np.float32(STEPS * GRAIN)
        alike = (spelling @ self._spelling.T).toarray() / np.float32(STEPS**2)
        meant = np.maximum.reduceat(near, self._prototype_starts, axis=1)
        spelled = np.maximum.reduceat(alike, self._phrase_starts, axis=1)
        scores = meant + spelled
        raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / np.float32(HARD))
        roots: Rows = np.rint(STEPS * np.sqrt(raised / raised.sum(axis=1, keepdims=True)))
        return roots


def read_phrases() -> list[Phrase]:
    """All phrases of the table, trade by trade and group by group, and the names of the trades."""
    table = read_table()
    return [
        Phrase(plain_text(text), number, group)
        for number, name in enumerate(sorted(table))
        for group in GROUPS
        for text in (
            *table[name].get(group, ()),
            *((name.replace("-", " "),) if group == "en" else ()),
        )
    ]


def read_table() -> dict[str, dict[str, list[str]]]:
    """The table as it is written: by trade, phrases by language or kind."""
    folder = resources.files("solver.meaning") / "data" / "trades"
    table: dict[str, dict[str, list[str]]] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            table |= tomllib.loads(file.read_text(encoding="utf-8"))
    return table


def teach(phrases: Sequence[Phrase], rows: Rows) -> dict[str, Any]:
    """What the table teaches, as arrays: ``rows`` are those of the encoder, a row a phrase.

    Discriminants of Fisher and Rao, with the covariance within trades shrunk to a multiple of the
    identity, and each direction scaled by the root of its signal: the share of its variance that
    lies between trades.
    """
    trade = np.array([phrase.trade for phrase in phrases])
    texts = [phrase.text for phrase in phrases]
    mean, turn = _discriminants(rows.astype(np.float64), trade)
    rarity = rarity_of(texts, trade.tolist())
    spelling = spelling_rows(texts, rarity)
    whole_mean, whole_turn = np.rint(mean * STEPS), np.rint(turn * FINE)
    turned = (np.rint(rows.astype(np.float64) * STEPS) - whole_mean) @ whole_turn
    sense = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    starts = np.flatnonzero([_begins(a, b) for a, b in pairwise([NOTHING, *phrases])])
    prototypes = np.add.reduceat(sense, starts)
    prototypes /= np.linalg.norm(prototypes, axis=1, keepdims=True)
    names = sorted(read_table())
    return {
        "names": np.array(names),
        "english": np.array(
            sorted({w for p in phrases if p.group == "en" for w in p.text.split()})
        ),
        "mean": whole_mean,
        "turn": whole_turn,
        "prototypes": np.rint(prototypes * GRAIN).astype(np.int8),
        "prototype_starts": np.searchsorted(trade[starts], np.arange(len(names))),
        "phrase_starts": np.searchsorted(trade, np.arange(len(names))),
        "rarity": rarity.astype(np.float16),
        "spelling_data": spelling.data.astype(np.int16),
        "spelling_places": spelling.indices.astype(np.int32),
        "spelling_ends": spelling.indptr.astype(np.int32),
        "words": np.array(sorted({word for p in phrases for word in WORD.findall(p.text)})),
    }


def _begins(before: Phrase, phrase: Phrase) -> bool:
    """Whether a phrase begins a prototype: a trouble is one, and so are all of another group."""
    return phrase.group == "trouble" or before[1:] != phrase[1:]


def _discriminants(rows: Any, trade: Any) -> tuple[Any, Any]:
    """The mean of all rows, and the directions as columns."""
    mean = rows.mean(axis=0)
    starts = np.searchsorted(trade, np.arange(trade[-1] + 1))
    counts = np.bincount(trade)[:, None]
    centres = np.add.reduceat(rows - mean, starts) / counts
    apart = rows - mean - centres[trade]
    within = apart.T @ apart / len(rows)
    level = np.trace(within) / len(within)
    within = WITHIN * within + (1 - WITHIN) * level * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(values) @ vectors.T
    white = centres @ whiten
    _, scale, axes = np.linalg.svd(white - white.mean(axis=0), full_matrices=False)
    signal = scale**2 / len(centres)
    kept = (signal / (1 + signal)) ** 0.5
    return mean, whiten @ axes[:DIRECTIONS].T * kept[:DIRECTIONS]


@cache
def trades() -> Trades:
    """The trades of this version."""
    content = read_verified(resources.files("solver.meaning") / "data" / "trades.npz", DIGEST)
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        return Trades({name: arrays[name] for name in arrays.files}, Multilingual())


@cache
def taught_encoder() -> CachingEncoder:
    """Sense and shares of texts, each found once."""
    return remembering(trades(), f"trades {DIGEST}")
