"""Words shared by chance: what two texts have in common besides the words that both hold.

Encoders take texts with a word in common for alike even where it means something else ("cold
chain logistics", "cold calling"). Word vectors know no neighbours, so that a word can be taken
out of a text afterwards: the rest of the one, compared with the rest of the other, tells whether
more than the word is shared. Words are told apart by their stems, and empty ones do not count.
"""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from solver.meaning.similarity import Alike, Integers

DOUBTED = 300
"""What is less alike is worth too little to be doubted."""
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
    from solver.meaning.unshared_words import doubt_pairs  # compiled, and so slow to load

    permille = found.permille.copy()
    permille[chosen] = doubt_pairs(
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
