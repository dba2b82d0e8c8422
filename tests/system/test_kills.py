"""Kills at random moments, while several clients write: what was acknowledged is there, once.

What the clients were answered is recorded outside of the service. After every kill all of it must
be there, and after the last one everything must come to its end. How long the service and its
worker took to be there again is printed (``-s``): that is for a quiet machine to say.
"""

import os
import secrets
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from threading import Event
from typing import Any, NamedTuple

import httpx
import psutil

from app.settings import Settings
from tests.databases import settings_on
from tests.processes import PATIENCE, Client, Site, crowd, site, until
from tests.system.test_state_machine import SOAK, Service

KILLS, SEED = (200, secrets.randbelow(2**32)) if SOAK else (5, 5)
WRITERS = 3
PEOPLE, ROUNDS = 12, 4
EVENTS_AT_ONCE = 3
ANSWERS_AT_ONCE = 10
"""How many of the newest answers are asked for again after each kill; all are at the end."""
LONGEST_UNTIL_ENDED = 5 * PATIENCE
QUIET = 2 * float(Settings.model_fields["quiet_seconds"].default)
"""When nothing has been open for so many seconds, no repair is followed by anything any more."""
KINDS = ("api", "worker", "fork server", "child", "sleep")
"""What is killed; or a child is stopped, and goes on some seconds later."""
ANSWERS = {200, 201, 202, 409, 412, 429, 503}
"""All that a caller may be told who makes no mistake."""


class Fact(NamedTuple):
    """Something that is so since a client has asked for it."""

    event: str
    kind: str
    name: str


class KeyedAnswer(NamedTuple):
    """What a POST with a key was answered."""

    url: str
    body: Any
    status: int
    content: bytes
    place: str | None


@dataclass
class Ledger:
    """What clients have asked for, and what they were answered."""

    asked: set[Fact] = field(default_factory=set)
    acknowledged: set[Fact] = field(default_factory=set)
    answers: dict[str, KeyedAnswer] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    published: set[str] = field(default_factory=set)
    """Events of which some version is; before that, what makes drafts unfit is left out."""

    def of(self, event: str) -> set[Fact]:
        """What was acknowledged of an event until now."""
        return {fact for fact in self.acknowledged.copy() if fact.event == event}


class Stage:
    """The service that is killed, and what all who call it must know."""

    def __init__(self, place: Site) -> None:
        self.place = place
        self.service = Service(place)
        self.ledger = Ledger()
        self.over = Event()
        self.down = False

    @property
    def client(self) -> Client:
        return self.service.client

    def hangs_up(self, client: Client) -> bool:
        """Whether a connection of this client may break: only the death of an api does that."""
        return self.down or client is not self.client


class Writer:
    """A client who does one thing after another, and asks again where it is not answered."""

    names = count()

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage, self._ledger, self._chance = stage, stage.ledger, Random(seed)

    def run(self) -> None:
        """Write until all is over."""
        actions = (self.report, self.report, self.edit, self.edit, self.solve, self.publish)
        while not self._stage.over.is_set():
            self._chance.choice(actions)()
            if self._chance.random() < 0.01:
                self.add_event()
            time.sleep(self._chance.random() / 2)

    def add_event(self) -> None:
        fact = Fact("", "event", self._name("e"))
        self._ledger.asked.add(fact)
        body = crowd(PEOPLE, ROUNDS, name=fact.name)
        if place := self._post(fact.name, "/v1/events", body):
            self._ledger.acknowledged.add(fact)
            self._ledger.events.append(place)

    def report(self) -> None:
        """Somebody goes or comes, once there is a schedule for that day."""
        fact = Fact(self._event(), "incident", self._name("i"))
        if fact.event not in self._ledger.published:
            self.solve()
            return
        self._ledger.asked.add(fact)
        kind = self._chance.choice(("drop_out", "return", "late_arrival"))
        incident = {"id": fact.name, "kind": kind, "attendee": self._somebody()}
        wait = {"Prefer": f"wait={self._chance.randint(0, 1)}"}
        body = {"incidents": [incident]}
        self._note(fact, self._send("POST", f"{fact.event}/incidents", body, wait))

    def edit(self) -> None:
        """A label that stays, with a wish for fewer or more meetings."""
        fact = Fact(self._event(), "label", self._name("l"))
        self._ledger.asked.add(fact)
        seen = self._send("GET", fact.event)
        if seen is None:
            return
        change: dict[str, Any] = {"labels": {fact.name: "x"}}
        if fact.event in self._ledger.published:
            change["max_meetings"] = self._chance.randint(2, ROUNDS)
        headers = {"If-Match": seen.headers["ETag"], "Content-Type": "application/merge-patch+json"}
        url = f"{fact.event}/attendees/{self._somebody()}"
        self._note(fact, self._send("PATCH", url, change, headers))

    def solve(self) -> None:
        event, key = self._event(), self._name("s")
        seconds = self._chance.choice((0.1, 0.3, 1))
        place = self._post(key, f"{event}/solves", {"seconds": seconds, "seed": int(key[1:])})
        if place:
            self._ledger.acknowledged.add(Fact(event, "solve", place.rpartition("/")[2]))

    def publish(self) -> None:
        """One of the newest versions."""
        event = self._event()
        found = self._send("GET", f"{event}/schedules")
        newest = found.json()["schedules"][:3] if found else ()
        if newest:
            version = self._chance.choice(newest)["version"]
            if self._post(self._name("p"), f"{event}/schedules/{version}/publish") is not None:
                self._ledger.acknowledged.add(Fact(event, "publication", str(version)))
                self._ledger.published.add(event)

    def _event(self) -> str:
        return self._chance.choice(self._ledger.events[-EVENTS_AT_ONCE:])

    def _somebody(self) -> str:
        return f"a{self._chance.randrange(PEOPLE):03}"

    def _name(self, letter: str) -> str:
        return f"{letter}{next(self.names)}"

    def _note(self, fact: Fact, answer: httpx.Response | None) -> None:
        if answer is not None and answer.is_success:
            self._ledger.acknowledged.add(fact)

    def _post(self, key: str, url: str, body: Any = None) -> str | None:
        """Where it says that the effect is to be found; None if it was refused."""
        answer = self._send("POST", url, body, {"Idempotency-Key": key})
        if answer is None or not answer.is_success:
            return None
        place = answer.headers.get("Location")
        told = KeyedAnswer(url, body, answer.status_code, answer.content, place)
        self._ledger.answers[key] = told
        return place or ""

    def _send(
        self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """The answer, however often it must be asked for; None once all is over."""
        while not self._stage.over.is_set():
            client = self._stage.client
            try:
                answer = client.http.request(method, url, json=body, headers=headers)
            except httpx.TransportError:
                if not self._stage.hangs_up(client):
                    raise
                time.sleep(0.05)
                continue
            assert answer.status_code in ANSWERS, (method, url, answer.status_code, answer.text)
            return answer
        return None


class Killer:
    """Whoever kills, and starts again what does not start by itself."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage, self._chance = stage, Random(seed)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        """How long it took until the api answered, and until a worker was ready."""

    def strike(self, kind: str) -> None:
        """Kill at some moment; sometimes go on before a worker is there again."""
        time.sleep(self._chance.uniform(0, 1.5))
        if kind == "api":
            self._kill_api()
        elif kind == "sleep":
            self._stop_some("child")
        else:
            self._kill_some(kind)

    def _kill_api(self) -> None:
        service = self._stage.service
        self._stage.down = True
        service.api.process.kill()
        service.api.process.wait()
        if self._chance.random() < 0.3:  # and once more as it starts
            another = self._stage.place.start("serve", "--port", "0")
            time.sleep(self._chance.uniform(0, 2))
            another.kill()
        begun = time.monotonic()
        service.restart()
        self._stage.down = False
        self.seconds["api"].append(time.monotonic() - begun)
        self._await_worker(begun, 0)

    def _kill_some(self, kind: str) -> None:
        ready, begun = self._ready(), time.monotonic()
        self._some(kind).kill()
        if kind == "worker":
            self._await_worker(begun, ready)

    def _stop_some(self, kind: str) -> None:
        child = self._some(kind)
        with suppress(psutil.NoSuchProcess):
            child.suspend()
            time.sleep(self._chance.uniform(1, 4))
            child.resume()

    def _some(self, kind: str) -> psutil.Process:
        api = self._stage.service.api.process.pid
        return self._chance.choice(until(lambda: family(api)[kind]))

    def _await_worker(self, begun: float, ready: int) -> None:
        """Wait until one more is ready than there were, but not always."""
        if self._chance.random() < 0.7:
            until(lambda: self._ready() > ready and self._stage.client.ready())
            self.seconds["worker"].append(time.monotonic() - begun)

    def _ready(self) -> int:
        """How many workers of this api have been ready."""
        return len(self._stage.service.api.logged(event="ready"))


def family(api: int) -> dict[str, list[psutil.Process]]:
    """All that an api has started, and so on, by what it is."""
    found = defaultdict[str, list[psutil.Process]](list)
    for process in psutil.Process(api).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found[kind_of(process)].append(process)
    return found


def kind_of(process: psutil.Process) -> str:
    """What a process below an api is; children are forked, and so called as their server is."""
    words, above = (" ".join(one.cmdline()) for one in (process, *process.parents()[:1]))
    if "forkserver" in words:
        return "child" if "forkserver" in above else "fork server"
    return "worker" if "app.workers.worker" in words else "other"


class Auditor:
    """Whoever compares the service with the ledger."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._ledger = stage, stage.ledger
        self._first = 0
        self._last_open = 0.0

    @property
    def _client(self) -> Client:
        return self._stage.client

    def look(self) -> None:
        """Look at what was written of late, while others go on writing."""
        self._compare(
            self._ledger.events[self._first :], [*self._ledger.answers][-ANSWERS_AT_ONCE:]
        )
        self._first = max(0, len(self._ledger.events) - EVENTS_AT_ONCE)

    def look_at_all(self) -> None:
        """Look at everything, once it has ended."""
        self._compare(self._ledger.events, [*self._ledger.answers])
        for event in self._ledger.events:
            kept = {row["version"] for row in self._versions(event)}
            sure = {fact.name for fact in self._ledger.of(event) if fact.kind == "solve"}
            for solve in self._solves(event):
                assert solve["state"] in ("done", "stopped", "infeasible"), solve
                none_needed = {None} if solve["id"] not in sure else set()
                assert solve["version"] in kept | none_needed, solve

    def all_ended(self) -> bool:
        """Whether nothing is queued or running any more, nor is about to be.

        An improvement is queued once nothing has happened to an event for some seconds.
        """
        states = Counter(s["state"] for e in self._ledger.events for s in self._solves(e))
        now = time.monotonic()
        if states["queued"] + states["running"] or not self._last_open:
            self._last_open = now
        return now - self._last_open > QUIET

    def _compare(self, events: Iterable[str], keys: Iterable[str]) -> None:
        self._check_facts("", self._names)
        for event in events:
            self._check_facts(event, partial(self._found, event))
            self._check_versions(event)
        for key in keys:
            self._check_answer(key, self._ledger.answers[key])

    def _check_facts(self, event: str, find: Callable[[], Iterable[Fact]]) -> None:
        """All that was acknowledged is there, once, and nothing that nobody has asked for."""
        sure = self._ledger.of(event)
        found = Counter(find())
        assert sure <= found.keys(), sure - found.keys()
        assert not [fact for fact, times in found.items() if times > 1]
        own = {fact for fact in found if fact.kind in ("event", "incident", "label")}
        assert own <= self._ledger.asked, own - self._ledger.asked

    def _names(self) -> Iterable[Fact]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._client.get(f"/v1/events?limit=200{cursor and f'&cursor={cursor}'}")
            yield from (Fact("", "event", row["name"]) for row in page["events"])
            cursor = page["next"]

    def _found(self, event: str) -> Iterable[Fact]:
        log = self._client.get(f"{event}/incidents")
        people = self._client.get(event)["attendees"]
        yield from (Fact(event, "incident", row["id"]) for row in log["incidents"])
        yield from {Fact(event, "publication", str(row["version"])) for row in log["published"]}
        yield from (Fact(event, "label", name) for person in people for name in person["labels"])
        yield from (Fact(event, "solve", row["id"]) for row in self._solves(event))

    def _solves(self, event: str) -> Any:
        return self._client.get(f"{event}/solves")["solves"]

    def _versions(self, event: str) -> Any:
        return self._client.get(f"{event}/schedules")["schedules"]

    def _check_versions(self, event: str) -> None:
        """Versions have no gap, and one is published everywhere or nowhere."""
        kept = self._versions(event)
        numbers = [row["version"] for row in kept]
        assert numbers == list(range(len(kept), 0, -1))
        made = [row["version"] for row in self._client.get(f"{event}/incidents")["made"]]
        assert set(numbers) <= set(made)
        assert len(made) == len(set(made))
        assert [row["status"] for row in kept].count("published") <= 1
        until(lambda: self._agrees(event))

    def _agrees(self, event: str) -> bool:
        """Whether list, event and log name one version as published; others may be writing."""
        listed = [row["version"] for row in self._versions(event) if row["status"] == "published"]
        shown = self._client.get(event)["published"]
        told = self._client.get(f"{event}/incidents")["published"][-1:]
        whole = shown is None or (shown["status"] == "published" and len(shown["rounds"]) == ROUNDS)
        named = [] if shown is None else [shown["version"]]
        return whole and listed == named == [row["version"] for row in told]

    def _check_answer(self, key: str, told: KeyedAnswer) -> None:
        """It is the same to the byte."""
        headers = {"Idempotency-Key": key}
        again = self._client.http.post(told.url, json=told.body, headers=headers)
        place = again.headers.get("Location")
        assert KeyedAnswer(told.url, told.body, again.status_code, again.content, place) == told


def test_nothing_acknowledged_is_lost_whatever_is_killed(database: str, tmp_path: Path) -> None:
    print(f"\n{KILLS} kills, seed {SEED}")
    with site(settings_on(database, tmp_path)) as place:
        stage = Stage(place)
        killer, auditor = Killer(stage, SEED), Auditor(stage)
        writers = [Writer(stage, SEED + number) for number in range(1, WRITERS + 1)]
        writers[0].add_event()
        stage.client.published(stage.ledger.events[0])
        stage.ledger.published.add(stage.ledger.events[0])
        with ThreadPoolExecutor(WRITERS) as threads:
            writing = [threads.submit(writer.run) for writer in writers]
            try:
                carry_out(killer, auditor, writing)
            finally:
                stage.over.set()
        raise_failures(writing)
        begun = time.monotonic()
        until(auditor.all_ended, LONGEST_UNTIL_ENDED)
        killer.seconds["all ended"].append(time.monotonic() - begun - QUIET)
        auditor.look_at_all()
        print_figures(stage.ledger, killer.seconds)
    for file in tmp_path.glob("*.db"):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def carry_out(killer: Killer, auditor: Auditor, writing: list["Future[None]"]) -> None:
    """All kills, each kind as often as the others, with a look after each."""
    for number in range(KILLS):
        begun, kind = time.monotonic(), KINDS[number % len(KINDS)]
        killer.strike(kind)
        struck = time.monotonic()
        auditor.look()
        looked = time.monotonic()
        print(f"kill {number + 1}, {kind}: {struck - begun:.1f} s, look: {looked - struck:.1f} s")
        raise_failures([one for one in writing if one.done()])


def raise_failures(writing: Iterable["Future[None]"]) -> None:
    """What went wrong with a writer is raised."""
    for one in writing:
        one.result()


def print_figures(ledger: Ledger, seconds: dict[str, list[float]]) -> None:
    """Print what was measured."""
    kinds = Counter(fact.kind for fact in ledger.acknowledged)
    print("acknowledged:", ", ".join(f"{number} {kind}s" for kind, number in kinds.items()))
    for name, row in seconds.items():
        print(f"{name}: median {median(row):.1f} s, worst {max(row):.1f} s of {len(row)}")
    print("load:", *os.getloadavg())
