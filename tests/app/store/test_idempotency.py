"""Answers remembered by key: one use of a key in an organisation, until it is old."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.store import idempotency
from app.store.engine import Store
from app.store.tables import idempotency as keys

pytestmark = pytest.mark.anyio

ANSWER = idempotency.StoredAnswer("r", 201, {"A": "b"}, b"\0x")


async def test_an_answer_is_forgotten_in_time(store: Store) -> None:
    async with store.write() as connection:
        assert await idempotency.claim_key(connection, "acme", "old", "r", 48) is None
        await idempotency.save_answer(
            connection, "acme", "old", idempotency.StoredAnswer("r", 201, {"A": "b"}, b"\0x")
        )
    async with store.write() as connection:
        before = await idempotency.claim_key(connection, "acme", "old", "other", 48)
        assert before == idempotency.StoredAnswer("r", 201, {"A": "b"}, b"\0x")
        long_ago = datetime.now(UTC) - timedelta(hours=49)
        await connection.execute(keys.update().values(created_at=long_ago))
        assert await idempotency.claim_key(connection, "acme", "old", "other", 48) is None


async def test_a_key_is_of_one_organisation(store: Store) -> None:
    async with store.write() as connection:
        for organisation in ("acme", "other"):
            assert await idempotency.claim_key(connection, organisation, "k", "r", 48) is None
        await idempotency.save_answer(connection, "acme", "k", ANSWER)
        assert await idempotency.claim_key(connection, "acme", "k", "r", 48) == ANSWER
        assert (await idempotency.claim_key(connection, "acme", "other-key", "r", 48)) is None


async def test_only_what_is_old_is_forgotten(store: Store) -> None:
    async with store.write() as connection:
        for key in ("older", "newer"):
            await idempotency.claim_key(connection, "acme", key, "r", 48)
            await idempotency.save_answer(connection, "acme", key, ANSWER)
        for key, hours in (("older", 49), ("newer", 47)):
            then = datetime.now(UTC) - timedelta(hours=hours)
            await connection.execute(keys.update().where(keys.c.key == key).values(created_at=then))
        await idempotency.forget_old(connection, 48)
        assert await idempotency.claim_key(connection, "acme", "newer", "r", 48) == ANSWER
        rows = await connection.execute(sa.select(keys.c.key))
        assert "older" not in set(rows.scalars())


async def test_an_answer_about_an_event_is_forgotten_and_its_key_stays_used(store: Store) -> None:
    ours, theirs = (replace(ANSWER, event_id=name * 32) for name in "ab")
    for event_id in (ours.event_id, theirs.event_id):
        store.keys.make(event_id or "")
    async with store.write() as connection:
        for key, answer in (("ours", ours), ("theirs", theirs)):
            await idempotency.claim_key(connection, "acme", key, "r", 48)
            await idempotency.save_answer(connection, "acme", key, answer)
        await idempotency.forget_answers(connection, "a" * 32)
        left = replace(ours, body=None)
        assert await idempotency.claim_key(connection, "acme", "ours", "r", 48) == left
        assert await idempotency.claim_key(connection, "acme", "theirs", "r", 48) == theirs


async def test_a_key_whose_request_failed_is_free(store: Store) -> None:
    async def claim_and_fail() -> None:
        async with store.write() as connection:
            await idempotency.claim_key(connection, "acme", "failed", "r", 48)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await claim_and_fail()
    async with store.write() as connection:
        assert await idempotency.claim_key(connection, "acme", "failed", "other", 48) is None
