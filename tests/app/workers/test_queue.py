"""Solves as durable jobs: a service and its worker as processes, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.store import solve_progress
from app.store.engine import Store
from app.store.solves import StoredSolve
from app.workers import poller
from app.workers.child_pool import ChildPool
from app.workers.queue import Jobs
from schemas.solve import Progress
from tests.databases import settings_on
from tests.processes import Client, crowd, site, until, watched
from tests.stored import opened, queued, update


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("jobs")
    with site(settings_on(database, folder)) as running:
        _, client = running.api()
        until(client.ready)
        yield client


def test_a_solve_is_watched_to_its_end_and_leaves_a_draft(client: Client) -> None:
    event = client.event(**crowd(24, 5))
    solve = client.solve(event, seconds=1.5)
    *progress, end = watched(client, solve)
    assert [sent.id for sent in progress] == list(range(len(progress)))
    assert all(sent.event == "message" for sent in progress)
    objectives = [sent.data["objective"] for sent in progress]
    assert objectives == sorted(objectives)
    assert end.event == "end"
    assert end.data == client.get(solve)
    assert (end.data["state"], end.data["version"]) == ("done", 1)
    schedule = client.get(f"{event}/schedules/1")
    assert schedule["status"] == "draft"
    assert schedule["quality"]["objective"] == end.data["objective"] == objectives[-1]


def test_a_watcher_who_returns_is_sent_only_what_is_new(client: Client) -> None:
    solve = client.solve(client.event(**crowd(24, 5)), seconds=1)
    everything = list(watched(client, solve))
    assert list(watched(client, solve, after=everything[0].id)) == everything[1:]
    assert [sent.event for sent in watched(client, solve, after=10**8)] == ["end"]


def test_two_watchers_see_the_same(client: Client) -> None:
    solve = client.solve(client.event(**crowd(24, 5)), seconds=1)
    assert list(watched(client, solve)) == list(watched(client, solve))


def test_work_alone_gives_the_same_schedule_every_time(client: Client) -> None:
    event = client.event(**crowd(16, 4))
    first, second = (client.ended(client.solve(event, work=2_000)) for _ in range(2))
    assert first["version"] != second["version"]
    one, other = (client.get(f"{event}/schedules/{s['version']}") for s in (first, second))
    for schedule in (one, other):
        for name in ("version", "created_at"):
            del schedule[name]
        del schedule["quality"]["seconds"]
    assert one == other


def test_a_stopped_solve_keeps_its_best(client: Client) -> None:
    event = client.event(**crowd(60, 8))
    solve = client.solve(event, seconds=300)
    next(watched(client, solve))
    stopped = client.http.delete(solve).json()
    assert (stopped["state"], stopped["version"]) == ("stopped", 1)
    assert client.http.delete(solve).json() == stopped
    assert client.get(f"{event}/schedule")["quality"]["stopped_by"] == "stopped"


def test_a_solve_that_is_done_cannot_be_stopped(client: Client) -> None:
    event = client.event(**crowd(6, 2))
    solve = client.solve(event, work=1)
    done = client.ended(solve)
    answer = client.http.delete(solve)
    assert (answer.status_code, answer.json()) == (200, done)


def test_an_equal_solve_is_joined_while_it_is_unfinished(client: Client) -> None:
    event = client.event(**crowd(60, 8))
    solves = {client.solve(event, seconds=200) for _ in range(5)}
    assert len(solves) == 1
    client.http.delete(solves.pop())


def test_a_deleted_event_ends_its_solve(client: Client) -> None:
    event = client.event(**crowd(60, 8))
    solve = client.solve(event, seconds=300)
    next(watched(client, solve))
    tag = client.http.get(event).headers["ETag"]
    assert client.http.delete(event, headers={"If-Match": tag}).status_code == 204
    assert client.http.get(solve).status_code == 404
    following = client.event(**crowd(6, 2))
    assert client.ended(client.solve(following, work=1))["state"] == "done"


def test_repairs_do_not_wait_for_solves(client: Client) -> None:
    event = client.event(**crowd(8, 3))
    client.published(event)
    long = client.solve(client.event(**crowd(60, 8)), seconds=300)
    next(watched(client, long))
    answer = client.report(event, {"id": "1", "kind": "drop_out", "attendee": "a001"})
    assert answer.json()["status"] == "published"
    assert client.get(long)["state"] == "running"
    client.http.delete(long)


def test_no_body_asks_for_the_default_budget(client: Client) -> None:
    event = client.event(attendees=[{"id": "a"}, {"id": "b"}], rounds=[{}])
    answer = client.http.post(f"{event}/solves")
    assert answer.status_code == 202
    assert client.ended(answer.headers["Location"])["state"] == "done"


def test_more_time_than_one_may_ask_for_is_refused(client: Client) -> None:
    event = client.event(attendees=[{"id": "a"}], rounds=[{}])
    answer = client.post(f"{event}/solves", {"seconds": 601}, 422)
    assert answer.json()["errors"][0]["pointer"] == "/seconds"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(settings_on("sqlite", tmp_path)) as store:
        yield store


@pytest.fixture
async def jobs(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Jobs]:
    """The solves as an api has them that looks only after a commit."""
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 3600.0)
    running = Jobs(store, ChildPool(1))
    yield running
    await running.close()


async def find(store: Store, solve: StoredSolve, *numbers: int) -> None:
    """Have progress found."""
    for number in numbers:
        async with store.write() as connection:
            told = Progress(seconds=1, work=number, objective=1, upper_bound=2, gap=0.5)
            await solve_progress.add(connection, solve.id, told.model_dump_json())


async def numbers_of(
    jobs: Jobs, solve: StoredSolve, after: int = -1
) -> Sequence[tuple[int, float]]:
    watching = jobs.watch(solve.id, after)
    return [(number, Progress.model_validate_json(told).work) async for number, told in watching]


@pytest.mark.anyio
async def test_nobody_looks_any_more_after_a_solve_was_stopped(store: Store, jobs: Jobs) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    stopping = asyncio.create_task(jobs.stop(solve, 60))
    async with asyncio.timeout(60):
        while jobs._ends.idle:
            await asyncio.sleep(0.01)
        await update(store, solve, state="stopped")
        assert (await stopping).state == "stopped"
        assert jobs._ends._looking is not None
        await jobs._ends._looking  # which comes to its end
    assert jobs._ends.idle


@pytest.mark.anyio
async def test_watchers_of_one_solve_cost_one_look(
    store: Store, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, after = list[Any](), solve_progress.after

    async def counted(*asked: Any) -> Any:
        reads.append(asked)
        return await after(*asked)

    monkeypatch.setattr(solve_progress, "after", counted)
    solve = await queued(store)
    watching = [asyncio.create_task(numbers_of(jobs, solve)) for _ in range(20)]
    await find(store, solve, 7, 8)
    await update(store, solve, state="done")
    assert await asyncio.gather(*watching) == [[(0, 7), (1, 8)]] * 20
    assert len(reads) <= 6


@pytest.mark.anyio
async def test_watchers_at_different_places_cost_one_read(
    store: Store, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, after = list[Any](), solve_progress.after

    async def counted(*asked: Any) -> Any:
        reads.append(asked[1:])
        return await after(*asked)

    monkeypatch.setattr(solve_progress, "after", counted)
    solve = await queued(store)
    await find(store, solve, *range(8))
    behind = [asyncio.create_task(numbers_of(jobs, solve, k)) for k in range(5)]
    ahead = [asyncio.create_task(numbers_of(jobs, solve, 100 + k)) for k in range(5)]
    async with asyncio.timeout(60):
        while {after for _, after in _places(jobs)} != {7, *range(100, 105)}:
            await asyncio.sleep(0.01)
        assert reads == [(solve.id, 0)]
        await update(store, solve, state="done")
        assert await asyncio.gather(*behind) == [
            [(n, n) for n in range(k + 1, 8)] for k in range(5)
        ]
        assert await asyncio.gather(*ahead) == [[]] * 5


def _places(jobs: Jobs) -> list[Any]:
    """How far whoever waits has come."""
    return [place for place, _ in jobs._pages._waiting]


@pytest.mark.anyio
async def test_who_watches_sees_all_of_a_solve_that_has_ended(store: Store, jobs: Jobs) -> None:
    solve = await queued(store)
    await find(store, solve, 3, 4, 5)
    await update(store, solve, state="done")
    assert await numbers_of(jobs, solve) == [(0, 3), (1, 4), (2, 5)]
    assert await numbers_of(jobs, solve, after=1) == [(2, 5)]
    assert await numbers_of(jobs, solve, after=2) == []
