"""Stored events: the document, its revision, and how far the day has come.

The benefits of an event, its bulk, have a row of their own that incidents leave alone; a process
remembers those it read last.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.large_documents import in_child_if_large, in_thread_if_large, outside_transaction
from app.planning.attendee_list import listed_in
from app.planning.document import WrittenEvent, with_benefits
from app.store import idempotency, verdicts
from app.store.engine import insert_new
from app.store.ids import is_id, new_id
from app.store.key_ring import KeyRing, keys_of
from app.store.sealed import EventText
from app.store.tables import benefits as benefit_rows
from app.store.tables import events, feedback, schedules, wipes
from app.store.text_cache import TextCache
from app.strict_json import join_objects
from schemas.day import DayState
from schemas.event import Event
from schemas.listing import EventSummary


@dataclass(frozen=True)
class StoredEvent:
    """An event as stored; ``outline`` lacks ``benefits``, ``held_rounds`` and ``published``.

    ``benefits_digest`` is that of ``benefits_json``, the JSON of the benefits given; both are
    empty if there are none. ``day`` is a DayState in JSON.
    """

    id: str
    organisation: str
    revision: int
    outline: str
    benefits_digest: str
    benefits_json: str
    day: str
    held_rounds: int
    name: str
    attendees: int
    published_version: int | None

    @property
    def etag(self) -> str:
        """A strong tag of everything that `GET` of the event shows."""
        return f'"{self.revision}.{self.published_version or 0}"'

    @cached_property
    def document(self) -> str:
        """The event's JSON, without what the server owns."""
        return with_benefits(self.outline, self.benefits_json)

    @property
    def state(self) -> DayState:
        """How far the day has come."""
        return DayState.model_validate_json(self.day)

    async def event(self) -> Event:
        """The event with its held rounds, without the schedule that they are part of."""
        event = await in_thread_if_large(len(self.document), read_event, self.document)
        return event.model_copy(update={"held_rounds": self.held_rounds})

    def shown_document(self, published: str | None = None) -> str:
        """The document that `GET` shows, given the JSON of the published schedule."""
        owned = f'{{"held_rounds":{self.held_rounds},"published":{published or "null"}}}'
        return join_objects(self.document, owned)


class EventAfter(NamedTuple):
    """What incidents made of an event: what is stored of it, and how large it is."""

    outline: str
    day: str
    held_rounds: int
    attendees: int
    rounds: int


def read_event(document: str) -> Event:
    """The event of a stored document."""
    return Event.model_validate_json(document)


def with_benefits_of(stored: StoredEvent, outline: WrittenEvent) -> WrittenEvent:
    """An event whose outline alone was changed, with the benefits as they are."""
    return replace(
        outline, benefits_json=stored.benefits_json, benefits_digest=stored.benefits_digest
    )


EVER = timedelta(days=36_500)
_BENEFITS = TextCache(most=64 * 2**20)
"""Benefits."""


async def add(connection: AsyncConnection, organisation: str, event: WrittenEvent) -> StoredEvent:
    """Store a new event as revision 1."""
    keys, now = keys_of(connection.dialect), datetime.now(UTC)
    stored = StoredEvent(
        id=await outside_transaction(asyncio.to_thread, _id_with_key, keys, event.outline),
        organisation=organisation,
        revision=1,
        outline=event.outline,
        benefits_digest=event.benefits_digest,
        benefits_json=event.benefits_json,
        day="{}",
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
            **_values(stored, event.rounds, now),
        )
    )
    await _save_benefits(connection, stored)
    await verdicts.keep(connection, stored.id, organisation, event)
    return stored


def _id_with_key(keys: KeyRing, _outline: str) -> str:
    """A new id, with a key; the same for the same event when a transaction is begun anew."""
    event_id = new_id()
    keys.make(event_id)
    return event_id


async def _save_benefits(connection: AsyncConnection, stored: StoredEvent) -> None:
    """Replace the benefits of the event."""
    await connection.execute(benefit_rows.delete().where(benefit_rows.c.event_id == stored.id))
    if stored.benefits_json:
        row = {
            "event_id": stored.id,
            "digest": stored.benefits_digest,
            "document": EventText(stored.id, stored.benefits_json),
        }
        await connection.execute(benefit_rows.insert(), row)  # statements are kept
        _BENEFITS.keep(stored.benefits_digest, stored.benefits_json)


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
    query = sa.select(*_columns_of(_COLUMNS)).where(events.c.id == event_id)
    if organisation is not None:
        query = query.where(events.c.organisation == organisation)
    if lock:
        query = query.with_for_update(of=events)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    benefits = await _read_benefits(connection, event_id, row.benefits_digest)
    if benefits is None:  # replaced since the row was read
        return await find(connection, event_id, organisation, lock=lock)
    return StoredEvent(**row._mapping, benefits_json=benefits)


async def lock(connection: AsyncConnection, event_id: str) -> None:
    """Keep other writers of the event away until the transaction ends."""
    await connection.execute(
        sa.select(events.c.id).where(events.c.id == event_id).with_for_update()
    )


async def _read_benefits(connection: AsyncConnection, event_id: str, digest: str) -> str | None:
    """The benefits of an event, read only if this process does not remember them."""
    if not digest:
        return ""
    known = _BENEFITS.get(digest)
    if known is not None:
        return known
    query = sa.select(benefit_rows.c.document).where(
        benefit_rows.c.event_id == event_id, benefit_rows.c.digest == digest
    )
    found: str | None = (await connection.execute(query)).scalar_one_or_none()
    if found is not None:
        _BENEFITS.keep(digest, found)
    return found


_COLUMNS = tuple(name for name in StoredEvent.__dataclass_fields__ if name != "benefits_json")


def _columns_of(names: Iterable[str]) -> list[sa.ColumnElement[Any]]:
    """Columns of the events, and the version that is published."""
    elsewhere = {
        "published_version": _published,
        "outline": events.c.document,
        "benefits_digest": events.c.benefits,
    }
    columns = ((name, elsewhere[name] if name in elsewhere else events.c[name]) for name in names)
    return [column.label(name) for name, column in columns]


_published = (
    sa.select(schedules.c.version)
    .where(schedules.c.event_id == events.c.id, schedules.c.status == "published")
    .scalar_subquery()
)


class EventProgress(NamedTuple):
    """How far an event has come, without its document."""

    revision: int
    published_version: int | None
    held_rounds: int
    rounds: int


async def progress(connection: AsyncConnection, event_id: str) -> EventProgress | None:
    """How far the event has come."""
    query = sa.select(*_columns_of(EventProgress._fields)).where(events.c.id == event_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else EventProgress(*row)


async def listed(connection: AsyncConnection, event_id: str) -> set[str]:
    """The ids of everybody on the event's list."""
    query = sa.select(events.c.document).where(events.c.id == event_id)
    outline = (await connection.execute(query)).scalar_one()
    return await in_child_if_large(len(outline), listed_in, outline)


async def save(
    connection: AsyncConnection,
    stored: StoredEvent,
    event: WrittenEvent,
    day: DayState | None = None,
) -> StoredEvent:
    """Replace the document, and the day if one is given, by the next revision.

    What is equal stays the revision it is.
    """
    now = replace(
        stored,
        outline=event.outline,
        benefits_json=event.benefits_json,
        benefits_digest=event.benefits_digest,
        name=event.name,
        attendees=len(event.attendees),
        held_rounds=stored.held_rounds if event.held_rounds is None else event.held_rounds,
    )
    if day is not None:
        now = replace(now, day=day_json_of(day))
    saved = await _save(connection, stored, now, event.rounds)
    if saved.benefits_digest != stored.benefits_digest:
        await _save_benefits(connection, saved)
    if saved.revision != stored.revision:
        await verdicts.keep(connection, saved.id, saved.organisation, event)
    return saved


async def save_day(
    connection: AsyncConnection, stored: StoredEvent, after: EventAfter
) -> StoredEvent:
    """The same after incidents, which change no benefits."""
    now = replace(
        stored,
        outline=after.outline,
        day=after.day,
        held_rounds=after.held_rounds,
        attendees=after.attendees,
    )
    return await _save(connection, stored, now, after.rounds)


def day_json_of(day: DayState) -> str:
    """The day as it is stored."""
    return day.model_dump_json(exclude_defaults=True)


async def _save(
    connection: AsyncConnection, stored: StoredEvent, now: StoredEvent, rounds: int
) -> StoredEvent:
    if now == stored:
        return stored
    saved = replace(now, revision=stored.revision + 1)
    values = _values(saved, rounds, datetime.now(UTC))
    await connection.execute(events.update().where(events.c.id == stored.id).values(**values))
    return saved


def _values(stored: StoredEvent, rounds: int, now: datetime) -> dict[str, object]:
    return {
        "revision": stored.revision,
        "document": EventText(stored.id, stored.outline),
        "benefits": stored.benefits_digest,
        "day": EventText(stored.id, stored.day),
        "held_rounds": stored.held_rounds,
        "name": stored.name,
        "attendees": stored.attendees,
        "rounds": rounds,
        "updated_at": now,
    }


async def remove(connection: AsyncConnection, event_id: str) -> None:
    """Delete the event with its schedules, solves and incidents, and what was answered about it.

    Its key is to be wiped once that is committed: ``Store.wipe_keys``.
    """
    await idempotency.forget_answers(connection, event_id)
    await connection.execute(events.delete().where(events.c.id == event_id))
    await insert_new(connection, wipes, {"event_id": event_id})


async def untouched_since(connection: AsyncConnection, moment: datetime) -> Sequence[str]:
    """The ids of events that nobody has changed or said anything of since ``moment``.

    But for those of whose people everything was forgotten after that.
    """
    said = (
        sa.select(sa.func.max(feedback.c.created_at))
        .where(feedback.c.event_id == events.c.id)
        .scalar_subquery()
    )
    touched = sa.func.coalesce(events.c.forgotten_at, moment - EVER)
    query = sa.select(events.c.id).where(
        events.c.updated_at < moment,
        sa.or_(said.is_(None), said < moment),
        sa.or_(events.c.updated_at > touched, said > touched),
    )
    return list((await connection.execute(query.order_by(events.c.id))).scalars())


async def mark_forgotten(connection: AsyncConnection, event_id: str) -> None:
    """Note that everything of the event's people was forgotten now."""
    row = events.update().where(events.c.id == event_id)
    await connection.execute(row.values(forgotten_at=datetime.now(UTC)))


async def page(
    connection: AsyncConnection,
    organisation: str,
    before: str | None,
    limit: int,
    *,
    only: str | None = None,
) -> Sequence[EventSummary]:
    """The newest ``limit`` events older than the id ``before``; ``only`` that one, if named."""
    query = (
        sa.select(*(events.c[name] for name in EventSummary.model_fields))
        .where(events.c.organisation == organisation)
        .order_by(events.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(events.c.id < before)
    if only is not None:
        query = query.where(events.c.id == only)
    return [EventSummary(**row._mapping) for row in await connection.execute(query)]
