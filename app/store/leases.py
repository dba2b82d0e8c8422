"""Leases: a name held by one process for a while, such as a live worker's or a sweep's."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import insert_new
from app.store.tables import leases

WORKER = "worker:"
"""What the lease of a live worker is called, before its name."""
EVENT = "event:"
"""What the lease of an event is called, before its id, that a repair has to itself."""


async def take(connection: AsyncConnection, name: str, holder: str, seconds: float) -> bool:
    """Hold ``name`` for ``seconds`` more; False if another holder's lease still runs."""
    now = datetime.now(UTC)
    await connection.execute(
        leases.delete().where(
            leases.c.name == name, sa.or_(leases.c.until < now, leases.c.holder == holder)
        )
    )
    row = {"name": name, "holder": holder, "until": now + timedelta(seconds=seconds)}
    return await insert_new(connection, leases, row)


async def give_back(connection: AsyncConnection, name: str, holder: str) -> None:
    """Let others have ``name``."""
    await connection.execute(
        leases.delete().where(leases.c.name == name, leases.c.holder == holder)
    )


async def live(connection: AsyncConnection, prefix: str) -> list[str]:
    """The names that start with ``prefix`` and are held now."""
    query = (
        sa.select(leases.c.name)
        .where(
            leases.c.name.startswith(prefix, autoescape=True), leases.c.until >= datetime.now(UTC)
        )
        .order_by(leases.c.name)
    )
    return list((await connection.execute(query)).scalars())
