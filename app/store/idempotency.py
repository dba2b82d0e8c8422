"""Answers remembered by Idempotency-Key, kept in the transaction of what they answer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import insert_new
from app.store.tables import idempotency


@dataclass(frozen=True)
class StoredAnswer:
    """An answer given before, and the digest of the request it was given to."""

    request: str
    status: int
    headers: dict[str, str]
    body: bytes


async def claim_key(
    connection: AsyncConnection, organisation: str, key: str, request: str, hours: int
) -> StoredAnswer | None:
    """None if the key is now this transaction's; else what the key was used for before.

    A rival with the same key waits here until this transaction ends; keys older than ``hours``
    are forgotten.
    """
    now = datetime.now(UTC)
    await connection.execute(
        idempotency.delete().where(idempotency.c.created_at < now - timedelta(hours=hours))
    )
    row = {"organisation": organisation, "key": key, "request": request, "created_at": now}
    if await insert_new(connection, idempotency, row):
        return None
    return await _recall(connection, organisation, key)


async def save_answer(
    connection: AsyncConnection, organisation: str, key: str, answer: StoredAnswer
) -> None:
    """Keep the answer of a claimed key."""
    await connection.execute(
        idempotency.update()
        .where(*_one(organisation, key))
        .values(status=answer.status, headers=to_json(answer.headers).decode(), body=answer.body)
    )


async def _recall(connection: AsyncConnection, organisation: str, key: str) -> StoredAnswer:
    columns = (idempotency.c[name] for name in StoredAnswer.__dataclass_fields__)
    query = sa.select(*columns).where(*_one(organisation, key))
    row: Any = (await connection.execute(query)).one()
    return StoredAnswer(row.request, row.status, from_json(row.headers), row.body)


def _one(organisation: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return idempotency.c.organisation == organisation, idempotency.c.key == key
