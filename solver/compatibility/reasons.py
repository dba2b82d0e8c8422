"""Why one attendee gains from meeting another: the rules, each with its own evidence.

A rule looks at two groups of people and tells what those of the first gain from those of the
second, marked where the other side refuses it (it has a supplier already, wants no pitches,
competes). Whatever it says of two people it reads off their two profiles alone, so that one
changed profile changes only that person's pairs. ``docs/benefits.md`` has it all, and an example.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from schemas.base import permille
from schemas.event import Attendee, Event, ReasonKind
from solver.compatibility.matches import WORTH, Matches, Supply, compare_tables, floor
from solver.compatibility.people import Flags, Integers, People, topics
from solver.compatibility.rows import Rows, join_rows, rows
from solver.compatibility.sparse import but_oneself, holds, marks
from solver.compatibility.spheres import Spheres
from solver.compatibility.stages import PairHistory, histories_of

KINDS = ("served", "client", "goal", "referral", "interest", "known", "wished", "wanted")
"""The kinds of reasons, in the order in which they are told when they are worth the same."""
CLIENT_LEAST = 850
"""From here on an offer truly meets a need, in permille; below, nobody is a client.

Of the pitches of six measured rooms so many rested on a wrong pair: at .600 one in five, here one
in eight.
"""
CLIENT = 600
"""Somebody who may become a client is worth so many thousandths of what they would gain."""
GOAL = 400
"""What one seeks and another gives is worth up to this, as far as their fields are alike."""
ANY_FIELD = 150
"""The same in whatever field."""
REFERRAL = 200
"""For each client type two people share, up to ``MOST_SHARED``."""
COMMON = 6
"""A client type that more people name counts the less, the more they are: "companies"."""
SPHERE = 150
"""For professions that serve the same client."""
INTEREST = 60
"""For each interest two people share, up to ``MOST_SHARED``."""
MOST_SHARED = 3
COMPETING = 700
"""Offers so similar compete."""
LEAST = 50
"""What is worth less is no reason to meet by itself, and none to be kept apart."""

COMPLEMENTS = (
    ("mentee", "mentor"),
    ("job", "hiring"),
    ("raising", "investing"),
    ("learning", "teaching"),
)
"""What one comes for and the other comes to give."""
GIVERS = ("mentor", "teaching", "helping")
"""Whoever comes for these gains by giving."""
BY_GIVING = 2 * len(COMPLEMENTS)
"""The ``left`` of a goal reached by serving a need; below it are the complements."""
BY_TYPE, BY_SPHERE = 0, 1
"""The ``left`` of a referral."""

Rule = Callable[["Scene", Flags, Flags], Iterator[Rows]]
"""What the first people gain from the second."""


class Scene:
    """A room and all that the rules find out about it, each once."""

    def __init__(self, room: People, event: Event) -> None:
        self.room, self.event = room, event
        self._supplies: dict[tuple[bytes, bytes], Supply] = {}

    def later(self, event: Event) -> "Scene":
        """The same scene when nothing has changed that a rule looks at."""
        scene = copy(self)
        scene.room, scene.event = self.room.later(event.attendees), event
        return scene

    def with_texts_of(self, event: Event) -> "Scene":
        """The scene of the same people when they offer and need the same as here."""
        scene = Scene(self.room.later(event.attendees), event)
        scene.spheres = self.spheres
        return scene

    def supply(self, needy: Flags, givers: Flags) -> Supply:
        """What the offers of some do for the needs of others."""
        key = needy.tobytes(), givers.tobytes()
        if key not in self._supplies:
            self._supplies[key] = Supply(self.room, needy, givers)
        return self._supplies[key]

    @cached_property
    def spheres(self) -> Spheres:
        """Who is of which profession, and which professions serve the same client."""
        return Spheres(self.room, self.event.matching.contact_spheres)

    @cached_property
    def partners(self) -> Flags:
        """Those who came for referrals and have something to be referred for."""
        return self.room.among("referrals") & self.room.those(lambda a: bool(a.offers))

    @cached_property
    def past(self) -> Mapping[tuple[int, int], PairHistory]:
        """What came of each pair that met at an earlier event."""
        number = {attendee.id: k for k, attendee in enumerate(self.room.attendees)}
        known = histories_of(self.event.pair_rules)
        return {(number[i], number[j]): history for (i, j), history in known.items()}

    def fields(self, sources: Flags, targets: Flags) -> npt.NDArray[np.int16]:
        """How much alike the fields of some (rows) and others (columns) are, in permille of worth.

        The best of what the two offer and need, but for what both need.
        """
        room, row, column = self.room, np.cumsum(sources) - 1, np.cumsum(targets) - 1
        worth, least = np.zeros((sources.sum(), targets.sum()), np.int16), floor(room)
        for mine, yours in (
            (room.offers, room.offers), (room.offers, room.needs), (room.needs, room.offers),
        ):  # fmt: skip
            ours, theirs = (mine, mine.of(sources)), (yours, yours.of(targets))
            i, j, likeness = compare_tables(room, ours, theirs, least)
            np.maximum.at(worth, (row[mine.owner[i]], column[yours.owner[j]]), WORTH[likeness])
        return worth

    def competing(self, sources: Flags, targets: Flags) -> csr_array:
        """Positive where an offer of the row's person is an alternative to one of the column's."""
        offers, people = self.room.offers, self.room.people
        ours, theirs = (offers, offers.of(sources)), (offers, offers.of(targets))
        i, j, _ = compare_tables(self.room, ours, theirs, COMPETING)
        return marks(offers.owner[i], offers.owner[j], (people, people))


def reason_rows(
    scene: Scene, sources: Flags, targets: Flags, rules: Mapping[ReasonKind, Rule]
) -> Rows:
    """All reasons of some people to meet others, each kind scaled by its weight (1 if none)."""
    found = []
    for kind, rule in rules.items():
        weight = permille(scene.event.matching.reason_weights.get(kind, 1.0))
        for part in rule(scene, sources, targets):
            values = part.value.astype(np.int64) * weight // 1000
            found.append(part._replace(value=values.astype(np.int16)).where(values > 0))
    return join_rows(found)


def served(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """An offer of the target meets a need of the source."""
    yield _matched(scene.room, scene.supply(sources, targets).served, "served", lambda w: w)


def client(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """An offer of the source meets a need of the target, who may become a client."""
    found = scene.supply(targets, sources).pitched
    matches = _sound(scene.room, found, sources & scene.room.among("clients"), CLIENT_LEAST)
    yield _turned(_matched(scene.room, matches, "client", lambda w: w * CLIENT // 1000))


def goal(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """One comes for what the other comes to give; or comes to give, and the other needs it."""
    among = scene.room.among
    for k, (seeking, giving) in enumerate(COMPLEMENTS):
        seekers, givers = among(seeking), among(giving)
        ours, theirs = (sources & seekers, targets & givers), (sources & givers, targets & seekers)
        alike = scene.fields(*ours)
        yield _complementary(*ours, alike, 2 * k)
        same = all(map(np.array_equal, ours, theirs[::-1]))
        yield _complementary(*theirs, alike.T if same else scene.fields(*theirs), 2 * k + 1)
    givers = sources & scene.room.those(lambda a: not set(GIVERS).isdisjoint(a.intents))
    if givers.any():
        found = scene.supply(targets, sources).served
        matches = _sound(scene.room, found, givers, LEAST)
        given = _turned(_matched(scene.room, matches, "goal", lambda w: np.minimum(w, GOAL)))
        yield given._replace(left=given.left + np.int16(BY_GIVING))


def referral(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """Both serve the same clients, by type or by profession, with different offers."""
    ours, yours = sources & scene.partners, targets & scene.partners
    if scene.partners.sum() < 2:
        return
    types = _shared(scene.room, ours, yours, lambda a: a.client_types, COMMON)
    spheres = scene.spheres.shared(ours, yours)
    if not types.nnz and not spheres.nnz:
        return
    rivals = scene.competing(
        ours & scene.room.those(lambda a: bool(a.client_types)) | ours & scene.spheres.members,
        yours & scene.room.those(lambda a: bool(a.client_types)) | yours & scene.spheres.members,
    )
    found, kind = types.tocoo(), KINDS.index("referral")
    refused = holds(rivals, found.row, found.col)
    worth = _up_to_three(REFERRAL, found.data)
    yield rows(found.row, found.col, kind, worth, refused, BY_TYPE).where(worth > 0)
    found = spheres.tocoo()
    allowed = ~holds(rivals, found.row, found.col)
    yield rows(found.row, found.col, kind, SPHERE, left=BY_SPHERE).where(allowed)


def interest(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """Both have an interest in the same thing."""
    found = _shared(scene.room, sources, targets, lambda a: a.interests).tocoo()
    worth = _up_to_three(INTEREST, found.data)
    yield rows(found.row, found.col, KINDS.index("interest"), worth)


def known(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """They met at an earlier event, and one of them found it worth their time, or both."""
    pairs = [
        (i, j, history.worth)
        for pair, history in scene.past.items()
        for i, j in (pair, pair[::-1])
        if sources[i] and targets[j]
    ]
    i, j, worth = np.array(pairs, np.int64).reshape(-1, 3).T
    yield rows(i, j, KINDS.index("known"), worth)


def _complementary(sources: Flags, targets: Flags, alike: npt.NDArray[np.int16], left: int) -> Rows:
    """What some seek and others give, or the other way round, by how ``alike`` their fields are."""
    i, j = np.nonzero(np.outer(sources, targets))
    worth = np.clip(alike, ANY_FIELD, GOAL).ravel()
    return rows(i, j, KINDS.index("goal"), worth, left=left).where(i != j)


BY_PROFILE: dict[ReasonKind, Rule] = {
    "served": served,
    "client": client,
    "goal": goal,
    "interest": interest,
}
"""Rules that look at nothing but two profiles."""
BY_ROOM: dict[ReasonKind, Rule] = {"referral": referral, "known": known}
"""Rules that look further: at who else comes, and at what came of earlier events."""


def _sound(room: People, found: Matches, givers: Flags, least: int) -> Matches:
    """Matches by these givers that are worth enough, to a need of whole weight, to gain by them."""
    enough = found.worth * 1000 >= least * room.needs.weight[found.need]
    return found.where(givers[room.offers.owner[found.offer]] & enough)


def _matched(
    room: People, found: Matches, kind: str, worth: Callable[[Integers], Integers]
) -> Rows:
    """The needy gain from those whose offers meet their needs."""
    needs, offers = room.needs, room.offers
    return rows(
        needs.owner[found.need],
        offers.owner[found.offer],
        KINDS.index(kind),
        worth(found.worth),
        found.refused,
        needs.place[found.need],
        offers.place[found.offer],
    )


def _turned(found: Rows) -> Rows:
    """The same with source and target exchanged."""
    return found._replace(source=found.target, target=found.source)


def _shared(
    room: People,
    sources: Flags,
    targets: Flags,
    topics_of: Callable[[Attendee], Sequence[str]],
    common: int | None = None,
) -> csr_array:
    """How many topics, in permille, each of the sources (rows) shares with each target (columns).

    A topic that more than ``common`` people hold counts by how many more they are.
    """
    held = [(v, topic) for v, a in enumerate(room.attendees) for topic in topics(topics_of(a))]
    number = {topic: k for k, topic in enumerate(sorted({topic for _, topic in held}))}
    who = np.array([v for v, _ in held], np.int64)
    what = np.array([number[topic] for _, topic in held], np.int64)
    mine, yours = (
        marks(who[some[who]], what[some[who]], (room.people, max(1, len(number))))
        for some in (sources, targets)
    )
    holders = np.maximum(1, np.bincount(what, minlength=max(1, len(number))))
    counts = 1000 * np.minimum(holders, common or holders) // holders
    return but_oneself(mine.multiply(counts[None, :]).tocsr() @ yours.T)


def _up_to_three(each: int, shared: Integers) -> Integers:
    """Worth of so many topics, in permille of one, worth ``each`` alone; of three at most."""
    many = np.minimum(shared, 1000 * MOST_SHARED)
    return (1000 - np.ceil(1000 * (1 - each / 1000) ** (many / 1000) - 1e-9)).astype(np.int64)
