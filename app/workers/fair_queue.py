"""Places that several organisations want, given to them in turn.

Whoever holds fewest is served next, and among those whoever was served longest ago: one who asks
for a thousand places waits for their second as long as another for their first.
"""

import asyncio
from collections import Counter, deque
from contextlib import suppress
from itertools import count


class FairQueue:
    """A number of ``places``, of which one owner has at most ``share``."""

    def __init__(self, places: int, share: int) -> None:
        self._free, self._share = places, share
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._served: dict[str, int] = {}
        self._turns = count(1)

    async def take(self, owner: str) -> None:
        """Wait for a place; who is cancelled meanwhile leaves the queue."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(owner, deque()).append(turn)
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(owner, turn)
            else:
                self.give_back(owner)
            raise

    def give_back(self, owner: str) -> None:
        """Leave a place to whoever is next."""
        self._free += 1
        self._held[owner] -= 1
        self._serve()

    def _serve(self) -> None:
        while self._free and (owner := self._next_owner()) is not None:
            turn = self._waiting[owner][0]
            self._forget(owner, turn)
            if not turn.cancelled():
                self._free -= 1
                self._held[owner] += 1
                self._served[owner] = next(self._turns)
                turn.set_result(None)

    def _next_owner(self) -> str | None:
        """Who is served next of those that wait and have not had their share."""
        entitled = (owner for owner in self._waiting if self._held[owner] < self._share)
        return min(
            entitled,
            key=lambda owner: (self._held[owner], self._served.get(owner, 0)),
            default=None,
        )

    def _forget(self, owner: str, turn: asyncio.Future[None]) -> None:
        """Take a turn off the queue, if it is still there."""
        turns = self._waiting.get(owner, deque())
        with suppress(ValueError):
            turns.remove(turn)
        if not turns:
            self._waiting.pop(owner, None)
