"""Bearer keys, each of one organisation and one role: those that were set, and those made here.

Keys that are set come from the environment or a file. Keys that were made stand in the database,
and are read again when a second has passed: who revokes one in another process is not waited for
longer. A key is known by the digest of its secret, which nobody can choose: looking it up in a
table tells nothing of the secrets that are there.
"""

import asyncio
from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta
from math import inf
from time import monotonic
from typing import NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.http.visitors import Visitors
from app.settings import Key
from app.store import access_keys
from app.store.access_keys import SECRET, StoredKey, digest_of_key
from app.store.engine import Store
from schemas.access_key import Role

FRESH_SECONDS = 1.0
"""How long it is taken for granted that a key is as it was read."""
FORGOTTEN_SECONDS = 60.0
SECONDS_BETWEEN_LOOKS = 1.0
BETWEEN_USES = timedelta(minutes=1)
"""A use is noted if the last one that was noted is so old."""
DIGEST_CHARACTERS = 12

log = structlog.get_logger(__name__)


class Caller(NamedTuple):
    """Whoever sent the request."""

    organisation: str
    role: Role
    event: str | None = None
    """The only event that there is for them; None for every one of the organisation."""
    key: str = ""
    """The id of their key, or for one that was set the beginning of its digest."""


LOCAL = Caller("local", "owner")
"""Everybody, when there are no keys: the server then listens on loopback only."""


class _Entry(NamedTuple):
    """A stored key as it was when it was read, by a clock that only goes forward."""

    key: StoredKey
    read_at: float


class Keys:
    """Every key that opens something."""

    def __init__(self, keys: tuple[Key, ...], store: Store) -> None:
        self._set, self._store = _callers(keys), store
        self._stored: dict[bytes, _Entry] = {}
        self._used = set[str]()
        self._any_was_made = True

    async def begin(self) -> None:
        """Find out whether there ever was a key; until then nobody is let in without one."""
        async with self._store.read() as connection:
            self._any_was_made = await access_keys.any_was_made(connection)

    @property
    def is_open(self) -> bool:
        """Whether there are no keys, and never were: everybody who can connect is `LOCAL`."""
        return not self._set and not self._any_was_made

    async def caller(self, secret: str | None) -> Caller | None:
        """Who holds ``secret``; everybody is `LOCAL` where there are no keys."""
        digest = digest_of_key(secret or "")
        if found := self._set.get(digest):
            return found
        if self.is_open:
            return LOCAL
        if secret is None or not SECRET.fullmatch(secret):
            return None
        return await self._holder(digest)

    async def _holder(self, digest: bytes) -> Caller | None:
        entry = self._stored.get(digest)
        if entry is None or monotonic() - entry.read_at > FRESH_SECONDS:
            entry = await self._read(digest)
        now = datetime.now(UTC)
        if entry is None or not entry.key.is_good(now):
            return None
        key = entry.key
        if key.last_used_at is None or now - key.last_used_at >= BETWEEN_USES:
            self._used.add(key.id)
        return Caller(key.organisation, key.role, key.event_id, key.id)

    async def _read(self, digest: bytes) -> _Entry | None:
        found = (await self._good({digest})).get(digest)
        if found is None:  # what was known of it stays until connections that use it are closed
            return None
        entry = self._stored[digest] = _Entry(found, monotonic())
        return entry

    def has_owner(self, organisation: str) -> bool:
        """Whether an owner's key of the organisation was set."""
        callers = self._set.values()
        return any((one.organisation, one.role) == (organisation, "owner") for one in callers)

    def expect_change(self) -> None:
        """Take nothing for granted of stored keys: one was made or revoked here."""
        self._any_was_made = True
        self._stored = {digest: _Entry(row.key, -inf) for digest, row in self._stored.items()}

    def renew(self, keys: tuple[Key, ...]) -> Set[bytes]:
        """Take these instead of those that were set; tells the digests of those that are gone.

        ValueError if none is left: nobody meant to let everybody in who had keys a moment before.
        """
        before, after = self._set, _callers(keys)
        if before and not after:
            raise ValueError("no key is left")
        self._set = after
        return {digest for digest in before if before[digest] != after.get(digest)}

    async def look(self, held: Set[bytes]) -> Set[bytes]:
        """Read again what may have changed; tells which of the digests are good no more.

        ``held`` are those of the connections that are open.
        """
        if self.is_open:
            await self.begin()
        known = held & self._stored.keys()
        gone = known - (await self._good(known)).keys() if known else set()
        self._forget_all_but(held - gone)
        await self._note_uses()
        return gone

    async def _good(self, digests: Set[bytes]) -> Mapping[bytes, StoredKey]:
        async with self._store.read() as connection:
            return await access_keys.find_good(connection, digests)

    def _forget_all_but(self, held: Set[bytes]) -> None:
        """Forget keys that are of no connection, and were not asked about for long."""
        latest = monotonic() - FORGOTTEN_SECONDS
        rows = self._stored.items()
        self._stored = {d: row for d, row in rows if d in held or row.read_at > latest}

    async def _note_uses(self) -> None:
        if not self._used:
            return
        async with self._store.write(quiet=True) as connection:
            await access_keys.note_uses(connection, self._used)
        self._used = set()
        self.expect_change()


def _callers(keys: tuple[Key, ...]) -> Mapping[bytes, Caller]:
    digests = {digest_of_key(key.secret): key for key in keys}
    return {
        digest: Caller(key.organisation, key.role, key.event, digest.hex()[:DIGEST_CHARACTERS])
        for digest, key in digests.items()
    }


async def watch_stored_keys(keys: Keys, visitors: Visitors) -> None:
    """Close the connections of keys that are revoked or have expired, and note when keys are used.

    What keeps the database from being asked is told once, and tried again.
    """
    while True:
        try:
            visitors.dismiss(await keys.look(visitors.keys()))
        except (SQLAlchemyError, OSError) as error:
            log.warning("keys could not be read", error=type(error).__name__)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
