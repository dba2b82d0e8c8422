"""Why one attendee gains from meeting another: the rules, each with its own evidence.

A rule looks at the whole room and yields reasons, marked where the other side refuses them (it
has a supplier already, wants no pitches, competes). Reasons of one direction combine as
independent chances do: what is missing of a whole benefit is the product of what each leaves
missing. ``docs/benefits.md`` tells all of it with an example.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import NamedTuple

from schemas.base import permille
from schemas.event import Attendee
from solver.compatibility.supply import LEAST, Match, Supply, quoted
from solver.compatibility.text import Encoder, alike, plain

CLIENT = 600
"""Somebody who may become a client is worth so many thousandths of what they would gain."""
GOAL = 400
REFERRAL = 200
"""For each client type two people share, up to ``MOST_SHARED``."""
INTEREST = 60
"""For each interest two people share, up to ``MOST_SHARED``."""
MOST_SHARED = 3
COMPETING = 600
"""Offers so similar compete."""
CROWD = 300
"""What more people than that have in common says nothing about any two of them."""

ASSUMED = ("clients", "suppliers", "referrals")
"""The intents of somebody who declares none."""

COMPLEMENTS = (
    ("mentee", "mentor"),
    ("job", "hiring"),
    ("raising", "investing"),
    ("learning", "teaching"),
)
CAME = {
    "mentee": "to find a mentor",
    "mentor": "to be a mentor",
    "job": "to find a job",
    "hiring": "to hire",
    "raising": "to raise money",
    "investing": "to invest",
    "learning": "to learn",
    "teaching": "to teach",
}


class Reason(NamedTuple):
    """Why ``source`` gains ``value`` permille from ``target``; ``refused`` by the other side."""

    source: str
    target: str
    kind: str
    evidence: str
    value: int
    refused: bool = False


@dataclass(frozen=True)
class Room:
    """Everybody who might have a reason, in order of their ids."""

    attendees: Sequence[Attendee]
    encoder: Encoder

    @cached_property
    def supply(self) -> Supply:
        """Offers and needs of the room."""
        return Supply(self.attendees, self.encoder)

    def among(self, intent: str) -> list[Attendee]:
        """Those who come with an intent, declared or assumed."""
        return [a for a in self.attendees if intent in (a.intents or ASSUMED)]


def reasons(
    attendees: Iterable[Attendee], encoder: Encoder, weights: Mapping[str, float]
) -> Iterator[Reason]:
    """All reasons, each kind scaled by its weight (1 if it has none)."""
    room = Room(sorted(attendees, key=lambda attendee: attendee.id), encoder)
    for kind, rule in RULES.items():
        weight = permille(weights.get(kind, 1))
        found = rule(room) if weight == 1000 else _scaled(rule(room), weight)
        yield from (reason for reason in found if reason.value >= LEAST)


def _scaled(found: Iterable[Reason], weight: int) -> Iterator[Reason]:
    for reason in found:
        yield reason._replace(value=reason.value * weight // 1000)


def combined(values: Sequence[int]) -> int:
    """Permille of all reasons together: 0 without any, never less for one more, at most 1000."""
    if len(values) == 1:
        return values[0]
    missing, whole = prod(1000 - value for value in values), prod(1000 for _ in values)
    return 1000 - -(-1000 * missing // whole)


def served(room: Room) -> Iterator[Reason]:
    """An offer of the target meets a need of the source."""
    for match in room.supply.served():
        source, target = _ids(room, match)
        yield Reason(source, target, "served", _met(room, match), match.worth, match.refused)


def client(room: Room) -> Iterator[Reason]:
    """An offer of the source meets a need of the target, who may become a client."""
    selling = {attendee.id for attendee in room.among("clients")}
    for match in room.supply.pitched():
        target, source = _ids(room, match)
        if source in selling:
            evidence = f"{target} may become a client: {_met(room, match)}"
            value = match.worth * CLIENT // 1000
            yield Reason(source, target, "client", evidence, value, match.refused)


def goal(room: Room) -> Iterator[Reason]:
    """One comes for what the other comes to give."""
    for seeking, giving in COMPLEMENTS:
        seekers, givers = room.among(seeking), room.among(giving)
        if len(seekers) * len(givers) <= CROWD**2:
            for seeker, giver in product(seekers, givers):
                if seeker.id != giver.id:
                    evidence = f"{seeker.id} came {CAME[seeking]}, {giver.id} {CAME[giving]}"
                    yield from _both("goal", seeker.id, giver.id, evidence, GOAL)


def referral(room: Room) -> Iterator[Reason]:
    """Both serve the same kind of client with different offers."""
    partners = [a for a in room.among("referrals") if a.offers]
    competing = _competing(partners, room.encoder)
    for a, b, types in _shared(partners, lambda attendee: attendee.client_types):
        refused = not competing.isdisjoint(product(_offers(a), _offers(b)))
        what = "competing" if refused else "different"
        evidence = f"{a.id} and {b.id} both serve {_quote(types)} with {what} offers"
        value = combined([REFERRAL] * len(types))
        yield from _both("referral", a.id, b.id, evidence, value, refused)


def interest(room: Room) -> Iterator[Reason]:
    """Both have an interest in the same thing."""
    for a, b, topics in _shared(room.attendees, lambda attendee: attendee.interests):
        evidence = f"{a.id} and {b.id} share an interest in {_quote(topics)}"
        yield from _both("interest", a.id, b.id, evidence, combined([INTEREST] * len(topics)))


Rule = Callable[[Room], Iterator[Reason]]
RULES: dict[str, Rule] = {
    "served": served,
    "client": client,
    "referral": referral,
    "goal": goal,
    "interest": interest,
}
"""The kinds of reasons and their rules."""


def _both(
    kind: str, i: str, j: str, evidence: str, value: int, refused: bool = False
) -> Iterator[Reason]:
    yield Reason(i, j, kind, evidence, value, refused)
    yield Reason(j, i, kind, evidence, value, refused)


def _ids(room: Room, match: Match) -> tuple[str, str]:
    return room.attendees[match.need.owner].id, room.attendees[match.offer.owner].id


def _met(room: Room, match: Match) -> str:
    needy, giver = _ids(room, match)
    if match.need.private:  # an offer quoted would tell what the need is
        return f"{giver} offers what {needy} looks for: a need they keep private"
    return f"{giver}'s offer '{match.offer.quote}' meets {needy}'s need '{match.need.quote}'"


def _shared(
    attendees: Iterable[Attendee], topics_of: Callable[[Attendee], Sequence[str]]
) -> Iterator[tuple[Attendee, Attendee, list[str]]]:
    """Pairs with topics in common, and the first ``MOST_SHARED`` of these."""
    holders = defaultdict(list)
    for attendee in attendees:
        for topic in sorted({plain(topic) for topic in topics_of(attendee)}):
            holders[topic].append(attendee)
    common = defaultdict(list)
    for topic, group in sorted(holders.items()):
        for a, b in combinations(group, 2) if len(group) <= CROWD else ():
            common[a.id, b.id].append((topic, a, b))
    for _, shared in sorted(common.items()):
        yield *shared[0][1:], [topic for topic, _, _ in shared[:MOST_SHARED]]


def _competing(attendees: Iterable[Attendee], encoder: Encoder) -> set[tuple[str, str]]:
    """Pairs of offers, in plain spelling, that are alternatives to each other."""
    texts = sorted({text for a in attendees if a.client_types for text in _offers(a)})
    pairs = alike(encoder, texts, texts, COMPETING)
    sides = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return {(texts[i], texts[j]) for i, j in sides}


def _offers(attendee: Attendee) -> list[str]:
    return [plain(offer.text) for offer in attendee.offers]


def _quote(topics: Sequence[str]) -> str:
    return quoted(", ".join(topics))
