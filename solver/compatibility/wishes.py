"""Wishes: whom people asked to meet, what that is worth to either, and who may know of it.

Somebody on a list of ``wants`` is worth the more to its owner the sooner they come on it, and being
asked for is worth a talk. Whoever says nothing of themselves counts as asking back, so that one
side's preferences are enough. Nobody is ambushed: to be wanted is no reason to sit through a pitch.
A wish that was not returned is the business of whoever wished, and of the organiser.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from schemas.event import Attendee, ReasonKind
from solver.compatibility.forbidden import Pair
from solver.compatibility.people import ASSUMED, Flags, Integers, People
from solver.compatibility.reasons import KINDS, Rule, Scene
from solver.compatibility.rows import Rows, direction_keys, rows
from solver.instance import among

FIRST, STEP, LAST, MUST = 950, 50, 500, 1000
"""What the first wish is worth in permille, how much less the next, the least, and a ``must``."""
WANTED = 200
"""What it is worth to be asked for."""
BY_WISH, BY_SILENCE = 0, 1
"""The ``left`` of being wanted; that of a wish is its rank, from 1 on."""
PRIVATE: tuple[ReasonKind, ...] = ("wished", "wanted")
"""Kinds of reasons that are told to both only where both wished."""


class Wish(NamedTuple):
    """Somebody on somebody's list, and the place there, from 1 on."""

    attendee: str
    partner: str
    rank: int
    must: bool

    @property
    def worth(self) -> int:
        """Permille that whoever wished gains."""
        return MUST if self.must else max(LAST, FIRST - STEP * (self.rank - 1))


def wishes_of(attendees: Iterable[Attendee]) -> Iterator[Wish]:
    """Every wish, list by list."""
    for a in attendees:
        for place, want in enumerate(a.wants, 1):
            yield Wish(a.id, want.id, place, want.must)


def returned_wishes(attendees: Iterable[Attendee]) -> set[Pair]:
    """The directions of wishes that the other wishes as well, both of each pair."""
    found = {(wish.attendee, wish.partner) for wish in wishes_of(attendees)}
    return {(i, j) for i, j in found if (j, i) in found}


def wished(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """The source asked to meet the target."""
    yield _listed(scene, sources, targets, turned=False)


def wanted(scene: Scene, sources: Flags, targets: Flags) -> Iterator[Rows]:
    """The target asked to meet the source."""
    yield _listed(scene, sources, targets, turned=True)


BY_LIST: Mapping[ReasonKind, Rule] = {"wished": wished, "wanted": wanted}
"""Rules that look at two lists of wishes."""


def _listed(scene: Scene, sources: Flags, targets: Flags, *, turned: bool) -> Rows:
    """Those of the wishes that are between these people, as one side or the other gains by them."""
    people = scene.room.attendees
    number = {a.id: v for v, a in enumerate(people) if sources[v] or targets[v]}
    told = []
    for wish in wishes_of(people[v] for v in np.flatnonzero(targets if turned else sources)):
        if wish.partner in number:
            ends = number[wish.attendee], number[wish.partner]
            told.append((*(ends[::-1] if turned else ends), wish.worth, wish.rank))
    i, j, worth, rank = np.array(told, np.int64).reshape(-1, 4).T
    kind = KINDS.index("wanted" if turned else "wished")
    found = rows(i, j, kind, WANTED if turned else worth, left=BY_WISH if turned else rank)
    return found.where(sources[i] & targets[j])


def without_ambushes(room: People, found: Rows) -> Rows:
    """The reasons without those to be wanted by somebody whose pitch one does not welcome."""
    asked = np.flatnonzero(found.kind == KINDS.index("wanted"))
    if not len(asked):
        return found
    i, j = found.source[asked].astype(np.int64), found.target[asked].astype(np.int64)
    kept = np.ones(len(found.kind), np.bool_)
    kept[asked[is_ambush(room, found, i, j)]] = False
    return found.where(kept)


def is_ambush(room: People, found: Rows, wanted: Integers, by: Integers) -> Flags:
    """For each pair whether the one would be pitched to against their will by the other.

    So it is where a pitch is refused, where none is welcome and the other comes to make some, and
    where the other comes for nothing else and has none that is welcome.
    """
    n = room.people
    pitches = found.where(found.kind == KINDS.index("client"))
    keys, refused = direction_keys(pitches, n), pitches.refused
    ways = by * n + wanted
    barred, sound = (among(ways, np.unique(keys[some])) for some in (refused, ~refused))
    never = room.those(lambda a: a.welcomes_pitches is False)
    any_pitch = room.those(lambda a: a.welcomes_pitches is True)
    sells = room.those(lambda a: "clients" in (a.intents or ASSUMED))
    only_sells = room.those(lambda a: set(a.intents) == {"clients"})
    unwelcome = only_sells[by] & ~any_pitch[wanted] & ~sound
    return np.asarray(barred | never[wanted] & sells[by] | unwelcome, np.bool_)


def says_nothing(attendee: Attendee) -> bool:
    """Whether somebody tells nothing of themselves that could be a reason; but for benefits."""
    a = attendee
    return not (a.offers or a.needs or a.wants or a.interests or a.client_types or a.intents)


def silent_people(room: People, stated: Integers) -> Flags:
    """Who says nothing and has no benefit of their own; ``stated`` are those who have."""
    silent, open_ = np.zeros(room.people, np.bool_), np.ones(room.people, np.bool_)
    open_[stated] = False
    for v in np.flatnonzero(open_).tolist():
        silent[v] = says_nothing(room.attendees[v])
    return silent


def wanted_by_silence(silent: Integers, by: Integers, weight: int) -> Rows:
    """Reasons of people who say nothing to meet those who gain from them."""
    kind, worth = KINDS.index("wanted"), WANTED * weight // 1000
    found = rows(silent, by, kind, worth, left=BY_SILENCE)
    return found.where(found.value > 0)


def without_unreturned(attendees: Sequence[Attendee]) -> tuple[Attendee, ...]:
    """The people as they are to others: with the wishes that were returned alone.

    Who has no other wish comes as the same object.
    """
    returned = returned_wishes(attendees)
    return tuple(_public(a, returned) for a in attendees)


def _public(attendee: Attendee, returned: set[Pair]) -> Attendee:
    kept = tuple(want for want in attendee.wants if (attendee.id, want.id) in returned)
    if len(kept) == len(attendee.wants):
        return attendee
    return attendee.model_copy(update={"wants": kept})


def wants_of(attendees: Iterable[Attendee]) -> Mapping[str, list[str]]:
    """Whom each of those who wish would like to meet, dearest first."""
    lists = defaultdict[str, list[str]](list)
    for wish in wishes_of(attendees):
        lists[wish.attendee].append(wish.partner)
    return lists
