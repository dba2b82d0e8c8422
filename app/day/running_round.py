"""The round that is running: what did not take place in it, and who could still meet."""

from collections.abc import Iterable, Iterator, Set

from app.day.standby import people_gone
from schemas.day import DayState
from schemas.event import Event
from schemas.rests import Rests
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.repair.first_repair import RunningRound
from solver.translate.numbering import Numbering


def mark_missed_meetings(published: Schedule, day: DayState, held: int) -> Schedule:
    """The published schedule with the missed meetings of its held rounds marked, and no others.

    Somebody who sits with another partner by now keeps the meeting that was missed before.
    """
    missed: dict[int, set[frozenset[str]]] = {}
    for row in day.missed:
        missed.setdefault(row.round, set()).add(frozenset(row.pair))
    rounds = tuple(
        _marked(block, missed.get(block.round, set())) if block.round <= held else block
        for block in published.rounds
    )
    return published.model_copy(update={"rounds": rounds})


def event_after_day(event: Event, day: DayState) -> Event:
    """The event with what was missed marked in what it published, if it did."""
    if event.published is None:
        return event
    published = mark_missed_meetings(event.published, day, event.held_rounds)
    return event.model_copy(update={"published": published})


def _marked(block: ScheduledRound, missed: Set[frozenset[str]]) -> ScheduledRound:
    meetings = tuple(_outcomes(block, missed))
    if meetings == block.meetings:
        return block
    here = {*block.byes, *(v for meeting in meetings for v in meeting.attendees)}
    byes = tuple(sorted(here - _seated(meetings)))
    return block.model_copy(update={"meetings": meetings, "byes": byes})


def _outcomes(block: ScheduledRound, missed: Set[frozenset[str]]) -> Iterator[Meeting]:
    kept = [m for m in block.meetings if m.outcome != "missed" and not _is_in(m, missed)]
    busy = _seated(kept)
    for meeting in block.meetings:
        if _is_in(meeting, missed):
            yield meeting.model_copy(update={"outcome": "missed"})
        elif meeting.outcome == "missed" and not busy.intersection(meeting.attendees):
            yield meeting.model_copy(update={"outcome": "planned"})
        else:
            yield meeting


def _is_in(meeting: Meeting, pairs: Set[frozenset[str]]) -> bool:
    return frozenset(meeting.attendees) in pairs


def _seated(meetings: Iterable[Meeting]) -> set[str]:
    return {v for m in meetings if m.outcome != "missed" for v in m.attendees}


def running_round_of(event: Event, day: DayState, names: Numbering) -> RunningRound | None:
    """Who could meet in the running round of ``event_after_day``: stranded or waiting.

    Whoever has a break in it, or no open table, does not wait.
    """
    held = event.held_rounds
    if event.published is None or held <= day.finished_rounds:
        return None
    block, number = event.published.rounds[held - 1], names.number
    missed = [m.attendees for m in block.meetings if m.outcome == "missed"]
    resting = Rests(event, event.published).reasons(held)
    free = {v for v in block.byes if v in number} - people_gone(day, held) - resting.keys()
    stranded = {v for pair in missed for v in pair} & free
    return RunningRound(
        round=held - 1,
        stranded=frozenset(number[v] for v in stranded),
        waiting=frozenset(number[v] for v in free - stranded),
        apart=frozenset(names.edge(pair) for pair in missed if set(pair) <= number.keys()),
    )
