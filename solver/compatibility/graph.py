"""The compatibility graph: who gains what from meeting whom, why, and who may not meet.

It is kept by column, and words are found when somebody asks: a room of thousands has millions of
reasons, and a schedule shows a few thousand of them.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property
from itertools import groupby, pairwise
from operator import is_, itemgetter
from typing import NamedTuple

import numpy as np

from schemas.base import pair_of, permille
from schemas.benefits import BenefitColumns
from schemas.event import Attendee, Event, ReasonKind, without_words_of_restricted
from schemas.schedule import Meeting, ScheduledRound
from schemas.words.message import message
from solver.compatibility.evidence import ReasonInWords, reasons_in_words
from solver.compatibility.forbidden import ForbiddenPairs, Pair, required_pairs
from solver.compatibility.matches import floor
from solver.compatibility.people import Flags, Integers, People
from solver.compatibility.reasons import (
    BY_PROFILE,
    BY_ROOM,
    KINDS,
    LEAST,
    Scene,
    reason_rows,
)
from solver.compatibility.rows import (
    NOTHING,
    Rows,
    combine_rows_by,
    direction_keys,
    in_order,
    join_rows,
)
from solver.compatibility.secrecy import as_told
from solver.compatibility.stages import kept_share, wished_share
from solver.compatibility.wishes import (
    BY_LIST,
    PRIVATE,
    is_ambush,
    says_nothing,
    silent_people,
    wanted_by_silence,
    without_ambushes,
    without_unreturned,
)
from solver.identity_cache import IdentityCache
from solver.instance import among
from solver.meaning.likeness import Likeness
from solver.meaning.meaning import Meaning
from solver.meaning.similarity import Comparison

BLOCK = 20_000
"""The reasons of so many directions are put into words at once."""
GIVEN = message("given by the organiser")
"""The evidence of a benefit that the event states."""


class Directions(NamedTuple):
    """Benefits by column: who gains, from whom, and how many permille; people by number."""

    source: Integers
    target: Integers
    benefit: Integers

    def where(self, chosen: Integers | Flags) -> "Directions":
        """The chosen rows: a mask, or places in order."""
        return Directions(*(column[chosen] for column in self))

    def ordered(self, people: int) -> "Directions":
        """By source, and of each source by target."""
        return self.where(np.argsort(self.keys(people), kind="stable"))

    def keys(self, people: int) -> Integers:
        """One number for each source and target, in their order."""
        return self.source * people + self.target

    def turned(self, people: int) -> Integers:
        """The keys of the other way of each."""
        return self.target * people + self.source


class Compatibility:
    """The graph of one event; people are told by id, in order, and numbered in that order."""

    def __init__(self, event: Event, scene: Scene, found: Rows) -> None:
        self.event, self.scene, self.found = event, scene, found
        self.ids = [attendee.id for attendee in scene.room.attendees]
        self.number = {v: k for k, v in enumerate(self.ids)}

    def later(self, event: Event) -> "Compatibility":
        """The graph of the same people under the same rules, with the same profiles."""
        scene = self.scene.later(event)
        if _said(self.event) != _said(event):
            return Compatibility(event, scene, self.found)
        graph = copy(self)
        graph.event, graph.scene = event, scene
        for known in ("forbidden", "listed"):  # who avoids whom is no part of a profile
            graph.__dict__.pop(known, None)
        return graph

    @cached_property
    def columns(self) -> BenefitColumns:
        """Every positive benefit; in order, unless the event gives them all itself."""
        given = self.event.benefits
        if self._given_alone and isinstance(given, BenefitColumns):
            return given
        both = zip(self._stated, self._computed, strict=True)
        everything = Directions(*map(np.concatenate, both)).ordered(len(self.ids))
        source, target, benefit = everything.where(everything.benefit > 0)
        return BenefitColumns(
            self.ids,
            array("i", source.astype(np.int32).tobytes()),
            array("i", target.astype(np.int32).tobytes()),
            array("h", benefit.astype(np.int16).tobytes()),
        )

    @cached_property
    def gains(self) -> dict[str, dict[str, int]]:
        """``gains[i][j]``: what ``i`` gains by meeting ``j``, in permille, if anything."""
        gains: dict[str, dict[str, int]] = {v: {} for v in self.ids}
        shared = tuple(range(1001))  # one object for each number, not one for each row
        for i, j, benefit in self.columns.triples():
            if benefit:
                gains[i][j] = shared[benefit]
        return gains

    @cached_property
    def refused(self) -> list[Pair]:
        """The pairs that only refused reasons would bring together, in order; none is required."""
        rows, people = self._rows, len(self.ids)
        if not rows.refused.any():
            return []
        strong = rows.value >= LEAST
        spares = strong & ~rows.refused & ~np.isin(rows.kind, _numbers_of(NO_DEFENCE))
        barred = np.unique(_both_ways(rows.where(strong & rows.refused), people))
        spared = _both_ways(rows.where(spares), people)
        settled = np.r_[spared[among(spared, barred)], _both_ways(self._stated, people)]
        left = np.setdiff1d(barred, settled, assume_unique=True)
        pairs = ((self.ids[k // people], self.ids[k % people]) for k in left.tolist())
        required = required_pairs(self.event)
        return [each for each in pairs if each not in required]

    @cached_property
    def public(self) -> "Compatibility":
        """The graph as attendees may read of it: as if no unreturned wish had been made."""
        people = without_unreturned(self.scene.room.attendees)
        published = self.event.published and as_told(self.event.published)
        if published is self.event.published and all(map(is_, people, self.scene.room.attendees)):
            return self
        event = self.event.model_copy(update={"attendees": people, "published": published})
        scene = self.scene.later(event)
        everybody = np.ones(scene.room.people, np.bool_)
        lasting = self.found.where(~np.isin(self.found.kind, _numbers_of(PRIVATE)))
        parts = [lasting, reason_rows(scene, everybody, everybody, BY_LIST)]
        found = without_ambushes(scene.room, join_rows(parts))
        return Compatibility(event, scene, in_order(found, scene.room.people))

    @cached_property
    def forbidden(self) -> ForbiddenPairs:
        """The pairs that may not meet, with the codes that say so."""
        return ForbiddenPairs(self.event, self.refused)

    @cached_property
    def listed(self) -> dict[Pair, list[str]]:
        """Those of them that a rule names, or where somebody would gain: never most of a room."""
        return self.forbidden.among(pair_of(i, j) for i, j, gain in self.columns.triples() if gain)

    def reasons(self, source: str, target: str) -> list[ReasonInWords]:
        """Why the one gains from the other, the strongest first; refused ones last."""
        told = self._statement(source, target)
        if told is None:
            key = self.number[source] * len(self.ids) + self.number[target]
            first, last = bisect_left(self._keys, key), bisect_right(self._keys, key)
            told = reasons_in_words(self.scene, self._rows.where(slice(first, last)))
        return _strongest_first(told)

    def edges(self) -> Iterator[tuple[str, str, int, list[ReasonInWords]]]:
        """Every direction with a benefit, in order, with the reasons that it rests on."""
        computed = self._told()
        for i, j, benefit in (
            sorted(self.columns.triples()) if self._given_alone else self.columns.triples()
        ):
            why = self._statement(i, j)
            if why is None:
                why = next(told for told in computed if told[0][:2] == (i, j))
            if benefit:
                yield i, j, benefit, why

    def _told(self) -> Iterator[list[ReasonInWords]]:
        """The computed reasons that are not refused in words, direction by direction."""
        rows = self._rows.where(~self._rows.refused)
        starts = np.flatnonzero(np.diff(direction_keys(rows, len(self.ids)), prepend=-1))
        for cut, end in pairwise([*starts[::BLOCK].tolist(), len(rows.value)]):
            told = reasons_in_words(self.scene, rows.where(slice(cut, end)))
            for _, group in groupby(told, key=itemgetter(0, 1)):
                yield _strongest_first(group)

    def _statement(self, source: str, target: str) -> list[ReasonInWords] | None:
        """The reason that the event itself states; None if it leaves the direction open."""
        key = self.number[source] * len(self.ids) + self.number[target]
        at = bisect_left(self._given_keys, key)
        if at < len(self._given_keys) and self._given_keys[at] == key:
            kind, value = "explicit", int(self._given.benefit[at])
            evidence: str = GIVEN
        elif (source, target) in self._held:
            meeting = self._held[source, target]
            kind, evidence = "held", " · ".join(meeting.why)
            value = permille(meeting.benefits[source])
        else:
            return None
        return [ReasonInWords(source, target, kind, evidence, value)] if value else []

    @property
    def stands_alone(self) -> bool:
        """Whether some benefit is worked out: not all are given by the event itself."""
        return bool(len(self.found.value) or len(self._by_silence.value))

    @cached_property
    def _given_alone(self) -> bool:
        """Whether there is no benefit but those that the event gives."""
        return not self.stands_alone and not self._held_alone.benefit.any()

    @cached_property
    def _held(self) -> Mapping[tuple[str, str], Meeting]:
        """The directions that meetings which have taken place state, and the event does not."""
        meetings, people = list(_held(self.event)), len(self.ids)
        ends = np.array([self.number[v] for m in meetings for v in m.attendees], np.int64)
        keys = ends * people + ends.reshape(-1, 2)[:, ::-1].ravel()
        alone = ~among(keys, self._given_keys)
        directions = [
            (meetings[k // 2], meetings[k // 2].attendees[:: 1 - k % 2 * 2])
            for k in np.flatnonzero(alone).tolist()
        ]
        return {(i, j): meeting for meeting, (i, j) in directions if i in meeting.benefits}

    @cached_property
    def _held_alone(self) -> Directions:
        told = [
            (self.number[i], self.number[j], permille(meeting.benefits[i]))
            for (i, j), meeting in self._held.items()
        ]
        return Directions(*np.array(told, np.int64).reshape(-1, 3).T)

    @cached_property
    def _given(self) -> Directions:
        """What the event gives, in order."""
        given, ids = self.event.benefits, tuple(self.ids)
        if isinstance(given, BenefitColumns):
            return _GIVEN.of(given, ids)
        number = self.number
        told = [(number[row.attendee], number[row.partner], permille(row.value)) for row in given]
        return Directions(*np.array(told, np.int64).reshape(-1, 3).T).ordered(len(ids))

    @cached_property
    def _given_keys(self) -> Integers:
        return self._given.keys(len(self.ids))

    @cached_property
    def _stated(self) -> Directions:
        """All that the event states, in order."""
        both = zip(self._given, self._held_alone, strict=True)
        return Directions(*map(np.concatenate, both)).ordered(len(self.ids))

    @cached_property
    def _rows(self) -> Rows:
        """The reasons of directions not given."""
        if not len(self._by_silence.value):
            return self._profiled
        return in_order(join_rows([self._profiled, self._by_silence]), len(self.ids))

    @cached_property
    def silent(self) -> Flags:
        """Who says nothing of themselves, nor has a benefit of their own."""
        return silent_people(self.scene.room, self._given.source)

    @cached_property
    def _by_silence(self) -> Rows:
        """Why people who say nothing gain from those who gain from them."""
        room, people = self.scene.room, len(self.ids)
        silent = self.silent
        if self.event.policy.silent == "none" or not silent.any():
            return NOTHING
        both = zip(self._stated, self._combined(self._profiled), strict=True)
        gains = Directions(*map(np.concatenate, both))
        least = max(1, permille(self.event.policy.min_benefit))
        enough = (gains.benefit >= least) & silent[gains.target] & ~silent[gains.source]
        gains = gains.where(enough).ordered(people)
        asked = self.found.where(self.found.kind == KINDS.index("wanted"))
        settled = np.sort(np.r_[self._stated.keys(people), direction_keys(asked, people)])
        gains = gains.where(~among(gains.turned(people), settled))
        ambush = is_ambush(room, self.found, gains.target, gains.source)
        weight = permille(self.event.matching.reason_weights.get("wanted", 1.0))
        by = gains.where(~ambush)
        return wanted_by_silence(by.target, by.source, weight)

    @cached_property
    def _profiled(self) -> Rows:
        """Those of profiles; where the other way is given, only pitches are refused."""
        if not len(self.found.value) or not len(self._stated.benefit):
            return self.found
        people = len(self.ids)
        keys, turned = direction_keys(self.found, people), np.sort(self._stated.turned(people))
        pitches = self.found.kind == KINDS.index("client")
        refused = self.found.refused & (pitches | ~among(keys, turned))
        lifted = self.found._replace(refused=refused)
        return lifted.where(~among(keys, self._stated.keys(people)))

    @cached_property
    def _keys(self) -> Integers:
        return direction_keys(self._rows, len(self.ids))

    @cached_property
    def _computed(self) -> Directions:
        """What all reasons come to."""
        return self._combined(self._rows)

    def _combined(self, rows: Rows) -> Directions:
        """What the reasons that are not refused come to, as each wishes and the two have said."""
        keys = direction_keys(rows, len(self.ids))[~rows.refused]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        directions = keys[starts]
        benefits = combine_rows_by(starts, rows.value[~rows.refused])
        source, target = directions // len(self.ids), directions % len(self.ids)
        past = self.scene.past
        wished = wished_share(self.scene.room.attendees, past, source, target)
        kept = kept_share(past, len(self.ids), source, target)
        return Directions(source, target, benefits * wished // 1000 * kept // 1000)


NO_DEFENCE: tuple[ReasonKind, ...] = ("known", *PRIVATE)
"""Kinds of reasons that do not count where all others are refused."""


def _numbers_of(kinds: Iterable[ReasonKind]) -> list[int]:
    return [KINDS.index(kind) for kind in kinds]


def _given(rows: BenefitColumns, ids: tuple[str, ...]) -> Directions:
    """The rows by the places of ``ids``, in order."""
    number = {v: k for k, v in enumerate(ids)}
    place = np.array([number[v] for v in rows.ids], np.int64)
    source, target, benefit = (np.asarray(c) for c in (rows.source, rows.target, rows.value))
    return Directions(place[source], place[target], benefit.astype(np.int64)).ordered(len(ids))


_GIVEN = IdentityCache[BenefitColumns, Directions](_given)


def _both_ways(found: Rows | Directions, people: int) -> Integers:
    """One number for the two people of each row, whoever gains."""
    low = np.minimum(found.source, found.target).astype(np.int64)
    return low * people + np.maximum(found.source, found.target)


def _strongest_first(told: Iterable[ReasonInWords]) -> list[ReasonInWords]:
    return sorted(told, key=lambda why: (why.refused, -why.value, why.kind, why.evidence))


def build_graph(
    event: Event, comparison: Comparison | None = None, before: Compatibility | None = None
) -> Compatibility:
    """The graph of an event; ``before`` is one of the same event before some profiles changed.

    Only pairs of somebody whose profile changed since are looked at anew. ``comparison`` stands in
    for ``Likeness``.
    """
    event = without_words_of_restricted(event)
    if before is not None and _ground(before.event) == _ground(event):
        return before.later(event)
    if before is not None and _texts(before.event) == _texts(event):
        scene = before.scene.with_texts_of(event)
    else:
        meaning = Meaning(comparison or Likeness(), event.matching)
        scene = Scene(People(event.attendees, meaning), event)
    if not any(map(profiled, event.attendees)):
        return Compatibility(event, scene, NOTHING)
    return Compatibility(event, scene, _found(scene, event, before))


def encode_texts(event: Event) -> None:
    """Have every text of the event encoded and kept; the graph finds it known then."""
    room = read_room(event)
    room.meaning.learn([*room.needs.texts, *room.offers.texts])


def read_room(event: Event) -> People:
    """The people of an event, their texts read as the settings and the organiser say."""
    attendees = without_words_of_restricted(event).attendees
    return People(attendees, Meaning(Likeness(), event.matching))


def _found(scene: Scene, event: Event, before: Compatibility | None) -> Rows:
    everybody = np.ones(scene.room.people, np.bool_)
    by_room = reason_rows(scene, everybody, everybody, BY_ROOM)
    by_two = {**BY_PROFILE, **BY_LIST}
    if before is None or not _comparable(before, scene, event):
        parts = [reason_rows(scene, everybody, everybody, by_two)]
    else:
        fresh, kept = _changes(before, scene)
        mine = reason_rows(scene, fresh, everybody, by_two)
        parts = [kept, mine, reason_rows(scene, ~fresh, fresh, by_two)]
    found = without_ambushes(scene.room, join_rows([*parts, by_room]))
    return in_order(found, scene.room.people)


def _comparable(before: Compatibility, scene: Scene, event: Event) -> bool:
    """Whether what was found before still holds for those who did not change."""
    same = before.event.matching == event.matching
    return same and floor(before.scene.room) == floor(scene.room)


def _changes(before: Compatibility, scene: Scene) -> tuple[Flags, Rows]:
    """Who is new or has another profile, and the reasons found before among all others."""
    known = {attendee.id: _profile(attendee) for attendee in before.event.attendees}
    fresh = scene.room.those(lambda a: known.get(a.id) != _profile(a))
    now = {a.id: k for k, a in enumerate(scene.room.attendees) if not fresh[k]}
    place = np.array([now.get(v, -1) for v in before.ids], np.int32)
    source, target = place[before.found.source], place[before.found.target]
    moved = before.found._replace(source=source, target=target)
    lasting = ~np.isin(moved.kind, _numbers_of(BY_ROOM))
    return fresh, moved.where(lasting & (source >= 0) & (target >= 0))


def _profile(attendee: Attendee) -> tuple[object, ...]:
    """All that a reason can rest on."""
    a = attendee
    consent = (a.welcomes_pitches, a.already_served)
    return (a.offers, a.needs, a.intents, a.interests, a.client_types, a.wants, *consent)


def profiled(attendee: Attendee) -> bool:
    """Whether anything said about somebody can be a reason."""
    return not says_nothing(attendee)


def _ground(event: Event) -> tuple[object, ...]:
    """All that reasons rest on."""
    people = sorted((a.id, *_profile(a), a.known_share) for a in event.attendees)
    return event.matching, event.pair_rules, people


def _texts(event: Event) -> tuple[object, ...]:
    """Who offers and needs what, and how texts are read."""
    return event.matching, sorted((a.id, a.offers, a.needs) for a in event.attendees)


def _said(event: Event) -> tuple[object, ...]:
    """All that the event itself states of benefits, and of those who say nothing."""
    policy = event.policy
    return event.benefits, _held_rounds(event), policy.silent, policy.min_benefit


def _held_rounds(event: Event) -> tuple[ScheduledRound, ...]:
    return event.published.rounds[: event.held_rounds] if event.published else ()


def _held(event: Event) -> Iterator[Meeting]:
    """The meetings that have taken place, as they were published."""
    meetings = (meeting for block in _held_rounds(event) for meeting in block.meetings)
    return (meeting for meeting in meetings if meeting.outcome != "missed")
