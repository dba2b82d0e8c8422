"""Around every request: what no route should see, headers, one log line, no bare failure."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from app.http import guard
from app.http.guard import LARGEST_HEADERS, LONGEST_ADDRESS, Guard
from app.http.metrics import Metrics
from app.http.request_places import RequestPlace

pytestmark = pytest.mark.anyio

Sent = list[MutableMapping[str, Any]]


def scope(path: str = "/v1/events", query: bytes = b"", **headers: str) -> Scope:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": query, "headers": sent}  # fmt: skip


async def answers(
    scope: Scope, app: Any = None, sent: Sent | None = None, guarded: Guard | None = None
) -> Sent:
    sent = [] if sent is None else sent

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    ok = PlainTextResponse("ok", headers={"Cache-Control": "no-store"})
    await (guarded or Guard(app or ok, 1, Metrics()))(scope, receive, send)
    return sent


def headers_of(sent: Sent) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


class Log(list[dict[str, Any]]):
    """A log that keeps its lines."""

    def line(self, event: str, **fields: Any) -> None:
        self.append({"event": event, **fields})

    info = error = line


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    monkeypatch.setattr(guard, "log", log)
    return log


REFUSED = [
    (scope(transfer_encoding="chunked", content_length="3"), 400),
    (scope(x="y" * LARGEST_HEADERS), 431),
    (scope("/" + "x" * LONGEST_ADDRESS), 414),
    (scope(query=b"x" * LONGEST_ADDRESS), 414),
    (scope("/v1/events/a%2Fb"), 404),
    (scope("/v1/events/a%2fb"), 404),
    (scope("/v1/events/a%00"), 404),
]


@pytest.mark.parametrize(("asked", "status"), REFUSED)
async def test_what_no_route_should_see_ends_the_connection(asked: Scope, status: int) -> None:
    sent = await answers(asked)
    assert sent[0]["status"] == status
    assert headers_of(sent)["connection"] == "close"
    assert headers_of(sent)["content-type"] == "application/problem+json"


TAKEN = [
    scope(transfer_encoding="chunked"),
    scope(content_length="3"),
    scope(x="y" * (LARGEST_HEADERS - 1)),
    scope("/" + "x" * (LONGEST_ADDRESS - 1)),
    scope("/v1/events/a%20b"),
]


@pytest.mark.parametrize("asked", TAKEN)
async def test_what_is_just_within_the_limits_is_passed_on(asked: Scope) -> None:
    assert (await answers(asked))[0]["status"] == 200


async def test_every_answer_narrows_what_a_browser_does() -> None:
    told = headers_of(await answers(scope()))
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"
    assert told["content-security-policy"].startswith("default-src 'none'")
    assert told["cache-control"] == "no-store"


async def test_a_failure_of_ours_is_a_plain_500_that_tells_nothing(log: Log) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("somebody@example.org")

    sent = await answers(scope(), app)
    assert sent[0]["status"] == 500
    assert b"somebody" not in sent[1]["body"]
    assert [line["event"] for line in log] == ["defect", "request"]
    assert "somebody" not in str(log)
    assert log[1]["status"] == 500


async def test_a_failure_after_the_answer_has_begun_is_not_answered_again() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError

    sent = await answers(scope(), app)
    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_who_waits_when_the_service_ends_is_told_to_come_back(log: Log) -> None:
    reached = asyncio.Event()
    sent: Sent = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.set()
        await asyncio.Event().wait()

    waiting = asyncio.create_task(answers(scope(), app, sent))
    await reached.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sent[0]["status"] == 503
    assert headers_of(sent)["content-type"] == "application/problem+json"
    assert headers_of(sent)["retry-after"]
    assert log[-1]["status"] == 503


async def test_the_log_names_the_route_and_never_the_path(log: Log) -> None:
    class Route:
        path = "/v1/events/{event_id}/attendees/{attendee_id}"

    await answers({**scope("/v1/events/x/attendees/somebody"), "route": Route()})
    await answers(scope("/somebody"))
    assert [line["route"] for line in log] == [Route.path, None]
    assert "somebody" not in str(log)


async def test_what_is_no_request_is_left_alone() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    assert await answers({"type": "lifespan"}, app) == []
    assert seen == [{"type": "lifespan"}]


async def test_of_too_many_requests_at_a_time_the_others_are_told_when_to_come_again() -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await end.wait()
        await PlainTextResponse("ok")(scope, receive, send)

    guarded = Guard(app, 1, Metrics())
    first = asyncio.create_task(answers(scope(), guarded=guarded))
    await begun.wait()
    refused = await answers(scope(), guarded=guarded)
    assert refused[0]["status"] == 503
    told = headers_of(refused)
    assert (told["retry-after"], told["connection"]) == ("5", "close")
    assert told["content-type"] == "application/problem+json"
    health = asyncio.create_task(answers(scope("/healthz"), guarded=guarded))
    end.set()
    for task in (first, health):
        assert (await task)[0]["status"] == 200
    assert (await answers(scope(), guarded=guarded))[0]["status"] == 200


async def test_a_request_that_the_end_of_the_service_cancels_is_answered() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise asyncio.CancelledError

    sent: Sent = []
    with pytest.raises(asyncio.CancelledError):
        await answers(scope(), app, sent)
    assert sent[0]["status"] == 503
    assert headers_of(sent)["content-type"] == "application/problem+json"


async def test_when_an_answer_begins_the_next_read_may() -> None:
    turns = asyncio.Semaphore(0)
    place = RequestPlace(turns)
    turns.release()
    await place.wait()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        assert not turns.locked()

    assert turns.locked()
    await answers({**scope(), "state": {"place": place}}, app)
    assert not turns.locked()
