"""What stands in the room: boards, tents and the steward's grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.briefs.plain_text import agenda_heading
from app.day.people import language_of
from app.exports.schedule_rows import NamedSchedule, seats_of
from app.paper.cards import start_of
from app.paper.people import PaperPeople, PaperPerson
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule, ScheduledRound
from schemas.words.catalogue import teller
from schemas.words.message import message

Pair = tuple[PaperPerson, PaperPerson]


@dataclass(frozen=True)
class PaperRound:
    """A round: its number, when it starts (empty if that is open), and both in words."""

    round: int
    time: str
    title: str
    heading: str


@dataclass(frozen=True)
class BoardRow:
    """Somebody, and their table in a round; none while they have no meeting."""

    person: PaperPerson
    table: int | None


@dataclass(frozen=True)
class Board:
    """Who sits where in a round, by name."""

    round: PaperRound
    rows: Sequence[BoardRow]


@dataclass(frozen=True)
class TableDay:
    """Who sits at a table, round by round; None while it is empty."""

    table: int
    pairs: Sequence[Pair | None]


class RoomSheets:
    """The rounds of a schedule that take place, with who sits where."""

    def __init__(self, event: Event, schedule: Schedule, day: DayState) -> None:
        self._named = NamedSchedule(event, schedule)
        self._people = PaperPeople(self._named)
        self._say = teller(language_of(event))
        self._blocks = [r for r in schedule.rounds if r.round not in day.cancelled_rounds]

    @property
    def rounds(self) -> Sequence[PaperRound]:
        """The rounds that take place."""
        return [self._round(block) for block in self._blocks]

    def _round(self, block: ScheduledRound) -> PaperRound:
        time, begin = start_of(self._named, block), self._named.begin(block)
        title = self._say(message("Round {number}", number=block.round))
        heading = agenda_heading(block.round, begin, self._named.event.timezone)
        return PaperRound(block.round, time, title, self._say(heading))

    def boards(self) -> Sequence[Board]:
        """A board a round; of those only who are expected in it."""
        rounds = zip(self.rounds, self._blocks, strict=True)
        return [Board(told, self._board_rows(block)) for told, block in rounds]

    def _board_rows(self, block: ScheduledRound) -> Sequence[BoardRow]:
        tables: dict[str, int | None] = dict.fromkeys(block.byes)
        for v, meeting in seats_of(block).items():
            tables[v] = None if meeting.outcome == "missed" else meeting.table
        ids = self._people.by_name(tables)
        return [BoardRow(self._people.distinct(v), tables[v]) for v in ids]

    def tables(self) -> Sequence[TableDay]:
        """The day of every table at which somebody sits in some round."""
        numbers = sorted({table for seats in self._seats for table in seats})
        return [TableDay(table, [seats.get(table) for seats in self._seats]) for table in numbers]

    @cached_property
    def _seats(self) -> Sequence[Mapping[int, Pair]]:
        """Who sits at which table, round by round."""
        return [self._pairs(block) for block in self._blocks]

    def _pairs(self, block: ScheduledRound) -> Mapping[int, Pair]:
        on = (meeting for meeting in block.meetings if meeting.outcome != "missed")
        found = {}
        for meeting in on:
            i, j = self._people.by_name(meeting.attendees)
            found[meeting.table] = self._people.distinct(i), self._people.distinct(j)
        return found
