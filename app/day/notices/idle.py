"""Who has no partner in a round and why, and in which order they stand by."""

from collections.abc import Iterator, Mapping

from app.day.standby import people_gone, standby_line
from schemas.agenda import Person
from schemas.day import DayState
from schemas.live import Idle, Reason
from schemas.rests import Rest
from schemas.schedule import Schedule, ScheduledRound


def idle_people(
    day: DayState,
    schedule: Schedule,
    number: int,
    people: Mapping[str, Person],
    place: str,
    resting: Mapping[str, Rest],
) -> Iterator[Idle]:
    """All of ``people`` who have no partner: who stand by in their order, then the rest by id.

    ``place`` is where to stand by. Those ``resting`` do not, for reasons of their own.
    """
    block = schedule.rounds[number - 1]
    waiting = standby_line(day, schedule, number, resting.keys())
    stranded = {v for m in block.meetings if m.outcome == "missed" for v in m.attendees}
    for turn, v in enumerate(waiting, 1):
        reason: Reason = "partner_missing" if v in stranded else "bye"
        yield Idle(person=people.get(v, Person(id=v)), reason=reason, place=place, turn=turn)
    seated = {v for m in block.meetings if m.outcome != "missed" for v in m.attendees}
    away = people_gone(day, number)
    for v in sorted(people.keys() - seated - set(waiting)):
        reason = day.away[v].reason if v in away else _unasked(block, v, resting)
        yield Idle(person=people[v], reason=reason)


def _unasked(block: ScheduledRound, v: str, resting: Mapping[str, Rest]) -> Reason:
    if v in resting:
        return resting[v]
    return "absent" if v in block.absent else "unplanned"
