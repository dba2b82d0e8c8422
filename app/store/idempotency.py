"""Answers remembered by Idempotency-Key, kept in the transaction of what they answer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import insert_new
from app.store.sealed import EventText
from app.store.tables import idempotency


@dataclass(frozen=True)
class StoredAnswer:
    """An answer given before, and the digest of the request it was given to.

    ``event_id`` is the event it is about, if any; without a ``body`` it was forgotten since.
    """

    request: str
    status: int
    headers: dict[str, str]
    body: bytes | None
    event_id: str | None = None


async def claim_key(
    connection: AsyncConnection, organisation: str, key: str, request: str, hours: int
) -> StoredAnswer | None:
    """None if the key is now this transaction's; else what the key was used for before.

    A rival with the same key waits here until this transaction ends; a key that is older than
    ``hours`` may be used anew.
    """
    now = datetime.now(UTC)
    old = idempotency.c.created_at < now - timedelta(hours=hours)
    await connection.execute(idempotency.delete().where(*_one(organisation, key), old))
    row = {"organisation": organisation, "key": key, "request": request, "created_at": now}
    if await insert_new(connection, idempotency, row):
        return None
    return await _recall(connection, organisation, key)


async def forget_old(connection: AsyncConnection, hours: int) -> None:
    """Forget every key that is older."""
    then = datetime.now(UTC) - timedelta(hours=hours)
    await connection.execute(idempotency.delete().where(idempotency.c.created_at < then))


async def forget_answers(connection: AsyncConnection, event_id: str) -> None:
    """Forget what was answered about an event; its keys stay used: nothing is done twice."""
    ours = idempotency.c.event_id == event_id
    await connection.execute(idempotency.update().where(ours).values(body=None))


async def save_answer(
    connection: AsyncConnection, organisation: str, key: str, answer: StoredAnswer
) -> None:
    """Keep the answer of a claimed key."""
    body = None if answer.body is None else EventText(answer.event_id, answer.body)
    columns = vars(answer) | {"headers": to_json(answer.headers).decode(), "body": body}
    await connection.execute(idempotency.update().where(*_one(organisation, key)).values(**columns))


async def _recall(connection: AsyncConnection, organisation: str, key: str) -> StoredAnswer:
    columns = (idempotency.c[name] for name in StoredAnswer.__dataclass_fields__)
    query = sa.select(*columns).where(*_one(organisation, key))
    row: Any = (await connection.execute(query)).one()
    return StoredAnswer(**dict(row._mapping) | {"headers": from_json(row.headers)})


def _one(organisation: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return idempotency.c.organisation == organisation, idempotency.c.key == key
