"""Bodies, read raw: of the right type, few enough, in time, and known again by their digest."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from starlette.types import Message

from app.errors import BrokenBody, Invalid, NoRoom, Refused, TooLarge, TooSlow, Unsupported
from app.http.body import (
    BYTES_PER_VALUE,
    MERGE_PATCH,
    Bodies,
    Sent,
    digest_of_body,
    json_body,
    no_body,
    openapi_body,
    openapi_patch_body,
    raw_body,
)
from app.http.byte_budget import ByteBudget
from app.http.keys import LOCAL
from app.large_documents import SMALL
from app.settings import Settings
from app.workers.body_reader import BodyReader
from schemas.series import NewSeries, Series

pytestmark = pytest.mark.anyio

JSON = "application/json"
LIMIT = 40


def request(
    *chunks: bytes | None,
    kind: str | None = JSON,
    path: str = "/v1/series",
    query: bytes = b"",
    method: str = "POST",
    settings: Settings | None = None,
    **headers: str,
) -> Request:
    """A request whose body comes in chunks; None: the client leaves."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if kind is not None:
        sent["content-type"] = kind
    state = SimpleNamespace(settings=settings or Settings(body_bytes=LIMIT, event_bytes=LIMIT))
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "app": SimpleNamespace(state=state),
    }  # fmt: skip
    return Request(scope, _arriving(chunks))


def _arriving(chunks: Iterable[bytes | None]) -> Any:
    waiting = list(chunks)

    async def receive() -> Message:
        if not waiting:
            return {"type": "http.request", "body": b"", "more_body": False}
        chunk = waiting.pop(0)
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": True}

    return receive


def bodies(asked: Request, budget: ByteBudget | None = None) -> Bodies:
    """What reads bodies for one caller."""
    most = asked.app.state.settings.event_bytes
    return Bodies(LOCAL, budget or ByteBudget(most), BodyReader())


async def read_series(asked: Request) -> Sent[NewSeries]:
    return await json_body(NewSeries)(asked, bodies(asked))


async def patch_of(asked: Request) -> Sent[bytes]:
    return await raw_body("body_bytes", MERGE_PATCH)(asked, bodies(asked))


GOOD = b'{"name": "Breakfasts"}'


async def refusal(asked: Request) -> Refused:
    with pytest.raises(Refused) as refused:
        await read_series(asked)
    return refused.value


async def test_a_body_is_read_in_whatever_pieces_it_comes() -> None:
    for chunks in ((GOOD,), (GOOD[:5], GOOD[5:]), (b"", GOOD)):
        sent = await read_series(request(*chunks))
        assert sent.document == NewSeries(name="Breakfasts")
        assert sent.digest == digest_of_body(request(), GOOD)


@pytest.mark.parametrize(
    "kind", [JSON, "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
)
async def test_json_is_taken_in_utf_8(kind: str) -> None:
    await read_series(request(GOOD, kind=kind))


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", MERGE_PATCH, "application/json; charset=latin-1", "json"]
)
async def test_other_types_are_refused_before_anything_is_read(kind: str | None) -> None:
    refused = await refusal(request(None, kind=kind))
    assert isinstance(refused, Unsupported)
    assert refused.errors[0].pointer == "header:Content-Type"


async def test_packed_bodies_are_refused() -> None:
    refused = await refusal(request(GOOD, content_encoding="gzip"))
    assert isinstance(refused, Unsupported)
    assert refused.errors[0].pointer == "header:Content-Encoding"
    await read_series(request(GOOD, content_encoding="identity"))


async def test_the_largest_body_is_taken_and_one_byte_more_is_not() -> None:
    padded = GOOD + b" " * (LIMIT - len(GOOD))
    await read_series(request(padded, content_length=str(LIMIT)))
    assert isinstance(await refusal(request(padded + b" ")), TooLarge)
    assert isinstance(await refusal(request(None, content_length=str(LIMIT + 1))), TooLarge)


@pytest.mark.parametrize("length", ["x", "-1", "+5", "1.0", "", "٣", "0x10"])
async def test_a_length_that_is_none_breaks_the_body(length: str) -> None:
    asked = request(GOOD)
    asked.scope["headers"].append((b"content-length", length.encode()))
    refused = await refusal(asked)
    assert isinstance(refused, BrokenBody)
    assert refused.errors[0].pointer == "header:Content-Length"


async def test_values_are_counted_as_they_arrive() -> None:
    most = WIDE // BYTES_PER_VALUE + SMALL
    settings = Settings(body_bytes=WIDE)
    part = b"[" * (most // 2)
    refused = await refusal(request(part, part, b"[[", None, settings=settings))
    assert isinstance(refused, TooLarge)
    (error,) = refused.errors
    assert (error.code, str(most) in error.message) == ("too_many_values", True)


WIDE = 2**22


async def test_a_body_waits_for_room_unless_it_is_small() -> None:
    settings = Settings(body_bytes=WIDE)
    budget = ByteBudget(WIDE, patience=0)
    padded = GOOD + b" " * SMALL
    small, large = (
        request(GOOD, settings=settings, content_length=str(len(GOOD))),
        request(padded, settings=settings, content_length=str(len(padded))),
    )
    chunked = request(GOOD, b" " * SMALL, settings=settings)
    async with budget.hold(LOCAL.organisation) as holding:
        await holding.grow(WIDE)
        await json_body(NewSeries)(small, bodies(small, budget))
        for asked in (large, chunked):
            with pytest.raises(NoRoom):
                await json_body(NewSeries)(asked, bodies(asked, budget))
    again = request(padded, settings=settings, content_length=str(len(padded)))
    assert (await json_body(NewSeries)(again, bodies(again, budget))).document.name == "Breakfasts"


async def test_a_length_of_very_many_digits_is_not_even_counted() -> None:
    assert isinstance(await refusal(request(content_length="9" * 5000)), TooLarge)


async def test_a_client_that_leaves_breaks_the_body() -> None:
    assert isinstance(await refusal(request(GOOD[:5], None)), BrokenBody)


async def test_a_body_that_does_not_come_runs_out_of_time() -> None:
    asked = request(settings=Settings(body_bytes=LIMIT, body_seconds=0.01))

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    late = Request(asked.scope, never)
    assert isinstance(await refusal(late), TooSlow)


async def test_a_body_may_take_its_time_up_to_the_limit() -> None:
    asked = request()
    arrives = _arriving([GOOD])

    async def receive() -> Message:
        await asyncio.sleep(0)  # others have their turn, and time is looked at
        message: Message = await arrives()
        return message

    slow = Request(asked.scope, receive)
    assert (await read_series(slow)).document == NewSeries(name="Breakfasts")


async def test_a_patch_may_call_itself_one() -> None:
    for kind in (JSON, MERGE_PATCH):
        sent = await patch_of(request(b'{"name": null}', kind=kind))
        assert sent.document == b'{"name": null}'


async def test_a_post_that_says_everything_in_its_path_takes_no_body() -> None:
    for chunks in ((), (b"{}",), (b" { } "[:0],)):
        assert (await no_body(request(*chunks, kind=None))).document is None
    with pytest.raises(Invalid):
        await no_body(request(b'{"a": 1}'))


def test_a_request_is_known_by_verb_address_and_body() -> None:
    asked = [
        request(),
        request(method="PUT"),
        request(path="/v1/series/x"),
        request(query=b"a=1"),
    ]
    digests = {digest_of_body(each, raw) for each in asked for raw in (b"", b"x")}
    assert len(digests) == 2 * len(asked)


def test_the_address_counts_as_it_was_sent() -> None:
    plain, escaped = request(path="/a b"), request(path="/a b")
    escaped.scope["raw_path"] = b"/a%20b"
    assert digest_of_body(plain, b"") != digest_of_body(escaped, b"")


def test_the_description_names_the_models() -> None:
    one = openapi_body(NewSeries)["requestBody"]
    schema = {"$ref": "#/components/schemas/NewSeries"}
    assert one == {"required": True, "content": {JSON: {"schema": schema}}}
    two = openapi_body(NewSeries, Series, required=False)["requestBody"]
    assert not two["required"]
    assert two["content"][JSON]["schema"]["oneOf"][0] == schema
    assert set(openapi_patch_body()["requestBody"]["content"]) == {JSON, MERGE_PATCH}
