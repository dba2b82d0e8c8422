"""The service as it is run: processes of its own, spoken to over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from app.settings import Settings
from tests.documented import check_documented

ROOT = Path(__file__).resolve().parents[1]
TERTIUS = "from app.cli import main; main()"
PATIENCE = 60.0
"""Seconds until something awaited counts as missing; generous, for machines that are busy."""

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first truthy value of ``condition``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain")


@dataclass
class RunningService:
    """A process and what it has logged."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def lives(self) -> bool:
        """True; an error that shows the log if it has ended."""
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        return True

    def descendants(self) -> list[int]:
        """The ids of all processes below this one, the oldest first."""
        parents = dict(_parents())
        below, more = set[int](), {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in more}:
            below |= more
        return sorted(below)

    def kill(self) -> None:
        """End it as a crash would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def logged(self, **fields: Any) -> list[dict[str, Any]]:
        """The log lines that have these fields."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [row for row in rows if row.items() >= fields.items()]


class Site:
    """A folder and a database with the processes that use them; all are gone at the end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._running: list[RunningService] = []
        self._clients: list[Client] = []

    def start(self, *arguments: str, **environment: str) -> RunningService:
        """Run a command of ``tertius``."""
        log = self.settings.data / f"process-{len(self._running)}.log"
        self.settings.data.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-c", TERTIUS, *arguments],
                cwd=ROOT,
                env=self._environment() | environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self._running.append(RunningService(process, log))
        return self._running[-1]

    def api(self, *arguments: str, **environment: str) -> tuple[RunningService, "Client"]:
        """Run an api, with one worker unless told otherwise, and wait until it answers."""
        port = _free_port()
        api = self.start("serve", "--port", str(port), *arguments, **environment)
        client = Client(f"http://127.0.0.1:{port}")
        self._clients.append(client)
        until(lambda: api.lives() and client.answers())
        return api, client

    def worker(self, **environment: str) -> RunningService:
        """Run a worker and wait until it is ready."""
        worker = self.start("worker", **environment)
        until(lambda: worker.lives() and worker.logged(event="ready"))
        return worker

    def close(self) -> None:
        """Kill what still runs."""
        for client in self._clients:
            client.http.close()
        for running in self._running:
            if running.process.poll() is None:
                running.kill()

    def _environment(self) -> dict[str, str]:
        given = {"TERTIUS_DATA": str(self.settings.data), "PYTHONPATH": str(ROOT)}
        if self.settings.database_url is not None:
            given["TERTIUS_DATABASE_URL"] = self.settings.database_url.get_secret_value()
        if self.settings.master_key is not None:
            given["TERTIUS_MASTER_KEY"] = self.settings.master_key.get_secret_value()
        if self.settings.master_key_file is not None:
            given["TERTIUS_MASTER_KEY_FILE"] = str(self.settings.master_key_file)
        given["PYTHONDONTWRITEBYTECODE"] = ""  # the next process starts faster
        given["TERTIUS_IMPROVEMENT_WORK"] = (
            "0"  # where it is not asked for, it would come by chance
        )
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TERTIUS_")}
        return kept | given


@contextmanager
def site(settings: Settings) -> Iterator[Site]:
    """A site whose processes end with the context."""
    opened = Site(settings)
    try:
        yield opened
    finally:
        opened.close()


class Client:
    """A caller of the service who expects to be understood."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(
            base_url=address, timeout=PATIENCE, event_hooks={"response": [check_documented]}
        )

    def answers(self) -> bool:
        """Whether the service takes requests."""
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def ready(self) -> bool:
        """Whether there is a worker, too."""
        return self.http.get("/readyz").status_code == 200

    def get(self, url: str) -> Any:
        """What an address holds."""
        answer = self.http.get(url)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, url: str, body: Any = None, status: int = 200, **headers: str) -> httpx.Response:
        """A POST that is answered with ``status``."""
        answer = self.http.post(url, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    def event(self, **fields: Any) -> str:
        """The address of a new event."""
        return self.post("/v1/events", fields, 201).headers["Location"]

    def solve(self, event: str, **request: Any) -> str:
        """The address of a new solve."""
        return self.post(f"{event}/solves", request, 202).headers["Location"]

    def ended(self, solve: str) -> Any:
        """The solve once it has ended."""
        return until(lambda: self._if_ended(solve))

    def published(self, event: str) -> int:
        """The version of a schedule that is solved and published."""
        solve = self.ended(self.solve(event, work=1))
        assert solve["state"] == "done", solve
        version: int = solve["version"]
        self.post(f"{event}/schedules/{version}/publish")
        return version

    def report(self, event: str, *incidents: dict[str, Any], **headers: str) -> httpx.Response:
        """The answer to incidents."""
        answer = self.http.post(
            f"{event}/incidents", json={"incidents": incidents}, headers=headers
        )
        assert answer.status_code in (200, 202), answer.text
        return answer

    def _if_ended(self, solve: str) -> Any:
        found = self.get(solve)
        return None if found["state"] in ("queued", "running") else found


@dataclass(frozen=True)
class Sse:
    """One server-sent event."""

    id: int
    event: str
    data: dict[str, Any]


def watched(client: Client, solve: str, after: int | None = None) -> Iterator[Sse]:
    """The events of a solve's progress, as they come."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with client.http.stream("GET", f"{solve}/progress", headers=headers) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in stream.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                yield Sse(
                    int(fields["id"]), fields.get("event", "message"), json.loads(fields["data"])
                )
                fields = {}


def crowd(people: int, rounds: int, **fields: Any) -> dict[str, Any]:
    """An event in which everybody gains from many, too rich to be solved to the end at once."""
    ids = [f"a{k:03}" for k in range(people)]
    benefits = [
        {"attendee": i, "partner": j, "value": (1 + 7919 * (a + 31) * (b + 17) % 1000) / 1000}
        for a, i in enumerate(ids)
        for b, j in enumerate(ids)
        if i != j
    ]
    return {
        "attendees": [{"id": i} for i in ids],
        "rounds": {"count": rounds},
        "benefits": benefits,
        **fields,
    }


def _parents() -> Iterator[tuple[int, int]]:
    """Every process with its parent, by id."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), int((folder / "stat").read_text().rpartition(")")[2].split()[1])


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
