"""Who sits out a round of a schedule because of a break, and not for want of a partner."""

from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cached_property

from schemas.breaks import Span, windows_of
from schemas.event import Event
from schemas.schedule import Schedule


class Rests:
    """The breaks that a schedule leaves to the people of its event."""

    def __init__(self, event: Event, schedule: Schedule) -> None:
        self._event, self._schedule = event, schedule

    def window(self, v: str, number: int) -> Span | None:
        """The rounds that would be without a break if ``v`` met somebody in round ``number``."""
        for first, last in self._windows.get(v, ()):
            others = {*range(first, last + 1)} - {number}
            if first <= number <= last and others <= self._busy[v]:
                return first, last
        return None

    def on_break(self, number: int) -> Set[str]:
        """Whoever is without a partner in a round because of a break."""
        return self._resting.get(number, frozenset())

    @cached_property
    def _resting(self) -> Mapping[int, Set[str]]:
        rounds = self._schedule.rounds if self._windows else ()
        return {
            block.round: frozenset(v for v in block.byes if self.window(v, block.round))
            for block in rounds
        }

    @cached_property
    def _windows(self) -> Mapping[str, tuple[Span, ...]]:
        policy, rounds = self._event.policy, len(self._event.rounds)
        windows = {a.id: windows_of(a, policy, rounds) for a in self._event.attendees}
        return {v: own for v, own in windows.items() if own}

    @cached_property
    def _busy(self) -> Mapping[str, set[int]]:
        busy = defaultdict[str, set[int]](set)
        for block in self._schedule.rounds:
            for meeting in block.meetings:
                if meeting.outcome != "missed":
                    for v in meeting.attendees:
                        busy[v].add(block.round)
        return busy
