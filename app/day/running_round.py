"""The round that is running: what did not take place in it, and who could still meet."""

from collections.abc import Iterable, Iterator

from app.day.standby import people_gone
from schemas.day import DayState
from schemas.event import Event
from schemas.rests import Rests
from schemas.schedule import Meeting, ScheduledRound
from solver.repair.first_repair import RunningRound
from solver.translate.numbering import Numbering

MeetingKey = tuple[frozenset[str], bool]
"""The two people, and whether the meeting was added while the round ran."""


def event_after_day(event: Event, day: DayState) -> Event:
    """The event with the day written into the held rounds of what it published, if it did.

    The meetings that were missed are marked, and no others; whoever came while a round ran and has
    no meeting in it has a bye.
    """
    if event.published is None:
        return event
    lived = _Lived(event, day)
    rounds = tuple(
        lived.block(block) if block.round <= event.held_rounds else block
        for block in event.published.rounds
    )
    published = event.published.model_copy(update={"rounds": rounds})
    return event.model_copy(update={"published": published})


class _Lived:
    """What the day says of held rounds."""

    def __init__(self, event: Event, day: DayState) -> None:
        self._missed: dict[int, set[MeetingKey]] = {}
        for row in day.missed:
            key = frozenset(row.pair), row.added
            self._missed.setdefault(row.round, set()).add(key)
        absent = {a.id: a.absent_rounds for a in event.attendees}
        self._came: dict[int, set[str]] = {}
        for each in day.arrivals.values():
            here = (v for v in each.attendees if each.round not in absent.get(v, (each.round,)))
            self._came.setdefault(each.round, set()).update(here)
        self._gone: dict[int, set[str]] = {}
        if (number := event.held_rounds) > day.finished_rounds:
            self._gone[number] = people_gone(day, number)
            self._gone[number] |= {v for v, rounds in absent.items() if number in rounds}

    def block(self, block: ScheduledRound) -> ScheduledRound:
        """A held round as it is by the day."""
        meetings = tuple(self._meetings(block))
        listed = {*block.byes, *(v for meeting in block.meetings for v in meeting.attendees)}
        came = self._came.get(block.round, set())
        if meetings == block.meetings and came <= listed:
            return block
        update = {
            "meetings": meetings,
            "byes": tuple(sorted((listed | came) - _seated(meetings))),
            "absent": tuple(v for v in block.absent if v not in came),
        }
        return block.model_copy(update=update)

    def _meetings(self, block: ScheduledRound) -> Iterator[Meeting]:
        """The meetings as they went.

        Whoever sits with somebody else by now keeps the meeting that was missed before; one that
        was added, and cannot take place any more though nobody says that it was missed, goes.
        """
        missed = self._missed.get(block.round, set())
        kept = [m for m in block.meetings if m.outcome != "missed" and _key(m) not in missed]
        busy, tables = _seated(kept), {m.table for m in kept}
        gone = self._gone.get(block.round, set())
        for meeting in block.meetings:
            two = {*meeting.attendees}
            free = two.isdisjoint(busy) and meeting.table not in tables
            if _key(meeting) in missed:
                yield meeting.model_copy(update={"outcome": "missed"})
            elif meeting.outcome != "missed":
                yield meeting
            elif free and not (meeting.added and two & gone):
                busy |= two
                tables.add(meeting.table)
                yield meeting.model_copy(update={"outcome": "planned"})
            elif not meeting.added:
                yield meeting


def _key(meeting: Meeting) -> MeetingKey:
    return frozenset(meeting.attendees), meeting.added


def _seated(meetings: Iterable[Meeting]) -> set[str]:
    return {v for m in meetings if m.outcome != "missed" for v in m.attendees}


def running_round_of(event: Event, day: DayState, names: Numbering) -> RunningRound | None:
    """Who could meet in the running round of ``event_after_day``: stranded, new there, or waiting.

    Whoever has a break in it, or no open table, does not wait. Two who have just missed each other,
    though both were there, stay apart; and two meet in it once more at the most.
    """
    held = event.held_rounds
    if event.published is None or held <= day.finished_rounds:
        return None
    block, number = event.published.rounds[held - 1], names.number
    resting = Rests(event, event.published).reasons(held)
    free = {v for v in block.byes if v in number} - people_gone(day, held) - resting.keys()
    left = {v for m in block.meetings if m.outcome == "missed" for v in m.attendees}
    came = {v for row in day.arrivals.values() if row.round == held for v in row.attendees}
    unserved = (left | came) & free
    apart = (r.pair for r in day.missed if r.round == held and (r.both_there or r.added))
    return RunningRound(
        round=held - 1,
        stranded=frozenset(number[v] for v in unserved),
        waiting=frozenset(number[v] for v in free - unserved),
        apart=frozenset(names.edge(pair) for pair in apart if {*pair} <= number.keys()),
    )
