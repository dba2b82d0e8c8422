"""Breaks: of which rounds each attendee needs one without a meeting (H10)."""

from collections.abc import Sequence
from functools import cache

from schemas.event import Break, Event
from solver.instance import Window
from solver.translate.numbering import Numbering


def windows_of(event: Event, names: Numbering) -> tuple[tuple[Window, ...], ...]:
    """The windows of each attendee, by their last rounds; empty if nobody has any.

    What somebody says themselves is in place of the policy's, field by field.
    """
    policy, rounds = event.policy, len(event.rounds)

    @cache
    def windows(in_a_row: int | None, breaks: tuple[Break, ...]) -> tuple[Window, ...]:
        return _windows(in_a_row, breaks, rounds)

    own = {
        a.id: windows(a.max_in_a_row or policy.max_in_a_row, a.breaks or policy.breaks)
        for a in event.attendees
    }
    return tuple(own[v] for v in names.ids) if any(own.values()) else ()


def _windows(in_a_row: int | None, breaks: Sequence[Break], rounds: int) -> tuple[Window, ...]:
    found = {(window.first - 1, window.last - 1) for window in breaks}
    if in_a_row is not None:
        found.update((r, r + in_a_row) for r in range(rounds - in_a_row))
    return tuple(sorted(found, key=lambda window: (window[1], window[0])))
