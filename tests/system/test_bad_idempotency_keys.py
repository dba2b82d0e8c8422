"""Idempotency keys: one effect each, none shared by organisations, none used up in vain."""

import asyncio
from collections import Counter

import pytest

from tests.api import OTHER, TWO, Api

pytestmark = pytest.mark.anyio


async def test_a_post_sent_again_with_its_key_has_one_effect(api: Api) -> None:
    key = {"Idempotency-Key": "again-1"}
    first = await api.send("POST", "/v1/events", TWO, headers=key)
    before = await api.seen()
    again = await api.send("POST", "/v1/events", TWO, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert await api.seen() == before


async def test_ten_at_once_have_one_effect(api: Api) -> None:
    url, key = await api.create(), {"Idempotency-Key": "ten-1"}
    where, body = f"{url}/attendees", {"id": "c"}
    answers = await asyncio.gather(*(api.send("POST", where, body, headers=key) for _ in range(10)))
    assert Counter((a.status_code, a.content) for a in answers) == {(201, answers[0].content): 10}
    assert (await api.get(url))["attendees"][-1]["id"] == "c"
    assert await api.tag(url) == '"2.0"'


async def test_without_a_key_ten_at_once_are_ten(api: Api) -> None:
    answers = await asyncio.gather(*(api.send("POST", "/v1/events", TWO) for _ in range(10)))
    assert len({answer.json()["id"] for answer in answers}) == 10


async def test_a_key_is_for_one_request(api: Api) -> None:
    key = {"Idempotency-Key": "one-1"}
    url = (await api.send("POST", "/v1/events", TWO, headers=key)).headers["Location"]
    pointer = "header:Idempotency-Key"
    others = (("/v1/events", TWO | {"seed": 1}), (f"{url}/attendees", TWO["attendees"]))
    await api.refuses("POST", *others[0], pointer=pointer, headers=key, about=url)
    where = f"{url}/attendees"
    await api.refuses("POST", where, {"id": "c"}, pointer=pointer, headers=key, about=url)


async def test_two_organisations_may_use_the_same_key(api: Api) -> None:
    key = {"Idempotency-Key": "shared-1"}
    mine = await api.send("POST", "/v1/events", TWO, headers=key)
    theirs = await api.as_(OTHER).send("POST", "/v1/events", TWO, headers=key)
    assert mine.status_code == theirs.status_code == 201
    assert mine.json()["id"] != theirs.json()["id"]


async def test_a_refused_request_does_not_use_up_its_key(api: Api) -> None:
    key = {"Idempotency-Key": "refused-1"}
    url = await api.create()
    await api.refuses("POST", "/v1/events", {"rounds": 5}, headers=key)
    known = {"id": "a"}
    await api.refuses("POST", f"{url}/attendees", known, status=409, headers=key, about=url)
    answer = await api.send("POST", "/v1/events", TWO, headers=key)
    assert answer.status_code == 201


BAD_KEYS = {
    "empty": "",
    "256 characters": "x" * 256,
    "a space inside": "a b",
    "a tab inside": "a\tb",
    "not ASCII": "\u00e9",
    "DEL": "a\x7f",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS.keys())
async def test_a_bad_key_is_refused(api: Api, key: str) -> None:
    url = await api.create()
    headers = {"Idempotency-Key": key.encode("latin-1")}
    for where, body in (
        ("/v1/events", TWO),
        (f"{url}/attendees", {"id": "c"}),
        (f"{url}/validate", None),
    ):
        await api.refuses(
            "POST",
            where,
            body,
            status=400,
            pointer="header:Idempotency-Key",
            headers=headers,
            about=url,
        )


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~", "8f14e45f-ceea-467f-a8b4-2a1a3b0d9f6e"])
async def test_a_good_key_is_taken(api: Api, key: str) -> None:
    answer = await api.send("POST", "/v1/events", TWO, headers={"Idempotency-Key": key})
    assert answer.status_code == 201
