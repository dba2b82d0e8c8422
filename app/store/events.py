"""Stored events: the document, its revision, and how far the day has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.ids import is_id, new_id
from app.store.tables import events, schedules
from app.threads import beside
from schemas.event import Event
from schemas.listing import EventSummary

SERVER_OWNED = {"held_rounds", "published"}


@dataclass(frozen=True)
class StoredEvent:
    """An event as stored; ``document`` lacks ``held_rounds`` and ``published``."""

    id: str
    organisation: str
    revision: int
    document: str
    held_rounds: int
    name: str
    attendees: int
    published_version: int | None

    @property
    def etag(self) -> str:
        """A strong tag of everything that `GET` of the event shows."""
        return f'"{self.revision}.{self.published_version or 0}"'

    async def event(self) -> Event:
        """The event with its held rounds, without the schedule that they are part of."""
        event = await beside(len(self.document), Event.model_validate_json, self.document)
        return event.model_copy(update={"held_rounds": self.held_rounds})

    def whole(self, published: str | None = None) -> str:
        """The document that `GET` shows, given the JSON of the published schedule."""
        owned = f'"held_rounds":{self.held_rounds},"published":{published or "null"}'
        return f"{self.document[:-1]},{owned}}}"


async def document_of(event: Event) -> str:
    """The event's JSON as it is stored."""
    size = BYTES_OF_ATTENDEE * len(event.attendees) + BYTES_OF_BENEFIT * len(event.benefits)
    return await beside(
        size, partial(event.model_dump_json, exclude=SERVER_OWNED, exclude_none=True)
    )


BYTES_OF_ATTENDEE, BYTES_OF_BENEFIT = 500, 50
"""About."""


async def add(connection: AsyncConnection, organisation: str, event: Event) -> StoredEvent:
    """Store a new event as revision 1."""
    now = datetime.now(UTC)
    stored = StoredEvent(
        id=new_id(),
        organisation=organisation,
        revision=1,
        document=await document_of(event),
        held_rounds=0,
        name=event.name,
        attendees=len(event.attendees),
        published_version=None,
    )
    await connection.execute(
        events.insert().values(
            id=stored.id,
            organisation=organisation,
            created_at=now,
            **_values(stored.document, event, revision=1, now=now),
        )
    )
    return stored


async def find(
    connection: AsyncConnection,
    event_id: str,
    organisation: str | None = None,
    *,
    lock: bool = False,
) -> StoredEvent | None:
    """The event, if it is of ``organisation`` (None: any); ``lock`` keeps writers away."""
    if not is_id(event_id):
        return None
    query = sa.select(*_columns_of(StoredEvent.__dataclass_fields__)).where(events.c.id == event_id)
    if organisation is not None:
        query = query.where(events.c.organisation == organisation)
    if lock:
        query = query.with_for_update(of=events)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredEvent(**row._mapping)


def _columns_of(names: Iterable[str]) -> list[sa.ColumnElement[Any]]:
    """Columns of the events, and the version that is published."""
    return [
        _published.label(name) if name == "published_version" else events.c[name] for name in names
    ]


_published = (
    sa.select(schedules.c.version)
    .where(schedules.c.event_id == events.c.id, schedules.c.status == "published")
    .scalar_subquery()
)


class Standing(NamedTuple):
    """How far an event has come, without its document."""

    revision: int
    published_version: int | None
    held_rounds: int
    rounds: int


async def standing(connection: AsyncConnection, event_id: str) -> Standing | None:
    """How far the event has come."""
    query = sa.select(*_columns_of(Standing._fields)).where(events.c.id == event_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Standing(*row)


async def save(connection: AsyncConnection, stored: StoredEvent, event: Event) -> StoredEvent:
    """Replace the document by the next revision; an equal one stays the revision it is."""
    document = await document_of(event)
    if document == stored.document and event.held_rounds == stored.held_rounds:
        return stored
    revision = stored.revision + 1
    values = _values(document, event, revision=revision, now=datetime.now(UTC))
    await connection.execute(events.update().where(events.c.id == stored.id).values(**values))
    return replace(
        stored,
        revision=revision,
        document=document,
        held_rounds=event.held_rounds,
        name=event.name,
        attendees=len(event.attendees),
    )


def _values(document: str, event: Event, *, revision: int, now: datetime) -> dict[str, object]:
    return {
        "revision": revision,
        "document": document,
        "held_rounds": event.held_rounds,
        "name": event.name,
        "attendees": len(event.attendees),
        "rounds": len(event.rounds),
        "updated_at": now,
    }


async def remove(connection: AsyncConnection, event_id: str) -> None:
    """Delete the event and, with it, its schedules, solves and incidents."""
    await connection.execute(events.delete().where(events.c.id == event_id))


async def page(
    connection: AsyncConnection, organisation: str, before: str | None, limit: int
) -> Sequence[EventSummary]:
    """The newest ``limit`` events older than the id ``before``."""
    query = (
        sa.select(*(events.c[name] for name in EventSummary.model_fields))
        .where(events.c.organisation == organisation)
        .order_by(events.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(events.c.id < before)
    return [EventSummary(**row._mapping) for row in await connection.execute(query)]
