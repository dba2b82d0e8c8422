"""Pairs that may not meet, each with every code that says so."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from functools import cached_property
from typing import Any, NamedTuple

from schemas.base import pair_of
from schemas.event import Event
from schemas.text import fold_name
from solver.compatibility.group_rule import GroupRule

Pair = tuple[str, str]
"""Two ids in order."""

STANDING = frozenset({"blocked", "forbid"})
"""Codes that no requirement lifts, and that no attendee hears of."""
LASTING = STANDING | {"two_places"}
"""All codes that no requirement lifts."""


def required_pairs(event: Event) -> set[Pair]:
    """The pairs that the organiser wants to meet."""
    return _ruled(event, "require")


class ForbiddenPairs:
    """Which pairs may not meet, with every code that says so.

    Organisations, languages, addresses, groups and places are kept by person: one language nobody
    else speaks forbids as many pairs as there are people, and nobody needs them one by one.
    """

    def __init__(self, event: Event, refused: Collection[Pair]) -> None:
        self._event, self._refused = event, refused

    def __contains__(self, two: Pair) -> bool:
        return bool(self.codes(two))

    def codes(self, two: Pair) -> list[str]:
        """The codes of a pair in order of its ids, themselves in order; none if it may meet."""
        found = {*self._single.get(two, ()), *self._of_parts(*two)}
        return sorted(found & LASTING if two in self._required else found)

    def of(self, attendee_id: str) -> set[str]:
        """Whom one attendee may not meet."""
        others = (a.id for a in self._event.attendees if a.id != attendee_id)
        return {other for other in others if pair_of(attendee_id, other) in self}

    def among(self, pairs: Iterable[Pair]) -> dict[Pair, list[str]]:
        """Those of the pairs, and of the pairs that rules name, that may not meet; in order."""
        told = {two: codes for two in {*self._single, *pairs} if (codes := self.codes(two))}
        return dict(sorted(told.items()))

    def _of_parts(self, i: str, j: str) -> Iterator[str]:
        return (part.code for part in self._parts if part.apart(part.of[i], part.of[j]))

    @cached_property
    def _parts(self) -> list["_Part"]:
        return list(_parts_of(self._event))

    @cached_property
    def _required(self) -> set[Pair]:
        return required_pairs(self._event)

    @cached_property
    def _single(self) -> Mapping[Pair, set[str]]:
        """What is said of single pairs."""
        codes = defaultdict[Pair, set[str]](set)
        for code, pairs in self._by_code():
            for each in pairs:
                codes[each].add(code)
        return dict(codes)

    def _by_code(self) -> Iterator[tuple[str, Iterable[Pair]]]:
        event = self._event
        yield "blocked", (pair_of(a.id, other) for a in event.attendees for other in a.avoided)
        yield "forbid", _ruled(event, "forbid")
        yield "refused", self._refused
        if event.policy.rematch == "forbid":
            yield "met", _ruled(event, "met")


class _Part(NamedTuple):
    """Something of each person that keeps them from everybody who has the wrong thing there."""

    code: str
    of: Mapping[str, Any]
    apart: Callable[[Any, Any], bool]


def _parts_of(event: Event) -> Iterator[_Part]:
    people, policy = event.attendees, event.policy
    tongues = {a.id: frozenset(map(str.casefold, a.languages)) for a in people}
    yield _Part("language", tongues, _disjoint)
    yield _Part("same_address", {a.id: fold_name(a.email) for a in people}, _equal)
    yield _Part("two_places", {a.id: a.places for a in people}, _disjoint)
    if policy.same_organisation == "forbid":
        yield _Part("same_organisation", {a.id: fold_name(a.organisation) for a in people}, _equal)
    if policy.meet is not None:
        rule = GroupRule(policy.meet)
        groups = {a.id: rule.group_of(a) for a in people}
        yield _Part("group", groups, lambda one, other: not rule.may_meet(one, other))


def _equal(one: str, other: str) -> bool:
    return bool(one) and one == other


def _disjoint(some: Set[object], others: Set[object]) -> bool:
    """Whether both have something, and nothing in common."""
    return bool(some and others) and some.isdisjoint(others)


def _ruled(event: Event, kind: str) -> set[Pair]:
    rules = (rule for rule in event.pair_rules if rule.kind == kind)
    return {pair_of(*rule.pair) for rule in rules if kind == "require" or rule.round is None}
