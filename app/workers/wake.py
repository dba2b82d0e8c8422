"""Whoever writes wakes the others: a commit is signalled in all processes that share a database.

Beside SQLite each process has a socket in the data folder, and Postgres passes the word itself.
It is a hint and no more: one that is lost costs the time until somebody looks without it.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.settings import Settings
from app.store.commit_signal import CommitSignal
from app.store.engine import Store
from app.workers.waiting import in_background, wait_readable

SECONDS_BETWEEN_CALLS = 0.02
"""What is written meanwhile is told with the next call."""
SECONDS_BETWEEN_CONNECTIONS = 1.0
FOLDER = "awake"
"""Where the sockets are, in the data folder."""
CHANNEL = "tertius"

Call = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def shared_signal(settings: Settings, store: Store) -> AsyncIterator[None]:
    """Have commits of ``store`` signalled to others, and theirs signalled here, until the end."""
    relay = _Relay(store.committed)
    if store.is_sqlite:
        line = _sockets(settings.data / FOLDER, relay.received)
    else:
        line = _channel(settings.jobs_url, store, relay.received)
    async with line as call, in_background(relay.pass_on(call)):
        with store.committed.received_by(relay.sent_here):
            yield


class _Relay:
    """Between this process and the others: calls them for commits made here, not for theirs."""

    def __init__(self, signal: CommitSignal) -> None:
        self._signal = signal
        self._due = asyncio.Event()

    def sent_here(self) -> None:
        """Something was written here."""
        self._due.set()

    def received(self) -> None:
        """Something was written elsewhere."""
        self._signal.send(but=self.sent_here)

    async def pass_on(self, call: Call) -> None:
        """Call the others for every commit, one call for those that come close together."""
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await call()
            except (SQLAlchemyError, OSError) as error:
                log.warning("nobody woken", error=type(error).__name__)
            await asyncio.sleep(SECONDS_BETWEEN_CALLS)


@asynccontextmanager
async def _sockets(folder: Path, heard: Callable[[], None]) -> AsyncIterator[Call]:
    """A socket in ``folder``, and calls to all others there; without one where none can be."""
    try:
        ours = _Socket(folder, heard)
    except OSError as error:
        log.warning("no socket, so others are looked for now and then", error=type(error).__name__)
        yield _nobody
        return
    try:
        yield ours.call
    finally:
        ours.close()


async def _nobody() -> None:
    """Call nobody."""


class _Socket:
    """The socket of this process; those that nobody listens to any more are removed."""

    def __init__(self, folder: Path, heard: Callable[[], None]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._heard = heard
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._name = f"{os.getpid()}-{token_hex(4)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._address(self._name))
        os.chmod(self._name, 0o600, dir_fd=self._folder)
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    async def call(self) -> None:
        """Wake everybody else."""
        for name in set(os.listdir(self._folder)) - {self._name}:  # noqa: PTH208
            try:
                self._socket.sendto(b"!", self._address(name))
            except BlockingIOError:
                pass  # it has been called often enough
            except ConnectionRefusedError:
                self._remove(name)

    def close(self) -> None:
        """Hear nothing more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._remove(self._name)
        os.close(self._folder)

    def _read(self) -> None:
        with suppress(BlockingIOError):
            while self._socket.recv(16):
                pass
        self._heard()

    def _address(self, name: str) -> str:
        """A path that is short, however long that of the folder is."""
        return f"/proc/self/fd/{self._folder}/{name}"

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._folder)


@asynccontextmanager
async def _channel(url: str, store: Store, heard: Callable[[], None]) -> AsyncIterator[Call]:
    """A channel of the Postgres server: what is said there and by whom."""
    name = token_hex(8)

    async def call() -> None:
        async with store.read() as connection:
            await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, name)))
            await connection.commit()

    async with in_background(_listen(url, name, heard)):
        yield call


async def _listen(url: str, name: str, heard: Callable[[], None]) -> None:
    """Hear all that others say, through a new connection whenever one breaks."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                heard()  # something may have been said while nobody listened
                while True:
                    await wait_readable(connection.fileno())
                    async for said in connection.notifies(timeout=0):
                        if said.payload != name:
                            heard()
        except (psycopg.Error, OSError) as error:
            log.warning("heard nothing", error=type(error).__name__)
        await asyncio.sleep(SECONDS_BETWEEN_CONNECTIONS)
