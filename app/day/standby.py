"""Standing by: who sits out a round, where to be, and who is asked first.

Whoever has sat out most, and then whoever has had least of the event, is asked first; then by id.
What each has had is counted as attendees may know it: nobody reads a wish off the order.
"""

from collections import Counter
from collections.abc import Set

from app.day.people import language_of
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.words.catalogue import say
from schemas.words.message import message
from solver.compatibility.secrecy import shares_as_told

PLACE = message("Wait at the standby point by the tables")


def standby_place(event: Event) -> str:
    """Where to stand by, as everybody together is told it."""
    return say(PLACE, language_of(event))


def people_gone(day: DayState, number: int) -> set[str]:
    """Whom incidents keep away from a round, be it open or running."""
    return {v for v, away in day.away.items() if away.until_return or number in away.rounds}


def standby_line(
    day: DayState, schedule: Schedule, number: int, resting: Set[str]
) -> tuple[str, ...]:
    """Who is there without a partner in round ``number``, whoever is asked first first.

    Those ``resting`` have a break in that round, or no open table, and are not asked.
    """
    before = Counter(v for block in schedule.rounds[: number - 1] for v in block.byes)
    share = {row.id: row.satisfaction for row in shares_as_told(schedule)}

    def turn(v: str) -> tuple[int, float, str]:
        satisfaction = share.get(v)
        return -before[v], 1.0 if satisfaction is None else satisfaction, v

    idle = set(schedule.rounds[number - 1].byes)
    return tuple(sorted(idle - people_gone(day, number) - resting, key=turn))
