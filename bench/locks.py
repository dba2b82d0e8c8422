"""How long each kind of write keeps all others waiting: from the lock to the commit.

    python -m bench.locks                          5,000 people in 10 rounds, SQLite
    python -m bench.locks --attendees 8000

The service runs in this process on an empty SQLite database, which takes one writer at a time.
What is told of each request is the longest of its transactions: so long another organisation's
write waits at worst.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncConnection

from app.main import create_app
from app.planning.document import to_written
from app.planning.plan import plan_schedule
from app.settings import Settings
from app.store import schedules
from app.store.engine import Store
from bench.generate import generate
from schemas.event import Event
from schemas.schedule import Schedule
from solver.budget import Budget

SEARCH_SECONDS = 5.0
PATIENCE_SECONDS = 300.0
AT_ONCE = 6
MERGE = "application/merge-patch+json"


class TimedStore(Store):
    """A store that tells how long its transactions held the lock."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.held: list[float] = []

    @asynccontextmanager
    async def write(self, *, quiet: bool = False) -> AsyncIterator[AsyncConnection]:
        """As the store does, with a clock that runs from the lock to the commit."""
        async with super().write(quiet=quiet) as connection:
            begun = perf_counter()
            yield connection
        self.held.append(perf_counter() - begun)


class WriteClock:
    """A client whose every write is timed by the transactions that it needs."""

    def __init__(self, client: httpx.AsyncClient, store: TimedStore) -> None:
        self._client, self._store = client, store

    async def told(self, name: str, work: Awaitable[Any]) -> Any:
        """The answer to ``work``, once it is told how long it held the lock."""
        self._store.held.clear()
        begun = perf_counter()
        answer = await work
        took = perf_counter() - begun
        most = 1000 * max(self._store.held, default=0.0)
        print(f"{name:32} {most:8.0f} ms held, {1000 * took:8.0f} ms in all", flush=True)
        return answer

    async def send(self, method: str, url: str, body: Any = None, **headers: str) -> httpx.Response:
        """A request that must be done."""
        if method in ("PUT", "PATCH", "DELETE"):
            headers["If-Match"] = "*"
        if isinstance(body, str):
            headers = {"Content-Type": "application/json"} | headers
            answer = await self._client.request(method, url, content=body, headers=headers)
        else:
            answer = await self._client.request(method, url, json=body, headers=headers)
        if answer.is_error:
            raise RuntimeError(f"{method} {url}: {answer.status_code} {answer.text[:500]}")
        return answer

    async def timed(
        self, name: str, method: str, url: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """The same, told."""
        answer: httpx.Response = await self.told(name, self.send(method, url, body, **headers))
        return answer


async def measure(event: Event, schedule: Schedule, folder: Path) -> None:
    """Every kind of write, one after the other."""
    app = create_app(Settings(data=folder))
    store = app.state.store = TimedStore(Settings(data=folder))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://localhost", timeout=PATIENCE_SECONDS
        ) as client,
    ):
        clock = WriteClock(client, store)
        whole = event.model_dump_json(exclude_none=True)
        place = (await clock.timed("create an event", "POST", "/v1/events", whole)).headers[
            "Location"
        ]
        await edits(clock, place)
        version = await kept(store, place, schedule)
        publish = f"{place}/schedules/{version}/publish"
        await clock.timed("publish", "POST", publish)
        await clock.timed("publish what is published", "POST", publish)
        await asyncio.sleep(SEARCH_SECONDS)
        await day(clock, place, event)
        await clock.timed("patch what is published", "PATCH", place, '{"name": "c"}', **PATCH)
        await clock.timed("start a solve", "POST", f"{place}/solves", {"work": 1})
        gone = f"{place}/attendees/{event.attendees[-5].id}"
        await clock.timed("erase who is published", "DELETE", f"{gone}?erase=true")
        await clock.timed("delete the event", "DELETE", place)


PATCH = {"Content-Type": MERGE}


async def edits(clock: WriteClock, place: str) -> None:
    """What is done before anything is published."""
    await clock.timed("patch an event", "PATCH", place, '{"name": "b"}', **PATCH)
    new = {"id": "somebody-new"}
    await clock.timed("add an attendee", "POST", f"{place}/attendees", new)
    await clock.timed("put an attendee", "PUT", f"{place}/attendees/somebody-new", new)
    await clock.timed("remove an attendee", "DELETE", f"{place}/attendees/somebody-new")


async def day(clock: WriteClock, place: str, event: Event) -> None:
    """What happens when people meet."""

    def incident(k: int, kind: str = "drop_out", **fields: Any) -> Awaitable[httpx.Response]:
        row = {"id": f"i{k}-{kind}", "kind": kind, **fields}
        return clock.send("POST", f"{place}/incidents", {"incidents": [row]}, Prefer="wait=60")

    people = [attendee.id for attendee in event.attendees]
    await clock.told("a drop-out", incident(0, attendee=people[0]))
    await clock.told("the next drop-out", incident(1, attendee=people[1]))
    many = [incident(k, attendee=people[k]) for k in range(2, 2 + AT_ONCE)]
    await clock.told(f"{AT_ONCE} drop-outs at once", asyncio.gather(*many))
    await clock.told("a round starts", incident(0, "round_started", round=1))
    await clock.told("somebody does not come", incident(0, "no_show", attendee=people[50]))


async def kept(store: Store, place: str, schedule: Schedule) -> int:
    """The number of the schedule as a draft of the event."""
    async with store.write() as connection:
        event_id = place.rpartition("/")[2]
        return (await schedules.add(connection, event_id, to_written(schedule), 1)).version


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--attendees", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(argv)
    event = generate(wanted.attendees, wanted.seed)
    schedule = plan_schedule(event, Budget(seconds=SEARCH_SECONDS))
    print(f"load {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory(prefix="tertius-bench-") as folder:
        asyncio.run(measure(event, schedule, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
