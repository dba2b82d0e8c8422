"""A POST sent again with its key has one effect and the same answer."""

from typing import Any

import pytest
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Gone, Invalid, Malformed, StateConflict
from app.http.body import Sent
from app.http.idempotency import LONGEST_KEY, Idempotent, key_of
from app.http.keys import Caller
from app.settings import Settings
from app.store import idempotency
from app.store.engine import Store

pytestmark = pytest.mark.anyio

SENT = Sent(None, "the request")


class CountedEffect:
    """Answers with how often it was had."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, connection: AsyncConnection) -> Response:
        self.times += 1
        return Response(f"\x00{self.times}", 201, {"Location": f"/v1/{self.times}"})


def once(store: Store, key: str | None, organisation: str = "acme") -> Idempotent:
    return Idempotent(store, Settings(), Caller(organisation, "organiser"), key)


def told(answer: Response) -> tuple[int, bytes, str]:
    return answer.status_code, bytes(answer.body), answer.headers["Location"]


async def test_the_second_time_the_answer_is_given_again(store: Store) -> None:
    effect = CountedEffect()
    answers = [told(await once(store, "k-1")(SENT, effect)) for _ in range(2)]
    assert answers == [(201, b"\x001", "/v1/1")] * 2
    assert effect.times == 1


async def test_without_a_key_every_request_has_its_effect(store: Store) -> None:
    effect = CountedEffect()
    for _ in range(2):
        await once(store, None)(SENT, effect)
    assert effect.times == 2


async def test_a_key_is_of_one_organisation(store: Store) -> None:
    effect = CountedEffect()
    for organisation in ("acme", "other"):
        await once(store, "k-2", organisation)(SENT, effect)
    assert effect.times == 2


async def test_a_key_is_for_one_request(store: Store) -> None:
    effect = CountedEffect()
    await once(store, "k-3")(SENT, effect)
    with pytest.raises(Invalid) as refused:
        await once(store, "k-3")(Sent(None, "another"), effect)
    assert refused.value.errors[0].code == "key_of_another_request"
    assert effect.times == 1


async def test_a_refused_request_leaves_no_trace_of_its_key(store: Store) -> None:
    async def refuse(connection: AsyncConnection) -> Response:
        raise StateConflict

    with pytest.raises(StateConflict):
        await once(store, "k-4")(SENT, refuse)
    effect = CountedEffect()
    await once(store, "k-4")(Sent(None, "another"), effect)
    assert effect.times == 1


async def test_an_answer_that_was_forgotten_is_gone_and_nothing_is_done_again(
    store: Store,
) -> None:
    effect, event_id = CountedEffect(), "e" * 32
    store.keys.make(event_id)
    inside = Idempotent(store, Settings(), Caller("acme", "organiser"), "k-5", event_id)
    await inside(SENT, effect)
    async with store.write() as connection:
        await idempotency.forget_answers(connection, event_id)
    with pytest.raises(Gone) as refused:
        await inside(SENT, effect)
    assert refused.value.errors[0].message.endswith("read /v1/1")
    with pytest.raises(Invalid):
        await inside(Sent(None, "another"), effect)
    assert effect.times == 1


async def test_an_answer_knows_the_event_that_it_made(store: Store) -> None:
    made = f"/v1/events/{'f' * 32}"
    store.keys.make("f" * 32)

    async def make(_: AsyncConnection) -> Response:
        return Response("x", 201, {"Location": made})

    await once(store, "k-6")(SENT, make)
    async with store.write() as connection:
        await idempotency.forget_answers(connection, "f" * 32)
    with pytest.raises(Gone) as refused:
        await once(store, "k-6")(SENT, make)
    assert refused.value.errors[0].message.endswith(made)


def request(*keys: str) -> Request:
    headers = [(b"idempotency-key", key.encode("latin-1")) for key in keys]
    scope: dict[str, Any] = {"type": "http", "headers": headers}
    return Request(scope)


@pytest.mark.parametrize("key", ["a", "!~", "x" * LONGEST_KEY, '"quoted"'])
def test_visible_characters_are_a_key(key: str) -> None:
    assert key_of(request(key)) == key


def test_no_key_is_none() -> None:
    assert key_of(request()) is None


LONG = "x" * (LONGEST_KEY + 1)


@pytest.mark.parametrize(
    "keys", [("",), (" ",), ("a b",), ("é",), ("\x7f",), (LONG,), ("a", "a"), ("a", "b")]
)
def test_anything_else_is_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(Malformed) as refused:
        key_of(request(*keys))
    assert refused.value.errors[0].pointer == "header:Idempotency-Key"
