"""Webhooks over HTTP: made, changed, tested and deleted by their organisation alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.routes.webhooks import MOST_WEBHOOKS
from app.store import outbox
from app.store.tables import webhook_messages
from schemas.webhook import KINDS
from tests.api import OTHER, READER, Api
from tests.app.routes.test_schedules import event, publish, store

pytestmark = pytest.mark.anyio

URL = "https://hooks.example.org/tertius"


async def make(api: Api, **fields: Any) -> Any:
    answer = await api.send("POST", "/v1/webhooks", {"url": URL} | fields)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/webhooks/{answer.json()['id']}"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def place(webhook: Any) -> str:
    return f"/v1/webhooks/{webhook['id']}"


async def messages(api: Api, webhook: Any) -> list[tuple[str, Any]]:
    query = (
        sa.select(webhook_messages.c.kind, webhook_messages.c.body)
        .where(webhook_messages.c.webhook_id == webhook["id"])
        .order_by(webhook_messages.c.number)
    )
    async with api.store.read() as connection:
        return [(row.kind, row.body) for row in await connection.execute(query)]


@pytest.fixture(autouse=True)
async def _cleared(api: Api) -> Any:
    yield
    for webhook in (await api.get("/v1/webhooks"))["webhooks"]:
        assert (await api.send("DELETE", place(webhook))).status_code == 204


async def test_a_secret_is_shown_once(api: Api) -> None:
    made = await make(api)
    assert made["secret"].startswith("whsec_")
    assert (made["events"], made["event"], made["state"]) == (list(KINDS), None, "active")
    for path in (place(made), "/v1/webhooks", f"{place(made)}/deliveries"):
        answer = await api.send("GET", path)
        assert answer.status_code == 200
        assert "whsec_" not in answer.text


async def test_webhooks_are_the_organisers_of_one_organisation(api: Api) -> None:
    made = await make(api)
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test"),
        ("DELETE", "/secret/old"), ("GET", "/deliveries"),
    ):  # fmt: skip
        body: Any = {} if method == "PATCH" else None
        await api.as_(OTHER).refuses(method, place(made) + path, body, status=404)
        await api.as_(READER).refuses(method, place(made) + path, body, status=403)
    await api.as_(READER).refuses("GET", "/v1/webhooks", status=403)
    await api.as_(READER).refuses("POST", "/v1/webhooks", {"url": URL}, status=403)
    assert (await api.as_(OTHER).get("/v1/webhooks"))["webhooks"] == []


async def test_what_is_refused(api: Api) -> None:
    async def refuse(body: Any, pointer: str, code: str) -> None:
        await api.refuses("POST", "/v1/webhooks", body, pointer=pointer, code=code)

    await refuse({"url": "http://127.0.0.1/"}, "/url", "destination")
    await refuse({"url": URL, "event": "0" * 32}, "/event", "unknown_event")
    theirs = await api.as_(OTHER).create()
    await refuse({"url": URL, "event": theirs.rpartition("/")[2]}, "/event", "unknown_event")
    await refuse({"url": URL, "events": []}, "/events", "too_short")
    await refuse({"url": URL, "events": ["webhook.test"]}, "/events/0", "literal_error")
    made = await make(api)
    inward = {"url": "https://localhost/"}
    await api.refuses("PATCH", place(made), inward, pointer="/url", code="destination")


async def test_an_organisation_has_so_many_at_most(api: Api) -> None:
    for _ in range(MOST_WEBHOOKS):
        await make(api)
    await api.refuses("POST", "/v1/webhooks", {"url": URL}, status=409, code="too_many_webhooks")


async def test_it_is_changed_paused_and_resumed(api: Api) -> None:
    made = await make(api)
    patched = await api.send("PATCH", place(made), {"events": ["solve.finished"], "paused": True})
    now = patched.json()
    assert (now["url"], now["events"], now["state"]) == (URL, ["solve.finished"], "paused")
    await api.refuses("POST", f"{place(made)}/test", status=409, code="not_active")
    assert (await api.send("PATCH", place(made), {"paused": False})).json()["state"] == "active"


async def test_what_has_ended_is_not_resumed(api: Api) -> None:
    made = await make(api)
    async with api.store.write() as connection:
        await outbox.append_test(connection, made["id"])
        sent = await outbox.claim(connection, "w", datetime.now(UTC) + timedelta(seconds=1))
        assert sent is not None
        how: Any = {"status": 410, "problem": "answer", "again_at": None, "webhook_state": "ended"}
        assert await outbox.settle(connection, sent, datetime.now(UTC), **how)
    await api.refuses("PATCH", place(made), {"paused": False}, status=409, code="ended")


async def test_a_secret_is_renewed_and_the_old_one_ended(api: Api) -> None:
    made = await make(api)
    fresh = (await api.send("POST", f"{place(made)}/secret")).json()
    assert fresh["secret"] != made["secret"]
    until = datetime.fromisoformat(fresh["old_secret_until"]) - datetime.now(UTC)
    assert timedelta(hours=23) < until <= timedelta(hours=24)
    assert (await api.send("DELETE", f"{place(made)}/secret/old")).status_code == 204
    assert (await api.get(place(made)))["old_secret_until"] is None


async def test_a_test_is_the_first_delivery_and_asked_for_once_by_its_key(api: Api) -> None:
    made = await make(api)
    key = {"Idempotency-Key": f"test-{made['id']}"}
    answers = [await api.send("POST", f"{place(made)}/test", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    (told,) = (await api.get(f"{place(made)}/deliveries"))["deliveries"]
    assert (told["type"], told["state"], told["attempts"]) == ("webhook.test", "pending", 0)


async def test_publications_are_written_with_whom_they_change(api: Api) -> None:
    url = await event(api, 1)
    made = await make(api, event=url.rpartition("/")[2])
    await store(api, url, [["ab", "cd"]], [["ac", "bd"]])
    await publish(api, url, 1)
    await publish(api, url, 2)
    (first, second) = await messages(api, made)
    assert (first[0], second[0]) == ("schedule.published", "schedule.published")
    assert '"version":1,"previous":null,"changed":[],"changed_count":0' in first[1]
    assert '"previous":1,"changed":["a","b","c","d"],"changed_count":4' in second[1]


async def test_of_a_revision_what_is_critical_is_told_once(api: Api) -> None:
    url = await api.create(attendees=[{"id": "a", "name": "Canary Ada"}])
    made = await make(api, events=["diagnosis.critical"])
    for _ in range(2):
        found = await api.get(f"{url}/diagnosis")
    codes = sorted({row["code"] for row in found["findings"] if row["severity"] == "critical"})
    assert codes
    ((kind, body),) = await messages(api, made)
    assert kind == "diagnosis.critical"
    assert all(code in body for code in codes)
    assert "Canary" not in body
