"""One key for each event, kept apart from the data and wrapped by the master key.

On SQLite they are in ``keys.db`` beside the data, on Postgres in a schema of their own, so that
copies of the data go without them. A key is committed before the row of its event, and wiped after
it: what is sealed with it, in copies of the data as well, can be read no more. The row of a wiped
key stays, so that a restored copy knows which of its events were deleted.
"""

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.schema import CreateSchema

from app.errors import NotFound
from app.settings import Settings
from app.store.master_key import BYTES, MasterKeyError, make_master_key, read_master_key
from app.store.pragmas import set_up

NONCE = 12
MOST_KEYS = 10_000
"""How many opened keys a process remembers."""
NO_EVENT = ""
"""Whose key seals what is of no event. It was made first: it tells the right master key."""
BUSY_SECONDS = 30
SCHEMA = "tertius_keys"
METADATA = sa.MetaData()
FILE = "keys.db"
ROWS = sa.Table(
    "event_keys",
    METADATA,
    sa.Column("event_id", sa.String(32), primary_key=True),
    sa.Column("wrapped", sa.LargeBinary),  # null: wiped
)


class BrokenSealError(Exception):
    """What is stored was changed, or is not where it was stored: a defect, told without content."""


class KeyRing:
    """The keys of all events of one database; those in use are remembered, opened."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = _engine(settings)
        self._schema = None if settings.database_url is None else SCHEMA
        self._wrapping: AESGCM | None = None
        self._opened: dict[str, AESGCM] = {}

    def seal(self, event_id: str, place: str, plain: bytes) -> bytes:
        """The bytes as they are stored at a ``place``, readable as long as the event has its key.

        Raises NotFound if that is gone.
        """
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher(event_id).encrypt(nonce, plain, _bound_to(event_id, place))

    def unseal(self, event_id: str, place: str, sealed: bytes | memoryview) -> bytes:
        """What was sealed for this event and place.

        Raises BrokenSealError if it was not or was changed since, NotFound if the key is gone.
        """
        cipher, nonce = self._cipher(event_id), sealed[:NONCE]
        try:
            return cipher.decrypt(nonce, sealed[NONCE:], _bound_to(event_id, place))
        except (InvalidTag, ValueError):
            raise BrokenSealError(f"a value of {place} cannot be opened") from None

    def check(self) -> None:
        """Raise MasterKeyError without the master key that wraps the keys; changes nothing."""
        if self._is_begun():
            with self._reading() as connection:
                self._read(connection, NO_EVENT)
        elif self._schema is not None:
            self._master()

    def begin(self) -> None:
        """Make the place for keys, and the first one, unless they are there."""
        make_master_key(self._settings)
        with self._writing() as connection:
            if self._schema is not None:
                connection.execute(CreateSchema(self._schema, if_not_exists=True))
            METADATA.create_all(connection)
        self.make(NO_EVENT)

    def make(self, event_id: str) -> None:
        """Make the key of an event that is about to be stored, unless it has one."""
        key = secrets.token_bytes(BYTES)
        with self._writing() as connection:
            known = sa.select(ROWS.c.event_id).where(ROWS.c.event_id == event_id)
            if connection.execute(known).first() is None:
                row = {"event_id": event_id, "wrapped": self._wrapped(event_id, key)}
                connection.execute(ROWS.insert(), row)

    def wipe(self, event_ids: Collection[str]) -> None:
        """Make all that was sealed for these events unreadable, wherever it is."""
        if not event_ids:
            return
        with self._writing() as connection:
            ours = ROWS.update().where(ROWS.c.event_id.in_(event_ids))
            connection.execute(ours.values(wrapped=None))
        for event_id in event_ids:
            self._opened.pop(event_id, None)

    def known(self) -> dict[str, bool]:
        """Every event that ever had a key, and whether it still has it."""
        if not self._is_begun():
            return {}
        with self._reading() as connection:
            rows = connection.execute(sa.select(ROWS.c.event_id, ROWS.c.wrapped.is_not(None)))
            return {event_id: kept for event_id, kept in rows}  # noqa: C416

    def close(self) -> None:
        """Give back every connection, and forget the keys."""
        self._engine.dispose()
        self._opened.clear()

    def _is_begun(self) -> bool:
        if self._schema is None and not (self._settings.data / FILE).exists():
            return False  # to connect would make one
        with self._reading() as connection:
            return sa.inspect(connection).has_table(ROWS.name, schema=self._schema)

    def _cipher(self, event_id: str) -> AESGCM:
        found = self._opened.get(event_id)
        if found is None:
            with self._reading() as connection:
                found = self._read(connection, event_id)
            if found is None:
                raise NotFound
            while len(self._opened) >= MOST_KEYS:
                self._opened.pop(next(iter(self._opened)))
            self._opened[event_id] = found
        return found

    def _read(self, connection: Connection, event_id: str) -> AESGCM | None:
        query = sa.select(ROWS.c.wrapped).where(ROWS.c.event_id == event_id)
        wrapped = connection.execute(query).scalar()
        if wrapped is None:
            return None
        try:
            key = self._master().decrypt(wrapped[:NONCE], wrapped[NONCE:], event_id.encode())
        except InvalidTag:
            raise MasterKeyError(
                "TERTIUS_MASTER_KEY: is not the master key that this data was sealed with: "
                "set that one (without a setting it is master.key in the data folder)"
            ) from None
        return AESGCM(key)

    def _wrapped(self, event_id: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._master().encrypt(nonce, key, event_id.encode())

    def _master(self) -> AESGCM:
        if self._wrapping is None:
            self._wrapping = AESGCM(read_master_key(self._settings))
        return self._wrapping

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection


def _bound_to(event_id: str, place: str) -> bytes:
    return f"{event_id} {place}".encode()


_RINGS: WeakKeyDictionary[Dialect, KeyRing] = WeakKeyDictionary()


def give_keys(dialect: Dialect, keys: KeyRing) -> None:
    """Have the columns of an engine's statements sealed with these keys."""
    _RINGS[dialect] = keys


def keys_of(dialect: Dialect) -> KeyRing:
    """The keys that an engine's columns are sealed with."""
    return _RINGS[dialect]


def _engine(settings: Settings) -> sa.Engine:
    """An engine whose errors never show values."""
    if settings.database_url is not None:
        url, few = settings.store_url, {"pool_size": 1, "max_overflow": 4}
        engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, **few)
        return engine.execution_options(schema_translate_map={None: SCHEMA})
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    url, waiting = f"sqlite:///{settings.data / FILE}", {"timeout": BUSY_SECONDS}
    engine = sa.create_engine(url, hide_parameters=True, connect_args=waiting)
    event.listen(engine, "connect", set_up)
    return engine
