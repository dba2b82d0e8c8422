"""What one organisation can do to a service that others use too; ``bench.hostile`` measures it.

An attack prepares what it needs, tells so by ``await attacker.begin()``, which returns when it is
to start, and goes on until it is cancelled.
"""

import asyncio
import json
import select
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from random import Random
from urllib.parse import urlsplit

import httpx

from bench.generate import generate
from bench.graphs import large_event
from bench.latency import SECONDS_TO_PREPARE
from bench.service import post_event, published
from schemas.event import Event, Need, Offer
from tests.processes import crowd

ORGANISER, READER, WRONG = "attackers-organiser-key", "attackers-reader-key-01", "no-key-of-anybody"
MIB = 2**20
PAUSE = 0.5
"""Seconds between two attempts to hold a connection."""


@dataclass
class Attacker:
    """Somebody with an organiser's key and a reader's; ``told`` counts what they were answered."""

    address: str
    many: int
    begin: Callable[[], Awaitable[None]]
    told: Counter[str] = field(default_factory=Counter)

    def client(self) -> httpx.Client:
        """A client for what must be there before an attack."""
        headers = {"Authorization": f"Bearer {ORGANISER}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=300.0)

    @property
    def server(self) -> tuple[str, int]:
        """Host and port."""
        url = urlsplit(self.address)
        return url.hostname or "", url.port or 0

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        key: str = ORGANISER,
        seconds: float | None = None,
    ) -> None:
        """Send a request by a connection of its own and read all of its answer, or leave early."""
        try:
            async with asyncio.timeout(seconds):
                await self._send(head(method, path, key, len(body)) + body)
        except TimeoutError:
            self.told["left"] += 1
        except OSError:
            self.told["closed"] += 1
            await asyncio.sleep(0.01)

    async def _send(self, request: bytes) -> None:
        reader, writer = await asyncio.open_connection(*self.server)
        try:
            writer.write(request)
            line = await reader.readline()
            self.told[line[9:12].decode() or "closed"] += 1
            while await reader.read(MIB):
                pass
        finally:
            writer.transport.abort()


def head(method: str, path: str, key: str, length: int = 0) -> bytes:
    """The head of a request, after whose answer the connection is closed."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"If-Match: *\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def together(many: int, act: Callable[[int], Awaitable[None]]) -> None:
    """So many at once, each with its own number, again and again."""

    async def again(number: int) -> None:
        while True:
            await act(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(many):
            tasks.create_task(again(number))


# Bodies


async def send_empty_rows(attacker: Attacker) -> None:
    """Bodies of many thousand wrong rows, which are small to send."""
    with attacker.client() as client:
        place = post_event(client, generate(30))
    event = b'{"rounds":[{}],"attendees":[{"id":"a"},{"id":"b"}],"benefits":[%s]}'
    bodies = [
        ("/v1/events", event % empty_rows(100_000)),
        ("/v1/events", event % empty_rows(2_000_000)),
        (f"{place}/incidents", b'{"incidents":[%s]}' % empty_rows(MIB // 3 - 10)),
        (f"{place}/feedback", b'{"feedback":[%s]}' % empty_rows(MIB // 3 - 10)),
    ]
    await attacker.begin()

    turns = [cycle(bodies[start:] + bodies[:start]) for start in range(attacker.many)]
    await together(attacker.many, lambda number: attacker.ask("POST", *next(turns[number])))


def empty_rows(many: int) -> bytes:
    """``{}`` so many times, as the rows of a list."""
    return b",".join([b"{}"] * many)


async def send_large_events(attacker: Attacker) -> None:
    """A valid event of 30 MiB, again and again."""
    body = json.dumps(crowd(750, 10)).encode()
    await attacker.begin()
    await together(attacker.many, lambda _: attacker.ask("POST", "/v1/events", body))


# Work


async def ask_for_graphs(attacker: Attacker) -> None:
    """Somebody asks for the graph of 600 people with long texts, and leaves after a second.

    The event comes with the attack: its texts are read as soon as it is there.
    """
    event = wordy_event(600)
    await attacker.begin()
    with attacker.client() as client:
        place = await asyncio.to_thread(post_event, client, event)
    graph = partial(attacker.ask, "GET", f"{place}/graph", seconds=1.0)
    await together(attacker.many, lambda _: graph())


TEXTS, LETTERS = 10, 480


def wordy_event(attendees: int) -> Event:
    """An event in which everybody offers and needs ten things, in as many words as they may."""
    rng, event = Random(1), large_event(attendees)
    spots = sorted({offer.text for person in event.attendees for offer in person.offers})

    def text() -> str:
        wishes = (f"somebody who knows {rng.choice(spots)}" for _ in range(30))
        return "; ".join(wishes)[:LETTERS].strip()

    people = (
        person.model_copy(
            update={
                "offers": tuple(Offer(text=text()) for _ in range(TEXTS)),
                "needs": tuple(Need(text=text()) for _ in range(TEXTS)),
            }
        )
        for person in event.attendees
    )
    return event.model_copy(update={"attendees": tuple(people)})


SOLVE_SECONDS = 30
EVENTS, SOLVES_EACH = 25, 4


async def queue_solves(attacker: Attacker) -> None:
    """As many solves as an organisation may have, of half a minute each."""
    with attacker.client() as client:
        places = [post_event(client, generate(120, seed)) for seed in range(EVENTS)]
    await attacker.begin()
    for seed in range(SOLVES_EACH):
        body = json.dumps({"seconds": SOLVE_SECONDS, "seed": seed}).encode()
        for place in places:
            await attacker.ask("POST", f"{place}/solves", body)
    await asyncio.Event().wait()


async def hold_stateless_places(attacker: Attacker) -> None:
    """Stateless solves of ten minutes, more than there are places."""
    body = generate(300).model_dump_json(exclude_none=True).encode()
    await attacker.begin()
    solve = partial(attacker.ask, "POST", "/v1/solve?seconds=600", body)
    await together(attacker.many, lambda _: solve())


async def watch_progress(attacker: Attacker) -> None:
    """A reader watches a running solve, by many streams; it runs while it is quiet, too."""
    with attacker.client() as client:
        place = post_event(client, generate(300))
        solve = client.post(f"{place}/solves", json={"seconds": 600}).headers["Location"]
        while client.get(solve).json()["state"] == "queued":
            time.sleep(0.1)
    await attacker.begin()
    stream = partial(attacker.ask, "GET", f"{solve}/progress", key=READER)
    await together(attacker.many, lambda _: stream())


LARGE = 5_000


async def burst_incidents(attacker: Attacker) -> None:
    """Half of the callers report incidents of a large event and half edit it: repairs are late."""
    event = generate(LARGE)
    people = [person.id for person in event.attendees]
    with attacker.client() as client:
        place = await asyncio.to_thread(published, client, event, 20.0)
    await asyncio.sleep(SECONDS_TO_PREPARE)
    await attacker.begin()
    turns = count()

    async def change(number: int) -> None:
        turn = next(turns)
        who = people[turn % LARGE]
        if number % 2:
            edit = json.dumps({"name": f"Guest {turn}"}).encode()
            await attacker.ask("PATCH", f"{place}/attendees/{who}", edit)
        else:
            gone = {"id": f"i-{turn}", "kind": "drop_out", "attendee": who}
            body = json.dumps({"incidents": [gone]}).encode()
            await attacker.ask("POST", f"{place}/incidents", body)

    await together(attacker.many, change)


# Connections


async def open_silent_sockets(attacker: Attacker) -> None:
    """Connections without a word, opened again when they are closed."""
    await attacker.begin()

    async def hold(_: int) -> None:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(*attacker.server)
            try:
                await reader.read()
            finally:
                writer.transport.abort()
            attacker.told["closed"] += 1
        await asyncio.sleep(PAUSE)

    await together(attacker.many, hold)


async def leave_answers_unread(attacker: Attacker) -> None:
    """Callers with a key who ask for a document of 9 MB and read nothing of it."""
    labels = {f"label {k}": "x" * 200 for k in range(4)}  # no texts, which would be read ahead
    people = [{"id": f"a{k}", "labels": labels} for k in range(10_000)]
    with attacker.client() as client:
        sent = client.post("/v1/events", json={"rounds": [{}], "attendees": people})
    request = head("GET", sent.headers["Location"], ORGANISER)
    await attacker.begin()
    loop = asyncio.get_running_loop()

    async def hold(_: int) -> None:
        with suppress(OSError), socket.socket() as sock:
            sock.setblocking(False)
            await loop.sock_connect(sock, attacker.server)
            await loop.sock_sendall(sock, request)
            while not is_closed(sock):
                await asyncio.sleep(PAUSE)
            attacker.told["closed"] += 1
        await asyncio.sleep(PAUSE)

    await together(attacker.many, hold)


def is_closed(sock: socket.socket) -> bool:
    """Whether the other end has closed, found out without reading."""
    poll = select.poll()
    poll.register(sock, select.POLLRDHUP)
    return bool(poll.poll(0))


async def guess_keys(attacker: Attacker) -> None:
    """Wrong keys, as fast as they are refused."""
    await attacker.begin()
    await together(attacker.many, lambda _: attacker.ask("GET", "/v1/events", key=WRONG))
