"""Attendees as numbers, in the order of their ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.event import Attendee, Event
from solver.identity_cache import IdentityCache
from solver.instance import Edge, edge


@dataclass(frozen=True)
class Numbering:
    """The attendees of an event in the order of their ids."""

    ids: tuple[str, ...]
    number: Mapping[str, int]

    @classmethod
    def of(cls, event: Event) -> "Numbering":
        """Number the attendees of ``event``."""
        return _NUMBERED.of(event.attendees)

    @classmethod
    def of_sorted(cls, ids: tuple[str, ...]) -> "Numbering":
        """Number people whose ``ids`` are in order."""
        return cls(ids, {v: k for k, v in enumerate(ids)})

    def edge(self, pair: tuple[str, str]) -> Edge:
        """The pair as numbers."""
        return edge(self.number[pair[0]], self.number[pair[1]])

    def pair(self, numbers: Edge) -> tuple[str, str]:
        """The pair as ids, in the order of the ids."""
        return self.ids[numbers[0]], self.ids[numbers[1]]


def _numbered(attendees: Iterable[Attendee]) -> Numbering:
    return Numbering.of_sorted(tuple(sorted(attendee.id for attendee in attendees)))


_NUMBERED = IdentityCache[tuple[Attendee, ...], Numbering](_numbered)
