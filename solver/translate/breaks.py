"""Breaks in numbers: of which rounds each attendee needs one without a meeting."""

from functools import lru_cache

from schemas.breaks import Span, windows_of
from schemas.event import Event
from solver.instance import Window
from solver.translate.numbering import Numbering


def windows_by_number(event: Event, names: Numbering) -> tuple[tuple[Window, ...], ...]:
    """The windows of each attendee, by their last rounds; empty if nobody has any."""
    policy, rounds = event.policy, len(event.rounds)
    own = {a.id: _from_0(windows_of(a, policy, rounds)) for a in event.attendees}
    return tuple(own[v] for v in names.ids) if any(own.values()) else ()


@lru_cache
def _from_0(windows: tuple[Span, ...]) -> tuple[Window, ...]:
    return tuple((first - 1, last - 1) for first, last in windows)
