"""How good a ranking is, against what is truly wanted; and the ranking that every other must beat.

Average precision of one ranking: the mean, over all that is wanted, of the share of wanted ones
down to its place. A hit at five: at least one of the first five is wanted.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Scores = NDArray[np.float64]
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class RankingQuality:
    """Means over all rankings judged."""

    mean_average_precision: float
    hit_at_5: float
    rankings: int


def quality(judged: Iterable[tuple[Sequence[str], Collection[str]]]) -> RankingQuality:
    """Judge rankings, each with what was wanted."""
    rows = [(average_precision(ranked, wanted), _hit(ranked, wanted)) for ranked, wanted in judged]
    means = np.mean(rows, axis=0)
    return RankingQuality(float(means[0]), float(means[1]), len(rows))


def average_precision(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """1 if all that is wanted comes first, near 0 if it comes last."""
    places = [place for place, item in enumerate(ranked, start=1) if item in wanted]
    shares = (found / place for found, place in enumerate(places, start=1))
    return sum(shares) / len(wanted)


def _hit(ranked: Sequence[str], wanted: Collection[str]) -> bool:
    return any(item in wanted for item in ranked[:5])


def ranking(scores: Scores, ids: Sequence[str]) -> list[str]:
    """The ids by falling score; equal scores in the order given, which must tell nothing."""
    return [ids[k] for k in np.argsort(-scores, kind="stable").tolist()]


def tf_idf(queries: Sequence[str], texts: Sequence[str]) -> Scores:
    """Cosines of queries (rows) and texts (columns) by shared words, rare words counting more."""
    words = [WORD.findall(text.casefold()) for text in (*queries, *texts)]
    number = {word: k for k, word in enumerate(sorted({word for row in words for word in row}))}
    rows = [k for k, row in enumerate(words) for _ in row]
    columns = [number[word] for row in words for word in row]
    counts = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(words), len(number)))
    counts.sum_duplicates()
    documents = np.bincount(counts.indices, minlength=len(number))
    weighted = counts.multiply(1 + np.log((1 + len(words)) / (1 + documents))).tocsr()
    lengths = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    cosines = weighted[: len(queries)] @ weighted[len(queries) :].T
    norms = np.outer(lengths[: len(queries)], lengths[len(queries) :])
    return np.asarray(cosines.toarray() / np.maximum(norms, 1e-12))
