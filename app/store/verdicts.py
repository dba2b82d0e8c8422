"""Verdicts on pairs of texts, of all events of an organisation: what the next one is offered.

The rows of an event are what ``confirmed`` and ``denied`` of its document say: they come and go
with it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import WrittenEvent, digest_of
from app.store.sealed import EventText
from app.store.tables import verdicts
from schemas.event import TextPair, plain_pair
from schemas.matching import OfferedPair

MOST_READ = 10_000
"""Of an organisation's verdicts so many are looked at, the newest."""


async def keep(
    connection: AsyncConnection, event_id: str, organisation: str, event: WrittenEvent
) -> None:
    """Make the rows of an event what its document says; those that stay keep their time."""
    told = _rows("confirmed", event.confirmed) | _rows("denied", event.denied)
    ours = verdicts.c.event_id == event_id
    known = {
        row.pair: {"verdict": row.verdict, "need": row.need, "offer": row.offer}
        for row in await connection.execute(sa.select(verdicts).where(ours))
    }
    gone = [pair for pair, row in known.items() if told.get(pair) != row]
    if gone:
        one = sa.and_(ours, verdicts.c.pair == sa.bindparam("gone"))
        await connection.execute(verdicts.delete().where(one), [{"gone": pair} for pair in gone])
    owner = {"event_id": event_id, "organisation": organisation, "settled_at": datetime.now(UTC)}
    fresh = [
        {
            "pair": pair,
            "verdict": row["verdict"],
            "need": EventText(event_id, row["need"]),
            "offer": EventText(event_id, row["offer"]),
            **owner,
        }
        for pair, row in told.items()
        if known.get(pair) != row
    ]
    if fresh:
        await connection.execute(verdicts.insert(), fresh)


def _rows(verdict: str, pairs: Iterable[TextPair]) -> dict[str, dict[str, str]]:
    """A verdict for each pair, by what tells it from others."""
    return {
        digest_of(to_json(plain_pair(pair)).decode()): {
            "verdict": verdict,
            "need": pair[0],
            "offer": pair[1],
        }
        for pair in pairs
    }


async def of_others(
    connection: AsyncConnection, organisation: str, event_id: str
) -> Sequence[OfferedPair]:
    """The verdicts of the organisation's other events, the newest first."""
    query = (
        sa.select(verdicts)
        .where(verdicts.c.organisation == organisation, verdicts.c.event_id != event_id)
        .order_by(verdicts.c.settled_at.desc(), verdicts.c.event_id.desc(), verdicts.c.pair)
        .limit(MOST_READ)
    )
    return [
        OfferedPair(
            need=row.need,
            offer=row.offer,
            verdict=row.verdict,
            event=row.event_id,
            settled_at=row.settled_at,
        )
        for row in await connection.execute(query)
    ]
