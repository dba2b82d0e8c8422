"""Where somebody is to be in a round: at a table, standing by, or told how to come in again."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from app.day.notices.live_view import running_round
from app.day.notices.phrases import BREAK, NO_TABLE, standby_phrase
from app.day.standby import PLACE, people_gone, standby_line
from schemas.day import DayState, Reason
from schemas.event import Event
from schemas.rests import Rest, Rests
from schemas.schedule import Meeting, Schedule, ScheduledRound
from schemas.words.message import Message, message

Kind = Literal["meeting", "bye", "break", "place_closed", "absent", "cancelled", "unplanned"]

SAT_OUT = message("You had no meeting in this round.")
RESTED = message("You had a break in this round.")
HAD_NO_TABLE = message("No table was open for you in this round.")
AWAY = message("You are not expected in this round.")
RESTING: Mapping[Rest, tuple[Kind, Message, Message]] = {
    "on_break": ("break", BREAK, RESTED),
    "place_closed": ("place_closed", NO_TABLE, HAD_NO_TABLE),
}
"""Of a round without a meeting: what it is called, and what is said of it before and after."""
CANCELLED = message("This round is cancelled.")
UNKNOWN = message("This schedule was made without you. Ask the organiser where to be.")
BACK = message("Are you here? Tell the organiser, and you are in again.")
GONE: Mapping[Reason, Message] = {
    "not_here": message("You have not checked in."),
    "dropped_out": message("You have dropped out."),
    "left_early": message("You have left."),
    "no_show": message("You were missed at your table."),
    "paused": message("You are pausing."),
    "late": message("You are expected later."),
}


class BriefPlace(NamedTuple):
    """What somebody does in a round, and where to be.

    ``standby`` is their place in line; ``urgent`` is what the table of the meeting does not say.
    """

    kind: Kind
    text: str
    standby: int | None = None
    urgent: bool = False


class Places:
    """Where people are to be, by a schedule and the state of the day."""

    def __init__(self, event: Event, schedule: Schedule, day: DayState) -> None:
        self._schedule, self._day, self._held = schedule, day, event.held_rounds
        self._rests = Rests(event, schedule)
        self._running = running_round(event, day)

    def running(self, number: int) -> bool:
        """Whether a round has started and is not over."""
        return number == self._running

    def of(self, v: str, block: ScheduledRound, seats: Sequence[Meeting]) -> BriefPlace:
        """The place of somebody whose meetings in the round are ``seats``."""
        if block.round in self._day.cancelled_rounds:
            return BriefPlace("cancelled", CANCELLED)
        if seats:
            return self._seat(v, block.round, seats[-1])
        if v in block.byes:
            return self._bye(v, block.round)
        if v in block.absent:
            return BriefPlace("absent", self._gone(v, block.round) or AWAY)
        return BriefPlace("unplanned", UNKNOWN)

    def _seat(self, v: str, number: int, last: Meeting) -> BriefPlace:
        if self.running(number) and last.outcome == "missed":
            turn = self._lines[number].get(v)
            where = standby_phrase(turn) if turn else message("{sentence}.", sentence=PLACE)
            waits = message("Your partner is missing. {where}", where=where)
            return BriefPlace("meeting", self._gone(v, number) or waits, turn, urgent=True)
        if self.running(number) and last.added:
            there = message("Please go to table {table} now.", table=last.table)
            return BriefPlace("meeting", there, urgent=True)
        return BriefPlace("meeting", message("Table {table}.", table=last.table))

    def _bye(self, v: str, number: int) -> BriefPlace:
        rest = self._rests.reasons(number).get(v)
        if rest and not self._gone(v, number):
            kind, now, past = RESTING[rest]
            return BriefPlace(kind, past if self._over(number) else now)
        if self._over(number):
            return BriefPlace("bye", SAT_OUT)
        turn = self._lines[number].get(v)
        if turn is None:
            return BriefPlace("bye", self._gone(v, number) or AWAY)
        waits = message("No meeting in this round. {where}", where=standby_phrase(turn))
        return BriefPlace("bye", waits, turn)

    def _gone(self, v: str, number: int) -> Message | None:
        """How somebody whom incidents keep away comes in again, unless the round is over."""
        if self._over(number) or v not in people_gone(self._day, number):
            return None
        gone = GONE[self._day.away[v].reason]
        return message("{first} {second}", first=gone, second=BACK)

    def _over(self, number: int) -> bool:
        return number <= self._held and not self.running(number)

    @cached_property
    def _lines(self) -> Mapping[int, Mapping[str, int]]:
        """The place in line of everybody without a partner, round by round."""
        numbers = [block.round for block in self._schedule.rounds]
        lines = {
            r: standby_line(self._day, self._schedule, r, self._rests.reasons(r).keys())
            for r in numbers
        }
        return {r: {v: turn for turn, v in enumerate(waiting, 1)} for r, waiting in lines.items()}
