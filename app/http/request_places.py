"""Requests of one caller beside each other: how many there may be, and who reads when."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from app.errors import TooMany

READS_AT_ONCE = 2
"""Of one caller. A read may hold a large document several times over until it is answered."""
LONGEST_READ_SECONDS = 2.0
"""A read that takes longer waits for something else, and lets the next one begin."""

Owner = TypeVar("Owner", bound=Hashable)
Turns = tuple[asyncio.Semaphore, asyncio.Semaphore]
"""Of those who only read, and of those who change something."""


class RequestPlaces(Generic[Owner]):
    """At most ``most`` requests of each caller at a time, streams among them.

    Organiser and reader count for themselves: a reader's key is given to more people. Requests that
    change something take turns of their own at reading what it is.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: dict[Owner, tuple[int, Turns]] = {}

    @contextmanager
    def take(self, owner: Owner, *, changes: bool = False) -> Iterator["RequestPlace"]:
        """Take one as long as the context lasts; TooMany if there is none."""
        count, turns = self._taken.get(owner) or (0, (_semaphore(), _semaphore()))
        if count >= self._most:
            raise TooMany("too many requests with keys of this kind are under way")
        self._taken[owner] = count + 1, turns
        place = RequestPlace(turns[changes])
        try:
            yield place
        finally:
            place.pass_turn()
            self._give_back(owner)

    def _give_back(self, owner: Owner) -> None:
        count, turns = self._taken.pop(owner)
        if count > 1:
            self._taken[owner] = count - 1, turns


def _semaphore() -> asyncio.Semaphore:
    return asyncio.Semaphore(READS_AT_ONCE)


class RequestPlace:
    """One request; whoever reads waits for a turn, and passes it on when the answer begins.

    Who changes something passes it on when the event is read.
    """

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns
        self._end: asyncio.TimerHandle | None = None

    async def wait(self) -> None:
        """Wait until fewer than ``READS_AT_ONCE`` others are reading."""
        await self._turns.acquire()
        later = asyncio.get_running_loop().call_later
        self._end = later(LONGEST_READ_SECONDS, self.pass_turn)

    def pass_turn(self) -> None:
        """Let the next one read, if this one has not done so before."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
            self._turns.release()
