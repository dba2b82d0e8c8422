"""The compatibility graph: who gains what from meeting whom, why, and who may not meet.

It is kept by column, and words are found when somebody asks: a room of thousands has millions of
reasons, and a schedule shows a few thousand of them.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from schemas.base import permille
from schemas.benefits import BenefitColumns
from schemas.event import Attendee, Event
from solver.compatibility.encoders import default_encoder, word_vectors
from solver.compatibility.evidence import Reason, reasons_told
from solver.compatibility.forbidden import Forbidden, Pair, pair, required_pairs
from solver.compatibility.meaning import Meaning
from solver.compatibility.reasons import (
    BY_HISTORY,
    BY_PROFILE,
    KINDS,
    LEAST,
    Scene,
    reason_rows,
)
from solver.compatibility.room import Flags, Integers, Room
from solver.compatibility.rows import NOTHING, Rows, combined_by, direction, in_order, joined
from solver.compatibility.stages import wished
from solver.compatibility.supply import floor
from solver.compatibility.text import Encoder

BLOCK = 20_000
"""The reasons of so many directions are put into words at once."""
GIVEN = "given by the organiser"
"""The evidence of a benefit that the event states."""


class Directions(NamedTuple):
    """Benefits by column: who gains, from whom, and how many permille; people by number."""

    source: Integers
    target: Integers
    benefit: Integers


class Compatibility:
    """The graph of one event; people are told by id, in order, and numbered in that order."""

    def __init__(self, event: Event, scene: Scene, found: Rows) -> None:
        self.event, self.scene, self.found = event, scene, found
        self.ids = [attendee.id for attendee in scene.room.attendees]
        self.number = {v: k for k, v in enumerate(self.ids)}

    @cached_property
    def columns(self) -> BenefitColumns:
        """Every positive benefit; in order, unless the event gives them all itself."""
        given = self.event.benefits
        if self._silent and isinstance(given, BenefitColumns):
            return given
        both = (self._given, self._computed)
        source, target, benefit = (np.concatenate(column) for column in zip(*both, strict=True))
        order = np.argsort(source * len(self.ids) + target, kind="stable")
        chosen = order[benefit[order] > 0]
        return BenefitColumns(
            self.ids,
            array("i", source[chosen].astype(np.int32).tobytes()),
            array("i", target[chosen].astype(np.int32).tobytes()),
            array("h", benefit[chosen].astype(np.int16).tobytes()),
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
        rows, strong = self._rows, self._rows.value >= LEAST
        if not rows.refused.any():
            return []
        sides = np.sort(np.stack([rows.source, rows.target]), axis=0).astype(np.int64)
        key = sides[0] * len(self.ids) + sides[1]
        spared = strong & ~rows.refused & (rows.kind != KINDS.index("known"))
        barred = np.setdiff1d(key[strong & rows.refused], key[spared])
        pairs = ((self.ids[k // len(self.ids)], self.ids[k % len(self.ids)]) for k in barred)
        settled = required_pairs(self.event) | {pair(*each) for each in self._statements}
        return [each for each in pairs if each not in settled]

    @cached_property
    def forbidden(self) -> Forbidden:
        """The pairs that may not meet, with the codes that say so."""
        return Forbidden(self.event, self.refused)

    def reasons(self, source: str, target: str) -> list[Reason]:
        """Why the one gains from the other, the strongest first; refused ones last."""
        told = self._stated(source, target)
        if told is None:
            key = self.number[source] * len(self.ids) + self.number[target]
            first, last = bisect_left(self._keys, key), bisect_right(self._keys, key)
            told = reasons_told(self.scene, self._rows.where(slice(first, last)))
        return _strongest_first(told)

    def edges(self) -> Iterator[tuple[str, str, int, list[Reason]]]:
        """Every direction with a benefit, in order, with the reasons that it rests on."""
        computed = self._told()
        for i, j, benefit in (
            sorted(self.columns.triples()) if self._silent else self.columns.triples()
        ):
            why = self._stated(i, j)
            if why is None:
                why = next(told for told in computed if told[0][:2] == (i, j))
            if benefit:
                yield i, j, benefit, why

    def _told(self) -> Iterator[list[Reason]]:
        """The computed reasons that are not refused in words, direction by direction."""
        rows = self._rows.where(~self._rows.refused)
        starts = np.flatnonzero(np.diff(direction(rows, len(self.ids)), prepend=-1))
        for cut, end in pairwise([*starts[::BLOCK].tolist(), len(rows.value)]):
            told = reasons_told(self.scene, rows.where(slice(cut, end)))
            for _, group in groupby(told, key=itemgetter(0, 1)):
                yield _strongest_first(group)

    def _stated(self, source: str, target: str) -> list[Reason] | None:
        """The reason that the event itself states; None if it leaves the direction open."""
        if self._silent:
            stated = ("explicit", GIVEN, self.gains[source].get(target, 0))
        elif (source, target) in self._statements:
            stated = self._statements[source, target]
        else:
            return None
        kind, evidence, value = stated
        return [Reason(source, target, kind, evidence, value)] if value else []

    @cached_property
    def _silent(self) -> bool:
        """Whether nobody has a profile, and nothing was held: the event says it all itself."""
        return not len(self.found.value) and not self.event.held_rounds

    @cached_property
    def _statements(self) -> dict[tuple[str, str], tuple[str, str, int]]:
        """Kind, evidence and permille of each direction that the event states."""
        return dict(_held(self.event)) | {
            (row.attendee, row.partner): ("explicit", GIVEN, permille(row.value))
            for row in self.event.benefits
        }

    @cached_property
    def _given(self) -> Directions:
        listed = [
            (self.number[i], self.number[j], value)
            for (i, j), (_, _, value) in self._statements.items()
        ]
        return Directions(*np.array(listed, np.int64).reshape(-1, 3).T)

    @cached_property
    def _rows(self) -> Rows:
        """The reasons of directions not given; where the other way is, only pitches are refused."""
        if not len(self.found.value) or not self._statements:
            return self.found
        people = len(self.ids)
        given = self._given.source * people + self._given.target
        turned = self._given.target * people + self._given.source
        keys = direction(self.found, people)
        pitches = self.found.kind == KINDS.index("client")
        refused = self.found.refused & (pitches | ~np.isin(keys, turned))
        lifted = self.found._replace(refused=refused)
        return lifted.where(~np.isin(keys, given))

    @cached_property
    def _keys(self) -> Integers:
        return direction(self._rows, len(self.ids))

    @cached_property
    def _computed(self) -> Directions:
        """What the reasons that are not refused come to, as each wishes to meet known people."""
        rows, keys = self._rows, self._keys[~self._rows.refused]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        directions = keys[starts]
        benefits = combined_by(starts, rows.value[~rows.refused])
        source, target = directions // len(self.ids), directions % len(self.ids)
        shares = wished(self.scene.room.attendees, self.scene.stages, source, target)
        return Directions(source, target, benefits * shares // 1000)


def _strongest_first(told: Iterable[Reason]) -> list[Reason]:
    return sorted(told, key=lambda why: (why.refused, -why.value, why.kind, why.evidence))


def compatibility(
    event: Event, encoder: Encoder | None = None, before: Compatibility | None = None
) -> Compatibility:
    """The graph of an event; ``before`` is one of the same event before some profiles changed.

    Only pairs of somebody whose profile changed since are looked at anew. ``encoder`` stands in
    for the one that the settings name, and is not doubted.
    """
    words = word_vectors() if encoder is None else None
    meaning = Meaning(encoder or default_encoder(), words, event.matching)
    scene = Scene(Room(event.attendees, meaning), event)
    if not any(map(profiled, event.attendees)):
        return Compatibility(event, scene, NOTHING)
    return Compatibility(event, scene, _found(scene, event, before))


def learn(event: Event) -> None:
    """Have every text of the event encoded and kept; the graph finds it known then."""
    meaning = Meaning(default_encoder(), word_vectors(), event.matching)
    room = Room(event.attendees, meaning)
    meaning.learn([*room.needs.texts, *room.offers.texts])


def _found(scene: Scene, event: Event, before: Compatibility | None) -> Rows:
    everybody = np.ones(scene.room.people, np.bool_)
    history = reason_rows(scene, everybody, everybody, BY_HISTORY)
    if before is None or not _comparable(before, scene, event):
        parts = [reason_rows(scene, everybody, everybody, BY_PROFILE)]
    else:
        fresh, kept = _changes(before, scene)
        mine = reason_rows(scene, fresh, everybody, BY_PROFILE)
        parts = [kept, mine, reason_rows(scene, ~fresh, fresh, BY_PROFILE)]
    return in_order(joined([*parts, history]), scene.room.people)


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
    lasting = ~np.isin(moved.kind, [KINDS.index(kind) for kind in BY_HISTORY])
    return fresh, moved.where(lasting & (source >= 0) & (target >= 0))


def _profile(attendee: Attendee) -> tuple[object, ...]:
    """All that a reason can rest on."""
    a = attendee
    consent = (a.welcomes_pitches, a.already_served)
    return (a.offers, a.needs, a.intents, a.interests, a.client_types, *consent)


def profiled(attendee: Attendee) -> bool:
    """Whether anything said about somebody can be a reason."""
    a = attendee
    return bool(a.offers or a.needs or a.intents or a.interests or a.client_types)


def _held(event: Event) -> Iterator[tuple[tuple[str, str], tuple[str, str, int]]]:
    """The benefits of meetings that have taken place, as they were published."""
    rounds = event.published.rounds[: event.held_rounds] if event.published else ()
    meetings = [m for block in rounds for m in block.meetings if m.outcome != "missed"]
    for meeting in meetings:
        for i, j in (meeting.attendees, meeting.attendees[::-1]):
            if i in meeting.benefits:
                told = " · ".join(meeting.why)
                yield (i, j), ("held", told, permille(meeting.benefits[i]))
