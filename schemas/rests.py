"""Who sits out a round of a schedule although there may be partners: breaks, closed tables."""

from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cached_property
from typing import Literal

from schemas.breaks import Span, windows_of
from schemas.event import Event
from schemas.schedule import Schedule

Rest = Literal["on_break", "place_closed"]


class Rests:
    """Who sits out which round of a schedule, by the breaks and the tables of its event."""

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

    def reasons(self, number: int) -> Mapping[str, Rest]:
        """Whoever is without a partner in a round and cannot be asked to step in, and why."""
        return self._reasons.get(number, {})

    @cached_property
    def _reasons(self) -> Mapping[int, Mapping[str, Rest]]:
        closed = people_without_place(self._event)
        found: dict[int, dict[str, Rest]] = {}
        for block in self._schedule.rounds:
            shut = closed.get(block.round, frozenset()).intersection(block.byes)
            found[block.round] = dict.fromkeys(self.on_break(block.round), "on_break")
            found[block.round].update((v, "place_closed") for v in shut)
        return found

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


def people_without_place(event: Event) -> Mapping[int, frozenset[str]]:
    """By round whoever has to sit at some tables of which none is open in it (H11)."""
    places = {a.id: a.places for a in event.attendees if a.table is not None}
    sets = frozenset(places.values()) - {frozenset()}
    found: dict[int, frozenset[str]] = {}
    for number, one in enumerate(event.rounds, start=1) if sets else ():
        count = len(event.attendees) // 2 if one.tables is None else one.tables
        there = {t for tables in sets for t in tables if t <= count}.difference(one.closed_tables)
        shut = {tables for tables in sets if tables.isdisjoint(there)}
        found[number] = frozenset(v for v, tables in places.items() if tables in shut)
    return found
