"""Signals between processes: heard by all others, harmless when stale, back after a restart."""

import asyncio
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from app.settings import Settings
from app.store.commit_signal import CommitSignal
from app.store.engine import Store
from app.workers import wake
from app.workers.waiting import in_background
from app.workers.wake import _Relay, shared_signal
from tests.databases import settings_on

pytestmark = pytest.mark.anyio

PATIENCE = 30.0


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return settings_on(database, tmp_path)


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[tuple[Store, asyncio.Event]]:
    """A store as one process has it, and whether a commit was signalled."""
    store, signalled = Store(settings), asyncio.Event()
    async with shared_signal(settings, store):
        with store.committed.received_by(signalled.set):
            yield store, signalled
    await store.close()


async def write(store: Store) -> None:
    async with store.write() as connection:
        await connection.execute(sa.text("SELECT 1"))


async def both_listen(one: Store, signalled: asyncio.Event) -> None:
    """Wait until what ``one`` writes is heard, however long the other takes to listen."""
    async with asyncio.timeout(PATIENCE):
        while not signalled.is_set():
            await write(one)
            await asyncio.sleep(0.02)


async def test_what_one_process_writes_rings_in_the_others(settings: Settings) -> None:
    async with (
        process(settings) as (one, own),
        process(settings) as (_, other),
        process(settings) as (_, third),
    ):
        await both_listen(one, other)
        await both_listen(one, third)
        assert own.is_set()


async def test_what_is_heard_rings_here_and_is_not_passed_on() -> None:
    signal, signals, calls = CommitSignal(), list[str](), list[str]()
    called = asyncio.Event()

    async def call() -> None:
        calls.append("called")
        called.set()

    relay = _Relay(signal)
    async with in_background(relay.pass_on(call)):
        with (
            signal.received_by(relay.sent_here),
            signal.received_by(lambda: signals.append("signalled")),
        ):
            relay.received()
            await asyncio.sleep(0)
            assert (signals, calls) == (["signalled"], [])
            signal.send()
            await called.wait()
    assert (len(signals), len(calls)) == (2, 1)


async def test_those_that_come_close_together_are_one_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wake, "SECONDS_BETWEEN_CALLS", 0.0)
    relay, calls = _Relay(CommitSignal()), list[int]()

    async def call() -> None:
        calls.append(len(calls))
        if calls == [0]:  # written while the others are called
            relay.sent_here()
            relay.sent_here()
        else:
            called.set()

    called = asyncio.Event()
    async with in_background(relay.pass_on(call)):
        relay.sent_here()
        relay.sent_here()
        await called.wait()
    assert calls == [0, 1]


DIES = """
import os, socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])
os._exit(0)
"""


async def test_sockets_of_the_dead_do_no_harm_and_go(tmp_path: Path) -> None:
    settings = settings_on("sqlite", tmp_path)
    async with process(settings) as (one, _), process(settings) as (_, other):
        folder = tmp_path / wake.FOLDER
        subprocess.run([sys.executable, "-c", DIES, str(folder / "1-dead")], check=True)
        assert len(list(folder.iterdir())) == 3
        await both_listen(one, other)
        assert len(list(folder.iterdir())) == 2
    assert not list(folder.iterdir())


async def test_sockets_are_for_their_owner_alone(tmp_path: Path) -> None:
    async with process(settings_on("sqlite", tmp_path)):
        folder = tmp_path / wake.FOLDER
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600]


async def test_a_listener_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    settings = settings_on("sqlite", tmp_path)
    async with process(settings) as (one, _), process(settings) as (_, other):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
            deaf.bind(str(tmp_path / wake.FOLDER / "0-deaf"))
            deaf.setblocking(False)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
                filler.setblocking(False)
                with suppress(BlockingIOError):
                    while True:
                        filler.sendto(b"!", str(tmp_path / wake.FOLDER / "0-deaf"))
            await both_listen(one, other)


async def test_a_folder_with_a_long_name_will_do(tmp_path: Path) -> None:
    settings = settings_on("sqlite", tmp_path / ("long" * 40))
    async with process(settings) as (one, _), process(settings) as (_, other):
        await both_listen(one, other)


async def test_where_no_socket_can_be_the_process_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / wake.FOLDER).write_text("no folder")
    async with process(settings_on("sqlite", tmp_path)) as (one, own):
        await write(one)
        assert own.is_set()


async def test_a_broken_connection_is_made_anew(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wake, "SECONDS_BETWEEN_CONNECTIONS", 0.01)
    settings = settings_on(postgres, tmp_path)
    async with process(settings) as (one, _), process(settings) as (_, other):
        await both_listen(one, other)
        other.clear()
        with psycopg.connect(settings.jobs_url, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                f" AND query = 'LISTEN {wake.CHANNEL}'"
            ).fetchall()
        assert len(ended) == 2
        await asyncio.wait_for(other.wait(), PATIENCE)  # for something may have been said meanwhile
        other.clear()
        await both_listen(one, other)
