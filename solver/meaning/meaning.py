"""What texts mean in one event: a likeness, and what the organiser says about words.

*Synonyms* are written as one: each phrase of a group becomes the group's longest, since that tells
an encoder most. *Vetoes*: two texts, of which one holds one phrase of a group and the other
another, are not alike, unless they share one. *Topics* that the organiser names stand for all
their phrases.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from schemas.event import Matching
from solver.meaning.similarity import Alike, Comparison, plain_text
from solver.meaning.verdicts import Verdicts


class Meaning:
    """Compares texts as the organiser of one event wants them compared."""

    def __init__(self, comparison: Comparison, matching: Matching) -> None:
        self._comparison, self._matching = comparison, matching

    def spelled(self, text: str) -> str:
        """The text in the one spelling in which it is compared."""
        text = plain_text(text)
        if self._synonym is None:
            return text
        return self._synonym.sub(lambda found: self._longest[found[0]], text)

    def alike(self, left: Sequence[str], right: Sequence[str], floor: int) -> Alike:
        """All pairs of spelled texts at least ``floor`` permille alike, ordered by place."""
        found = self._comparison.alike(left, right, floor)
        for group in self._vetoes:
            ours, theirs = _held(group, left)[found.left], _held(group, right)[found.right]
            parted = ours.any(axis=1) & theirs.any(axis=1) & ~(ours & theirs).any(axis=1)
            found = Alike(*(column[~parted] for column in found))
        return self._verdicts.overrule(found, left, right, floor)

    def phrases(self, topic: str) -> list[str]:
        """What stands for a topic: its name, and what the organiser counts to it."""
        named = (t for t in self._matching.topics if plain_text(t.name) == plain_text(topic))
        return [topic, *(phrase for t in named for phrase in t.phrases)]

    def learn(self, texts: Sequence[str]) -> None:
        """Read texts, for later."""
        self._comparison.learn(texts)

    @cached_property
    def _longest(self) -> dict[str, str]:
        """What each phrase with a synonym is written as; of two groups the first counts."""
        longest: dict[str, str] = {}
        for group in self._matching.synonyms:
            phrases = [plain_text(phrase) for phrase in group]
            for phrase in phrases:
                longest.setdefault(phrase, max(phrases, key=_length))
        return longest

    @cached_property
    def _synonym(self) -> re.Pattern[str] | None:
        """Matches every phrase with a synonym, the longest first."""
        return whole_words(self._longest) if self._longest else None

    @cached_property
    def _vetoes(self) -> list[list[str]]:
        return [[self.spelled(phrase) for phrase in group] for group in self._matching.vetoes]

    @cached_property
    def _verdicts(self) -> Verdicts:
        return Verdicts(self._matching, self.spelled)


def whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches any of these phrases as whole words, the longest that fits."""
    ordered = sorted(phrases, key=_length, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")


def _length(phrase: str) -> tuple[int, int, str]:
    return len(phrase.split()), len(phrase), phrase


def holding(phrase: str, texts: Sequence[str]) -> list[int]:
    """The places of the texts that hold the phrase as whole words."""
    pattern = whole_words([phrase])
    return [k for k, text in enumerate(texts) if phrase in text and pattern.search(text)]


def _held(group: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which text (row) holds which phrase (column)."""
    table = np.zeros((len(texts), len(group)), np.bool_)
    for column, phrase in enumerate(group):
        table[holding(phrase, texts), column] = True
    return table
