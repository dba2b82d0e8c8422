"""Words shared by chance: what two texts have in common besides the words that both hold.

Encoders take texts with a word in common for alike even where it means something else ("cold
chain logistics", "cold calling"). Word vectors know no neighbours, so that a word can be taken
out of a text afterwards: the rest of the one, compared with the rest of the other, tells whether
more than the word is shared. Words are told apart by their stems, and empty ones do not count.
"""

import re
from collections.abc import Sequence
from typing import Protocol

import numba as nb
import numpy as np
import numpy.typing as npt

from solver.meaning.similarity import Alike, Integers

DOUBT = 350
"""Permille of a likeness that the unshared words decide, if they are less alike than the whole."""
DOUBTED = 300
"""What is less alike is worth too little to be doubted."""
LIFT = 170
"""Unrelated words are so alike on the scale of whole texts, in permille."""
WORD = re.compile(r"[^\W_]+")
EMPTY = frozenset((
    "a", "about", "all", "also", "am", "an", "and", "another", "any", "anybody", "anyone",
    "anything", "are", "as", "at", "be", "been", "best", "both", "but", "by", "can",
    "could", "do", "does", "doing", "done", "down", "each", "every", "few", "find",
    "finding", "for", "from", "get", "getting", "good", "great", "had", "has", "have",
    "having", "help", "helping", "helps", "her", "his", "how", "i", "if", "im", "in",
    "into", "is", "its", "let", "like", "look", "looking", "make", "makes", "making",
    "me", "more", "most", "my", "need", "needed", "needs", "new", "no", "not", "of", "off",
    "offer", "offering", "offers", "on", "one", "or", "other", "our", "out", "over", "per",
    "please", "provide", "provides", "providing", "service", "services", "several", "so",
    "some", "somebody", "someone", "something", "than", "that", "the", "their", "them",
    "then", "there", "they", "this", "to", "two", "under", "up", "us", "use", "used",
    "using", "very", "want", "wanted", "wants", "we", "what", "when", "where", "which",
    "who", "will", "with", "within", "without", "would", "you", "your",
))  # fmt: skip
"""Words that say nothing about what somebody offers or needs."""
ENDINGS = ("ing", "ers", "er", "ies", "es", "s", "ed", "ly", "e")

Vectors = npt.NDArray[np.float32]


class WordVectors(Protocol):
    """Turns words into vectors that add up."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give each word its row."""


def doubt_likeness(
    found: Alike, left: Sequence[str], right: Sequence[str], words: WordVectors
) -> Alike:
    """Less alike where, without the words they share, two texts have less in common."""
    chosen = np.flatnonzero(found.permille >= DOUBTED)
    ours, i = np.unique(found.left[chosen], return_inverse=True)
    theirs, j = np.unique(found.right[chosen], return_inverse=True)
    texts = [*(left[k] for k in ours.tolist()), *(right[k] for k in theirs.tolist())]
    vocabulary = _Vocabulary(texts)
    if not vocabulary.words:
        return found
    permille = found.permille.copy()
    permille[chosen] = _doubt(
        permille[chosen],
        i,
        j + len(ours),
        vocabulary.start,
        vocabulary.word,
        vocabulary.stem,
        words.encode(vocabulary.words),
    )
    return found._replace(permille=permille)


class _Vocabulary:
    """The words of texts by number: text ``k`` has those from ``start[k]`` to ``start[k + 1]``."""

    def __init__(self, texts: Sequence[str]) -> None:
        bags = [_bag(text) for text in texts]
        self.words = words_of(texts)
        number = {word: k for k, word in enumerate(self.words)}
        stems = [stem_of(word) for word in self.words]
        same = {stem: k for k, stem in enumerate(sorted(set(stems)))}
        self.start: Integers = np.cumsum([0, *map(len, bags)])
        self.word = np.array([number[word] for bag in bags for word in bag], np.int64)
        self.stem = np.array([same[stem] for stem in stems], np.int64)


def words_of(texts: Sequence[str]) -> list[str]:
    """All words of these texts that say something, in order."""
    return sorted(set().union(*map(_bag, texts)))


def _bag(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word not in EMPTY]


def stem_of(word: str) -> str:
    """The word without an English ending, if four letters are left: enough to see it again."""
    endings = (ending for ending in ENDINGS if word.endswith(ending))
    ending = next((ending for ending in endings if len(word) - len(ending) >= 4), "")
    return word.removesuffix(ending)


@nb.njit(cache=True, nogil=True)
def _doubt(permille, left, right, start, word, stem, vectors):
    """Permille after doubt, for each pair of texts; as it was where one text is all shared."""
    doubted = permille.copy()
    width = vectors.shape[1]
    ours, theirs = np.empty(width), np.empty(width)
    for k in range(len(permille)):
        i, i_end = start[left[k]], start[left[k] + 1]
        j, j_end = start[right[k]], start[right[k] + 1]
        mine = _rest(word, i, i_end, j, j_end, stem, vectors, ours)
        if mine == 0 or mine == i_end - i:
            continue
        if _rest(word, j, j_end, i, i_end, stem, vectors, theirs) == 0:
            continue
        product = squared = turned = 0.0
        for d in range(width):
            product += ours[d] * theirs[d]
            squared += ours[d] * ours[d]
            turned += theirs[d] * theirs[d]
        cosine = product / max(np.sqrt(squared * turned), 1e-9)
        rest = max(0, int((1000 - LIFT) * cosine + LIFT))
        if rest < permille[k]:
            doubted[k] = ((1000 - DOUBT) * permille[k] + DOUBT * rest) // 1000
    return doubted


@nb.njit(cache=True, nogil=True)
def _rest(word, start, end, others, others_end, stem, vectors, total):
    """Sum the vectors of the words that the other text lacks into ``total``; how many they are."""
    total[:] = 0
    count = 0
    for at in range(start, end):
        unshared = True
        for other in range(others, others_end):
            if stem[word[other]] == stem[word[at]]:
                unshared = False
                break
        if unshared:
            for d in range(vectors.shape[1]):
                total[d] += vectors[word[at], d]
            count += 1
    return count
