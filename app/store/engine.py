"""The connection to the database: reads, writes in one transaction each, migrations."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import TypeVar
from weakref import WeakValueDictionary

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.errors import Unavailable
from app.large_documents import Later, groundwork
from app.settings import Settings
from app.store.commit_signal import CommitSignal
from app.store.key_ring import NO_EVENT, KeyRing, give_keys
from app.store.pragmas import set_up
from app.store.tables import events, idempotency, wipes

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
POOL = {"pool_size": 5, "max_overflow": 10, "pool_timeout": BUSY_SECONDS}
"""Connections of a process: those that are kept, those that are opened besides, and the wait."""
MIGRATION_LOCK = 0x7E27105

MOST_BEGINNINGS = 50
"""How often a transaction is begun whose work others undo: each time they were quicker."""
SECONDS_BETWEEN_LOOKS = 0.1

Answer = TypeVar("Answer")


class EventLeased(Exception):  # noqa: N818 - not an error
    """Raised in a transaction that writes to an event while a repair has it to itself."""


class NewerSchemaError(Exception):
    """The tables were last changed by a newer program than this."""


class LostKeysError(Exception):
    """So many events have no key, and none that was wiped: their keys are somewhere else."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"the keys of {number} events are missing")


class Store:
    """One database, SQLite or Postgres, used by any number of processes at once."""

    def __init__(self, settings: Settings) -> None:
        self.committed = CommitSignal()
        self.keys = KeyRing(settings)
        self._engine = _engine(settings.store_url)
        give_keys(self._engine.dialect, self.keys)
        self._writing = self._engine.execution_options(tertius_writes=True)
        # SQLite takes one writer at a time; a fair queue here beats its polling for the lock.
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees what was committed."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees what was committed at one moment, however often it reads."""
        async with self.read() as connection:
            if not self.is_sqlite:  # which knows nothing else
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @asynccontextmanager
    async def write(self, *, quiet: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction, undone by an exception; its commit is signalled, unless ``quiet``."""
        async with self._turn, self._writing.begin() as connection:
            yield connection
        if not quiet:
            self.committed.send()

    async def transact(
        self, effect: Callable[[AsyncConnection], Awaitable[Answer]], event_id: str | None = None
    ) -> Answer:
        """What ``effect`` returns of a transaction, with its turn at the event it writes to.

        What takes long is done while no transaction is open, and ``effect`` called again: it must
        change nothing but the database. Unavailable if that has no end.
        """
        async with self.turn(event_id, BUSY_SECONDS):
            with groundwork():
                for _ in range(MOST_BEGINNINGS):
                    try:
                        return await self._once_free(effect)
                    except Later as later:
                        await later.work()
        raise Unavailable

    async def _once_free(self, effect: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
        """What ``effect`` returns, once no other process has the event to itself."""
        end = monotonic() + BUSY_SECONDS
        while True:
            try:
                async with self.write() as connection:
                    return await effect(connection)
            except EventLeased:
                if monotonic() > end:
                    raise Unavailable from None
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    @asynccontextmanager
    async def turn(self, event_id: str | None, seconds: float | None = None) -> AsyncIterator[None]:
        """Be the one of this process who writes to the event, after all who came before.

        Whoever waits for it holds no connection. Unavailable if that takes more than ``seconds``.
        """
        if event_id is None:
            yield
            return
        lock = self._turns.setdefault(event_id, asyncio.Lock())
        try:
            async with asyncio.timeout(seconds):
                await lock.acquire()
        except TimeoutError:
            raise Unavailable from None
        try:
            yield
        finally:
            lock.release()

    async def migrate(self) -> None:
        """Bring the tables up to date; processes that start together take turns.

        Raises NewerSchemaError if they are beyond what this program knows, MasterKeyError and
        LostKeysError if they cannot be read: then nothing is changed.
        """
        await asyncio.to_thread(self.keys.check)
        async with self.write() as connection:
            if not self.is_sqlite:
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            await connection.run_sync(_upgrade)
            await self._match_keys(connection)
        await self.wipe_keys()

    async def _match_keys(self, connection: AsyncConnection) -> None:
        """Delete the events of a restored copy that were deleted since: their keys are wiped."""
        stored = set((await connection.execute(sa.select(events.c.id))).scalars())
        known = self.keys.known()
        lost = stored - known.keys()
        if lost or NO_EVENT not in known:
            raise LostKeysError(len(lost))
        for event_id in sorted(v for v in stored if not known[v]):
            about = idempotency.c.event_id == event_id
            await connection.execute(idempotency.update().where(about).values(body=None))
            await connection.execute(events.delete().where(events.c.id == event_id))

    async def wipe_keys(self) -> None:
        """Wipe the keys of events that were deleted, in this process or in one that ended then."""
        async with self.read() as connection:
            deleted = (await connection.execute(sa.select(wipes.c.event_id))).scalars().all()
        if not deleted:
            return
        await asyncio.to_thread(self.keys.wipe, deleted)
        async with self.write(quiet=True) as connection:
            await connection.execute(wipes.delete().where(wipes.c.event_id.in_(deleted)))

    async def close_idle(self) -> None:
        """Close connections while none is in use: their statements hold the last large document."""
        pool = self._engine.pool
        if isinstance(pool, sa.QueuePool) and not pool.checkedout():
            await self._engine.dispose()

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()
        self.keys.close()


def knows_revision(revision: str) -> bool:
    """Whether this program has the step of the migrations of that name."""
    steps = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return any(step.revision == revision for step in steps)


async def insert_new(connection: AsyncConnection, table: sa.Table, row: dict[str, object]) -> bool:
    """Insert ``row``; False if its key is taken. Waits for a rival that is about to take it."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    key = table.primary_key.columns[0]
    insert = dialect.insert(table).values(**row).on_conflict_do_nothing().returning(key)
    return (await connection.execute(insert)).first() is not None


def _engine(url: str) -> AsyncEngine:
    """An engine whose errors never show values."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, **POOL)
    file = make_url(url).database
    if file:
        Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_async_engine(url, hide_parameters=True, connect_args=waiting, **POOL)
    event.listen(engine.sync_engine, "connect", set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Take the write lock first: a transaction that turns from reading to writing can deadlock."""
    writes = connection.get_execution_options().get("tertius_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise NewerSchemaError from error
        raise
