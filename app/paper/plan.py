"""The organiser's plan of the evening: what to announce when, who stands by, whom to ask."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.day.people import language_of
from app.day.standby import people_gone, standby_line
from app.exports.schedule_rows import NamedSchedule
from schemas.day import DayState
from schemas.event import Event
from schemas.rests import Rests
from schemas.schedule import Schedule, ScheduledRound
from schemas.words.catalogue import teller
from schemas.words.message import Message, counted, list_in_words, message

LONGEST_LIST = 12
"""Names in one sentence: of more, the others are counted."""
PAUSE = timedelta(minutes=10)
"""From this time between two rounds on there is a pause to announce."""

# Translators: said aloud at an event, from a plan on paper.
WELCOME = message("Welcome. Your card says when you meet whom, and at which table.")
BEGIN = message("Please go to the table that your card names for this round.")
CLOSE = message("Please come to an end, and thank each other.")
THANKS = message("Thank you for coming. Please tell us which meetings were worth your time.")

# Translators: what the organiser is told beside that.
PREPARE = message("Hand out the cards, put up the tents and the board of the first round.")
NOBODY = message("Nobody stands by.")


@dataclass(frozen=True)
class PlanStep:
    """What happens at a time: ``announce`` is said aloud, ``notes`` are for the organiser."""

    time: str
    title: str
    announce: Sequence[str]
    notes: Sequence[str]


class PlanWriter:
    """Writes the plan of a schedule, as the event and the day are now, in the event's language."""

    def __init__(self, event: Event, schedule: Schedule, day: DayState) -> None:
        self._event, self._schedule, self._day = event, schedule, day
        self._named, self._rests = NamedSchedule(event, schedule), Rests(event, schedule)
        self._say = teller(language_of(event))

    def steps(self) -> Sequence[PlanStep]:
        """From the doors to the last word, in order."""
        return [*self._steps()]

    def _steps(self) -> Iterator[PlanStep]:
        guests = counted("{count} guest", "{count} guests", count=len(self._event.attendees))
        yield self._step("", message("Before it begins"), [WELCOME], [guests, PREPARE])
        ended: datetime | None = None
        for block in self._schedule.rounds:
            begin = self._named.clock(block)
            if begin and ended and begin - ended >= PAUSE:
                back = message("We go on at {time}.", time=_clock(begin))
                yield self._step(_clock(ended), message("Pause"), [back], [])
            ended = self._end(block, begin)
            yield self._round(block, begin, ended)
        yield self._step(_clock(ended), message("End"), [THANKS], [])

    def _round(
        self, block: ScheduledRound, begin: datetime | None, end: datetime | None
    ) -> PlanStep:
        if block.round in self._day.cancelled_rounds:
            off = message("Round {number} is cancelled.", number=block.round)
            return self._step(
                _clock(begin), message("Round {number}", number=block.round), [off], []
            )
        until = message("{time}: {sentence}", time=_clock(end), sentence=CLOSE) if end else CLOSE
        head = message("Round {number}", number=block.round)
        return self._step(_clock(begin), head, [BEGIN, until], [*self._notes(block)])

    def _notes(self, block: ScheduledRound) -> Iterator[Message]:
        """How many meet, who stands by in which order, who rests, who is not expected."""
        on = sum(meeting.outcome != "missed" for meeting in block.meetings)
        yield counted("{count} meeting", "{count} meetings", count=on)
        resting = self._rests.reasons(block.round).keys()
        line = standby_line(self._day, self._schedule, block.round, resting)
        if line:
            names = self._names(line)
            yield message("If somebody is missing, ask in this order: {names}.", names=names)
        else:
            yield NOBODY
        away = people_gone(self._day, block.round) | {*block.absent}
        if rest := sorted({*resting} - away):
            yield message(
                "Not to be asked, they have a break or no table: {names}.", names=self._names(rest)
            )
        if away:
            yield message("Not expected: {names}.", names=self._names(sorted(away)))

    def _names(self, ids: Iterable[str]) -> str:
        """People in a row; of a crowd the first ones, and how many more there are."""
        names = [self._named.label(v) for v in ids]
        more = len(names) - LONGEST_LIST
        if more > 1:
            others = counted("{count} other", "{count} others", count=more)
            names[LONGEST_LIST:] = [others]
        return list_in_words(names)

    def _end(self, block: ScheduledRound, begin: datetime | None) -> datetime | None:
        if begin is None or block.round > len(self._event.rounds):
            return None
        return begin + timedelta(minutes=self._event.rounds[block.round - 1].minutes)

    def _step(
        self, time: str, title: str, announce: Iterable[str], notes: Iterable[str]
    ) -> PlanStep:
        said, told = ([*map(self._say, texts)] for texts in (announce, notes))
        return PlanStep(time, self._say(title), said, told)


def _clock(time: datetime | None) -> str:
    return f"{time:%H:%M}" if time else ""
