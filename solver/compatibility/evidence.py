"""Reasons in words: what each rests on, for both to read. Names ids, never names."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from schemas.event import Attendee
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
from solver.compatibility.wishes import BY_SILENCE, PRIVATE
from solver.meaning.similarity import plain_text

CAME = {
    "mentee": "to find a mentor",
    "mentor": "to be a mentor",
    "job": "to find a job",
    "hiring": "to hire",
    "raising": "to raise money",
    "investing": "to invest",
    "learning": "to learn",
    "teaching": "to teach",
    "helping": "to help",
}
KNOWN = {
    "visibility": "{} and {} met at an earlier event",
    "credibility": "{} and {} met at an earlier event, and both found it worth their time",
    "profitability": "{} and {} met at an earlier event, and each would refer the other",
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
        evidence = f"{match.needy} may become a client: {evidence}"
    elif match and kind == "goal":
        came = next(intent for intent in GIVERS if intent in people[row.source].intents)
        evidence = f"{match.giver} came {CAME[came]}: {evidence}"
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


def _met(match: _Match, value: int) -> str:
    """The offer and the need in their own words, unless the need is private."""
    giver, offer, needy, need = match
    if need.private:  # an offer quoted would tell what the need is
        return f"{giver} offers what {needy} looks for: a need they keep private"
    faint = "may be of use for" if value >= USEFUL else "hardly fits"
    meets = "meets" if value >= SURE else faint
    return f"{giver}'s offer '{offer.quote}' {meets} {needy}'s need '{need.quote}'"


def _goal(scene: Scene, row: _Row) -> str:
    source, target = (scene.room.attendees[v].id for v in (row.source, row.target))
    seeking, giving = COMPLEMENTS[row.left // 2]
    seeker, giver = (target, source) if row.left % 2 else (source, target)
    return f"{seeker} came {CAME[seeking]}, {giver} {CAME[giving]}"


def _referral(scene: Scene, row: _Row) -> str:
    i, j = sorted((row.source, row.target))
    a, b = scene.room.attendees[i], scene.room.attendees[j]
    if row.left == BY_SPHERE:
        sphere, mine, yours = scene.spheres.told(i, j)
        return f"{a.id} ({mine}) and {b.id} ({yours}) can refer each other: {sphere}"
    what = "competing" if row.refused else "different"
    return f"{a.id} and {b.id} both serve {_common(a, b, 'client_types')} with {what} offers"


def _interest(scene: Scene, row: _Row) -> str:
    a, b = (scene.room.attendees[v] for v in sorted((row.source, row.target)))
    return f"{a.id} and {b.id} share an interest in {_common(a, b, 'interests')}"


def _known(scene: Scene, row: _Row) -> str:
    i, j = sorted((row.source, row.target))
    people = scene.room.attendees
    return KNOWN[scene.past[i, j].stage].format(people[i].id, people[j].id)


WISHED = "{} asked to meet {}: wish {}"
WISHED_BOTH = "{} and {} both asked to meet"
WANTED = "{} asked to meet {}"
WANTED_SILENT = "{} gains by meeting {}, who gave no preferences"


def _wished(scene: Scene, row: _Row) -> str:
    i, j = _ends(scene, row)
    return _both_wished(scene, row) or WISHED.format(i, j, row.left)


def _wanted(scene: Scene, row: _Row) -> str:
    i, j = _ends(scene, row)
    if row.left == BY_SILENCE:
        return WANTED_SILENT.format(j, i)
    return _both_wished(scene, row) or WANTED.format(j, i)


def _both_wished(scene: Scene, row: _Row) -> str | None:
    both = sorted(_ends(scene, row))
    return WISHED_BOTH.format(*both) if _is_returned(scene, row) else None


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


_IN_COMMON: dict[str, Callable[[Scene, _Row], str]] = {
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
