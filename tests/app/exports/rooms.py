"""A small day whose files can be written by hand."""

from datetime import datetime, timedelta
from typing import Any

from schemas.event import Attendee, Event, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound, Share

NINE = datetime(2027, 3, 4, 9)
PEOPLE = (
    Attendee(id="a", name="Ada", organisation="Ada & Co", email="ada@example.org"),
    Attendee(id="b", name="李小龍", email="bo@example.org"),
    Attendee(id="c", email="c@example.org"),
    Attendee(id="d", name="=1+1", organisation="@SUM(A1)"),
)


def day_of(*people: Attendee, rounds: int = 2, **fields: Any) -> Event:
    """Rounds of ten minutes from nine o'clock on, every quarter of an hour."""
    starts = (NINE + timedelta(minutes=15 * k) for k in range(rounds))
    slots = tuple(Round(starts_at=start, minutes=10) for start in starts)
    named = {"name": "Breakfast", "timezone": "Europe/London"}
    return Event(attendees=people or PEOPLE, rounds=slots, **(named | fields))


def meeting(pair: str, table: int = 1, **fields: Any) -> Meeting:
    return Meeting(table=table, attendees=(pair[0], pair[1]), **fields)


TWO_ROUNDS = Schedule(
    event_id="e1",
    version=2,
    rounds=(
        ScheduledRound(
            round=1,
            meetings=(
                meeting("cd", 12, value=0.572, purpose="mutual"),
                meeting("ab", 3, outcome="missed"),
            ),
        ),
        ScheduledRound(
            round=2, meetings=(meeting("ad", 1, added=True),), byes=("b",), absent=("c",)
        ),
    ),
    attendees=tuple(
        Share(id=v, meetings=1, byes=0, benefit=1, best=1, satisfaction=share)
        for v, share in (("a", 0.3), ("b", None), ("c", 1.0), ("d", 0.35))
    ),
)
"""In the first round two miss each other; in the second one waits and one is away."""
