"""Reasons in words: what each rests on, for both to read. Names ids, never names.

Every sentence is a message, so that it can be said in other languages.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from schemas.event import Attendee
from schemas.words.message import Message, message
from solver.compatibility.people import Given, People, Wanted, quoted, topics
from solver.compatibility.reasons import (
    BY_GIVING,
    BY_SPHERE,
    COMPLEMENTS,
    GIVERS,
    KINDS,
    LEAST,
    MOST_SHARED,
    Scene,
)
from solver.compatibility.rows import Rows
from solver.compatibility.stages import Stage
from solver.compatibility.wishes import BY_SILENCE, PRIVATE
from solver.meaning.similarity import plain_text

CAME = {
    # Translators: what somebody came for, in sentences like "Ada came to find a mentor".
    "mentee": message("to find a mentor"),
    "mentor": message("to be a mentor"),
    "job": message("to find a job"),
    "hiring": message("to hire"),
    "raising": message("to raise money"),
    "investing": message("to invest"),
    "learning": message("to learn"),
    "teaching": message("to teach"),
    "helping": message("to help"),
}

SURE = 300
"""From here on an offer is said to meet a need, in permille."""
USEFUL = 150
"""From here on it is said that it may be of use; below, nothing is said."""


class ReasonInWords(NamedTuple):
    """Why ``source`` gains ``value`` permille from ``target``; ``refused`` by the other side.

    Where an offer meets a need both are quoted; neither is if the need is ``private``. What one
    alone said of an earlier meeting is private, too, and a wish that was not returned. ``agreed``
    says of a client that the other has told which pitches they welcome.
    """

    source: str
    target: str
    kind: str
    evidence: str
    value: int
    refused: bool = False
    offer: str | None = None
    need: str | None = None
    private: bool = False
    agreed: bool = False

    @property
    def is_told(self) -> bool:
        """Whether it may be told to both: likely enough, not refused, on no private need."""
        least = USEFUL if self.kind in ("served", "goal") else LEAST
        return not self.refused and not self.private and self.value >= least


class _Match(NamedTuple):
    """An offer that meets a need, and whose they are."""

    giver: str
    offer: Given
    needy: str
    need: Wanted


class _Row(NamedTuple):
    """A row of ``Rows``; people are still numbers."""

    source: int
    target: int
    kind: int
    value: int
    refused: bool
    left: int
    right: int


def reasons_in_words(scene: Scene, found: Rows) -> list[ReasonInWords]:
    """The rows in words."""
    columns = (column.tolist() for column in found)
    return [_reason(scene, _Row(*row)) for row in zip(*columns, strict=True)]


def _reason(scene: Scene, row: _Row) -> ReasonInWords:
    kind, people = KINDS[row.kind], scene.room.attendees
    match = _match(scene.room, kind, row)
    evidence = (
        _met(match, SURE if kind == "client" else row.value)
        if match
        else _IN_COMMON[kind](scene, row)
    )
    if match and kind == "client":
        evidence = message(
            "{needy} may become a client: {evidence}", needy=match.needy, evidence=evidence
        )
    elif match and kind == "goal":
        came = next(intent for intent in GIVERS if intent in people[row.source].intents)
        evidence = message(
            "{giver} came {aim}: {evidence}", giver=match.giver, aim=CAME[came], evidence=evidence
        )
    private = match.need.private if match else _is_private(scene, kind, row)
    offer, need = (
        (None, None) if match is None or private else (match.offer.quote, match.need.quote)
    )
    ends = people[row.source].id, people[row.target].id
    agreed = kind == "client" and bool(people[row.target].welcomes_pitches)
    return ReasonInWords(
        *ends, kind, evidence, row.value, row.refused, offer, need, private, agreed
    )


def _match(room: People, kind: str, row: _Row) -> _Match | None:
    """The offer and the need that the reason rests on, if it is such a one."""
    by_giving = kind == "goal" and row.left >= BY_GIVING
    if kind not in ("served", "client") and not by_giving:
        return None
    turned = kind != "served"
    needy, giver = (row.target, row.source) if turned else (row.source, row.target)
    need = room.needs_of[needy][row.left - BY_GIVING if by_giving else row.left]
    offer = room.offers_of[giver][row.right]
    return _Match(room.attendees[giver].id, offer, room.attendees[needy].id, need)


def _met(match: _Match, value: int) -> Message:
    """The offer and the need in their own words, unless the need is private."""
    ends = {"giver": match.giver, "needy": match.needy}
    if match.need.private:  # an offer quoted would tell what the need is
        return message("{giver} offers what {needy} looks for: a need they keep private", **ends)
    told = {**ends, "offer": match.offer.quote, "need": match.need.quote}
    if value >= SURE:
        return message("{giver}'s offer '{offer}' meets {needy}'s need '{need}'", **told)
    if value >= USEFUL:
        return message(
            "{giver}'s offer '{offer}' may be of use for {needy}'s need '{need}'", **told
        )
    return message("{giver}'s offer '{offer}' hardly fits {needy}'s need '{need}'", **told)


def _goal(scene: Scene, row: _Row) -> Message:
    source, target = (scene.room.attendees[v].id for v in (row.source, row.target))
    seeking, giving = COMPLEMENTS[row.left // 2]
    seeker, giver = (target, source) if row.left % 2 else (source, target)
    return message(
        "{seeker} came {aim}, {giver} {other_aim}",
        seeker=seeker,
        aim=CAME[seeking],
        giver=giver,
        other_aim=CAME[giving],
    )


def _referral(scene: Scene, row: _Row) -> Message:
    i, j = sorted((row.source, row.target))
    a, b = scene.room.attendees[i], scene.room.attendees[j]
    if row.left == BY_SPHERE:
        sphere, mine, yours = scene.spheres.told(i, j)
        return message(
            "{a} ({mine}) and {b} ({yours}) can refer each other: {sphere}",
            a=a.id,
            mine=mine,
            b=b.id,
            yours=yours,
            sphere=sphere,
        )
    told = {"a": a.id, "b": b.id, "types": _common(a, b, "client_types")}
    if row.refused:
        return message("{a} and {b} both serve {types} with competing offers", **told)
    return message("{a} and {b} both serve {types} with different offers", **told)


def _interest(scene: Scene, row: _Row) -> Message:
    a, b = (scene.room.attendees[v] for v in sorted((row.source, row.target)))
    interests = _common(a, b, "interests")
    return message(
        "{a} and {b} share an interest in {interests}", a=a.id, b=b.id, interests=interests
    )


def _known(scene: Scene, row: _Row) -> Message:
    i, j = sorted((row.source, row.target))
    people = scene.room.attendees
    return acquaintance(scene.past[i, j].stage, people[i].id, people[j].id)


def acquaintance(stage: Stage, a: str, b: str) -> Message:
    """What two people who met at an earlier event both know of it."""
    if stage == "profitability":
        return message(
            "{a} and {b} met at an earlier event, and each would refer the other", a=a, b=b
        )
    if stage == "credibility":
        return message(
            "{a} and {b} met at an earlier event, and both found it worth their time", a=a, b=b
        )
    return message("{a} and {b} met at an earlier event", a=a, b=b)


def both_wished(a: str, b: str) -> Message:
    """That two people wished for each other."""
    return message("{a} and {b} both asked to meet", a=a, b=b)


def _wished(scene: Scene, row: _Row) -> Message:
    i, j = _ends(scene, row)
    if _is_returned(scene, row):
        return both_wished(*sorted((i, j)))
    return message("{a} asked to meet {b}: wish {rank}", a=i, b=j, rank=str(row.left))


def _wanted(scene: Scene, row: _Row) -> Message:
    i, j = _ends(scene, row)
    if row.left == BY_SILENCE:
        return message("{a} gains by meeting {b}, who gave no preferences", a=j, b=i)
    if _is_returned(scene, row):
        return both_wished(*sorted((i, j)))
    return message("{a} asked to meet {b}", a=j, b=i)


def _is_returned(scene: Scene, row: _Row) -> bool:
    """Whether each of the two wishes for the other."""
    i, j = (scene.room.attendees[v] for v in (row.source, row.target))
    return all(any(w.id == b.id for w in a.wants) for a, b in ((i, j), (j, i)))


def _ends(scene: Scene, row: _Row) -> tuple[str, str]:
    return scene.room.attendees[row.source].id, scene.room.attendees[row.target].id


def _is_private(scene: Scene, kind: str, row: _Row) -> bool:
    """Whether it is one's own business: a wish that was not returned, or an opinion."""
    if kind in PRIVATE:
        return not _is_returned(scene, row)
    return kind == "known" and _is_one_sided(scene, row)


def _is_one_sided(scene: Scene, row: _Row) -> bool:
    """Whether one of two who met has said more of it than the other: no business of the other's."""
    i, j = sorted((row.source, row.target))
    return scene.past[i, j].stage == "visibility"


_IN_COMMON: dict[str, Callable[[Scene, _Row], Message]] = {
    "goal": _goal,
    "referral": _referral,
    "interest": _interest,
    "known": _known,
    "wished": _wished,
    "wanted": _wanted,
}


def _common(a: Attendee, b: Attendee, field: str) -> str:
    return quoted(", ".join(common(a, b, field)))


def common(a: Attendee, b: Attendee, field: str) -> Sequence[str]:
    """The first topics that two people have in common, as whoever's id comes first wrote them."""
    first, second = (getattr(each, field) for each in sorted((a, b), key=lambda each: each.id))
    written = {plain_text(topic): topic for topic in reversed(first)}
    shared = written.keys() & set(topics(second))
    return [written[topic] for topic in sorted(shared)[:MOST_SHARED]]
