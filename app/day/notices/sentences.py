"""What is said to people whom a new version touches; every sentence is ready to say.

A round that is over is told as history, the running one as a thing to do now.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from app.day.notices.changes import SeatNotice
from app.day.notices.phrases import BREAK, NO_TABLE, clock_time, numbers_phrase, standby_phrase
from app.day.people import language_of, languages_of
from app.day.standby import standby_line
from schemas.base import Pair
from schemas.clock import instant
from schemas.day import DayState
from schemas.difference import StartDifference
from schemas.event import Event
from schemas.rests import Rests
from schemas.schedule import Schedule
from schemas.words.catalogue import say, teller
from schemas.words.message import Message, Place, counted, list_in_words, message

STANDING = SeatNotice("", 0)
SHUT_OUT = STANDING._replace(shut_out=True)
"""Where somebody sits who is there without a meeting: standing by, or without an open table."""


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
        self._languages, self._language = languages_of(event), language_of(event)
        self._day, self._rounds, self._after = day, rounds, after
        self._starts = {row.round: row for row in starts}
        self._rests = Rests(event, after)
        self._lines: dict[int, Mapping[str, int]] = {}
        self._later: dict[tuple[int, ...], tuple[Message, ...]] = {}

    def person(
        self, v: str, seatings: Sequence[SeatChange], shifted: tuple[int, ...]
    ) -> Iterator[str]:
        """All that is said to somebody in their language; they are expected in ``shifted``."""
        tell = teller(self._languages.get(v, self._language))
        return map(tell, self._sentences(v, seatings, shifted))

    def table(self, number: int, table: int, before: Pair | None, after: Pair | None) -> str:
        """Who sits at a table now, and who was to, in the event's language; there is somebody."""
        return say(self._table(number, table, before, after), self._language)

    def _sentences(
        self, v: str, seatings: Sequence[SeatChange], shifted: tuple[int, ...]
    ) -> Iterator[Message]:
        released = [s.round for s in seatings if s.after is None and not self._off(s)]
        for seating in seatings:
            if seating.round not in released:
                yield self._round(v, seating)
        if released:
            yield counted(
                "You are no longer expected in round {rounds}.",
                "You are no longer expected in rounds {rounds}.",
                count=len(released),
                rounds=numbers_phrase(released),
            )
        if shifted not in self._later:
            self._later[shifted] = tuple(self._start(shifted))
        yield from self._later[shifted]

    def _table(self, number: int, table: int, before: Pair | None, after: Pair | None) -> Message:
        was, now = (
            list_in_words(map(self._called, pair)) if pair else "" for pair in (before, after)
        )
        where = {"table": table, "number": number}
        if not now:
            return message(
                "Table {table}, round {number}: empty (was: {before}).", before=was, **where
            )
        if not was:
            return message("Table {table}, round {number}: {now} (was empty).", now=now, **where)
        return message(
            "Table {table}, round {number}: {now} (was: {before}).", now=now, before=was, **where
        )

    def _round(self, v: str, seating: SeatChange) -> Message:
        number, met = seating.round, seating.before.partner if seating.before else ""
        if self._off(seating):
            return self._cancelled(number, met)
        if number <= self._held and not self._running(number):
            return self._history(number, met, seating.after)
        if seating.after is None or not seating.after.partner:
            return self._sits_out(v, seating)
        if self._running(number):
            return self._meets_now(seating.before, seating.after)
        return self._meets(number, seating.before, seating.after)

    def _cancelled(self, number: int, met: str) -> Message:
        if not met:
            return message("Round {number} is cancelled.", number=number)
        return message(
            "Round {number} is cancelled: your meeting with {name} is off.",
            number=number,
            name=self._called(met),
        )

    def _off(self, seating: SeatChange) -> bool:
        """Whether the round is one that does not take place any more."""
        nobody = seating.after is None or not seating.after.partner
        number = seating.round
        return nobody and (number in self._day.cancelled_rounds or number > len(self._after.rounds))

    def _running(self, number: int) -> bool:
        return self._day.finished_rounds < number == self._held

    def _history(self, number: int, met: str, after: SeatNotice | None) -> Message:
        if after is not None and after.partner:
            return message(
                "Round {number}: your meeting with {name} counts as held.",
                number=number,
                name=self._called(after.partner),
            )
        if met:
            return self._missed(number, met)
        return message("Round {number}: you had no meeting.", number=number)

    def _missed(self, number: int, met: str) -> Message:
        return message(
            "Round {number}: your meeting with {name} counts as missed.",
            number=number,
            name=self._called(met),
        )

    def _sits_out(self, v: str, seating: SeatChange) -> Message:
        """What is said of a round without a meeting to somebody who is there."""
        number, before, after = seating
        where = NO_TABLE if after and after.shut_out else self._standby(v, number)
        if where is None:
            return self._missed(number, before.partner if before else "")
        if before is None:
            return message("{round}. {where}", round=self._expected(number), where=where)
        told: dict[str, Place] = {"number": number, "where": where}
        if before.partner:
            name = self._called(before.partner)
            return message(
                "Round {number}: your meeting with {name} is off. {where}", name=name, **told
            )
        if before.shut_out:
            return message("Round {number}: a table is open for you again. {where}", **told)
        return message("Round {number}: please do not stand by. {where}", **told)

    def _standby(self, v: str, number: int) -> Message | None:
        """Where to be in a round for who has no meeting in it; None for who is not asked to be."""
        resting = self._rests.on_break(number)
        if number not in self._lines:
            unasked = self._rests.reasons(number).keys()
            order = standby_line(self._day, self._after, number, unasked)
            self._lines[number] = {other: turn for turn, other in enumerate(order, 1)}
        turn = self._lines[number].get(v)
        if turn is not None:
            return standby_phrase(turn)
        return BREAK if v in resting else None

    def _meets_now(self, before: SeatNotice | None, after: SeatNotice) -> Message:
        there: dict[str, Place] = {"table": after.table, "name": self._called(after.partner)}
        if before is None or before.partner in ("", after.partner):
            return message("Please go to table {table} now: you meet {name}.", **there)
        return message(
            "Please go to table {table} now: you meet {name} instead of {other}.",
            other=self._called(before.partner),
            **there,
        )

    def _meets(self, number: int, before: SeatNotice | None, after: SeatNotice) -> Message:
        there: dict[str, Place] = {
            "number": number,
            "name": self._called(after.partner),
            "table": after.table,
        }
        if before is None:
            return self._joins(number, there)
        if not before.partner:
            return message("Round {number}: you now meet {name} at table {table}.", **there)
        former: dict[str, Place] = {"other": self._called(before.partner), "former": before.table}
        if before.partner == after.partner:
            return message(
                "Round {number}: you meet {name} at table {table} instead of table {former}.",
                **there,
                **former,
            )
        if before.table == after.table:
            return message(
                "Round {number}: you now meet {name} at table {table} instead of {other}.",
                **there,
                **former,
            )
        return message(
            "Round {number}: you now meet {name} at table {table} "
            "instead of {other} at table {former}.",
            **there,
            **former,
        )

    def _joins(self, number: int, there: Mapping[str, Place]) -> Message:
        """What is said of a meeting to somebody who was not expected in its round."""
        if number <= self._rounds:
            return message(
                "Round {number}: you are expected now, and meet {name} at table {table}.", **there
            )
        return message(
            "{round}: you meet {name} at table {table}.", round=self._expected(number), **there
        )

    def _expected(self, number: int) -> Message:
        """How a sentence begins that is about a round somebody was not expected in."""
        if number <= self._rounds:
            return message("Round {number}: you are expected now", number=number)
        starts_at = self._after.rounds[number - 1].starts_at
        if starts_at is None:
            return message("Round {number} is new", number=number)
        return message(
            "Round {number} is new at {time}", number=number, time=clock_time(starts_at, self._zone)
        )

    def _start(self, shifted: Sequence[int]) -> Iterator[Message]:
        """When rounds start now; those that moved alike in one sentence."""
        for minutes, group in groupby(shifted, self._minutes):
            rounds = list(group)
            if minutes is None or len(rounds) == 1:
                yield from map(self._starts_now, rounds)
            else:
                yield self._moved(rounds, minutes)

    def _starts_now(self, number: int) -> Message:
        starts_at = self._after.rounds[number - 1].starts_at
        if starts_at is None:
            return message("Round {number} now starts at a time to be told.", number=number)
        time = clock_time(starts_at, self._zone)
        return message("Round {number} now starts at {time}.", number=number, time=time)

    def _moved(self, rounds: Sequence[int], minutes: int) -> Message:
        """By how much several rounds start later than before, or earlier."""
        starts_at = self._after.rounds[rounds[0] - 1].starts_at
        told: dict[str, Place] = {
            "rounds": numbers_phrase(rounds),
            "first": rounds[0],
            "time": clock_time(starts_at, self._zone) if starts_at else "",
        }
        if minutes > 0:
            return counted(
                "Rounds {rounds} now start {count} minute later: round {first} at {time}.",
                "Rounds {rounds} now start {count} minutes later: round {first} at {time}.",
                count=minutes,
                **told,
            )
        return counted(
            "Rounds {rounds} now start {count} minute earlier: round {first} at {time}.",
            "Rounds {rounds} now start {count} minutes earlier: round {first} at {time}.",
            count=-minutes,
            **told,
        )

    def _minutes(self, number: int) -> int | None:
        """How much later a round starts; None if its time was not known before."""
        row = self._starts[number]
        if row.from_ is None or row.to is None:
            return None
        later = instant(row.to, self._zone) - instant(row.from_, self._zone)
        return round(later.total_seconds() / 60)

    def _called(self, v: str) -> str:
        return self.names.get(v) or v
