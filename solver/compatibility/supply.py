"""Which offer meets which need, how well, and who does not want to hear of it.

How well is read off the likeness of the two texts by a curve that never falls: nothing up to
``CURVE``'s first point, a whole benefit from its last. In its lower part the curve only ranks:
what is worth less than ``LEAST`` is no reason to meet by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from schemas.event import Attendee
from solver.compatibility.room import Flags, Integers, Room
from solver.compatibility.text import Alike

CURVE = (
    (100, 0), (250, 15), (300, 30), (350, 60), (400, 120), (450, 250),
    (500, 430), (600, 690), (750, 900), (900, 1000),
)  # fmt: skip
"""Likeness and worth, in permille; straight lines between."""
FLOORS = ((0, CURVE[0][0]), (300_000, 300), (10_000_000, 400))
"""From so many comparisons on, likeness below this is left out: far better partners abound."""
ON_TOPIC = 450
"""An offer so similar to a topic is an offer on that topic."""


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

    def __init__(self, room: Room, needy: Flags, givers: Flags) -> None:
        self._room = room
        self._need, self._offer, self._worth = self._meets(needy, givers)

    @cached_property
    def served(self) -> Matches:
        """For each need, the best offer of everybody who meets it; refused if already served."""
        return self._best(self._excluded)

    @cached_property
    def pitched(self) -> Matches:
        """The same, refused also where the needy do not welcome a pitch of the offer."""
        unwelcome = self._unwelcome
        return self._best(self._excluded | unwelcome) if unwelcome.any() else self.served

    def _meets(self, needy: Flags, givers: Flags) -> tuple[Integers, Integers, Integers]:
        needs, offers = self._room.needs, self._room.offers
        ours, theirs = needs.of(needy), offers.of(givers)
        wanted, row = np.unique(needs.text[ours], return_inverse=True)
        given, column = np.unique(offers.text[theirs], return_inverse=True)
        found = self._alike(wanted, given)
        shape = len(wanted), len(given)
        grid = csr_array((found.permille, (found.left, found.right)), shape=shape)
        met = grid[row][:, column].tocoo()
        need, offer = ours[met.row], theirs[met.col]
        worth = WORTH[met.data] * needs.weight[need] // 1000
        counts = (worth > 0) & (needs.owner[need] != offers.owner[offer])
        return need[counts], offer[counts], worth[counts]

    def _alike(self, wanted: Integers, given: Integers) -> Alike:
        needs, offers = self._room.needs, self._room.offers
        left = [needs.texts[k] for k in wanted.tolist()]
        right = [offers.texts[k] for k in given.tolist()]
        return self._room.meaning.alike(left, right, floor(self._room))

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

    @cached_property
    def _excluded(self) -> Flags:
        return self._on_topic(lambda attendee: attendee.already_served)

    @cached_property
    def _unwelcome(self) -> Flags:
        never = self._room.those(lambda a: a.welcomes_pitches is False)
        picky = self._room.those(lambda a: isinstance(a.welcomes_pitches, tuple))
        welcome = self._on_topic(lambda attendee: _topics(attendee.welcomes_pitches))
        needy = self._room.needs.owner[self._need]
        return never[needy] | picky[needy] & ~welcome

    def _on_topic(self, topics_of: Callable[[Attendee], Sequence[str]]) -> Flags:
        """For each match, whether the offer is on one of the needy's topics."""
        phrases = self._room.meaning.phrases
        topics = [
            {phrase for topic in topics_of(a) for phrase in phrases(topic)}
            for a in self._room.attendees
        ]
        offers, texts = self._room.offers, len(self._room.offers.texts)
        on = self._offers_on(sorted(set().union(*topics)))
        pairs = [
            i * texts + k for i, mine in enumerate(topics) for topic in mine for k in on[topic]
        ]
        here = self._room.needs.owner[self._need] * texts + offers.text[self._offer]
        return np.isin(here, np.array(pairs, int))

    def _offers_on(self, topics: Sequence[str]) -> dict[str, set[int]]:
        """The offer texts on each topic: alike, or holding all of its words."""
        texts = self._room.offers.texts
        holding = defaultdict(set)
        for k, text in enumerate(texts):
            for word in text.split():
                holding[word].add(k)
        on = {t: set.intersection(*(holding[word] for word in t.split())) for t in topics}
        found = self._room.meaning.alike(topics, texts, ON_TOPIC)
        for place, k in zip(found.left.tolist(), found.right.tolist(), strict=True):
            on[topics[place]].add(k)
        return on


def _topics(welcomes: bool | tuple[str, ...] | None) -> tuple[str, ...]:
    return welcomes if isinstance(welcomes, tuple) else ()


def floor(room: Room) -> int:
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
