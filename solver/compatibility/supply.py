"""Which offer meets which need, how well, and who does not want to hear of it.

How well is read off the similarity of the two texts by a curve that never falls: nothing below
``CURVE``'s first point, a whole benefit from its last.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from schemas.base import permille
from schemas.event import Attendee, Need, Offer
from solver.compatibility.text import Encoder, Integers, alike, plain

CURVE = ((400, 0), (500, 400), (600, 650), (750, 900), (900, 1000))
"""Similarity and worth, in permille; straight lines between."""
ON_TOPIC = 450
"""An offer so similar to a topic is an offer on that topic."""
LEAST = 50
"""What is worth less is not worth telling, and does not count."""
QUOTED = 80
"""Longer texts are quoted in part."""

Flags = npt.NDArray[np.bool_]


class Wanted(NamedTuple):
    """A need: whose, in which words, and how much it matters."""

    owner: int
    plain: str
    quote: str
    weight: int
    private: bool


class Given(NamedTuple):
    """An offer: whose, and in which words."""

    owner: int
    plain: str
    quote: str


class Match(NamedTuple):
    """The best offer somebody has for a need."""

    need: Wanted
    offer: Given
    worth: int
    refused: bool


class Supply:
    """All offers and needs of a room; people are numbered by their place in ``attendees``."""

    def __init__(self, attendees: Sequence[Attendee], encoder: Encoder) -> None:
        self._attendees, self._encoder = attendees, encoder
        self._needs = [need for i, a in enumerate(attendees) for need in _needs(i, a.needs)]
        self._offers = [offer for i, a in enumerate(attendees) for offer in _offers(i, a.offers)]
        self._texts = sorted({offer.plain for offer in self._offers})
        self._need, self._offer, self._worth = self._meets()

    def served(self) -> Iterator[Match]:
        """For each need, the best offer of everybody who meets it; refused if already served."""
        yield from self._best(self._excluded)

    def pitched(self) -> Iterator[Match]:
        """The same, refused also where the needy do not welcome a pitch of the offer."""
        yield from self._best(self._excluded | self._unwelcome)

    def _meets(self) -> tuple[Integers, Integers, Integers]:
        texts = sorted({need.plain for need in self._needs})
        pairs = alike(self._encoder, texts, self._texts, CURVE[0][0])
        shape = len(texts), len(self._texts)
        grid = csr_array((pairs.permille, (pairs.left, pairs.right)), shape=shape)
        wanted = _places(texts, (need.plain for need in self._needs))
        met = grid[wanted][:, self._place].tocoo()
        worth = WORTH[met.data] * self._weight[met.row] // 1000
        counts = (worth >= LEAST) & (self._needy[met.row] != self._giver[met.col])
        return met.row[counts].astype(int), met.col[counts].astype(int), worth[counts]

    def _best(self, refused: Flags) -> Iterator[Match]:
        """One match for each need and giver: allowed before refused, then the worthiest."""
        giver = self._giver[self._offer]
        order = np.lexsort((self._offer, -self._worth, refused, giver, self._need))
        sides = np.stack([self._need[order], giver[order]])
        first = np.ones(len(order), bool)
        first[1:] = (sides[:, 1:] != sides[:, :-1]).any(axis=0)
        best = order[first]
        rows = (self._need[best], self._offer[best], self._worth[best], refused[best])
        for need, offer, gain, no in zip(*(row.tolist() for row in rows), strict=True):
            yield Match(self._needs[need], self._offers[offer], gain, no)

    @cached_property
    def _excluded(self) -> Flags:
        return self._on_topic(lambda attendee: attendee.already_served)

    @cached_property
    def _unwelcome(self) -> Flags:
        welcomes = [attendee.welcomes_pitches for attendee in self._attendees]
        never = np.array([topics is False for topics in welcomes], bool)
        picky = np.array([isinstance(topics, tuple) for topics in welcomes], bool)
        welcome = self._on_topic(lambda attendee: _topics(attendee.welcomes_pitches))
        needy = self._needy[self._need]
        return never[needy] | picky[needy] & ~welcome

    def _on_topic(self, topics_of: Callable[[Attendee], Sequence[str]]) -> Flags:
        """For each match, whether the offer is on one of the needy's topics."""
        topics = [{plain(topic) for topic in topics_of(a)} for a in self._attendees]
        offers = self._offers_on(sorted(set().union(*topics)))
        pairs = [
            i * len(self._texts) + k
            for i, mine in enumerate(topics)
            for topic in mine
            for k in offers[topic]
        ]
        here = self._needy[self._need] * len(self._texts) + self._place[self._offer]
        return np.isin(here, np.array(pairs, int))

    def _offers_on(self, topics: Sequence[str]) -> dict[str, set[int]]:
        """The places of the offer texts on each topic: alike, or holding all of its words."""
        holding = defaultdict(set)
        for k, text in enumerate(self._texts):
            for word in text.split():
                holding[word].add(k)
        on = {t: set.intersection(*(holding[word] for word in t.split())) for t in topics}
        pairs = alike(self._encoder, topics, self._texts, ON_TOPIC)
        for place, k in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True):
            on[topics[place]].add(k)
        return on

    @cached_property
    def _place(self) -> Integers:
        return _places(self._texts, (offer.plain for offer in self._offers))

    @cached_property
    def _giver(self) -> Integers:
        return np.array([offer.owner for offer in self._offers], int)

    @cached_property
    def _needy(self) -> Integers:
        return np.array([need.owner for need in self._needs], int)

    @cached_property
    def _weight(self) -> Integers:
        return np.array([need.weight for need in self._needs], int)


def _needs(owner: int, needs: Iterable[Need]) -> Iterator[Wanted]:
    """The needs in order of their words; of the same words twice, the heavier, kept private."""
    same = defaultdict(list)
    for need in needs:
        same[plain(need.text)].append(need)
    for words, group in sorted(same.items()):
        weight = max(permille(need.weight) for need in group)
        private = any(need.shown_to == "nobody" for need in group)
        yield Wanted(owner, words, quoted(min(need.text for need in group)), weight, private)


def _offers(owner: int, offers: Iterable[Offer]) -> Iterator[Given]:
    """The offers in order of their words, none twice."""
    same = {plain(offer.text): offer.text for offer in sorted(offers, key=lambda o: o.text)}
    for words, text in sorted(same.items()):
        yield Given(owner, words, quoted(text))


def quoted(text: str) -> str:
    """The text on one line, or its beginning if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[: QUOTED - 1].rstrip()}…"


def _topics(welcomes: bool | tuple[str, ...] | None) -> tuple[str, ...]:
    return welcomes if isinstance(welcomes, tuple) else ()


def _places(texts: Sequence[str], rows: Iterable[str]) -> Integers:
    place = {text: k for k, text in enumerate(texts)}
    return np.array([place[row] for row in rows], int)


def worth(similarity: int) -> int:
    """What an offer so similar to a need is worth, both in permille."""
    for (x, y), (next_x, next_y) in pairwise(CURVE):
        if similarity < next_x:
            return y + max(0, similarity - x) * (next_y - y) // (next_x - x)
    return CURVE[-1][1]


WORTH = np.array([worth(similarity) for similarity in range(1001)])
