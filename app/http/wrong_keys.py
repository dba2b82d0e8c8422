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
        """Count one more; tells whether there are too many now."""
        address, now = network_of(host), time.monotonic()
        since, count = self._counts.pop(address, (now, 0))
        if now - since >= WINDOW_SECONDS:
            since, count = now, 0
        self._counts[address] = since, count + 1
        if len(self._counts) > MOST_ADDRESSES:
            del self._counts[next(iter(self._counts))]
        return count >= self._most
