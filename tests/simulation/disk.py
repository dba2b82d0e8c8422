"""A disk that does what it is told to: SQLite's file, and all the ways in which writing can fail.

The connections are SQLite's own and so are the files. But they are used in the one thread there is,
so that who writes first is for the simulator to say, and each call passes here, where it can take
long, fail, or be the last that a process ever made.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal

import aiosqlite

from tests.simulation.lives import Life, current_life

Fault = Literal["full", "read-only", "locked", "slow"]
Death = Literal["before", "after", "power"]
"""Of a process at a commit: before or after it; or of all of them in the middle of it."""

BUSY_SECONDS = 30.0
NO_LIMIT, PAGE_BYTES = 2**30, 4096
FEW_PAGES = 4
"""What is kept in memory of a transaction: the rest is written before the commit, and undone."""
MESSAGES = {
    "full": "database or disk is full",
    "read-only": "attempt to write a readonly database",
    "locked": "database is locked",
}


@dataclass
class Disk:
    """The folder of the database, the connections to it, and what is wrong with it just now."""

    folder: Path
    chance: Random
    die: Callable[[Life, Death], None]
    faults: set[Fault] = field(default_factory=set)
    deaths: dict[int, Death] = field(default_factory=dict)
    """At which commit who dies how; the count goes on over the whole day."""
    most_pages: int = NO_LIMIT
    """To how many the file may grow."""
    commits: int = 0
    refusals: int = 0
    connections: "list[SimulatedConnection]" = field(default_factory=list)
    images: int = 0

    @property
    def file(self) -> Path:
        """The database as it is found by whoever looks now."""
        return self.folder / "tertius.db"

    def connect(self, file: str, **how: Any) -> "SimulatedConnection":
        """What stands in for `aiosqlite.connect`."""
        how["timeout"] = 0.0  # nobody could give the lock back while this thread waited for it
        connection = SimulatedConnection(self, partial(sqlite3.connect, file, **how))
        self.connections.append(connection)
        return connection

    def break_down(self, fault: Fault) -> None:
        """Begin to fail in a way."""
        self.faults.add(fault)
        self.most_pages = self.file.stat().st_size // PAGE_BYTES if fault == "full" else NO_LIMIT

    def heal(self) -> None:
        """Work again."""
        self.faults.clear()
        self.most_pages = NO_LIMIT

    def lose_power(self) -> None:
        """Leave the files as they are at this moment, for whoever starts next."""
        self.images += 1
        image = self.folder.parent / f"after-{self.images}"
        shutil.copytree(self.folder, image, ignore=shutil.ignore_patterns("awake"))
        self.folder = image

    def close(self, life: Life) -> None:
        """End all connections of a process, which undoes what they have not committed."""
        for connection in [c for c in self.connections if c.life is life]:
            connection.hang_up()
            self.connections.remove(connection)

    async def call(
        self, connection: "SimulatedConnection", function: Callable[[], Any], statement: str
    ) -> Any:
        """Do what a connection is asked to, in its time, or fail."""
        if "slow" in self.faults:
            await asyncio.sleep(self.chance.random() ** 3)
        end = asyncio.get_running_loop().time() + BUSY_SECONDS
        while True:
            await connection.life.still_alive()
            try:
                connection.limit_pages(self.most_pages)
                self._refuse(statement)
                return self._commit(connection, function) if statement == "COMMIT" else function()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or asyncio.get_running_loop().time() > end:
                    raise
            except _Dead:
                await connection.life.still_alive()
            await asyncio.sleep(0.01)

    def _refuse(self, statement: str) -> None:
        """Fail where a write begins, or ends."""
        writes = statement in ("BEGIN IMMEDIATE", "COMMIT")
        for fault in ("read-only", "locked", "full"):
            late = fault == "full" and statement == "COMMIT" and self.chance.random() < 0.5
            if fault in self.faults and writes and (late or fault != "full"):
                self.refusals += 1
                raise sqlite3.OperationalError(MESSAGES[fault])

    def _commit(self, connection: "SimulatedConnection", function: Callable[[], Any]) -> Any:
        self.commits += 1
        death = self.deaths.get(self.commits)
        if death in ("before", "power"):
            self.die(connection.life, death)
            raise _Dead
        result = function()
        if death == "after":
            self.die(connection.life, death)
            raise _Dead
        return result


class _Dead(Exception):  # noqa: N818 - not an error
    """The process has ended in the middle of a call."""


class SimulatedConnection(aiosqlite.Connection):
    """A connection without a thread: what it is asked for is done by the disk."""

    def __init__(self, disk: Disk, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, 64)
        self._disk, self.life = disk, current_life()
        self._thread = _NoThread()  # type: ignore[assignment]
        self._tx = _AtOnce()  # type: ignore[assignment]
        self._wrote, self._most_pages = 0, NO_LIMIT

    async def _connect(self) -> "SimulatedConnection":
        await super()._connect()
        self._conn.execute(f"PRAGMA cache_size={FEW_PAGES}")
        return self

    def limit_pages(self, most: int) -> None:
        """Let the file grow to so many pages."""
        if most != self._most_pages:
            self._conn.execute(f"PRAGMA max_page_count={most}").fetchone()
            self._most_pages = most

    def hang_up(self) -> None:
        """End as the process does, in the middle of whatever it was."""
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            await self.life.still_alive()
            raise ValueError("Connection closed")
        return await self._disk.call(self, partial(fn, *args, **kwargs), self._kind(fn, args))

    def _kind(self, fn: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
        """What is asked for, as far as it is of interest here: commits of what was written."""
        name = getattr(fn, "__name__", "")
        changes = self._conn.total_changes
        if name == "commit":
            return "COMMIT" if changes != self._wrote else ""
        if name == "execute" and str(arguments[0]).startswith("BEGIN"):
            self._wrote = changes
            return str(arguments[0])
        return ""


class _NoThread:
    daemon = True

    def start(self) -> None:
        """There is nothing to start."""


class _AtOnce:
    """In place of a queue to a thread."""

    def put_nowait(self, order: tuple["asyncio.Future[Any] | None", Callable[[], Any]]) -> None:
        """Do what is ordered."""
        future, function = order
        try:
            result = function()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)
