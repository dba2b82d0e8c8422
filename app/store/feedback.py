"""Feedback in the order it was accepted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.large_documents import in_thread_if_large
from app.store.sealed import EventText
from app.store.tables import feedback
from schemas.feedback import Feedback

Rows = sa.Select[tuple[str, str, int]]


@dataclass(frozen=True)
class StoredFeedback:
    """Feedback as it was sent, and the round that it turned out to be about."""

    id: str
    document: str
    round: int

    def said(self) -> Feedback:
        """The feedback with its round."""
        said = Feedback.model_validate_json(self.document)
        return said.model_copy(update={"round": self.round})


async def append(
    connection: AsyncConnection, event_id: str, batch: Sequence[tuple[Feedback, int]]
) -> None:
    """Add new feedback, each with its round; the caller holds the event's lock."""
    last = sa.select(sa.func.max(feedback.c.position)).where(feedback.c.event_id == event_id)
    first = ((await connection.execute(last)).scalar() or 0) + 1
    rows = [
        {
            "event_id": event_id,
            "id": said.id,
            "position": position,
            "attendee": said.attendee,
            "partner": said.partner,
            "round": number,
            "document": EventText(event_id, document_of(said)),
            "created_at": datetime.now(UTC),
        }
        for position, (said, number) in enumerate(batch, first)
    ]
    if rows:
        await connection.execute(feedback.insert(), rows)


def document_of(said: Feedback) -> str:
    """The feedback's JSON as it is stored; equal for equal feedback."""
    return said.model_dump_json(exclude_none=True)


async def known(
    connection: AsyncConnection, event_id: str, ids: Collection[str]
) -> Mapping[str, StoredFeedback]:
    """Those of ``ids`` that were accepted before."""
    rows = await connection.execute(_rows(event_id).where(feedback.c.id.in_(ids)))
    return {row.id: StoredFeedback(**row._mapping) for row in rows}


async def log(connection: AsyncConnection, event_id: str) -> Sequence[Feedback]:
    """All feedback of the event, oldest first."""
    return await _said(connection, _rows(event_id))


async def about(connection: AsyncConnection, event_id: str, attendee_id: str) -> Sequence[Feedback]:
    """What one attendee said, and what was said of them, oldest first."""
    return await _said(connection, _rows(event_id).where(_names(attendee_id)))


async def last_of(connection: AsyncConnection, event_id: str, attendee_id: str) -> int:
    """The place in the log of what an attendee said last; 0 if that is nothing."""
    query = sa.select(sa.func.max(feedback.c.position)).where(
        feedback.c.event_id == event_id, feedback.c.attendee == attendee_id
    )
    return (await connection.execute(query)).scalar() or 0


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Erase what the attendee said and what was said of them; whether there was anything."""
    ours = feedback.c.event_id == event_id
    found = await connection.execute(feedback.delete().where(ours, _names(attendee_id)))
    return found.rowcount > 0


async def forget_notes(connection: AsyncConnection, event_id: str) -> None:
    """Erase what was noted in words."""
    rows = (await connection.execute(_rows(event_id))).all()
    for row in rows:
        said = Feedback.model_validate_json(row.document)
        if said.note is not None:
            bare = EventText(event_id, document_of(said.model_copy(update={"note": None})))
            one = sa.and_(feedback.c.event_id == event_id, feedback.c.id == row.id)
            await connection.execute(feedback.update().where(one).values(document=bare))


async def _said(connection: AsyncConnection, query: Rows) -> Sequence[Feedback]:
    rows = (await connection.execute(query.order_by(feedback.c.position))).all()
    stored = tuple(StoredFeedback(**row._mapping) for row in rows)
    size = sum(len(each.document) for each in stored)
    return await in_thread_if_large(size, _read, stored)


def _read(stored: Sequence[StoredFeedback]) -> Sequence[Feedback]:
    return [each.said() for each in stored]


def _rows(event_id: str) -> Rows:
    columns = (feedback.c.id, feedback.c.document, feedback.c.round)
    return sa.select(*columns).where(feedback.c.event_id == event_id)


def _names(attendee_id: str) -> sa.ColumnElement[bool]:
    return sa.or_(feedback.c.attendee == attendee_id, feedback.c.partner == attendee_id)
