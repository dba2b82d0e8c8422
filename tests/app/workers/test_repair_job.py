"""Repairs by the process that took the incident: whatever happens to its child, they are made.

Nobody waits for them in a transaction.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import ChildDied, Unavailable
from app.planning.document import to_written
from app.service.editing import lock_event
from app.store import engine, events, leases, schedules, solves
from app.store.engine import Store
from app.workers.child_pool import Child, ChildPool
from app.workers.messages import Failed
from app.workers.repair_job import RepairJob, Situation, repair_pool
from app.workers.repair_memory import RepairAnswer, RepairReply
from schemas.schedule import Schedule
from tests.api import OTHER, Api, running
from tests.builders import event_of
from tests.conftest import KEYS
from tests.databases import settings_on
from tests.processes import PATIENCE
from tests.stored import add_version

pytestmark = pytest.mark.anyio

MERGE: Any = {"tag": "*", "headers": {"Content-Type": "application/merge-patch+json"}}


async def published(api: Api) -> str:
    """An event of four with what was published for its two rounds."""
    event = event_of("abcd", 2, {})
    url = await api.create(**from_json(event.model_dump_json(include={"rounds", "attendees"})))
    rows = [
        {"round": r, "meetings": _tables(row)}
        for r, row in enumerate((("ab", "cd"), ("ac", "bd")), 1)
    ]
    await publish(api, url, Schedule.model_validate({"rounds": rows}, strict=False))
    return url


def _tables(pairs: Iterable[Iterable[str]]) -> list[dict[str, object]]:
    return [{"table": k, "attendees": tuple(pair)} for k, pair in enumerate(pairs, 1)]


async def publish(api: Api, url: str, schedule: Schedule) -> None:
    """Have a version of the event published, whoever made it."""
    async with api.store.write() as connection:
        stored = await events.find(connection, url.rpartition("/")[2])
        assert stored is not None
        added = await add_version(connection, stored.id, to_written(schedule))
        await schedules.publish(connection, added)


def leaves(v: str) -> dict[str, object]:
    return {"incidents": [{"id": f"{v}-leaves", "kind": "drop_out", "attendee": v}]}


async def test_a_repair_outlives_its_child(api: Api) -> None:
    url = await published(api)
    first = await api.send("POST", f"{url}/incidents", leaves("a"))
    assert first.json()["status"] == "published"
    (child,) = api.app.state.repairs._children._free
    child._process.kill()
    child._process.join()
    second = await api.send("POST", f"{url}/incidents", leaves("b"))
    assert (second.status_code, second.json()["status"]) == (200, "published")
    now = await api.get(f"{url}/schedule")
    assert [block["absent"] for block in now["rounds"]] == [["a", "b"]] * 2


async def test_a_repair_whose_children_die_again_and_again_is_left_to_a_worker(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object, **__: object) -> None:
        raise ChildDied

    url = await published(api)
    with monkeypatch.context() as doomed:
        doomed.setattr(api.app.state.repairs._children, "use", die)
        answer = await api.send("POST", f"{url}/incidents", leaves("a"))
        assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    later = await api.send("POST", f"{url}/incidents", leaves("b"))
    assert (later.status_code, later.json()["status"]) == (200, "published")
    assert [row["state"] for row in (await api.get(f"{url}/solves"))["solves"]] == ["done"]


async def test_a_draft_is_made_where_the_organiser_publishes_by_hand(api: Api) -> None:
    url = await published(api)
    tag = await api.tag(url)
    merge = {"Content-Type": "application/merge-patch+json"}
    patch = b'{"policy": {"publish": "manual"}}'
    answer = await api.send("PATCH", url, raw=patch, tag=tag, headers=merge)
    assert answer.status_code == 200
    told = (await api.send("POST", f"{url}/incidents", leaves("a"))).json()
    assert (told["version"], told["status"]) == (2, "draft")
    assert (await api.get(f"{url}/schedule"))["version"] == 1
    again = (await api.send("POST", f"{url}/incidents", leaves("b"))).json()
    assert (again["version"], again["status"]) == (3, "draft")
    draft = await api.get(f"{url}/schedules/3")
    assert [block["absent"] for block in draft["rounds"]] == [["a", "b"]] * 2


async def test_a_repair_under_way_brings_nothing_back_of_who_is_erased_meanwhile(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await published(api)
    words = {"offers": ["lighthouse repairs"]}, {"needs": ["lighthouse repairs"]}
    for who, said in zip("ab", words, strict=True):
        edit = (await api.send("PATCH", f"{url}/attendees/{who}", said, tag="*")).json()
        await api.app.state.repairs.begin(edit["solve"], edit["id"])
    answered, answer = [], RepairJob._answer

    async def answer_and_erase(job: RepairJob, situation: Situation) -> RepairReply | Failed:
        answered.append(await answer(job, situation))
        if len(answered) == 1:
            await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
        return answered[-1]

    monkeypatch.setattr(RepairJob, "_answer", answer_and_erase)
    patient = {"Prefer": "wait=60"}
    told = await api.send("POST", f"{url}/incidents", leaves("d"), headers=patient)
    assert told.json()["status"] == "published"
    assert isinstance(answered[0], RepairAnswer)
    assert "lighthouse" in answered[0].written.document
    rows = (await api.get(f"{url}/schedules"))["schedules"]
    assert len(rows) > 1
    for row in rows:
        shown = await api.send("GET", f"{url}/schedules/{row['version']}")
        assert "lighthouse" not in shown.text


class HeldChild:
    """A pool whose repairs end when they are let go; counts them."""

    def __init__(self, children: ChildPool) -> None:
        self._children = children
        self.begun: asyncio.Queue[asyncio.Event] = asyncio.Queue()
        self.forgets = False

    async def use(self, work: Callable[[Child], Coroutine[Any, Any, Any]], **how: Any) -> Any:
        if self.forgets:
            self._children.close()
        answer: Any = await self._children.use(work, **how)
        go = asyncio.Event()
        self.begun.put_nowait(go)
        await go.wait()
        return answer


@pytest.fixture
async def held(api: Api, monkeypatch: pytest.MonkeyPatch) -> HeldChild:
    """Repairs of the api go on when a test says so."""
    mending = api.app.state.repairs._mending
    children = HeldChild(mending._children)
    monkeypatch.setattr(mending, "_children", children)
    return children


async def moved_on(api: Api, held: HeldChild, url: str) -> asyncio.Event:
    """Lets the second repair of an event go, whose first came too late: b left meanwhile."""
    for v in "ab":
        answer = await api.send("POST", f"{url}/incidents", leaves(v), headers={"Prefer": "wait=0"})
        assert answer.status_code == 202
    async with asyncio.timeout(PATIENCE):
        (await held.begun.get()).set()
        return await held.begun.get()


async def test_a_repair_needs_one_connection_though_its_child_remembers_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "POOL", {"pool_size": 1, "max_overflow": 0, "pool_timeout": 5})
    async with running(settings_on(database, tmp_path, keys=KEYS)) as api:
        mending = api.app.state.repairs._mending
        held = HeldChild(mending._children)
        monkeypatch.setattr(mending, "_children", held)
        url = await published(api)
        held.forgets = True
        (await moved_on(api, held, url)).set()
        async with asyncio.timeout(PATIENCE):
            while (await api.get(f"{url}/schedule"))["version"] != 2:
                await asyncio.sleep(0.05)


async def test_while_it_mends_again_others_write_and_writers_of_its_event_wait(
    api: Api, held: HeldChild
) -> None:
    url = await published(api)
    go = await moved_on(api, held, url)
    async with asyncio.timeout(PATIENCE):
        other = await api.as_(OTHER).create()
        assert (await api.as_(OTHER).send("DELETE", other, tag="*")).status_code == 204
        waiting = asyncio.create_task(api.send("PATCH", url, raw=b'{"name": "x"}', **MERGE))
        await api.get(url)
        assert not waiting.done()
        go.set()
        assert (await waiting).status_code == 200
    now = await api.get(f"{url}/schedule")
    assert (now["version"], now["status"]) == (2, "published")
    assert [block["absent"] for block in now["rounds"]] == [["a", "b"]] * 2
    assert held.begun.empty()


async def test_writers_of_another_process_wait_for_the_lease_and_no_longer(
    api: Api, held: HeldChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await published(api)
    go = await moved_on(api, held, url)
    elsewhere = Store(api.app.state.settings)

    async def lock(connection: AsyncConnection) -> int:
        stored = await events.find(connection, url.rpartition("/")[2])
        assert stored is not None
        return (await lock_event(connection, stored)).revision

    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.01)
    with pytest.raises(Unavailable):
        await elsewhere.transact(lock)
    monkeypatch.undo()
    go.set()
    async with asyncio.timeout(PATIENCE):
        assert await elsewhere.transact(lock) == 3
    await elsewhere.close()


async def test_a_repair_that_is_carried_on_by_another_process_ends_the_lease(
    api: Api, held: HeldChild
) -> None:
    url = await published(api)
    await moved_on(api, held, url)  # and never let go
    event_id = url.rpartition("/")[2]
    children = repair_pool()
    elsewhere = Store(api.app.state.settings)
    async with elsewhere.read() as connection:
        (solve,) = await solves.open_of_event(connection, event_id, "repair")
        assert await leases.live(connection, leases.EVENT + event_id)
    await RepairJob(elsewhere, children).run(solve.id)
    async with elsewhere.read() as connection:
        assert not await leases.live(connection, leases.EVENT + event_id)
        assert not await solves.open_of_event(connection, event_id, "repair")
    children.close()
    await elsewhere.close()


EVENTS, CALLERS = 3, 40
"""More events than the child remembers, so that it is sent again what it builds on."""


async def test_a_hundred_callers_at_once_are_all_in_the_next_schedule(api: Api) -> None:
    people = [f"p{k:03}" for k in range(CALLERS + 8)]
    pairs = list(zip(people[::2], people[1::2], strict=True))
    rows = [{"round": 1, "meetings": _tables(pairs)}, {"round": 2, "byes": people}]
    urls = []
    for _ in range(EVENTS):
        url = await api.create(attendees=[{"id": v} for v in people], rounds=[{}, {}])
        await publish(api, url, Schedule.model_validate({"rounds": rows}, strict=False))
        urls.append(url)

    async def leave(url: str, v: str) -> None:
        prefer = {"Prefer": "wait=60"}
        answer = await api.send("POST", f"{url}/incidents", leaves(v), headers=prefer)
        assert answer.status_code == 200, answer.text

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(leave(url, v) for v in people[:CALLERS] for url in urls))
    for url in urls:
        now = await api.get(f"{url}/schedule")
        assert [block["absent"] for block in now["rounds"]] == [people[:CALLERS]] * 2
        assert now["version"] <= 4
