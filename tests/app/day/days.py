"""Days on paper: schedules written as ``"ab1 cd2"``, and an event whose people have names."""

from datetime import datetime, timedelta
from typing import Any

from schemas.event import Attendee, Event, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound, Share

NAMES = {"a": "Ada", "b": "Ben", "c": "Cara", "d": "Dan", "e": "Eve"}
NINE = datetime(2027, 3, 4, 9)


def event(rounds: int, held: int = 0, *, timed: bool = False, **fields: Any) -> Event:
    """An event of five people; ``timed`` rounds start every quarter of an hour from nine."""
    starts = [NINE + timedelta(minutes=15 * k) if timed else None for k in range(rounds)]
    made = Event(
        name="Breakfast",
        timezone="Europe/London",
        rounds=tuple(Round(starts_at=start, minutes=10) for start in starts),
        attendees=tuple(
            Attendee(id=v, name=name, email=f"{v}@example.org") for v, name in NAMES.items()
        ),
        **fields,
    )
    return made.model_copy(update={"held_rounds": held})


def schedule(*rounds: str, version: int = 1, starts: Event | None = None) -> Schedule:
    """``schedule("ab1 cd2 -e")``: one round, a and b at table 1, c and d at table 2, e absent.

    Whoever of the five is not named has a bye; ``ab1!`` was missed and ``ac1+`` added.
    """
    return Schedule(
        version=version,
        rounds=tuple(
            ScheduledRound(
                round=number,
                starts_at=starts.rounds[number - 1].starts_at if starts else None,
                meetings=tuple(_meeting(word) for word in row.split() if word[0] != "-"),
                byes=_byes(row),
                absent=tuple(word[1] for word in row.split() if word[0] == "-"),
            )
            for number, row in enumerate(rounds, start=1)
        ),
        attendees=tuple(
            Share(id=v, meetings=0, byes=0, benefit=0, best=0, satisfaction=None) for v in NAMES
        ),
    )


def _meeting(word: str) -> Meeting:
    return Meeting(
        attendees=(word[0], word[1]),
        table=int(word[2]),
        outcome="missed" if word.endswith("!") else "planned",
        added="+" in word,
    )


def _byes(row: str) -> tuple[str, ...]:
    busy = "".join(word for word in row.split() if not word.endswith("!"))
    return tuple(v for v in NAMES if v not in busy)
