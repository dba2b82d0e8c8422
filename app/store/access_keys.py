"""Keys that were made here: of each secret its digest alone. Rows stay when a key is revoked.

A service that ever had a key needs one: were rows deleted, the last one would let everybody in.
"""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.ids import is_id, new_id
from app.store.tables import access_keys
from schemas.access_key import Role

PREFIX = "tertius_key_"
"""By which secrets are known that lie about where they should not."""
SECRET = re.compile(PREFIX + "[A-Za-z0-9_-]{32}")
SECRET_BYTES = 24
SHOWN_CHARACTERS = len(PREFIX) + 4
"""So much of a secret is kept, to tell keys apart: 168 of its 192 bits are in the rest."""


@dataclass(frozen=True)
class StoredKey:
    """A key, without its secret; ``event_id`` is the only event that it opens, if it is set."""

    id: str
    organisation: str
    role: Role
    event_id: str | None
    label: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at this time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_secret() -> str:
    """A secret of 192 bits that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest_of_key(secret: str) -> bytes:
    """What is remembered of a key."""
    return sha256(secret.encode()).digest()


def key_of(
    secret: str,
    organisation: str,
    role: Role,
    event_id: str | None = None,
    *,
    label: str = "",
    expires_at: datetime | None = None,
) -> StoredKey:
    """A new key with this secret, to be added."""
    return StoredKey(
        id=new_id(),
        organisation=organisation,
        role=role,
        event_id=event_id,
        label=label,
        prefix=secret[:SHOWN_CHARACTERS],
        created_at=datetime.now(UTC),
        expires_at=expires_at,
    )


async def add(connection: AsyncConnection, key: StoredKey, secret: str) -> None:
    """Store a key, and of its secret the digest."""
    digest = digest_of_key(secret).hex()
    await connection.execute(access_keys.insert().values(**vars(key), digest=digest))


async def find_good(
    connection: AsyncConnection, digests: Collection[bytes]
) -> Mapping[bytes, StoredKey]:
    """Those of the keys with these digests that are good now."""
    query = sa.select(access_keys).where(access_keys.c.digest.in_([d.hex() for d in digests]))
    rows = [dict(row._mapping) for row in await connection.execute(query)]
    keys = {bytes.fromhex(row.pop("digest")): StoredKey(**row) for row in rows}
    now = datetime.now(UTC)
    return {digest: key for digest, key in keys.items() if key.is_good(now)}


async def find(
    connection: AsyncConnection, key_id: str, organisation: str | None = None
) -> StoredKey | None:
    """The key, if it is of ``organisation`` (None: any)."""
    if not is_id(key_id):
        return None
    query = _rows().where(access_keys.c.id == key_id)
    if organisation is not None:
        query = query.where(access_keys.c.organisation == organisation)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredKey(**row._mapping)


async def listing(
    connection: AsyncConnection, organisation: str | None = None
) -> Sequence[StoredKey]:
    """Every key of ``organisation`` (None: of all), newest first, those that are revoked too."""
    query = _rows().order_by(access_keys.c.id.desc())
    if organisation is not None:
        query = query.where(access_keys.c.organisation == organisation)
    return [StoredKey(**row._mapping) for row in await connection.execute(query)]


async def revoke(connection: AsyncConnection, key: StoredKey) -> StoredKey:
    """The key as it is when it is good no more; one that was revoked before stays as it is."""
    if key.revoked_at is not None:
        return key
    revoked = replace(key, revoked_at=datetime.now(UTC))
    ours = access_keys.c.id == key.id
    await connection.execute(access_keys.update().where(ours).values(revoked_at=revoked.revoked_at))
    return revoked


async def note_uses(connection: AsyncConnection, ids: Collection[str]) -> None:
    """Note that keys are used now."""
    ours = access_keys.c.id.in_(ids)
    await connection.execute(
        access_keys.update().where(ours).values(last_used_at=datetime.now(UTC))
    )


async def any_was_made(connection: AsyncConnection) -> bool:
    """Whether there ever was a key."""
    query = sa.select(sa.exists().select_from(access_keys))
    return bool((await connection.execute(query)).scalar())


def _rows() -> sa.Select[tuple[object, ...]]:
    return sa.select(*(access_keys.c[name] for name in StoredKey.__dataclass_fields__))
