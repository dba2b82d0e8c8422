"""What somebody said of a need and an offer: the one meets the other, or it does not.

A verdict stands whatever an encoder says, for these two texts in the spelling in which they are
compared, and either way round; of others, however like them, it says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from schemas.event import Matching
from solver.meaning.similarity import Alike

MEETS, DOES_NOT = 1000, 0
"""How alike a confirmed and a denied pair are, in permille."""


class Verdicts:
    """The verdicts of one event; texts that two verdicts differ on are not alike."""

    def __init__(self, matching: Matching, spelled: Callable[[str], str]) -> None:
        self._likeness = {
            (spelled(one), spelled(other)): permille
            for pairs, permille in ((matching.confirmed, MEETS), (matching.denied, DOES_NOT))
            for pair in pairs
            for one, other in (pair, pair[::-1])
        }

    def overrule(
        self, found: Alike, left: Sequence[str], right: Sequence[str], floor: int
    ) -> Alike:
        """The pairs found, those with a verdict as alike as it says; ordered by place."""
        told = np.array(list(self._told(left, right)), np.int64).reshape(-1, 3)
        if not len(told):
            return found
        keys, settled = found.left * len(right) + found.right, told[:, 0] * len(right) + told[:, 1]
        rest = Alike(*(column[~np.isin(keys, settled)] for column in found))
        counted = told[told[:, 2] >= floor].T
        both = np.concatenate([np.stack(rest), counted], axis=1)
        return Alike(*both[:, np.lexsort((both[1], both[0]))])

    def _told(self, left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Places and likeness of the texts there is a verdict on."""
        if not self._likeness:
            return
        ours, theirs = _places(left), _places(right)
        for (one, other), permille in self._likeness.items():
            for i in ours.get(one, ()):
                yield from ((i, j, permille) for j in theirs.get(other, ()))


def _places(texts: Sequence[str]) -> dict[str, list[int]]:
    places = defaultdict(list)
    for k, text in enumerate(texts):
        places[text].append(k)
    return places
