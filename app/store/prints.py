"""What was printed of an event: rows that are added and never changed, and go with the event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import printed_cards, prints
from schemas.prints import CardPaper, CardPrint


@dataclass(frozen=True)
class StoredPrint:
    """A print, and by what each of its cards is told from another, by id."""

    told: CardPrint
    marks: Mapping[str, str]


async def last(connection: AsyncConnection, event_id: str, paper: CardPaper) -> StoredPrint | None:
    """What was printed last on a paper; None if nothing was."""
    columns = (prints.c[name] for name in CardPrint.model_fields)
    ours = sa.and_(prints.c.event_id == event_id, prints.c.paper == paper)
    query = sa.select(*columns).where(ours).order_by(prints.c.number.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    cards = sa.select(printed_cards.c.attendee, printed_cards.c.marks).where(
        printed_cards.c.event_id == event_id, printed_cards.c.number == row.number
    )
    marks = {card.attendee: card.marks for card in await connection.execute(cards)}
    return StoredPrint(CardPrint(**row._mapping), marks)


async def add(
    connection: AsyncConnection,
    event_id: str,
    paper: CardPaper,
    version: int,
    marks: Mapping[str, str],
) -> CardPrint:
    """Record a print, unless it is the last one again; the caller holds the event's lock."""
    before = await last(connection, event_id, paper)
    if before is not None and (before.told.version, before.marks) == (version, marks):
        return before.told
    newest = sa.select(sa.func.max(prints.c.number)).where(prints.c.event_id == event_id)
    number = ((await connection.execute(newest)).scalar() or 0) + 1
    told = CardPrint(
        number=number, paper=paper, version=version, at=datetime.now(UTC), cards=len(marks)
    )
    await connection.execute(prints.insert(), {"event_id": event_id, **told.model_dump()})
    place = {"event_id": event_id, "number": number}
    rows = [place | {"attendee": v, "marks": marks[v]} for v in sorted(marks)]
    if rows:
        await connection.execute(printed_cards.insert(), rows)
    return told


async def of_attendee(
    connection: AsyncConnection, event_id: str, attendee_id: str
) -> tuple[CardPrint, ...]:
    """The prints that the attendee has a card by, oldest first."""
    ours = sa.and_(
        printed_cards.c.event_id == prints.c.event_id, printed_cards.c.number == prints.c.number
    )
    query = (
        sa.select(*(prints.c[name] for name in CardPrint.model_fields))
        .join(printed_cards, ours)
        .where(prints.c.event_id == event_id, printed_cards.c.attendee == attendee_id)
        .order_by(prints.c.number)
    )
    return tuple(CardPrint(**row._mapping) for row in await connection.execute(query))


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Erase what is known of the attendee's cards; whether there was anything."""
    ours = printed_cards.c.event_id == event_id
    theirs = printed_cards.c.attendee == attendee_id
    found = await connection.execute(printed_cards.delete().where(ours, theirs))
    return found.rowcount > 0


async def forget_everybody(connection: AsyncConnection, event_id: str) -> None:
    """Erase what is known of all cards of the event."""
    await connection.execute(printed_cards.delete().where(printed_cards.c.event_id == event_id))
