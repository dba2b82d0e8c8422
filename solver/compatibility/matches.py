"""Which offer meets which need, how well, and who does not want to hear of it.

How well is read off the likeness of the two texts by a curve that never falls: nothing up to
``CURVE``'s first point, a whole benefit from its last. In its lower part the curve only ranks:
what is worth less than ``LEAST`` is no reason to meet by itself.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from solver.compatibility.consent import is_served_already, is_unwelcome
from solver.compatibility.people import Flags, Integers, People, TextTable

CURVE = (
    (100, 0), (250, 15), (300, 30), (350, 60), (400, 120), (450, 250),
    (500, 430), (600, 690), (750, 900), (900, 1000),
)  # fmt: skip
"""Likeness and worth, in permille; straight lines between."""
FLOORS = ((0, CURVE[0][0]), (300_000, 300), (10_000_000, 400))
"""From so many comparisons on, likeness below this is left out: far better partners abound."""


class Matches(NamedTuple):
    """For a need and a giver each, the best offer: rows of the room's tables, and its worth."""

    need: Integers
    offer: Integers
    worth: Integers
    refused: Flags

    def where(self, chosen: Flags) -> "Matches":
        """The chosen ones."""
        return Matches(
            self.need[chosen], self.offer[chosen], self.worth[chosen], self.refused[chosen]
        )


class Supply:
    """What the offers of ``givers`` do for the needs of ``needy``, nobody serving themselves."""

    def __init__(self, room: People, needy: Flags, givers: Flags) -> None:
        self._room = room
        self._need, self._offer, self._worth = self._meets(needy, givers)

    @cached_property
    def served(self) -> Matches:
        """For each need, the best offer of everybody who meets it; refused if already served."""
        return self._best(self._excluded)

    @cached_property
    def pitched(self) -> Matches:
        """The same, refused also where the needy do not welcome a pitch of the offer."""
        refused = is_unwelcome(self._room, *self._asked)
        return self._best(self._excluded | refused) if refused.any() else self.served

    @cached_property
    def _excluded(self) -> Flags:
        return is_served_already(self._room, *self._asked)

    @property
    def _asked(self) -> tuple[Integers, Integers, Sequence[str]]:
        """Of each match the needy, and the offer's text."""
        offers = self._room.offers
        return self._room.needs.owner[self._need], offers.text[self._offer], offers.texts

    def _meets(self, needy: Flags, givers: Flags) -> tuple[Integers, Integers, Integers]:
        needs, offers = self._room.needs, self._room.offers
        ours, theirs = (needs, needs.of(needy)), (offers, offers.of(givers))
        need, offer, likeness = compare_tables(self._room, ours, theirs, floor(self._room))
        worth = WORTH[likeness] * needs.weight[need] // 1000
        counts = (worth > 0) & (needs.owner[need] != offers.owner[offer])
        return need[counts], offer[counts], worth[counts]

    def _best(self, refused: Flags) -> Matches:
        """One match for each need and giver: allowed before refused, then the worthiest."""
        giver = self._room.offers.owner[self._offer]
        sides = self._need * self._room.people + giver
        ranked = (sides * 2 + refused) * 1024 + (1000 - self._worth)
        order = np.argsort(ranked, kind="stable")  # matches come in order of their offers
        first = np.ones(len(order), bool)
        first[1:] = np.diff(sides[order]) != 0
        best = order[first]
        return Matches(self._need[best], self._offer[best], self._worth[best], refused[best])


def compare_tables(
    room: People, mine: tuple[TextTable, Integers], yours: tuple[TextTable, Integers], least: int
) -> tuple[Integers, Integers, Integers]:
    """Which chosen rows of two tables are ``least`` permille alike or more, and how much."""
    (ours, some), (theirs, others) = mine, yours
    if not len(some) or not len(others):
        return some[:0], others[:0], some[:0]
    left, row = np.unique(ours.text[some], return_inverse=True)
    right, column = np.unique(theirs.text[others], return_inverse=True)
    texts = [ours.texts[k] for k in left.tolist()], [theirs.texts[k] for k in right.tolist()]
    found = room.meaning.alike(*texts, least)
    grid = csr_array((found.permille, (found.left, found.right)), shape=(len(left), len(right)))
    met = grid[row][:, column].tocoo()
    return some[met.row], others[met.col], met.data


def floor(room: People) -> int:
    """The least likeness that counts in a room of this size."""
    comparisons = len(room.needs.owner) * len(room.offers.owner)
    return max(least for many, least in FLOORS if comparisons >= many)


def worth(similarity: int) -> int:
    """What an offer so similar to a need is worth, both in permille."""
    for (x, y), (next_x, next_y) in pairwise(CURVE):
        if similarity < next_x:
            return y + max(0, similarity - x) * (next_y - y) // (next_x - x)
    return CURVE[-1][1]


WORTH = np.array([worth(similarity) for similarity in range(1001)])
