"""Pairs that may not meet, each with every code that says so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations, product

from schemas.event import Attendee, Event

Pair = tuple[str, str]
"""Two ids in order."""

STANDING = frozenset({"blocked", "forbid"})
"""Codes that no requirement lifts."""


def pair(i: str, j: str) -> Pair:
    """The two in order of their ids."""
    return (i, j) if i < j else (j, i)


def required_pairs(event: Event) -> set[Pair]:
    """The pairs that the organiser wants to meet."""
    return _ruled(event, "require")


class ForbiddenPairs(Mapping[Pair, list[str]]):
    """Pairs in order, with their codes in order; told only when first asked for.

    One language nobody else speaks forbids as many pairs as there are people: only an export
    needs them one by one.
    """

    def __init__(self, event: Event, refused: Collection[Pair]) -> None:
        self._event, self._refused = event, refused

    def __getitem__(self, key: Pair) -> list[str]:
        return self._codes[key]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def of(self, attendee_id: str) -> set[str]:
        """Whom one attendee may not meet; quicker than to ask for each."""
        told = ((code, _with(attendee_id, pairs)) for code, pairs in self._by_code())
        return {i if j == attendee_id else j for i, j in self._gather(told)}

    @cached_property
    def _codes(self) -> dict[Pair, list[str]]:
        return self._gather(self._by_code())

    def _gather(self, told: Iterable[tuple[str, Iterable[Pair]]]) -> dict[Pair, list[str]]:
        """The codes of each pair that some code is told of."""
        codes = defaultdict(set)
        for code, pairs in told:
            for each in pairs:
                codes[each].add(code)
        for each in required_pairs(self._event) & codes.keys():
            codes[each] &= STANDING
        return {each: sorted(found) for each, found in sorted(codes.items()) if found}

    def _by_code(self) -> Iterator[tuple[str, Iterable[Pair]]]:
        event = self._event
        yield "blocked", (pair(a.id, other) for a in event.attendees for other in a.avoided)
        yield "forbid", _ruled(event, "forbid")
        yield "language", _without_a_language(event.attendees)
        yield "refused", self._refused
        if event.policy.rematch == "forbid":
            yield "met", _ruled(event, "met")
        if event.policy.same_organisation == "forbid":
            yield "same_organisation", _colleagues(event.attendees)


def _with(attendee_id: str, pairs: Iterable[Pair]) -> Iterator[Pair]:
    return (each for each in pairs if attendee_id in each)


def _ruled(event: Event, kind: str) -> set[Pair]:
    rules = (rule for rule in event.pair_rules if rule.kind == kind)
    return {pair(*rule.pair) for rule in rules if kind == "require" or rule.round is None}


def _colleagues(attendees: Iterable[Attendee]) -> Iterator[Pair]:
    groups = defaultdict(list)
    for attendee in attendees:
        groups[(attendee.organisation or "").strip().casefold()].append(attendee.id)
    for name, ids in groups.items():
        if name:
            yield from combinations(sorted(ids), 2)


def _without_a_language(attendees: Iterable[Attendee]) -> Iterator[Pair]:
    speakers = defaultdict(list)
    for attendee in attendees:
        speakers[frozenset(tongue.casefold() for tongue in attendee.languages)].append(attendee.id)
    for one, other in combinations(speakers, 2):
        if one and other and not one & other:
            yield from (pair(i, j) for i, j in product(speakers[one], speakers[other]))
