"""What an organisation said of the columns of its files, by header: for the next such file."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import column_mappings

MOST_REMEMBERED = 200
"""Headers of an organisation whose columns are remembered, those used last."""

Columns = Mapping[str, Any]
"""What was said of each column, by its header or its number from 1."""


async def remembered(connection: AsyncConnection, organisation: str) -> Mapping[str, Columns]:
    """What was said of columns, by what the header of the file is known by."""
    query = (
        sa.select(column_mappings.c.header, column_mappings.c.columns)
        .where(column_mappings.c.organisation == organisation)
        .order_by(column_mappings.c.used_at.desc())
        .limit(MOST_REMEMBERED)
    )
    return {row.header: from_json(row.columns) for row in await connection.execute(query)}


async def remember(
    connection: AsyncConnection, organisation: str, header: str, columns: Columns
) -> None:
    """Keep what was said of the columns of a header, in the place of what was said before."""
    ours = sa.and_(
        column_mappings.c.organisation == organisation, column_mappings.c.header == header
    )
    await connection.execute(column_mappings.delete().where(ours))
    row = {"organisation": organisation, "header": header, "used_at": datetime.now(UTC)}
    told = to_json(dict(columns)).decode()
    await connection.execute(column_mappings.insert(), row | {"columns": told})
