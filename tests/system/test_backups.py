"""Backups while clients write: what is restored is what had been answered up to some moment since.

What each writer was answered is noted outside of the service. A writer counts: its event is named
after each write, and every tenth write is an event more. So what is restored tells to which write
of each writer the copy goes, and whether any before it is missing. How fast writes were answered
and how long a backup took is printed (``-s``).
"""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

import pytest

from app.settings import Settings
from app.store.backup import DATABASE, make_backup, restore_backup
from app.store.master_key import FILE as MASTER
from tests.processes import ROOT, TERTIUS, Client, Site, crowd, site, until, watched

BACKUPS = 50 if os.environ.get("TERTIUS_SOAK") else 2
WRITERS = 8
WRITES_A_SECOND = 200
EVENT_EVERY = 10
PERSON = {"attendees": [{"id": "a"}, {"id": "b"}], "rounds": [{}]}


@dataclass
class CountingWriter:
    """A client who writes one thing after the other, and notes what was answered."""

    name: str
    port: int
    over: Event
    asked: int = 0
    answered: int = 0
    place: str = ""
    fault: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._http = HTTPConnection("127.0.0.1", self.port, timeout=60)
        answer = self._send("POST", "/v1/events", {**PERSON, "name": f"{self.name}:0"}, {})
        self.place, self._tag = answer["Location"], answer["ETag"]

    def run(self) -> None:
        """Write until all is over, as often as all writers together shall."""
        begun = time.monotonic()
        try:
            for number in count(1):
                time.sleep(max(0, begun + number * WRITERS / WRITES_A_SECOND - time.monotonic()))
                if self.over.is_set():
                    return
                self.asked = number
                self._write(number)
                self.answered = number
        except BaseException as error:
            self.fault.append(error)
            raise
        finally:
            self._http.close()

    def _write(self, number: int) -> None:
        name = f"{self.name}:{number}"
        if number % EVENT_EVERY == 0:
            self._send("POST", "/v1/events", {**PERSON, "name": f"more {name}"}, {})
        kind = "application/merge-patch+json"
        headers = {"If-Match": self._tag, "Content-Type": kind}
        self._tag = self._send("PATCH", self.place, {"name": name}, headers)["ETag"]

    def _send(self, method: str, url: str, body: Any, headers: dict[str, str]) -> Any:
        typed = {"Content-Type": "application/json"} | headers
        self._http.request(method, url, json.dumps(body), typed)
        answer = self._http.getresponse()
        told = answer.read()
        assert answer.status in (200, 201), (answer.status, told)
        return answer.headers


@contextmanager
def writing(client: Client) -> Iterator[list[CountingWriter]]:
    """Writers at work while the context lasts; none of them may have been refused anything."""
    over = Event()
    port = client.http.base_url.port
    assert port is not None
    writers = [CountingWriter(f"w{number}", port, over) for number in range(WRITERS)]
    threads = [Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not [writer.fault for writer in writers if writer.fault]


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """A command, and what it says."""
    words = [sys.executable, "-c", TERTIUS, *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def tertius(*arguments: object) -> None:
    """A command that must succeed."""
    done = run(*arguments)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(Settings(data=tmp_path / "data")) as opened:
        yield opened


def test_a_backup_under_load_is_a_prefix_of_what_was_answered(place: Site, tmp_path: Path) -> None:
    _, client = place.api("--workers", "0")
    seconds, begun, sizes = [], time.monotonic(), []
    with writing(client) as writers:
        until(lambda: all(writer.answered > EVENT_EVERY for writer in writers))
        for number in range(BACKUPS):
            file, folder = tmp_path / f"{number}.backup", tmp_path / f"restored-{number}"
            before = {writer.name: writer.answered for writer in writers}
            asked_at = time.monotonic()
            sizes.append(make_backup(place.settings.data, file).bytes)
            seconds.append(time.monotonic() - asked_at)
            after = {writer.name: writer.asked for writer in writers}
            restore_backup(file, folder)
            check_prefix(folder, place.settings.data / MASTER, before, after)
            shutil.rmtree(folder)
        rate = sum(w.answered for w in writers) * 1.1 / (time.monotonic() - begun)
    print(f"\n{BACKUPS} backups of up to {max(sizes):,} bytes, {rate:.0f} writes answered a second")
    print(f"{median(seconds):.2f} s each, {max(seconds):.2f} at most")


def check_prefix(folder: Path, master: Path, before: dict[str, int], after: dict[str, int]) -> None:
    """A fresh service finds all writes of each writer up to one, which the backup did not miss."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with site(Settings(data=folder, master_key_file=master)) as place:
        _, client = place.api("--workers", "0")
        found = names(client)
        for writer in before:
            (reached,) = (int(name.split(":")[1]) for name in found if name.startswith(writer))
            assert before[writer] <= reached <= after[writer]
            more = {int(n.split(":")[1]) for n in found if n.startswith(f"more {writer}:")}
            sure = set(range(EVENT_EVERY, reached + 1, EVENT_EVERY))
            assert sure <= more <= sure | {reached + 1}
        client.event(**crowd(4, 2))


def names(client: Client) -> list[str]:
    """What all events are called."""
    found, cursor = [], ""
    while True:
        page = client.get(f"/v1/events?limit=200{cursor}")
        found += [row["name"] for row in page["events"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def test_solves_under_way_begin_again_and_those_that_ended_do_not(
    place: Site, tmp_path: Path
) -> None:
    _, client = place.api()
    event = client.event(**crowd(30, 5))
    done = client.solve(event, work=1)
    assert client.ended(done)["version"] == 1
    running = client.solve(event, seconds=60)
    next(watched(client, running))
    queued = client.solve(event, work=1)
    tertius("backup", tmp_path / "a.backup", "--data", place.settings.data)
    tertius("restore", tmp_path / "a.backup", "--data", tmp_path / "new")
    shutil.copy(place.settings.data / MASTER, tmp_path / "new")
    with site(Settings(data=tmp_path / "new")) as restored:
        _, again = restored.api()
        assert again.get(running)["state"] in ("queued", "running")
        next(watched(again, running))
        again.http.delete(running)
        assert again.ended(running)["state"] == "stopped"
        assert again.ended(queued)["state"] == "done"
        assert again.get(done)["version"] == 1
        versions = [row["version"] for row in again.get(f"{event}/schedules")["schedules"]]
        assert versions == [3, 2, 1]


def test_a_service_and_a_restore_keep_off_each_other(place: Site, tmp_path: Path) -> None:
    api, client = place.api()
    client.event(**crowd(4, 2))
    tertius("backup", tmp_path / "a.backup", "--data", place.settings.data)
    restoring = ("restore", tmp_path / "a.backup", "--replace", "--data", place.settings.data)
    refused = run(*restoring)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "stop it first" in refused.stderr
    api.kill()
    until(lambda: run(*restoring).returncode == 0)  # its worker may live for a moment
    _, client = place.api("--workers", "0")
    assert len(client.get("/v1/events")["events"]) == 1


def test_the_drill_of_the_page_works_as_it_stands_there(place: Site, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    (block,) = re.findall(r"<!-- drill -->\n```sh\n(.+?)\n```", page, re.DOTALL)
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    commands = [words for words in lines if words]
    assert len(commands) <= 3
    assert {words[0] for words in commands} == {"tertius"}
    _, client = place.api("--workers", "0")
    client.event(**crowd(4, 2), name="the day itself")
    ours = place.settings.data
    environment = os.environ | {"TERTIUS_DATA": str(ours), "PYTHONPATH": str(ROOT)}
    environment |= {"TERTIUS_MASTER_KEY_FILE": str(ours / MASTER)}
    *before, last = ([sys.executable, "-c", TERTIUS, *words[1:]] for words in commands)
    for words in before:
        subprocess.run(words, cwd=tmp_path, env=environment, check=True)
    served = subprocess.Popen(last, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    port = last[last.index("--port") + 1]
    drilled = Client(f"http://127.0.0.1:{port}")
    try:
        until(drilled.answers)
        assert [row["name"] for row in drilled.get("/v1/events")["events"]] == ["the day itself"]
    finally:
        drilled.http.close()
        served.terminate()
        served.wait()
