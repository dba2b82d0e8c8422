"""Stored schedules: immutable, numbered versions, at most one of them published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zlib import crc32

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.events import StoredEvent
from app.store.tables import schedules
from app.threads import beside
from schemas.listing import ScheduleSummary
from schemas.schedule import Schedule

Status = Literal["draft", "published", "superseded"]
SERVER_OWNED = {"event_id", "version", "status", "created_at"}


@dataclass(frozen=True)
class StoredSchedule:
    """A version as stored; ``document`` lacks what the other fields say."""

    event_id: str
    version: int
    status: Status
    document: str
    created_at: datetime

    @property
    def etag(self) -> str:
        """A strong tag: the status of a version changes, and what it quotes of who was erased."""
        return f'"{self.version}.{self.status}.{crc32(self.document.encode()):08x}"'

    def whole(self) -> str:
        """The schedule's JSON."""
        owned = to_json(
            {
                "event_id": self.event_id,
                "version": self.version,
                "status": self.status,
                "created_at": self.created_at,
            }
        )
        return f"{owned.decode()[:-1]},{self.document[1:]}"

    async def schedule(self) -> Schedule:
        """The schedule."""
        return await beside(len(self.document), Schedule.model_validate_json, self.whole())


async def add(
    connection: AsyncConnection, event_id: str, schedule: Schedule, status: Status = "draft"
) -> StoredSchedule:
    """Store the next version; the caller holds the event's lock. Publishing supersedes."""
    newest = sa.select(sa.func.max(schedules.c.version)).where(schedules.c.event_id == event_id)
    version = ((await connection.execute(newest)).scalar() or 0) + 1
    stored = StoredSchedule(
        event_id,
        version,
        "draft",
        schedule.model_dump_json(exclude=SERVER_OWNED),
        datetime.now(UTC),
    )
    await connection.execute(schedules.insert().values(**vars(stored), **_figures(schedule)))
    if status == "published":
        return await publish(connection, stored)
    return stored


def _figures(schedule: Schedule) -> dict[str, float | str | None]:
    quality = schedule.quality
    if quality is None:
        return {}
    return {
        "objective": quality.objective,
        "upper_bound": quality.upper_bound,
        "gap": quality.gap,
        "proof": quality.proof,
    }


async def publish(connection: AsyncConnection, stored: StoredSchedule) -> StoredSchedule:
    """Make it the published version; the one before is superseded."""
    ours = schedules.c.event_id == stored.event_id
    await connection.execute(
        schedules.update()
        .where(ours, schedules.c.status == "published")
        .values(status="superseded")
    )
    await connection.execute(
        schedules.update()
        .where(ours, schedules.c.version == stored.version)
        .values(status="published")
    )
    return StoredSchedule(
        stored.event_id, stored.version, "published", stored.document, stored.created_at
    )


async def find(connection: AsyncConnection, event_id: str, version: int) -> StoredSchedule | None:
    """One version."""
    return await _first(connection, event_id, schedules.c.version == version)


async def with_published(connection: AsyncConnection, event: StoredEvent) -> str:
    """The event's document as `GET` shows it, with the published schedule."""
    stored = await find(connection, event.id, event.published_version or 0)
    return event.whole(stored.whole() if stored else None)


async def published(connection: AsyncConnection, event_id: str) -> StoredSchedule | None:
    """The published version."""
    return await _first(connection, event_id, schedules.c.status == "published")


async def current(connection: AsyncConnection, event_id: str) -> StoredSchedule | None:
    """The published version, else the newest."""
    return await published(connection, event_id) or await _first(connection, event_id)


async def _first(
    connection: AsyncConnection, event_id: str, *where: sa.ColumnElement[bool]
) -> StoredSchedule | None:
    """The newest version that fits."""
    query = (
        sa.select(*(schedules.c[name] for name in StoredSchedule.__dataclass_fields__))
        .where(schedules.c.event_id == event_id, *where)
        .order_by(schedules.c.version.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredSchedule(**row._mapping)


async def listing(connection: AsyncConnection, event_id: str) -> Sequence[ScheduleSummary]:
    """Every version, newest first."""
    query = (
        sa.select(*(schedules.c[name] for name in ScheduleSummary.model_fields))
        .where(schedules.c.event_id == event_id)
        .order_by(schedules.c.version.desc())
    )
    return [ScheduleSummary(**row._mapping) for row in await connection.execute(query)]


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> None:
    """Erase, from every version, the reasons of the attendee's meetings: they quote texts."""
    query = sa.select(schedules.c.version, schedules.c.document).where(
        schedules.c.event_id == event_id
    )
    for version, document in (await connection.execute(query)).all():
        await connection.execute(
            schedules.update()
            .where(schedules.c.event_id == event_id, schedules.c.version == version)
            .values(document=_without_reasons(document, attendee_id))
        )


def _without_reasons(document: str, attendee_id: str) -> str:
    schedule = from_json(document)
    for block in schedule["rounds"]:
        for meeting in block["meetings"]:
            if attendee_id in meeting["attendees"]:
                meeting |= {"why": [], "purpose_line": ""}
    return to_json(schedule).decode()
