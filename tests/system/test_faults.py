"""Faults that come and go under a service that runs on: it refuses, says so, and is well again.

Nothing acknowledged is lost, nothing is published twice, and nobody has to start anything again.
"""

import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest

from tests.databases import SQLITE_ONLY, settings_on, start_postgres
from tests.processes import Client, RunningService, Site, crowd, site, until, watched
from tests.system.test_state_machine import SOAK

TIMES = 50 if SOAK else 2
"""How often each fault comes and goes."""
MOST_TRIES = 20
"""After so many a file would have grown."""
SECONDS_TO_BE_WELL = 5.0
SECONDS_STOPPED = 12.0 if SOAK else 3.0
"""How long a worker is stopped: where it counts, for longer than its lease lasts."""
DAY = crowd(8, 4)


@pytest.fixture
def place(database: str, tmp_path: Path) -> Iterator[Site]:
    with site(settings_on(database, tmp_path)) as running:
        yield running


class Taps:
    """Somebody who taps, and knows what was acknowledged."""

    def __init__(self, client: Client, event: str) -> None:
        self.client, self.event = client, event
        self.acknowledged = list[str]()
        self._sent = 0

    def tap(self) -> httpx.Response:
        """One tap more; what it is answered."""
        self._sent += 1
        kind = ("drop_out", "return")[self._sent % 2]
        tap = {"id": f"t{self._sent}", "kind": kind, "attendee": "a000"}
        answer = self.client.http.post(
            f"{self.event}/incidents",
            json={"incidents": [tap]},
            headers={"Prefer": "wait=0"},
        )
        if answer.status_code in (200, 202):
            self.acknowledged.append(tap["id"])
        return answer

    def is_taken(self) -> bool:
        return self.tap().status_code in (200, 202)

    def bring_a_crowd(self) -> httpx.Response:
        """One event more, for which the file has to grow."""
        return self.client.http.post("/v1/events", json=crowd(60, 4))

    def check_refusal(self, ask: Callable[[], httpx.Response]) -> None:
        """Expect one of the next requests to be refused, with a time to come again."""
        answers = (ask() for _ in range(MOST_TRIES))
        answer = next(row for row in answers if row.status_code not in (200, 201, 202))
        assert answer.status_code in (503, 507), answer.text
        assert int(answer.headers["Retry-After"]) > 0

    def check_recovery(self) -> None:
        """Expect the next taps to be taken soon, and all that were acknowledged to be there."""
        until(self.is_taken, SECONDS_TO_BE_WELL)
        log = [row["id"] for row in self.client.get(f"{self.event}/incidents")["incidents"]]
        assert set(self.acknowledged) <= set(log)
        assert len(log) == len(set(log))

    def check_end(self) -> None:
        """Expect every repair to end, and each version to be published once at most."""
        until(self._settled)
        listed = self.client.get(f"{self.event}/schedules")["schedules"]
        assert [row["version"] for row in listed] == list(range(len(listed), 0, -1))
        told = self.client.get(f"{self.event}/incidents")["published"]
        versions = [row["version"] for row in told]
        assert len(versions) == len(set(versions))
        states = {row["state"] for row in self.client.get(f"{self.event}/solves")["solves"]}
        assert states <= {"done", "stopped"}

    def _settled(self) -> bool:
        solves = self.client.get(f"{self.event}/solves")["solves"]
        return all(solve["state"] not in ("queued", "running") for solve in solves)


def tapping(client: Client) -> Taps:
    """Somebody who taps at an event with a published schedule."""
    event = client.event(**DAY)
    client.published(event)
    taps = Taps(client, event)
    assert taps.is_taken()
    return taps


@contextmanager
def full_disk(largest: int, *processes: int) -> Iterator[None]:
    """No file of these processes can grow beyond ``largest`` bytes."""
    for pid in processes:
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, most))
    try:
        yield
    finally:
        for pid in processes:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


@SQLITE_ONLY
def test_a_full_disk_is_refused_until_there_is_room(place: Site) -> None:
    api, client = place.api()
    taps = tapping(client)
    file = place.settings.data / "tertius.db"
    family = [api.process.pid, *(child.pid for child in _children(api))]
    for _ in range(TIMES):
        with full_disk(file.stat().st_size, *family):
            taps.check_refusal(taps.bring_a_crowd)
            assert client.get(taps.event)["held_rounds"] == 0
        taps.check_recovery()
    taps.check_end()
    assert api.lives()


def _children(service: RunningService) -> list[psutil.Process]:
    children: list[psutil.Process] = psutil.Process(service.process.pid).children(recursive=True)
    return children


@SQLITE_ONLY
def test_a_file_that_somebody_locks_is_waited_for(place: Site) -> None:
    api, client = place.api()
    taps = tapping(client)
    file = place.settings.data / "tertius.db"
    for _ in range(TIMES):
        with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            begun = time.monotonic()
            with pytest.raises(httpx.ReadTimeout):
                client.http.get(taps.event, timeout=0.5)
            assert client.http.get("/healthz").status_code == 200
            assert time.monotonic() - begun < SECONDS_TO_BE_WELL
        taps.check_recovery()
    taps.check_end()
    assert api.lives()


def test_a_lost_postgres_is_refused_until_it_is_back(tmp_path: Path) -> None:
    with TemporaryDirectory(prefix="tertius-") as folder:
        data = Path(folder) / "postgres"
        server = start_postgres(data)
        try:
            with site(settings_on(server.get_uri(), tmp_path)) as place:
                api, client = place.api()
                taps = tapping(client)
                for _ in range(TIMES):
                    _crash(data)
                    taps.check_refusal(taps.tap)
                    server = start_postgres(data)
                    taps.check_recovery()
                taps.check_end()
                assert api.lives()
        finally:
            server.cleanup()


def _crash(data: Path) -> None:
    """End a server as ``pg_ctl stop -m immediate`` does, and wait for it to be gone."""
    process = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    process.send_signal(signal.SIGQUIT)
    process.wait(30)


@SQLITE_ONLY
def test_a_stopped_worker_that_wakes_again_does_nothing_twice(place: Site) -> None:
    _, client = place.api("--workers", "0")
    workers = [place.worker(), place.worker()]
    event = client.event(**crowd(40, 6))
    solve = client.solve(event, seconds=2)
    next(watched(client, solve))
    for worker in workers:
        worker.process.send_signal(signal.SIGSTOP)
    time.sleep(SECONDS_STOPPED)
    other = place.worker()
    for worker in workers:
        worker.process.send_signal(signal.SIGCONT)
    ended = client.ended(solve)
    assert (ended["state"], ended["version"]) == ("done", 1)
    second = client.ended(client.solve(event, work=1))
    assert (second["state"], second["version"]) == ("done", 2)
    assert other.lives()
