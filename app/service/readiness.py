"""Whether the service can do its work: its database can be written, and a worker lives.

Anybody may ask, so one looks once a second at most, however many do, and nobody waits long for it.
"""

import asyncio
import shutil
from math import inf
from pathlib import Path
from typing import NamedTuple

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.settings import MIB, Settings
from app.store import leases
from app.store.engine import Store
from app.workers.slots import is_held, number_of, slots_of

SECONDS_BETWEEN_LOOKS = 1.0
PATIENCE_SECONDS = 0.8
"""What takes longer, as where somebody keeps the database locked, is as good as not there."""
LEAST_FREE_BYTES = 16 * MIB
"""A disk with less room is full: a little can be written on it, and no large event."""
PROBE = "probe"


class Condition(NamedTuple):
    """What there is of that which requests need."""

    database: bool
    worker: bool


AWAY = Condition(database=False, worker=False)


class ReadinessProbe:
    """Looks whether the database can be written and a worker lives."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store, self._slots = store, slots_of(settings)
        self._folder: Path | None = settings.data if store.is_sqlite else None
        self._looking: asyncio.Task[Condition] | None = None
        self._due = -inf

    async def condition(self) -> Condition:
        """How it is now, or was a second ago."""
        now = asyncio.get_running_loop().time()
        if self._looking is None or (self._looking.done() and now >= self._due):
            self._looking = asyncio.create_task(self._look())
            self._due = now + SECONDS_BETWEEN_LOOKS
        done, _ = await asyncio.wait([self._looking], timeout=PATIENCE_SECONDS)
        return done.pop().result() if done else AWAY

    async def close(self) -> None:
        """Look to the end; half a look could keep its lock on the database."""
        if self._looking is not None:
            await asyncio.wait([self._looking])

    async def _look(self) -> Condition:
        try:
            async with self._store.read() as connection:
                workers = await leases.live(connection, leases.WORKER)
            worker = await asyncio.to_thread(self._any_lives, workers)
            return Condition(await self._is_writable(), worker)
        except (SQLAlchemyError, psycopg.Error, OSError):
            return AWAY

    def _any_lives(self, workers: list[str]) -> bool:
        """A lease tells who worked some seconds ago, the slot whether the process is there."""
        return any(is_held(self._slots, number_of(worker)) for worker in workers)

    async def _is_writable(self) -> bool:
        """Whether a row can be written, with its journal; it is undone, which costs little."""
        if self._folder and shutil.disk_usage(self._folder).free < LEAST_FREE_BYTES:
            return False
        try:
            async with self._store.write(quiet=True) as connection:
                await leases.take(connection, PROBE, PROBE, 0)
                await connection.rollback()
        except SQLAlchemyError:
            return False
        return True
