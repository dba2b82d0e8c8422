"""What is said to people whom a new version touches; every sentence is ready to say.

A round that is over is told as history, the running one as a thing to do now.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from app.day.notices.changes import SeatNotice
from app.day.notices.phrases import BREAK, clock_time, numbers_phrase, standby_phrase
from app.day.standby import standby_line
from schemas.base import Pair
from schemas.clock import instant
from schemas.day import DayState
from schemas.difference import StartDifference
from schemas.event import Event
from schemas.rests import Rests
from schemas.schedule import Schedule

STANDING = SeatNotice("", 0, added=False)
"""Where somebody sits who is there without a meeting."""


class SeatChange(NamedTuple):
    """Where somebody sits in a round before and after; None where they are not expected."""

    round: int
    before: SeatNotice | None
    after: SeatNotice | None


class ChangeSentences:
    """The words for a version ``after`` one of ``rounds`` rounds, some with other ``starts``.

    Names and the state of the day are those of now.
    """

    def __init__(
        self,
        event: Event,
        day: DayState,
        rounds: int,
        after: Schedule,
        starts: Sequence[StartDifference],
    ) -> None:
        self.names = {attendee.id: attendee.name for attendee in event.attendees}
        self._held, self._zone = event.held_rounds, event.timezone
        self._day, self._rounds, self._after = day, rounds, after
        self._starts = {row.round: row for row in starts}
        self._rests = Rests(event, after)
        self._lines: dict[int, Mapping[str, int]] = {}
        self._later: dict[tuple[int, ...], tuple[str, ...]] = {}

    def person(
        self, v: str, seatings: Sequence[SeatChange], shifted: tuple[int, ...]
    ) -> Iterator[str]:
        """All that is said to somebody who is expected in the ``shifted`` rounds."""
        released = [s.round for s in seatings if s.after is None and not self._off(s)]
        for seating in seatings:
            if seating.round not in released:
                yield self._round(v, seating)
        if released:
            yield f"You are no longer expected in {numbers_phrase(released)}."
        if shifted not in self._later:
            self._later[shifted] = tuple(self._start(shifted))
        yield from self._later[shifted]

    def table(self, number: int, table: int, before: Pair | None, after: Pair | None) -> str:
        """Who sits at a table now, and who was to sit there."""
        was, now = (" and ".join(map(self._called, pair or ())) for pair in (before, after))
        earlier = f"was: {was}" if was else "was empty"
        return f"Table {table}, round {number}: {now or 'empty'} ({earlier})."

    def _round(self, v: str, seating: SeatChange) -> str:
        met = seating.before.partner if seating.before else ""
        if self._off(seating):
            off = f": your meeting with {self._called(met)} is off" if met else ""
            return f"Round {seating.round} is cancelled{off}."
        if seating.round <= self._held and not self._running(seating.round):
            return self._history(seating.round, met, seating.after)
        if seating.after is None or seating.after is STANDING:
            return self._stands(v, seating.round, met)
        return self._meets(seating.round, seating.before, seating.after)

    def _off(self, seating: SeatChange) -> bool:
        """Whether the round is one that does not take place any more."""
        nobody = seating.after is None or seating.after is STANDING
        number = seating.round
        return nobody and (number in self._day.cancelled_rounds or number > len(self._after.rounds))

    def _running(self, number: int) -> bool:
        return self._day.finished_rounds < number == self._held

    def _history(self, number: int, met: str, after: SeatNotice | None) -> str:
        if after is not None and after.partner:
            return (
                f"Round {number}: your meeting with {self._called(after.partner)} counts as held."
            )
        if met:
            return f"Round {number}: your meeting with {self._called(met)} counts as missed."
        return f"Round {number}: you had no meeting."

    def _stands(self, v: str, number: int, met: str) -> str:
        resting = self._rests.on_break(number)
        if number not in self._lines:
            order = standby_line(self._day, self._after, number, resting)
            self._lines[number] = {other: turn for turn, other in enumerate(order, 1)}
        turn = self._lines[number].get(v)
        if turn is None and v not in resting:
            return f"Round {number}: your meeting with {self._called(met)} counts as missed."
        off = f"Round {number}: your meeting with {self._called(met)} is off"
        return (
            f"{off if met else self._expected(number)}. {standby_phrase(turn) if turn else BREAK}"
        )

    def _meets(self, number: int, before: SeatNotice | None, after: SeatNotice) -> str:
        who, at = self._called(after.partner), f"at table {after.table}"
        instead = f" instead of {self._called(before.partner)}" if before and before.partner else ""
        if self._running(number):
            return f"Please go to table {after.table} now: you meet {who}{instead}."
        if before is None:
            known = number <= self._rounds
            return f"{self._expected(number)}{', and' if known else ': you'} meet {who} {at}."
        if before.partner == after.partner:
            return f"Round {number}: you meet {who} {at} instead of table {before.table}."
        if instead and before.table != after.table:
            instead += f" at table {before.table}"
        return f"Round {number}: you now meet {who} {at}{instead}."

    def _expected(self, number: int) -> str:
        """How a sentence begins that is about a round somebody was not expected in."""
        if number <= self._rounds:
            return f"Round {number}: you are expected now"
        starts_at = self._after.rounds[number - 1].starts_at
        when = f" at {clock_time(starts_at, self._zone)}" if starts_at else ""
        return f"Round {number} is new{when}"

    def _start(self, shifted: Sequence[int]) -> Iterator[str]:
        """When rounds start now; those that moved alike in one sentence."""
        for minutes, group in groupby(shifted, self._minutes):
            rounds = list(group)
            if minutes is None or len(rounds) == 1:
                yield from (f"Round {r} now starts at {self._clock(r)}." for r in rounds)
                continue
            way = "later" if minutes > 0 else "earlier"
            by = f"{abs(minutes)} minute{'s' if abs(minutes) > 1 else ''} {way}"
            first = f"round {rounds[0]} at {self._clock(rounds[0])}"
            yield f"{numbers_phrase(rounds).capitalize()} now start {by}: {first}."

    def _minutes(self, number: int) -> int | None:
        """How much later a round starts; None if its time was not known before."""
        row = self._starts[number]
        if row.from_ is None or row.to is None:
            return None
        later = instant(row.to, self._zone) - instant(row.from_, self._zone)
        return round(later.total_seconds() / 60)

    def _clock(self, number: int) -> str:
        starts_at = self._after.rounds[number - 1].starts_at
        return clock_time(starts_at, self._zone) if starts_at else "a time to be told"

    def _called(self, v: str) -> str:
        return self.names.get(v) or v
