"""Progress of searches, numbered from 0 for each solve, for whoever watches now or comes later."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.solves import OPEN
from app.store.tables import progress, solves

Numbered = tuple[int, str]
"""The number of a piece of progress, and its JSON."""


async def add(connection: AsyncConnection, solve_id: str, document: str) -> None:
    """Store the next piece of a solve's progress."""
    newest = sa.select(sa.func.coalesce(sa.func.max(progress.c.number), -1))
    number = newest.where(progress.c.solve_id == solve_id).scalar_subquery() + 1
    await connection.execute(
        progress.insert().values(solve_id=solve_id, number=number, document=document)
    )


async def newest(connection: AsyncConnection, ids: Collection[str]) -> Mapping[str, int]:
    """The number of the last piece of each solve's progress, of those that have any."""
    last = sa.func.max(progress.c.number).label("last")
    query = sa.select(progress.c.solve_id, last).where(progress.c.solve_id.in_(ids))
    rows = await connection.execute(query.group_by(progress.c.solve_id))
    return {row.solve_id: row.last for row in rows}


async def after(connection: AsyncConnection, solve_id: str, number: int) -> Sequence[Numbered]:
    """All that came of a solve after ``number``, in order."""
    query = (
        sa.select(progress.c.number, progress.c.document)
        .where(progress.c.solve_id == solve_id, progress.c.number > number)
        .order_by(progress.c.number)
    )
    return [(row.number, row.document) for row in await connection.execute(query)]


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Delete the progress of solves that ended before then; the solves' rows stay."""
    ended = sa.select(solves.c.id).where(solves.c.state.not_in(OPEN), solves.c.updated_at < before)
    await connection.execute(progress.delete().where(progress.c.solve_id.in_(ended)))
