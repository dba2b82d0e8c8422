"""What was acknowledged is not lost, whatever is killed, and nothing is done twice."""

import asyncio
import json
import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import httpx
import pytest

from app.planning.document import write_event
from app.settings import Settings
from app.store import events, schedules, solves
from app.store.engine import Store
from app.workers.solve_job import SolveJob
from schemas.event import Event
from schemas.solve import SolveRequest
from tests.databases import settings_on
from tests.processes import Client, RunningService, Site, crowd, site, until, watched

RICH = crowd(60, 8)
ROOM_LEFT = 64 * 1024
"""Bytes to which files may grow on a disk that is full: enough for a log."""
KILLS = 40 if os.environ.get("TERTIUS_SOAK") else 3


@pytest.fixture
def place(database: str, tmp_path: Path) -> Iterator[Site]:
    with site(settings_on(database, tmp_path)) as running:
        yield running


def begun(worker: RunningService, solve: str) -> bool:
    """Whether a worker has taken up a solve."""
    return bool(worker.logged(event="begun", solve=solve.rpartition("/")[2]))


def gone(process: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_a_solve_outlives_its_worker_and_is_done_once(place: Site) -> None:
    _, client = place.api("--workers", "0")
    worker = place.worker()
    event = client.event(**RICH)
    solve = client.solve(event, seconds=4)
    next(watched(client, solve))
    worker.kill()
    assert client.get(solve)["state"] == "running"
    place.worker()
    ended = client.ended(solve)
    assert (ended["state"], ended["version"]) == ("done", 1)
    assert [row["version"] for row in client.get(f"{event}/schedules")["schedules"]] == [1]
    assert list(watched(client, solve))[-1].event == "end"


def test_another_worker_takes_over_from_a_dead_one(place: Site) -> None:
    _, client = place.api("--workers", "0")
    workers = [place.worker(), place.worker()]
    event = client.event(**RICH)
    solve = client.solve(event, seconds=4)
    next(watched(client, solve))
    first = next(worker for worker in workers if begun(worker, solve))
    other = next(worker for worker in workers if worker is not first)
    first.kill()
    until(lambda: begun(other, solve))
    ended = client.ended(solve)
    assert (ended["state"], ended["version"]) == ("done", 1)


def test_what_was_acknowledged_is_there_after_the_api_is_killed(place: Site) -> None:
    api, client = place.api("--workers", "0")
    event = client.event(**RICH)
    solve = client.solve(event, seconds=1)
    api.kill()
    _, client = place.api()
    assert len(client.get(event)["attendees"]) == 60
    assert list(watched(client, solve))[-1].data["state"] == "done"


def test_nothing_is_lost_however_often_a_worker_is_killed(place: Site) -> None:
    _, client = place.api("--workers", "0")
    worker, chance = place.worker(), Random(11)
    event = client.event(**crowd(30, 5))
    client.published(event)
    asked, told = [], 0
    for kill in range(KILLS):
        for _ in range(chance.randint(1, 3)):
            client.report(event, _whim(chance, told), Prefer=f"wait={chance.randint(0, 1)}")
            told += 1
        until(lambda: _has_room(client, event))
        asked.append(client.solve(event, seconds=chance.choice((0.1, 0.5)), seed=kill))
        time.sleep(chance.random())  # a crash keeps no appointments
        worker.kill()
        worker = place.worker()
    assert {client.ended(solve)["state"] for solve in asked} == {"done"}
    assert client.report(event, _whim(chance, told)).status_code == 200
    made = [solve["version"] for solve in client.get(f"{event}/solves")["solves"]]
    kept = client.get(f"{event}/schedules")["schedules"]
    assert [row["version"] for row in kept] == list(range(len(kept), 0, -1))
    assert sorted(made) == sorted(row["version"] for row in kept)
    assert [row["status"] for row in kept].count("published") == 1
    assert len(client.get(f"{event}/incidents")["incidents"]) == told + 1


def _has_room(client: Client, event: str) -> bool:
    """Whether another solve of the event is accepted: so many unfinished ones are not."""
    states = [solve["state"] for solve in client.get(f"{event}/solves")["solves"]]
    return sum(state in ("queued", "running") for state in states) < 3


def _whim(chance: Random, number: int) -> dict[str, Any]:
    """Somebody goes or comes."""
    kind = chance.choice(("drop_out", "late_arrival"))
    return {"id": f"i{number}", "kind": kind, "attendee": f"a{chance.randrange(30):03}"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_solve_that_was_never_handed_over_is_found(place: Site) -> None:
    async def leave_a_row() -> str:
        store = Store(place.settings)
        await store.migrate()
        async with store.write() as connection:
            event = await events.add(connection, "local", write_event(as_event(RICH)))
            request = SolveRequest(work=1)
            solve = await solves.add(connection, event.id, "solve", request, event.revision)
        await store.close()
        return f"/v1/events/{event.id}/solves/{solve.id}"

    solve = asyncio.run(leave_a_row())
    _, client = place.api()
    assert client.ended(solve)["state"] == "done"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_service_starts_its_worker_again(place: Site) -> None:
    api, client = place.api()
    ready = until(lambda: api.logged(event="ready"))
    solve = client.solve(client.event(**RICH), seconds=2)
    next(watched(client, solve))
    os.kill(_child_of(api.process.pid, "app.workers.worker"), signal.SIGKILL)
    assert client.ended(solve)["state"] == "done"
    assert len(api.logged(event="ready")) > len(ready)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_worker_ends_with_the_service_that_started_it(place: Site) -> None:
    api, client = place.api()
    solve = client.solve(client.event(**RICH), seconds=300)
    next(watched(client, solve))
    family = _family(api.process.pid)
    assert len(family) > 3
    api.kill()
    until(lambda: all(gone(process) for process in family))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_service_ends_in_good_time_with_a_watcher_attached(place: Site) -> None:
    api, client = place.api()
    solve = client.solve(client.event(**RICH), seconds=300)
    stream = watched(client, solve)
    next(stream)
    watcher = Thread(target=lambda: _drained(stream))
    watcher.start()
    family = _family(api.process.pid)
    started = time.monotonic()
    api.process.terminate()
    assert api.process.wait(timeout=30) == 0
    assert time.monotonic() - started < 15
    watcher.join()
    until(lambda: all(gone(process) for process in family))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_solve_that_has_ended_is_not_kept_again(database: str, tmp_path: Path) -> None:
    versions = asyncio.run(_run_twice(settings_on(database, tmp_path)))
    assert versions == [1]


async def _run_twice(settings: Settings) -> list[int]:
    """The versions there are after a solve was carried out twice at once and once more."""
    store = Store(settings)
    await store.migrate()
    async with store.write() as connection:
        event = await events.add(connection, "local", write_event(as_event(crowd(8, 2))))
        solve = await solves.add(
            connection, event.id, "solve", SolveRequest(work=50), event.revision
        )
    solving = SolveJob(settings, store)
    await asyncio.gather(*(solving.run(solve.id) for _ in range(2)))
    await solving.run(solve.id)
    solving.close()
    async with store.read() as connection:
        rows = await schedules.listing(connection, event.id)
    await store.close()
    return [row.version for row in rows]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_solve_ends_once_the_disk_has_room_again(place: Site) -> None:
    _, client = place.api("--workers", "0")
    worker = place.worker()
    event = client.event(**RICH)
    solve = client.solve(event, seconds=3)
    next(watched(client, solve))
    _, most = resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (ROOM_LEFT, most))
    until(lambda: worker.logged(event="waits for the database"))
    assert client.get(solve)["state"] == "running"
    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (most, most))
    assert list(watched(client, solve))[-1].event == "end"
    ended = client.get(solve)
    assert (ended["state"], ended["version"]) == ("done", 1)


def as_event(document: dict[str, Any]) -> Event:
    return Event.model_validate_json(json.dumps(document))


def _drained(stream: Iterator[Any]) -> None:
    """Read until the service hangs up, in whatever way."""
    try:
        for _ in stream:
            pass
    except httpx.HTTPError:
        return


def _family(process: int) -> list[int]:
    """A process and everything that it started, and that started, and so on."""
    found = [process]
    for parent in found:
        found.extend(_children(parent))
    return found


def _child_of(process: int, words: str) -> int:
    """The child of a process whose command line has these words."""
    return next(
        child
        for child in _children(process)
        if words.encode() in Path(f"/proc/{child}/cmdline").read_bytes()
    )


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return sorted({int(child) for file in listed for child in file.read_text().split()})
