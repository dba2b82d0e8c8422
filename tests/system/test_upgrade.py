"""A database of any earlier step opens today, with all it holds, however often that is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from app.store import events, incidents, schedules, solves
from app.store.engine import Store
from tests.app.store.old_tables import (
    EVENT,
    ID,
    INCIDENT,
    OTHER,
    counts,
    fill,
    steps,
    upgrade_to,
)
from tests.databases import MASTER_KEY, settings_on
from tests.processes import ROOT

SOAK = bool(os.environ.get("TERTIUS_SOAK"))
STATEMENTS = range(1, 1_000) if SOAK else (2, 40)


@pytest.mark.parametrize("step", steps())
def test_a_database_of_each_step_is_read_today(step: str, database: str, tmp_path: Path) -> None:
    settings = settings_on(database, tmp_path)
    before = asyncio.run(left_by(settings, step))
    asyncio.run(check_all_is_there(settings, before))


def test_nothing_that_an_earlier_release_left_stays_readable(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    before = asyncio.run(left_by(settings, "0019"))
    words = (b"drop_out", b'"attendees"', b'"held"')
    old = (tmp_path / "tertius.db").read_bytes()
    assert [word for word in words if word not in old] == []
    asyncio.run(check_all_is_there(settings, before))
    new = (tmp_path / "tertius.db").read_bytes()
    assert [word for word in words if word in new] == []


@pytest.mark.parametrize("killed_at", STATEMENTS)
def test_a_migration_that_is_killed_is_finished_by_the_next(
    killed_at: int, database: str, tmp_path: Path
) -> None:
    settings = settings_on(database, tmp_path)
    before = asyncio.run(left_by(settings, steps()[0]))
    code = migrate_in_a_process(settings, killed_at)
    assert code in ((0, -signal.SIGKILL) if SOAK else (-signal.SIGKILL,))
    asyncio.run(check_all_is_there(settings, before))


def migrate_in_a_process(settings: Settings, killed_at: int) -> int:
    """The exit code of a process that migrates, and is killed at a statement."""
    url = settings.database_url
    ours = {"TERTIUS_DATA": str(settings.data), "PYTHONPATH": str(ROOT)}
    ours |= {"TERTIUS_DATABASE_URL": url.get_secret_value()} if url else {}
    ours |= {"TERTIUS_MASTER_KEY": MASTER_KEY}
    words = [sys.executable, "-m", "tests.app.store.old_tables", str(killed_at)]
    return subprocess.run(words, cwd=ROOT, env=os.environ | ours, check=False).returncode


async def left_by(settings: Settings, step: str) -> dict[str, int]:
    """A database of a step with rows in it; returns how many each table has."""
    store = Store(settings)
    async with store.write() as connection:
        await connection.run_sync(upgrade_to, step)
        await connection.run_sync(fill)
        found = await connection.run_sync(counts)
    await store.close()
    return found


async def check_all_is_there(settings: Settings, before: dict[str, int]) -> None:
    """What an earlier step has left is read after the tables are brought up to date."""
    store = Store(settings)
    await store.migrate()
    async with store.read() as connection:
        event = await events.find(connection, ID, "acme")
        schedule = await schedules.published(connection, ID)
        solve = await solves.find(connection, OTHER)
        log = await incidents.log(connection, ID)
        after = await connection.run_sync(counts)
    await store.close()
    assert event is not None
    assert (await event.event()).name == EVENT.name
    assert schedule is not None
    assert solve is not None
    assert solve.state == "done"
    assert [row.id for row in log] == [INCIDENT.id]
    assert {name: after[name] for name in before} == before
