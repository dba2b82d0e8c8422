"""Who did what is written down: every change before its answer, files taken out, and refusals."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.http.audit import AuditTrail
from app.store import audit_log
from app.store.audit_log import StoredAct
from app.store.engine import Store
from app.store.ids import new_id
from app.workers.waiting import in_background
from tests.api import OWNER, READER, TWO, Api

pytestmark = pytest.mark.anyio


async def acts(api: Api, **query: Any) -> list[dict[str, Any]]:
    """What the owner reads of it, newest first."""
    answer = await api.as_(OWNER).client.get(
        "/v1/audit", params=query, headers={"Authorization": f"Bearer {OWNER}"}
    )
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["acts"]
    return rows


def told(act: dict[str, Any]) -> tuple[Any, ...]:
    return act["operation"], act["role"], act["event"], act["status"]


async def test_a_change_is_written_before_it_is_answered(api: Api) -> None:
    url = await api.create()
    assert told((await acts(api))[0]) == ("create_event", "organiser", None, 201)
    assert (await api.send("DELETE", url, tag=await api.tag(url))).status_code == 204
    newest = (await acts(api))[0]
    assert told(newest) == ("delete_event", "organiser", url[-32:], 204)
    assert newest["key"]


async def test_what_failed_is_written_with_its_status(api: Api) -> None:
    url = await api.create()
    await api.send("DELETE", url, tag='"0"')
    assert told((await acts(api))[0]) == ("delete_event", "organiser", url[-32:], 412)


async def test_reads_are_not_written_and_files_taken_out_are(api: Api) -> None:
    url = await api.create()
    await api.get(url)
    assert url[-32:] not in [row["event"] for row in await acts(api)]
    await api.send("GET", f"{url}?format=xlsx")
    await until(api, ("get_event?format", "organiser", url[-32:], 200))


async def test_what_a_role_may_not_is_written(api: Api) -> None:
    await api.as_(READER).send("POST", "/v1/events", TWO)
    await until(api, ("create_event", "reader", None, 403))


async def until(api: Api, act: tuple[Any, ...]) -> None:
    async with asyncio.timeout(10):
        while act not in map(told, await acts(api)):
            await asyncio.sleep(0.02)


async def test_nobody_reads_it_but_the_owner_of_the_organisation(api: Api) -> None:
    await api.as_("other-organiser-key").create(name="Hush")
    assert (await api.send("GET", "/v1/audit")).status_code == 403
    keys = {row["key"] for row in await acts(api, limit=1000)}
    other = await api.as_("other-organiser-key").send("GET", "/v1/audit")
    assert other.status_code == 403
    assert len(keys) <= 3


async def test_it_comes_in_pages_and_as_csv(api: Api) -> None:
    for _ in range(3):
        await api.create()
    owner = api.as_(OWNER)
    first = await owner.get("/v1/audit?limit=2")
    second = await owner.get(f"/v1/audit?limit=2&cursor={first['next']}")
    times = [row["at"] for row in first["acts"] + second["acts"]]
    assert len(times) == 4
    assert times == sorted(times, reverse=True)
    table = (await owner.send("GET", "/v1/audit?limit=1&format=csv")).text.splitlines()
    assert table[0] == "at,key,role,operation,event,status"
    assert len(table) == 2


def act(at: datetime | None = None) -> StoredAct:
    at = at or datetime.now(UTC)
    return StoredAct(new_id(), "acme", at, "", "owner", "create_event", None, 201)


async def test_old_acts_are_forgotten(store: Store) -> None:
    trail = AuditTrail(store, days=10)
    old, new = act(datetime.now(UTC) - timedelta(days=11)), act()
    trail.add(old)
    trail.add(new)
    await trail.write()
    async with store.read() as connection:
        assert [row.id for row in await audit_log.page(connection, "acme", None, 9)] == [new.id]


async def test_what_cannot_be_written_is_written_later_and_nobody_waits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("app.http.audit.SECONDS_AFTER_A_FAILURE", 0.01)
    trail, late = AuditTrail(store, days=10), act()
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", broken)
        async with in_background(trail.run()), asyncio.timeout(10):
            await trail.add(late).wait()
    async with in_background(trail.run()), asyncio.timeout(10):
        while not await _is_there(store, late):
            await asyncio.sleep(0.01)


async def _is_there(store: Store, wanted: StoredAct) -> bool:
    async with store.read() as connection:
        rows = await audit_log.page(connection, "acme", None, 9)
    return wanted.id in [row.id for row in rows]
