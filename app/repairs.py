"""Incidents of a stored event: taken whole, once, and the repair they ask for.

An event has at most one unfinished repair. It works on the event as it stands when it starts, and
starts over if the event has moved on by its end, so that a burst of incidents costs few replans.
"""

from collections.abc import Mapping, Sequence

from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Clashing, Invalid, Refused
from app.incidents import apply_incidents
from app.store import events, incidents, schedules, solves
from app.store.events import StoredEvent
from app.store.incidents import StoredIncident
from app.store.solves import StoredSolve
from app.threads import beside
from schemas.event import Event
from schemas.incident import Incident, Repair
from schemas.solve import SolveRequest

PENDING = Repair(version=None, status="pending")


async def take(
    connection: AsyncConnection, stored: StoredEvent, batch: Sequence[Incident]
) -> str | None:
    """Apply a batch to the event, whose lock the caller holds; the id of the repair, if any.

    Incidents that came before change nothing: the repair is the one they asked for then.
    """
    known = await incidents.known(connection, stored.id, [incident.id for incident in batch])
    _check_ids(batch, known)
    _check_day(stored, batch)
    await _check_rounds(connection, stored, batch)
    fresh = [incident for incident in batch if incident.id not in known]
    if not fresh:
        return known[batch[-1].id].solve_id
    before = await stored.event()
    after = await beside(len(stored.document), apply_incidents, before, batch, known)
    saved = await events.save(connection, stored, after)
    solve_id = await _repair(connection, saved, before, after)
    await incidents.append(connection, stored.id, fresh, solve_id)
    return solve_id


def _check_ids(batch: Sequence[Incident], known: Mapping[str, StoredIncident]) -> None:
    """An id stands for one incident."""
    seen: set[str] = set()
    for place, incident in enumerate(batch):
        if incident.id in seen:
            message = "an incident before it has the same id"
            raise Invalid.at(f"/incidents/{place}/id", "duplicate_id", message)
        seen.add(incident.id)
        before = known.get(incident.id)
        if before is not None and before.document != incidents.document_of(incident):
            message = "this id was used for another incident"
            raise Clashing.at(f"/incidents/{place}/id", "id_of_another_incident", message)


def _check_day(stored: StoredEvent, batch: Sequence[Incident]) -> None:
    """Rounds are held by a schedule."""
    if stored.published_version is not None:
        return
    for place, incident in enumerate(batch):
        if incident.kind in ("round_started", "round_finished"):
            message = "publish a schedule first: a round is held by it"
            raise Clashing.at(f"/incidents/{place}/kind", "no_published", message)


async def _check_rounds(
    connection: AsyncConnection, stored: StoredEvent, batch: Sequence[Incident]
) -> None:
    """A round that is not in the published schedule cannot be held by it."""
    started = {p: i.round or 0 for p, i in enumerate(batch) if i.kind == "round_started"}
    published = await schedules.published(connection, stored.id) if started else None
    if published is None:
        return
    document = await beside(len(published.document), from_json, published.document)
    for place, number in started.items():
        if number > len(document["rounds"]):
            message = "this round is not in the published schedule: solve and publish first"
            raise Clashing.at(f"/incidents/{place}/round", "round_not_scheduled", message)


async def _repair(
    connection: AsyncConnection, saved: StoredEvent, before: Event, after: Event
) -> str | None:
    """The repair that the change asks for: none without a published schedule to mend."""
    if saved.published_version is None:
        return None
    if before.attendees == after.attendees:
        return await solves.newest_repair(connection, saved.id) if before == after else None
    if after.held_rounds == len(after.rounds):
        return None
    return (await open_repair(connection, saved)).id


async def open_repair(connection: AsyncConnection, stored: StoredEvent) -> StoredSolve:
    """The event's unfinished repair; a new one if there is none. The caller holds the lock."""
    unfinished = await solves.open_of_event(connection, stored.id, "repair")
    if unfinished:
        return unfinished[0]
    return await solves.add(connection, stored.id, "repair", SolveRequest(), stored.revision)


def untouched(published_version: int | None) -> Repair:
    """The answer to incidents that asked for no repair."""
    if published_version is None:
        return Repair(version=None, status="unscheduled")
    return Repair(version=published_version, status="published")


def outcome(solve: StoredSolve) -> Repair:
    """What a repair has come to; Refused if there is no schedule that keeps the rules."""
    if solve.repair is not None:
        return Repair.model_validate_json(solve.repair)
    if solve.state == "infeasible":
        title = "the incidents are recorded, but no schedule keeps all the rules now"
        raise Refused(409, title, conflict=solve.solve().conflict)
    if solve.state == "failed":
        raise Refused(500, "the incidents are recorded, but the repair failed")
    return PENDING
