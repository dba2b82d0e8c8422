"""Standing by: who sits out a round, where to be, and who is asked first.

Whoever has sat out most, and then whoever has had least of the event, is asked first; then by id.
"""

from collections import Counter
from collections.abc import Set

from schemas.day import DayState
from schemas.schedule import Schedule

PLACE = "Wait at the standby point by the tables"


def people_gone(day: DayState, number: int) -> set[str]:
    """Whom incidents keep away from a round, be it open or running."""
    return {v for v, away in day.away.items() if away.until_return or number in away.rounds}


def standby_line(
    day: DayState, schedule: Schedule, number: int, resting: Set[str]
) -> tuple[str, ...]:
    """Who is there without a partner in round ``number``, whoever is asked first first.

    Those ``resting`` have a break in that round, and are not asked.
    """
    before = Counter(v for block in schedule.rounds[: number - 1] for v in block.byes)
    share = {row.id: row.satisfaction for row in schedule.attendees}

    def turn(v: str) -> tuple[int, float, str]:
        satisfaction = share.get(v)
        return -before[v], 1.0 if satisfaction is None else satisfaction, v

    idle = set(schedule.rounds[number - 1].byes)
    return tuple(sorted(idle - people_gone(day, number) - resting, key=turn))
