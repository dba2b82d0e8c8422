"""What sentences about the day are made of: numbers of rounds, times, places in the line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.day.standby import PLACE
from schemas.words.message import Message, list_in_words, message

# Translators: as in "you are first in line".
ORDINALS = (
    message("first"), message("second"), message("third"), message("fourth"), message("fifth"),
    message("sixth"), message("seventh"), message("eighth"), message("ninth"), message("tenth"),
)  # fmt: skip
BREAK = message("You have a break in this round.")
NO_TABLE = message(
    "No table is open for you in this round: you have no meeting until one opens again."
)


def standby_phrase(turn: int) -> Message:
    """Where to wait, and whose turn comes before; 1 is asked first."""
    if turn > len(ORDINALS):
        return message("{place}: you are number {turn} in line.", place=PLACE, turn=turn)
    return message("{place}: you are {turn} in line.", place=PLACE, turn=ORDINALS[turn - 1])


def numbers_phrase(rounds: Sequence[int]) -> str:
    """Rounds in rising order: ``5``, ``5 to 7 and 9``."""
    return list_in_words(_runs(rounds))


def _runs(rounds: Sequence[int]) -> Iterator[str]:
    first = last = rounds[0]
    for r in (*rounds[1:], 0):
        if r != last + 1:
            yield (
                str(first)
                if first == last
                else message("{first} to {last}", first=first, last=last)
            )
            first = r
        last = r


def clock_time(time: datetime, zone: str) -> str:
    """The time of day at the event."""
    return f"{time.astimezone(ZoneInfo(zone)) if time.tzinfo else time:%H:%M}"
