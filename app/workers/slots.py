"""Slots: each live worker holds one, and its number is the worker's name.

Whoever can take a worker's slot knows that the worker is dead, and while it holds the slot that it
stays so. The system gives a slot back when its holder ends, however that came about.
"""

import fcntl
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Protocol

import psycopg

from app.settings import Settings

LOCK_SPACE = 0x7E27106
"""The first half of our advisory locks' keys; the second is the slot's number."""


class WorkerSlot(Protocol):
    """A slot that is held."""

    def held(self) -> bool:
        """Whether it still is."""

    def give_back(self) -> None:
        """Let others have it."""


class WorkerSlots(Protocol):
    """The slots of all workers that share a database."""

    def take(self, number: int) -> WorkerSlot | None:
        """Hold slot ``number``, unless somebody does."""


def slots_of(settings: Settings) -> WorkerSlots:
    """Files beside the embedded database, or advisory locks of the server."""
    if settings.database_url is None:
        return _FileSlots(settings.data)
    return _LockSlots(settings.jobs_url)


def take_lowest(slots: WorkerSlots) -> tuple[int, WorkerSlot]:
    """The free slot with the lowest number: a worker that returns is likely to be itself again."""
    for number in count(1):
        slot = slots.take(number)
        if slot is not None:
            return number, slot
    raise AssertionError("there is no last number")


def is_held(slots: WorkerSlots, number: int) -> bool:
    """Whether a worker has the slot; who looks for one just now may find it taken."""
    slot = slots.take(number)
    if slot is not None:
        slot.give_back()
    return slot is None


def number_of(worker: str) -> int:
    """The number of the slot that a worker of this name holds."""
    return int(worker.rpartition("-")[2])


class _FileSlots:
    """Slots on one machine: a locked file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, number: int) -> "_FileSlot | None":
        self._folder.mkdir(parents=True, exist_ok=True)
        file = (self._folder / f"worker-{number}.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return _FileSlot(file)


class _FileSlot:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def held(self) -> bool:
        return True

    def give_back(self) -> None:
        self._file.close()


class _LockSlots:
    """Slots on any number of machines: an advisory lock each, held by a connection."""

    def __init__(self, url: str) -> None:
        self._url = url

    def take(self, number: int) -> "_LockSlot | None":
        connection = psycopg.connect(self._url, autocommit=True)
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, number)
        ).fetchone()
        if row == (True,):
            return _LockSlot(connection)
        connection.close()
        return None


class _LockSlot:
    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection

    def held(self) -> bool:
        with suppress(psycopg.Error):
            self._connection.execute("SELECT 1")
        return not self._connection.closed

    def give_back(self) -> None:
        self._connection.close()
