"""The log of incidents, in the order they were accepted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.day.incidents.apply import Logged
from app.store import news
from app.store.sealed import EventText
from app.store.tables import incidents
from schemas.day import Effect
from schemas.event import Attendee
from schemas.incident import Incident


@dataclass(frozen=True)
class StoredIncident:
    """An incident of the log, what undoing it takes back, and the repair it asked for, if any."""

    id: str
    document: str
    effect: str | None
    undone: bool | None
    solve_id: str | None

    def logged(self) -> Logged:
        """The incident as others refer to it."""
        effect = Effect.model_validate_json(self.effect or "{}")
        return Logged(Incident.model_validate_json(self.document), effect, bool(self.undone))


async def append(
    connection: AsyncConnection,
    event_id: str,
    batch: Sequence[Incident],
    effects: Sequence[Effect],
    solve_id: str | None,
) -> None:
    """Add to the end of the log; the caller holds the event's lock and knows the ids are new."""
    first = await length(connection, event_id) + 1
    rows = [
        {
            "event_id": event_id,
            "id": incident.id,
            "position": position,
            "solve_id": solve_id,
            "document": EventText(event_id, document_of(incident)),
            "effect": EventText(event_id, effect.model_dump_json(exclude_defaults=True)),
            "created_at": datetime.now(UTC),
        }
        for position, (incident, effect) in enumerate(zip(batch, effects, strict=True), first)
    ]
    undone = [incident.incident for incident in batch if incident.kind == "undo"]
    if rows:
        await connection.execute(incidents.insert(), rows)
        told = [incident.model_dump(include={"id", "kind"}) for incident in batch]
        await news.append(connection, event_id, "incidents", {"incidents": told})
    if undone:
        await connection.execute(
            incidents.update()
            .where(incidents.c.event_id == event_id, incidents.c.id.in_(undone))
            .values(undone=True)
        )


async def length(connection: AsyncConnection, event_id: str) -> int:
    """How many incidents the log has."""
    last = sa.select(sa.func.max(incidents.c.position)).where(incidents.c.event_id == event_id)
    return (await connection.execute(last)).scalar() or 0


async def count_of(connection: AsyncConnection, event_id: str, prefix: str) -> int:
    """How many incidents of the log have ids that begin like this."""
    query = sa.select(sa.func.count()).where(
        incidents.c.event_id == event_id, incidents.c.id.startswith(prefix, autoescape=True)
    )
    return (await connection.execute(query)).scalar() or 0


async def ask_for(connection: AsyncConnection, event_id: str, solve_id: str) -> bool:
    """Whether any incident asked for this repair."""
    query = sa.exists().where(incidents.c.event_id == event_id, incidents.c.solve_id == solve_id)
    return bool((await connection.execute(sa.select(query))).scalar())


def document_of(incident: Incident) -> str:
    """The incident's JSON as it is stored; equal for equal incidents."""
    return incident.model_dump_json(exclude_none=True)


async def known(
    connection: AsyncConnection, event_id: str, ids: Collection[str]
) -> dict[str, StoredIncident]:
    """Those of ``ids`` that are in the log."""
    query = sa.select(*(incidents.c[name] for name in StoredIncident.__dataclass_fields__)).where(
        incidents.c.event_id == event_id, incidents.c.id.in_(ids)
    )
    rows = await connection.execute(query)
    return {row.id: StoredIncident(**row._mapping) for row in rows}


async def log(connection: AsyncConnection, event_id: str) -> Sequence[Incident]:
    """Every incident, oldest first."""
    query = (
        sa.select(incidents.c.document)
        .where(incidents.c.event_id == event_id)
        .order_by(incidents.c.position)
    )
    found = (await connection.execute(query)).scalars()
    return [Incident.model_validate_json(document) for document in found]


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Erase what the log holds about a walk-in but the id; whether it held anything."""
    return await _forget_profiles(connection, event_id, attendee_id)


async def forget_everybody(connection: AsyncConnection, event_id: str) -> None:
    """Erase what the log holds about any walk-in but the id."""
    await _forget_profiles(connection, event_id, None)


async def _forget_profiles(
    connection: AsyncConnection, event_id: str, attendee_id: str | None
) -> bool:
    known = False
    for incident in await log(connection, event_id):
        if incident.profile is not None and attendee_id in (None, incident.profile.id):
            bare = incident.model_copy(update={"profile": Attendee(id=incident.profile.id)})
            await connection.execute(
                incidents.update()
                .where(incidents.c.event_id == event_id, incidents.c.id == incident.id)
                .values(document=EventText(event_id, document_of(bare)))
            )
            known = True
    return known
