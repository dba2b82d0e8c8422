"""Whatever is written: one connection is enough, and nothing is computed while it is open."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app import large_documents
from app.planning.document import to_written
from app.store import engine
from app.store.engine import Store
from schemas.schedule import Schedule
from tests.api import Api, running
from tests.conftest import KEYS
from tests.databases import settings_on
from tests.processes import PATIENCE
from tests.stored import add_version

pytestmark = pytest.mark.anyio

MERGE: Any = {"headers": {"Content-Type": "application/merge-patch+json"}, "tag": "*"}
PEOPLE = [{"id": v} for v in "abcdef"]
PAIRS = ("ab", "cd", "ef")


@pytest.fixture
async def frugal(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    """A service with one connection, to which every document is a large one."""
    monkeypatch.setattr(engine, "POOL", {"pool_size": 1, "max_overflow": 0, "pool_timeout": 5})
    monkeypatch.setattr(large_documents, "SMALL", 0)
    _refuse_to_compute_in_transactions(monkeypatch)
    async with running(settings_on(database, tmp_path, keys=KEYS)) as api:
        yield api


def _refuse_to_compute_in_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    writing: set[object] = set()
    write, in_thread = Store.write, asyncio.to_thread

    @asynccontextmanager
    async def noted(self: Store, *, quiet: bool = False) -> AsyncIterator[AsyncConnection]:
        async with write(self, quiet=quiet) as connection:
            writing.add(asyncio.current_task())
            try:
                yield connection
            finally:
                writing.discard(asyncio.current_task())

    async def outside(function: Callable[..., Any], *arguments: Any) -> Any:
        assert asyncio.current_task() not in writing, function
        return await in_thread(function, *arguments)

    monkeypatch.setattr(Store, "write", noted)
    monkeypatch.setattr(asyncio, "to_thread", outside)


async def test_one_connection_does_for_every_write(frugal: Api) -> None:
    async with asyncio.timeout(PATIENCE):
        url = await frugal.create(attendees=PEOPLE[:4], rounds=[{}, {}])
        await edits(frugal, url)
        await publishes(frugal, url)
        await happens(frugal, url)
        await tells_a_series(frugal, url)
        await goes(frugal, url)


async def done(api: Api, method: str, url: str, body: Any = None, **how: Any) -> dict[str, Any]:
    """The answer to a request that is done."""
    answer = await api.send(method, url, body, **how)
    assert answer.is_success, (method, url, answer.text)
    told: dict[str, Any] = answer.json() if answer.content else {}
    return told


async def edits(api: Api, url: str) -> None:
    await done(api, "POST", f"{url}/attendees", PEOPLE[4])
    await done(api, "PUT", f"{url}/attendees/f", PEOPLE[5], tag="*")
    await done(api, "PATCH", f"{url}/attendees/f", raw=b'{"email": "f@example.org"}', **MERGE)
    await done(api, "PUT", f"{url}/attendees", {"attendees": [*PEOPLE, {"id": "g"}]}, tag="*")
    await done(api, "DELETE", f"{url}/attendees/g", tag="*")
    await done(api, "PATCH", url, raw=b'{"name": "x"}', **MERGE)
    await done(api, "PUT", url, await api.get(url), tag="*")
    pair = {"need": "tea", "offer": "cake"}
    await done(api, "PATCH", f"{url}/attendees/f", raw=b'{"needs": ["tea"]}', **MERGE)
    await done(api, "PATCH", f"{url}/attendees/e", raw=b'{"offers": ["cake"]}', **MERGE)
    await done(api, "POST", f"{url}/matching/confirm", pair)
    await done(api, "POST", f"{url}/matching/deny", pair)
    assert [row["id"] for row in (await api.get(url))["attendees"]] == list("abcdef")


async def publishes(api: Api, url: str) -> None:
    solve = await api.send("POST", f"{url}/solves", {"work": 1}, headers={"Idempotency-Key": "k"})
    await done(api, "DELETE", solve.headers["Location"])
    meetings = [{"table": k, "attendees": tuple(pair)} for k, pair in enumerate(PAIRS, 1)]
    rows = [{"round": 1, "meetings": meetings}, {"round": 2, "byes": tuple("abcdef")}]
    schedule = Schedule.model_validate({"rounds": rows}, strict=False)
    for version in (1, 2):
        async with api.store.write() as connection:
            made = to_written(schedule)
            await add_version(connection, url.rpartition("/")[2], made)
        await done(api, "POST", f"{url}/schedules/{version}/publish")


async def happens(api: Api, url: str) -> None:
    facts: tuple[dict[str, Any], ...] = (
        {"kind": "round_started", "round": 1},
        {"kind": "no_show", "attendee": "a", "round": 1},
        {"kind": "drop_out", "attendee": "b"},
        {"kind": "late_arrival", "attendee": "w", "profile": {"id": "w"}},
    )
    for k, fields in enumerate(facts):
        batch: Any = {"incidents": [fields | {"id": f"i-{k}"}]}
        prefer = {"Prefer": "wait=60"}
        told = await done(api, "POST", f"{url}/incidents", batch, headers=prefer)
        assert told["status"] == "published"
    said = {"id": "f-1", "attendee": "c", "partner": "d", "valuable": True}
    await done(api, "POST", f"{url}/feedback", {"feedback": [said]})


async def tells_a_series(api: Api, url: str) -> None:
    series = (await api.send("POST", "/v1/series", {"name": "Lunches"})).headers["Location"]
    told = await done(api, "PUT", f"{series}/events/{url.rpartition('/')[2]}")
    assert told["pairs"] == 2
    await done(api, "POST", f"{series}/events", {"attendees": PEOPLE, "rounds": [{}]})


async def goes(api: Api, url: str) -> None:
    for attendee, erase in (("c", "false"), ("d", "true"), ("w", "true")):
        await done(api, "DELETE", f"{url}/attendees/{attendee}?erase={erase}", tag="*")
    while not {"b", "c", "d", "w"} <= set(
        (await api.get(f"{url}/schedule"))["rounds"][1]["absent"]
    ):
        await asyncio.sleep(0.05)
    await done(api, "DELETE", url, tag="*")
