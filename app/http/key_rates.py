"""How often a key asks: so many requests in ten seconds, of which every answer tells what is left.

The headers are those of draft-ietf-httpapi-ratelimit-headers. Each process counts for itself.
"""

from collections import Counter
from math import ceil
from time import monotonic

from app.errors import TooFast

SECONDS = 10
"""As `TooFast` is answered, so long nobody has to wait."""

Headers = tuple[tuple[bytes, bytes], ...]


class KeyRates:
    """At most ``most`` requests of each key in a window; all windows begin together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts = Counter[str]()
        self._end = 0.0

    def take(self, key: str) -> Headers:
        """Count a request, and say in headers what is left; TooFast if it is one too many."""
        now = monotonic()
        if now >= self._end:
            self._counts.clear()
            self._end = now + SECONDS
        self._counts[key] += 1
        if self._counts[key] > self._most:
            raise TooFast
        left, seconds = self._most - self._counts[key], ceil(self._end - now)
        return (
            (b"ratelimit-policy", f'"key";q={self._most};w={SECONDS}'.encode()),
            (b"ratelimit", f'"key";r={left};t={seconds}'.encode()),
        )
