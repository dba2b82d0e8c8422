"""Wrong keys: counted by address, so that whoever tries many is told to wait."""

import time

from app.http.addresses import network_of

WINDOW_SECONDS = 60.0
MOST_ADDRESSES = 4_096
"""Those that tried last are remembered."""


class WrongKeys:
    """How many wrong keys came from each address within a minute; ``most`` are nothing strange."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[str, tuple[float, int]] = {}
        """Since when, and how many; who tried last is last."""

    def add(self, host: str) -> bool:
        """Count one more of an address; tells whether there are too many now."""
        return self.add_of(network_of(host))

    def add_of(self, guesser: str) -> bool:
        """The same of somebody who is known otherwise."""
        now = time.monotonic()
        since, count = self._counts.pop(guesser, (now, 0))
        if now - since >= WINDOW_SECONDS:
            since, count = now, 0
        self._counts[guesser] = since, count + 1
        if len(self._counts) > MOST_ADDRESSES:
            del self._counts[next(iter(self._counts))]
        return count >= self._most
