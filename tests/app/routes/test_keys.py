"""Keys over the api: an owner makes and revokes them, each opens what it says and nothing else."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from app.settings import Settings
from app.store import access_keys
from app.store.access_keys import SECRET, key_of, new_secret
from tests.api import ORGANISER, OWNER, READER, Api, running

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def owner(api: Api) -> Api:
    return api.as_(OWNER)


async def made(owner: Api, **wanted: Any) -> dict[str, Any]:
    """A new key with its secret."""
    answer = await owner.send("POST", "/v1/keys", wanted)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/v1/keys/{key['id']}"
    return key


async def status(api: Api, secret: str, url: str = "/v1/events") -> int:
    return (await api.as_(secret).send("GET", url)).status_code


async def test_a_key_opens_until_it_is_revoked(owner: Api) -> None:
    key = await made(owner, role="organiser", label="Registration desk")
    assert SECRET.fullmatch(key["secret"])
    assert key["secret"].startswith(key["prefix"])
    assert await status(owner, key["secret"]) == 200
    assert (await owner.send("DELETE", f"/v1/keys/{key['id']}")).status_code == 204
    assert await status(owner, key["secret"]) == 401
    assert (await owner.get(f"/v1/keys/{key['id']}"))["revoked_at"] is not None
    assert (await owner.send("DELETE", f"/v1/keys/{key['id']}")).status_code == 204


async def test_a_secret_is_told_once_and_kept_nowhere(owner: Api) -> None:
    key = await made(owner, role="reader")
    listed = await owner.send("GET", "/v1/keys")
    assert key["id"] in listed.text
    assert key["secret"] not in listed.text
    assert "secret" not in await owner.get(f"/v1/keys/{key['id']}")
    async with owner.store.read() as connection:
        rows = await connection.exec_driver_sql("SELECT * FROM access_keys")
        assert key["secret"] not in str(rows.all())


async def test_none_but_an_owner_makes_keys_or_sees_them(owner: Api) -> None:
    key = await made(owner, role="reader")
    for caller in (ORGANISER, READER, key["secret"]):
        api = owner.as_(caller)
        assert (await api.send("GET", "/v1/keys")).status_code == 403
        assert (await api.send("POST", "/v1/keys", {"role": "owner"})).status_code == 403
        assert (await api.send("DELETE", f"/v1/keys/{key['id']}")).status_code == 403


async def test_a_key_of_one_event_finds_no_other(owner: Api) -> None:
    ours, other = await owner.create(), await owner.create()
    event = ours.rpartition("/")[2]
    for role in ("organiser", "steward", "reader"):
        caller = owner.as_((await made(owner, role=role, event=event))["secret"])
        assert (await caller.send("GET", ours)).status_code == 200
        assert (await caller.send("GET", other)).status_code == 404
        assert [row["id"] for row in (await caller.get("/v1/events"))["events"]] == [event]
        assert (await caller.send("GET", "/v1/series")).status_code == 403


async def test_a_key_that_has_expired_opens_nothing(owner: Api) -> None:
    secret = new_secret()
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    async with owner.store.write() as connection:
        key = key_of(secret, "acme", "organiser", expires_at=soon)
        await access_keys.add(connection, key, secret)
    assert await status(owner, secret) == 200
    await asyncio.sleep(0.4)
    assert await status(owner, secret) == 401


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"role": "steward"}, "/event"),
        ({"role": "owner", "event": "0" * 32}, "/event"),
        ({"role": "reader", "event": "0" * 32}, "/event"),
        ({"role": "reader", "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"role": "reader", "expires_at": "2099-01-01T00:00:00"}, "/expires_at"),
        ({"role": "guest"}, "/role"),
    ],
)
async def test_a_key_that_could_open_nothing_is_refused(
    owner: Api, wanted: dict[str, Any], pointer: str
) -> None:
    await owner.refuses("POST", "/v1/keys", wanted, pointer=pointer)


async def test_nothing_of_another_organisation_is_opened_or_revoked(owner: Api) -> None:
    secret = new_secret()
    key = key_of(secret, "elsewhere", "owner")
    async with owner.store.write() as connection:
        await access_keys.add(connection, key, secret)
    other = owner.as_(secret)
    url = await owner.create()
    await other.refuses("POST", "/v1/keys", {"role": "reader", "event": url[-32:]})
    assert (await owner.send("DELETE", f"/v1/keys/{key.id}")).status_code == 404
    assert key.id not in (await owner.send("GET", "/v1/keys")).text
    problem = await other.refuses("DELETE", f"/v1/keys/{key.id}", status=409, code="last_owner")
    assert "make another one first" in problem["errors"][0]["message"]
    await made(other, role="owner")
    assert (await other.send("DELETE", f"/v1/keys/{key.id}")).status_code == 204


async def test_a_use_is_noted_within_seconds(owner: Api) -> None:
    key = await made(owner, role="reader")
    assert key["last_used_at"] is None
    await status(owner, key["secret"])
    async with asyncio.timeout(10):
        while (await owner.get(f"/v1/keys/{key['id']}"))["last_used_at"] is None:
            await asyncio.sleep(0.1)


async def test_what_another_process_revokes_opens_nothing_two_seconds_later(owner: Api) -> None:
    secret = new_secret()
    key = key_of(secret, "acme", "organiser")
    async with owner.store.write() as connection:
        await access_keys.add(connection, key, secret)
    assert await status(owner, secret) == 200
    async with owner.store.write() as connection:
        await access_keys.revoke(connection, key)
    began = monotonic()
    while await status(owner, secret) != 401:
        assert monotonic() - began < 2
        await asyncio.sleep(0.02)


async def test_the_first_key_closes_an_open_service_for_good(tmp_path: Path) -> None:
    async with running(Settings(data=tmp_path)) as api:
        url = await api.create()
        await api.refuses("POST", "/v1/keys", {"role": "reader"}, status=409, code="no_owner")
        key = await made(api, role="owner")
        assert (await api.client.get(url)).status_code == 401
        assert await status(api, key["secret"], url) == 200
        async with api.store.write() as connection:
            found = await access_keys.find(connection, key["id"])
            assert found is not None
            await access_keys.revoke(connection, found)
    async with running(Settings(data=tmp_path)) as api:
        assert (await api.client.get(url)).status_code == 401


async def test_an_open_service_notices_a_key_that_is_made_beside_it(tmp_path: Path) -> None:
    async with running(Settings(data=tmp_path)) as api:
        assert (await api.client.get("/v1/events")).status_code == 200
        secret = new_secret()
        async with api.store.write() as connection:
            await access_keys.add(connection, key_of(secret, "acme", "owner"), secret)
        async with asyncio.timeout(10):
            while (await api.client.get("/v1/events")).status_code != 401:
                await asyncio.sleep(0.05)
        assert await status(api, secret) == 200
