"""Everybody who comes, as the rules of benefits see them: numbered, their texts in one spelling."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.base import permille
from schemas.event import Attendee, Need, Offer
from solver.meaning.meaning import Meaning
from solver.meaning.similarity import plain_text
from solver.meaning.wording import is_silent

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ASSUMED = ("clients", "suppliers", "referrals")
"""The intents of somebody who declares none."""
QUOTED = 80
"""Longer texts are quoted in part."""


class Wanted(NamedTuple):
    """A need: in which spelling, in whose words, how much it matters, and who may read it."""

    spelled: str
    quote: str
    weight: int
    private: bool


class Given(NamedTuple):
    """An offer: in which spelling, and in whose words."""

    spelled: str
    quote: str


class TextTable(NamedTuple):
    """The needs or the offers of a room: whose each is, its place there, and its text."""

    owner: Integers
    place: Integers
    text: Integers
    texts: list[str]
    weight: Integers

    def of(self, people: Flags) -> Integers:
        """The rows that belong to these people."""
        return np.flatnonzero(people[self.owner])


class People:
    """The attendees in order of their ids; a number is a place in ``attendees``."""

    def __init__(self, attendees: Iterable[Attendee], meaning: Meaning) -> None:
        self.attendees = sorted(attendees, key=lambda attendee: attendee.id)
        self.meaning = meaning

    def later(self, attendees: Iterable[Attendee]) -> "People":
        """The same people when none has changed an offer or a need."""
        room = copy(self)
        room.attendees = sorted(attendees, key=lambda attendee: attendee.id)
        return room

    @property
    def people(self) -> int:
        """How many they are."""
        return len(self.attendees)

    @cached_property
    def needs_of(self) -> list[list[Wanted]]:
        """What each looks for, in order of spelling."""
        return [list(_wanted(a.needs, self.meaning)) for a in self.attendees]

    @cached_property
    def offers_of(self) -> list[list[Given]]:
        """What each brings, in order of spelling, nothing twice."""
        return [list(_given(a.offers, self.meaning)) for a in self.attendees]

    @cached_property
    def needs(self) -> TextTable:
        """All needs, owner by owner."""
        return _table([[(need.spelled, need.weight) for need in mine] for mine in self.needs_of])

    @cached_property
    def offers(self) -> TextTable:
        """All offers, owner by owner."""
        return _table([[(offer.spelled, 1000) for offer in mine] for mine in self.offers_of])

    def among(self, *intents: str) -> Flags:
        """Those who come with one of these intents, declared or assumed."""
        wanted = set(intents)
        return self.those(lambda a: not wanted.isdisjoint(a.intents or ASSUMED))

    def those(self, who: Callable[[Attendee], bool]) -> Flags:
        """Those of whom ``who`` is true."""
        return np.fromiter(map(who, self.attendees), np.bool_, self.people)


def _wanted(needs: Iterable[Need], meaning: Meaning) -> Iterator[Wanted]:
    """Of the same need twice, the heavier; private if either is. What says nothing is none."""
    same = defaultdict(list)
    for need in needs:
        if is_silent(need.text):
            continue
        same[meaning.spelled(need.text)].append(need)
    for spelled, group in sorted(same.items()):
        weight = max(permille(need.weight) for need in group)
        private = any(need.shown_to == "nobody" for need in group)
        yield Wanted(spelled, quoted(min(need.text for need in group)), weight, private)


def _given(offers: Iterable[Offer], meaning: Meaning) -> Iterator[Given]:
    texts = (offer.text for offer in offers if not is_silent(offer.text))
    same = {meaning.spelled(text): text for text in sorted(texts, reverse=True)}
    for spelled, text in sorted(same.items()):
        yield Given(spelled, quoted(text))


def _table(lists: Sequence[Sequence[tuple[str, int]]]) -> TextTable:
    """Texts with their weights, owner by owner."""
    listed = [
        (v, place, text, weight)
        for v, mine in enumerate(lists)
        for place, (text, weight) in enumerate(mine)
    ]
    texts = sorted({text for _, _, text, _ in listed})
    number = {text: k for k, text in enumerate(texts)}
    columns = [(v, place, number[text], weight) for v, place, text, weight in listed]
    owner, place, text, weights = np.array(columns, np.int64).reshape(-1, 4).T
    return TextTable(owner, place, text, texts, weights)


def quoted(text: str) -> str:
    """The text on one line, or its beginning if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[: QUOTED - 1].rstrip()}…"


def topics(attendee_topics: Iterable[str]) -> list[str]:
    """Topics in one spelling, in order, none twice."""
    return sorted({plain_text(topic) for topic in attendee_topics})
