"""Readiness: what is told of a database and of workers, how soon, and for how few looks."""

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.service import readiness
from app.service.readiness import Condition, ReadinessProbe
from app.settings import Settings
from app.store import leases
from app.store.engine import Store
from app.workers.slots import WorkerSlot, slots_of
from tests.databases import SQLITE_ONLY, settings_on
from tests.stored import opened

pytestmark = pytest.mark.anyio

READY = Condition(database=True, worker=True)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return settings_on(database, tmp_path)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with opened(settings) as store:
        yield store


@pytest.fixture
async def probe(settings: Settings, store: Store) -> AsyncIterator[ReadinessProbe]:
    probe = ReadinessProbe(settings, store)
    yield probe
    await probe.close()


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is a look, and one waits for it."""
    monkeypatch.setattr(readiness, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 60.0)


@pytest.fixture
async def worker(settings: Settings, store: Store) -> AsyncIterator[WorkerSlot]:
    """The slot of a worker that has said a moment ago that it lives."""
    slot = slots_of(settings).take(1)
    assert slot is not None
    async with store.write() as connection:
        await leases.take(connection, leases.WORKER + "worker-1", "worker-1", 3600)
    yield slot
    slot.give_back()


async def test_with_a_worker_and_room_all_is_ready(
    probe: ReadinessProbe, worker: WorkerSlot
) -> None:
    assert await probe.condition() == READY


async def test_a_worker_that_has_ended_is_missed_at_once(
    probe: ReadinessProbe, worker: WorkerSlot
) -> None:
    worker.give_back()  # as the system does when its process ends
    assert await probe.condition() == Condition(database=True, worker=False)


async def test_a_worker_that_says_nothing_is_missed(
    store: Store, probe: ReadinessProbe, worker: WorkerSlot
) -> None:
    async with store.write() as connection:
        await leases.take(connection, leases.WORKER + "worker-1", "worker-1", -1)
    assert await probe.condition() == Condition(database=True, worker=False)


async def test_a_look_leaves_nothing(store: Store, probe: ReadinessProbe) -> None:
    await probe.condition()
    async with store.read() as connection:
        assert await leases.live(connection, "") == []


@SQLITE_ONLY
async def test_a_disk_with_hardly_any_room_is_full(
    probe: ReadinessProbe, worker: WorkerSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    assert await probe.condition() == Condition(database=False, worker=True)


@SQLITE_ONLY
async def test_what_cannot_be_written_is_no_database(
    probe: ReadinessProbe, worker: WorkerSlot
) -> None:
    with _no_file_may_grow():
        assert await probe.condition() == Condition(database=False, worker=True)
    assert await probe.condition() == READY


@contextmanager
def _no_file_may_grow() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@SQLITE_ONLY
async def test_nobody_waits_for_a_database_that_is_locked(
    settings: Settings, probe: ReadinessProbe, worker: WorkerSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.1)
    with closing(sqlite3.connect(settings.data / "tertius.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(15):  # half as long as the database is waited for elsewhere
            assert await probe.condition() == Condition(database=False, worker=False)
        other.rollback()
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 60.0)
    assert await probe.condition() == READY


async def test_one_look_a_second_serves_all_who_ask(
    store: Store, probe: ReadinessProbe, worker: WorkerSlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, live = list[str](), leases.live

    async def counted(*asked: object) -> list[str]:
        looks.append("look")
        return await live(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(leases, "live", counted)
    monkeypatch.setattr(readiness, "SECONDS_BETWEEN_LOOKS", 3600.0)
    answers = await asyncio.gather(*(probe.condition() for _ in range(100)))
    assert {*answers, await probe.condition()} == {READY}
    assert looks == ["look"]
