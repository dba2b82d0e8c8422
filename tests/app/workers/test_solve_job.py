"""One solve in a worker, whatever becomes of its children and of the database."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import write_event
from app.settings import Settings
from app.store import events, schedules, solve_progress, solves
from app.store.engine import Store
from app.store.solves import StoredSolve
from app.workers import solve_job, stuck_child
from app.workers.solve_job import SolveJob
from schemas.event import Event
from schemas.solve import Solve, SolveRequest
from tests.databases import settings_on
from tests.processes import crowd
from tests.stored import opened

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_on("sqlite", tmp_path)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with opened(settings) as store:
        yield store


@pytest.fixture
async def solving(settings: Settings, store: Store) -> AsyncIterator[SolveJob]:
    solving = SolveJob(settings, store)
    yield solving
    solving.close()


async def queued_for(store: Store, seconds: float) -> StoredSolve:
    """A solve of so many seconds, queued."""
    async with store.write() as connection:
        event = Event.model_validate(crowd(12, 3), strict=False)
        stored = await events.add(connection, "acme", write_event(event))
        return await solves.add(connection, stored.id, "solve", SolveRequest(seconds=seconds), 1)


@pytest.fixture
async def solve(store: Store) -> StoredSolve:
    return await queued_for(store, 0.1)


async def told(store: Store, solve: StoredSolve) -> Solve:
    """The solve as a caller sees it now."""
    async with store.read() as connection:
        found = await solves.find(connection, solve.id)
    assert found is not None
    return found.solve()


@pytest.fixture
def harmed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[int]]:
    """Have the first children that are given an order sent a signal; returns all that are."""
    monkeypatch.setattr(stuck_child, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(stuck_child, "SECONDS_ASLEEP", 0.1)

    def harm(name: str, times: int) -> list[int]:
        children = list[int]()

        async def watch(pid: int, seconds: float) -> None:
            children.append(pid)
            if len(children) <= times:
                os.kill(pid, getattr(signal, name))
            await stuck_child.kill_if_stuck(pid, seconds)

        monkeypatch.setattr(solve_job, "kill_if_stuck", watch)
        return children

    return harm


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP"])
async def test_a_solve_outlives_its_child(
    store: Store, solving: SolveJob, solve: StoredSolve, harmed: Any, name: str
) -> None:
    children = harmed(name, 1)
    await solving.run(solve.id)
    assert (await told(store, solve)).state == "done"
    assert len(set(children)) == 2


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP"])
async def test_a_solve_whose_children_all_end_says_so(
    store: Store, solving: SolveJob, solve: StoredSolve, harmed: Any, name: str
) -> None:
    children = harmed(name, 2)
    await solving.run(solve.id)
    ended = await told(store, solve)
    assert (ended.state, len(children)) == ("failed", 2)
    (reason,) = ended.conflict
    assert reason.code == "process_ended"
    assert "twice" in reason.message


async def test_a_child_has_the_time_of_its_own_solve_and_some_for_each_attendee(
    solving: SolveJob, solve: StoredSolve, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = list[float]()

    async def note(_: int, seconds: float) -> None:
        given.append(seconds)

    monkeypatch.setattr(solve_job, "kill_if_stuck", note)
    await solving.run(solve.id)
    assert given == [pytest.approx(0.1 + 30 + 12 * 0.3)]


class FullDisk:
    """A database that takes nothing as often as told; ``refused`` is what it was asked to take."""

    def __init__(self, times: int) -> None:
        self.times, self.refused = times, 0

    def take(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def taken(connection: AsyncConnection, *arguments: Any, **named: Any) -> Any:
            if self.refused < self.times:
                self.refused += 1
                raise OperationalError("", None, Exception("database or disk is full"))
            return await function(connection, *arguments, **named)

        return taken


async def test_what_came_of_a_solve_waits_until_it_can_be_stored(
    store: Store, solving: SolveJob, solve: StoredSolve, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(3)
    monkeypatch.setattr(solve_job, "SECONDS_BETWEEN_TRIES", 0.01)
    monkeypatch.setattr(schedules, "add", disk.take(schedules.add))
    await solving.run(solve.id)
    ended = await told(store, solve)
    assert (ended.state, ended.version, disk.refused) == ("done", 1, 3)


async def test_a_solve_is_begun_once_the_database_is_back(
    store: Store, solving: SolveJob, solve: StoredSolve, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(3)
    monkeypatch.setattr(solve_job, "SECONDS_BETWEEN_TRIES", 0.01)
    monkeypatch.setattr(events, "progress", disk.take(events.progress))
    await solving.run(solve.id)
    assert disk.refused == 3
    assert (await told(store, solve)).state == "done"


async def test_one_does_not_wait_for_the_database_for_ever(
    solving: SolveJob, solve: StoredSolve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solve_job, "SECONDS_BETWEEN_TRIES", 0.01)
    monkeypatch.setattr(solve_job, "SECONDS_OF_PATIENCE", 0.1)
    monkeypatch.setattr(schedules, "add", FullDisk(10**6).take(schedules.add))
    async with asyncio.timeout(60):
        with pytest.raises(OperationalError):
            await solving.run(solve.id)


async def test_a_search_goes_on_though_its_progress_is_lost(
    store: Store, solving: SolveJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve, disk = await queued_for(store, 1.0), FullDisk(1)
    monkeypatch.setattr(solve_progress, "add", disk.take(solve_progress.add))
    monkeypatch.setattr(
        solve_job, "SECONDS_OF_PATIENCE", -1
    )  # what is lost at the end is not mended
    await solving.run(solve.id)
    assert disk.refused == 1
    assert (await told(store, solve)).state == "done"


async def test_a_solve_that_cannot_be_carried_out_says_so(
    store: Store, solving: SolveJob, solve: StoredSolve
) -> None:
    await solving.fail(solve.id)
    ended = await told(store, solve)
    assert (ended.state, [reason.code for reason in ended.conflict]) == ("failed", ["given_up"])
    await solving.fail(solve.id)
    assert await told(store, solve) == ended
