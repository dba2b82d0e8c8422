"""Stored series: their events, and the history that each event added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import insert_new
from app.store.ids import is_id, new_id
from app.store.sealed import EventText
from app.store.tables import events, series, series_events
from schemas.event import PairRule
from schemas.series import SeriesSummary

RULES = TypeAdapter(tuple[PairRule, ...])


@dataclass(frozen=True)
class StoredSeries:
    """A series of an organisation."""

    id: str
    organisation: str
    name: str
    created_at: datetime


@dataclass(frozen=True)
class StoredMember:
    """An event of a series; without ``history`` it has added none yet."""

    event_id: str
    name: str
    history: str | None

    def rules(self) -> tuple[PairRule, ...]:
        """The history it added."""
        return RULES.validate_json(self.history or "[]")


async def add(connection: AsyncConnection, organisation: str, name: str) -> StoredSeries:
    """Store a new series."""
    stored = StoredSeries(new_id(), organisation, name, datetime.now(UTC))
    await connection.execute(series.insert().values(**vars(stored)))
    return stored


async def find(
    connection: AsyncConnection, series_id: str, organisation: str, *, lock: bool = False
) -> StoredSeries | None:
    """The series, if it is of the organisation; ``lock`` keeps it from being deleted."""
    if not is_id(series_id):
        return None
    query = sa.select(series).where(series.c.id == series_id, series.c.organisation == organisation)
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredSeries(**row._mapping)


async def remove(connection: AsyncConnection, series_id: str) -> None:
    """Delete the series and all that events have added to it; the events stay."""
    await connection.execute(series.delete().where(series.c.id == series_id))


async def listing(connection: AsyncConnection, organisation: str) -> Sequence[SeriesSummary]:
    """The organisation's series, newest first."""
    members = (
        sa.select(sa.func.count()).where(series_events.c.series_id == series.c.id).scalar_subquery()
    )
    query = (
        sa.select(series.c.id, series.c.name, series.c.created_at, members.label("events"))
        .where(series.c.organisation == organisation)
        .order_by(series.c.id.desc())
    )
    return [SeriesSummary(**row._mapping) for row in await connection.execute(query)]


async def join(connection: AsyncConnection, series_id: str, event_id: str) -> None:
    """Make an event one of the series, at its end; one that is there keeps its place."""
    row = {"series_id": series_id, "event_id": event_id, "joined_at": datetime.now(UTC)}
    await insert_new(connection, series_events, row)


async def tell(
    connection: AsyncConnection, series_id: str, event_id: str, history: Sequence[PairRule]
) -> None:
    """Replace what an event of the series adds to the history."""
    await connection.execute(
        series_events.update()
        .where(series_events.c.series_id == series_id, series_events.c.event_id == event_id)
        .values(history=EventText(event_id, _document(history)))
    )


async def members(connection: AsyncConnection, series_id: str) -> Sequence[StoredMember]:
    """The events of a series, in the order they came to it."""
    query = (
        sa.select(series_events.c.event_id, events.c.name, series_events.c.history)
        .join(events, events.c.id == series_events.c.event_id)
        .where(series_events.c.series_id == series_id)
        .order_by(series_events.c.joined_at, series_events.c.event_id)
    )
    return [StoredMember(**row._mapping) for row in await connection.execute(query)]


def size(rows: Sequence[StoredMember]) -> int:
    """How many characters the histories of these events have."""
    return sum(len(row.history or "") for row in rows)


async def told_of(
    connection: AsyncConnection, event_id: str, attendee_id: str
) -> tuple[PairRule, ...]:
    """The pairs of the attendee in what an event added to any series."""
    query = sa.select(series_events.c.history).where(
        series_events.c.event_id == event_id, series_events.c.history.is_not(None)
    )
    told = (await connection.execute(query.order_by(series_events.c.series_id))).scalars()
    rules = (rule for history in told for rule in RULES.validate_json(history))
    return tuple(rule for rule in rules if attendee_id in rule.pair)


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Erase every pair of the attendee from what an event added to any series; if there was one."""
    query = sa.select(series_events.c.series_id, series_events.c.history).where(
        series_events.c.event_id == event_id, series_events.c.history.is_not(None)
    )
    known = False
    for series_id, history in (await connection.execute(query)).all():
        rules = RULES.validate_json(history)
        rest = [rule for rule in rules if attendee_id not in rule.pair]
        if len(rest) < len(rules):
            await tell(connection, series_id, event_id, rest)
            known = True
    return known


def _document(history: Sequence[PairRule]) -> str:
    return RULES.dump_json(tuple(history), exclude_defaults=True).decode()
