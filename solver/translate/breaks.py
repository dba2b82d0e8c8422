"""Breaks: of which rounds each attendee needs one without a meeting (H10)."""

from collections.abc import Sequence
from functools import cache

from schemas.event import Attendee, Break, Event
from solver.instance import Window
from solver.translate.numbering import Numbering


def windows_of(event: Event, names: Numbering) -> tuple[tuple[Window, ...], ...]:
    """The windows of each attendee, by their last rounds; empty if nobody has any.

    What somebody says themselves is in place of the policy's, field by field.
    """
    rounds = len(event.rounds)

    @cache
    def windows(in_a_row: int | None, breaks: tuple[Break, ...]) -> tuple[Window, ...]:
        return _windows(in_a_row, breaks, rounds)

    own = {attendee.id: windows(*breaks_of(event, attendee)) for attendee in event.attendees}
    return tuple(own[v] for v in names.ids) if any(own.values()) else ()


def _windows(in_a_row: int | None, breaks: Sequence[Break], rounds: int) -> tuple[Window, ...]:
    found = {(window.first - 1, window.last - 1) for window in breaks}
    if in_a_row is not None:
        found.update((r, r + in_a_row) for r in range(rounds - in_a_row))
    return tuple(sorted(found, key=lambda window: (window[1], window[0])))


def breaks_of(event: Event, attendee: Attendee) -> tuple[int | None, tuple[Break, ...]]:
    """How many meetings somebody has in a row at most, and the windows named for their breaks."""
    policy = event.policy
    return attendee.max_in_a_row or policy.max_in_a_row, attendee.breaks or policy.breaks


def describe_breaks(event: Event, attendee: Attendee) -> str:
    """What somebody *has*, in words; empty if they need no breaks."""
    in_a_row, breaks = breaks_of(event, attendee)
    told = [f"a break in {rounds_phrase(window.first, window.last)}" for window in breaks]
    if in_a_row:
        told.insert(0, f"at most {in_a_row} meeting{'s' * (in_a_row > 1)} in a row")
    return " and ".join(told)


def rounds_phrase(first: int, last: int) -> str:
    """Consecutive rounds."""
    return f"round {first}" if first == last else f"rounds {first} to {last}"
