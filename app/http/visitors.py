"""Who is connected: how many may be, who gives way to whom, how much is held for slow readers.

A connection is a *stranger* until a request with a good key has come by it. Strangers give way
first, those that have been there longest before others: a client that means to ask does so at once.
"""

from collections import Counter
from collections.abc import Iterable, Set
from typing import Protocol

import structlog

SILENT_SECONDS = 1.0
"""How long a stranger beside too many of its address may at least take to say something."""

log = structlog.get_logger("tertius.http")


class Visitor(Protocol):
    """A connection, as far as it matters here."""

    address: str
    """Of its other end; all connections from there share it."""
    since: float
    """When it was opened."""
    key: bytes | None
    """The digest of the key that came by it last, if that was good."""

    def is_busy(self) -> bool:
        """Whether a request by it is under way."""

    def unread_bytes(self) -> int:
        """How much has been answered and not been taken."""

    def abort(self) -> None:
        """Close it at once, whatever it still holds."""


class Visitors:
    """All connections of one process, each in one of two lines: strangers, and those with a key.

    At most ``most`` in all, as long as fewer requests than that are under way, and about
    ``most_of_address`` strangers of one address.
    """

    def __init__(self, most: int, most_of_address: int, most_unread_bytes: int) -> None:
        self._most, self._most_of_address = most, most_of_address
        self._most_unread_bytes = most_unread_bytes
        self._strangers: dict[Visitor, None] = {}
        self._of_address: dict[str, dict[Visitor, None]] = {}
        self._known: dict[Visitor, None] = {}
        self._slow: dict[Visitor, None] = {}

    def __len__(self) -> int:
        return len(self._strangers) + len(self._known)

    def enter(self, visitor: Visitor) -> None:
        """Take a new connection in; others go if there are too many."""
        neighbours = self._of_address.get(visitor.address, {})
        latest = visitor.since - SILENT_SECONDS
        while len(neighbours) >= self._most_of_address:
            silent = _first(v for v in neighbours if v.since <= latest and not v.is_busy())
            if silent is None:
                break
            self._send_away(silent, "many of one address")
        if len(self) >= self._most and (old := self._least_missed()):
            self._send_away(old, "many connections")
        self._strangers[visitor] = None
        self._of_address.setdefault(visitor.address, {})[visitor] = None

    def greet(self, visitor: Visitor, key: bytes) -> None:
        """Note that a good key came by a connection, and which; it is the last now to go."""
        if visitor in self._strangers or visitor in self._known:
            self._forget(visitor)
            visitor.key = key
            self._known[visitor] = None

    def leave(self, visitor: Visitor) -> None:
        """Forget a connection that is closed."""
        self._forget(visitor)
        self.release(visitor)

    def hold(self, visitor: Visitor) -> None:
        """Note that a connection does not take what it is sent; too much unread is thrown away.

        It is whoever holds the most that loses what has lain longest.
        """
        self._slow[visitor] = None
        unread = {slow: slow.unread_bytes() for slow in self._slow}
        while len(unread) > 1 and sum(unread.values()) > self._most_unread_bytes:
            held = Counter[bytes | None]()
            for slow, size in unread.items():
                held[slow.key] += size
            heaviest = max(held, key=held.__getitem__)
            oldest = next(slow for slow in unread if slow.key == heaviest)
            del unread[oldest]
            self._send_away(oldest, "much unread")

    def release(self, visitor: Visitor) -> None:
        """Note that a connection has taken all."""
        self._slow.pop(visitor, None)

    def keys(self) -> Set[bytes]:
        """The digests of all keys that came last by a connection."""
        return {visitor.key for visitor in self._known if visitor.key is not None}

    def dismiss(self, gone: Set[bytes]) -> None:
        """Close every connection whose last key is one of those with these digests."""
        for visitor in [visitor for visitor in self._known if visitor.key in gone]:
            self._send_away(visitor, "its key was revoked")

    def _least_missed(self) -> Visitor | None:
        """Whoever goes first; None where everybody is being answered."""
        return (
            _first(v for v in self._strangers if not v.is_busy())
            or _first(self._strangers)
            or _first(v for v in self._known if not v.is_busy() and v not in self._slow)
            or _first(v for v in self._known if not v.is_busy())
        )

    def _send_away(self, visitor: Visitor, why: str) -> None:
        self.leave(visitor)
        visitor.abort()
        log.warning("connection closed", why=why)

    def _forget(self, visitor: Visitor) -> None:
        self._known.pop(visitor, None)
        if visitor in self._strangers:
            del self._strangers[visitor]
            neighbours = self._of_address[visitor.address]
            del neighbours[visitor]
            if not neighbours:
                del self._of_address[visitor.address]


def _first(visitors: Iterable[Visitor]) -> Visitor | None:
    return next(iter(visitors), None)
