"""What sentences about the day are made of: numbers of rounds, times, places in the line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.day.standby import PLACE

ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
BREAK = "You have a break in this round."


def standby_phrase(turn: int) -> str:
    """Where to wait, and whose turn comes before; 1 is asked first."""
    where = ORDINALS[turn - 1] if turn <= len(ORDINALS) else f"number {turn}"
    return f"{PLACE}: you are {where} in line."


def numbers_phrase(rounds: Sequence[int]) -> str:
    """Rounds in rising order: ``round 5``, ``rounds 5 to 7 and 9``."""
    *most, last = _runs(rounds)
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"round{'s' if len(rounds) > 1 else ''} {listed}"


def _runs(rounds: Sequence[int]) -> Iterator[str]:
    first = last = rounds[0]
    for r in (*rounds[1:], 0):
        if r != last + 1:
            yield str(first) if first == last else f"{first} to {last}"
            first = r
        last = r


def clock_time(time: datetime, zone: str) -> str:
    """The time of day at the event."""
    return f"{time.astimezone(ZoneInfo(zone)) if time.tzinfo else time:%H:%M}"
