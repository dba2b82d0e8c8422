"""What the offers and needs of a room are about: topics found in the texts, and named by them.

Texts are joined bottom-up by average linkage, as long as two groups are on average ``TOGETHER``
alike. Of more than ``MOST`` texts so many are joined, each the first of those ``SAME`` alike,
and the rest follow the one that they are most like. A private need plays no part in finding or
naming topics: it goes where the public text most like it went, if one is ``TOGETHER`` alike.

The organiser's own topics come first: a text belongs to the one whose phrase it holds or means,
else to the one that has the name of its found topic among its phrases.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from schemas.event import NamedTopic
from solver.compatibility.consent import on_topics
from solver.compatibility.people import Integers, People, TextTable, quoted
from solver.meaning.words import EMPTY, WORD, stem_of

TOGETHER = 400
"""Groups so alike on average, in permille, are about one thing."""
SAME, MOST = 600, 2_000
NOWHERE = -1
"""The number of no topic."""


class Topic(NamedTuple):
    """A name, whether the organiser gave it, and its public texts, the most typical first."""

    name: str
    named: bool
    texts: tuple[str, ...]


class Topics:
    """The topics of a room in order of name; a number is a place in ``all``."""

    def __init__(self, room: People, named: Sequence[NamedTopic]) -> None:
        self._room, self._named = room, named

    @cached_property
    def all(self) -> list[Topic]:
        """Every topic that holds a text."""
        texts = defaultdict(list)
        for text in self._typical:
            texts[self._of.get(text)].append(text)
        names = sorted(set(self._of.values()))
        own = {topic.name for topic in self._named}
        return [Topic(name, name in own, tuple(texts[name])) for name in names]

    @cached_property
    def of_offers(self) -> Integers:
        """The topic of each row of the room's offers."""
        return self._of_rows(self._room.offers)

    @cached_property
    def of_needs(self) -> Integers:
        """The topic of each row of the room's needs."""
        return self._of_rows(self._room.needs)

    def _of_rows(self, table: TextTable) -> Integers:
        number = {topic.name: k for k, topic in enumerate(self.all)}
        of_text = [number.get(self._of.get(text, ""), NOWHERE) for text in table.texts]
        return np.array(of_text, np.int64)[table.text]

    @cached_property
    def _of(self) -> dict[str, str]:
        """The name of the topic of each text; texts without one are left out."""
        found = self._found | self._followers
        meaning = self._room.meaning
        renamed = {
            meaning.spelled(phrase): topic.name
            for topic in reversed(self._named)
            for phrase in _phrases(topic)
        }
        of = {text: renamed.get(meaning.spelled(name), name) for text, name in found.items()}
        return of | self._claimed

    @cached_property
    def _claimed(self) -> dict[str, str]:
        """Texts that hold or mean a phrase of the organiser's; of several, the first topic's."""
        texts = sorted({*self._room.offers.texts, *self._room.needs.texts})
        phrases = {phrase for topic in self._named for phrase in _phrases(topic)}
        on = on_topics(self._room.meaning, texts, sorted(phrases))
        return {
            texts[k]: topic.name
            for topic in reversed(self._named)
            for phrase in _phrases(topic)
            for k in on[phrase]
        }

    @cached_property
    def _people(self) -> Counter[str]:
        """How many people say each public text."""
        room, said = self._room, Counter[str]()
        for needs, offers in zip(room.needs_of, room.offers_of, strict=True):
            public = {need.spelled for need in needs if not need.private}
            said.update(public | {offer.spelled for offer in offers})
        return said

    @cached_property
    def _joined(self) -> list[str]:
        """The public texts that are joined bottom-up, in order."""
        texts = sorted(self._people)
        if len(texts) <= MOST:
            return texts
        found = self._room.meaning.alike(texts, texts, SAME)
        near: list[list[int]] = [[] for _ in texts]
        for k, other in zip(found.left.tolist(), found.right.tolist(), strict=True):
            near[k].append(other)
        crowd = [sum(self._people[texts[other]] for other in mine) for mine in near]
        first: list[str] = []
        taken: set[int] = set()
        for k in sorted(range(len(texts)), key=lambda k: (-crowd[k], k)):
            if k not in taken:
                first.append(texts[k])
                taken.update(near[k])
        return sorted(first[:MOST])

    @cached_property
    def _likeness(self) -> npt.NDArray[np.int16]:
        """How alike any two of the joined texts are, in permille."""
        found = self._room.meaning.alike(self._joined, self._joined, 1)
        table = np.zeros((len(self._joined), len(self._joined)), np.int16)
        table[found.left, found.right] = found.permille
        return table

    @cached_property
    def _groups(self) -> Integers:
        """The group of each joined text."""
        if len(self._joined) < 2:
            return np.ones(len(self._joined), np.int64)
        apart = squareform((1000 - self._likeness).astype(np.float64), checks=False)
        tree = linkage(apart, "average")
        return np.asarray(fcluster(tree, 1000 - TOGETHER, "distance"), np.int64)

    @cached_property
    def _found(self) -> dict[str, str]:
        """The name of the found topic of each joined text; groups of one name are one topic."""
        groups = defaultdict(list)
        for text, group in zip(self._joined, self._groups.tolist(), strict=True):
            groups[group].append(text)
        said = _said(self._joined, self._people)
        names = {group: _name(texts, self._people, said) for group, texts in groups.items()}
        return {text: names[group] for group, texts in groups.items() for text in texts}

    @cached_property
    def _followers(self) -> dict[str, str]:
        """All other texts, private ones among them, go where the one most like them went."""
        rest = sorted({*self._people, *self._room.needs.texts} - self._found.keys())
        found = self._room.meaning.alike(rest, self._joined, TOGETHER)
        best: dict[int, tuple[int, int]] = {}
        for k, other, permille in zip(*(column.tolist() for column in found), strict=True):
            best[k] = max(best.get(k, (0, 0)), (permille, -other))
        return {rest[k]: self._found[self._joined[-other]] for k, (_, other) in best.items()}

    @cached_property
    def _typical(self) -> list[str]:
        """Public texts; those come first that most of what is said in their group is like."""
        same = self._groups[:, None] == self._groups[None, :]
        people = np.array([self._people[text] for text in self._joined], np.int64)
        typical = np.where(same, self._likeness, 0).astype(np.int64) @ people
        order = np.argsort(-typical, kind="stable")
        joined = [self._joined[k] for k in order.tolist()]
        return [*joined, *sorted(self._people.keys() - set(joined))]


def _phrases(topic: NamedTopic) -> Sequence[str]:
    """What belongs to a topic; without phrases, its name says it."""
    return topic.phrases or (topic.name,)


def _said(texts: Iterable[str], people: Mapping[str, int]) -> Counter[str]:
    """How many people say each word, by its stem."""
    said: Counter[str] = Counter()
    for text in texts:
        for root in {stem_of(word) for word in _words(text)}:
            said[root] += people[text]
    return said


def _words(text: str) -> Iterator[str]:
    return (word for word in WORD.findall(text) if word not in EMPTY and len(word) > 1)


def _name(texts: Sequence[str], people: Mapping[str, int], elsewhere: Counter[str]) -> str:
    """The one or two words most said here and least elsewhere, as they follow each other.

    The second is said at least half as often as the first. Texts of empty words alone are named
    by themselves.
    """
    here = _said(texts, people)
    if not here:
        return quoted(texts[0])
    places, forms = _spoken(texts, people)
    weight = {root: count**2 / sqrt(elsewhere[root]) for root, count in here.items()}
    ranked = sorted(here, key=lambda root: (-weight[root], places[root], root))
    first = ranked[0]
    second = (
        root for root in ranked[1:] if 2 * here[root] >= here[first] and not _kin(root, first)
    )
    chosen = sorted([first, *list(second)[:1]], key=lambda root: (places[root], root))
    return quoted(" ".join(forms[root] for root in chosen))


def _spoken(
    texts: Sequence[str], people: Mapping[str, int]
) -> tuple[dict[str, float], dict[str, str]]:
    """For each stem, its mean place in a text and its commonest form."""
    places: dict[str, list[int]] = defaultdict(list)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for place, word in enumerate(_words(text)):
            places[stem_of(word)].append(place)
            forms[stem_of(word)][word] += people[text]
    means = {root: sum(found) / len(found) for root, found in places.items()}
    commonest = {
        root: min(c, key=lambda word: (-c[word], len(word), word)) for root, c in forms.items()
    }
    return means, commonest


def _kin(root: str, other: str) -> bool:
    """Whether one of two stems begins with the other: the same word twice says nothing."""
    return root.startswith(other) or other.startswith(root)
