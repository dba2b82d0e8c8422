"""Changes to a stored event: valid as a whole, and true to what was published."""

from collections.abc import Iterable, Set
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import MOST_ERRORS, Invalid, NotFound, StateConflict
from app.http.departure import RequestTasks
from app.large_documents import in_child_if_large
from app.planning.attendee_list import Blame, is_listed
from app.planning.document import WrittenEvent
from app.planning.event_change import EventChange, compare_outlines
from app.service.erasure import find_returning_in
from app.service.incidents import find_or_add_repair
from app.store import attendee_links, edits, events, leases, schedules, tombstones
from app.store.engine import EventLeased
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule, people_in
from app.workers.tasks import contradictions_of
from schemas.problem import ProblemError
from schemas.solve import Conflict


async def lock_event(connection: AsyncConnection, event: StoredEvent) -> StoredEvent:
    """The event as it is now, kept from other writers until the transaction ends; or NotFound.

    EventLeased while a repair has the event to itself.
    """
    return await lock_event_of(connection, event.id, event.organisation)


async def lock_event_of(
    connection: AsyncConnection, event_id: str, organisation: str
) -> StoredEvent:
    """The same of an event that is known by its id alone."""
    stored = await events.find(connection, event_id, organisation, lock=True)
    if stored is None:
        raise NotFound
    if await leases.live(connection, leases.EVENT + event_id):
        raise EventLeased
    return stored


class Edit(NamedTuple):
    """An event after an edit, and the id of the repair that this asked for, if any."""

    event: StoredEvent
    repair: str | None


async def save_edit(
    connection: AsyncConnection,
    stored: StoredEvent,
    new: WrittenEvent,
    change: EventChange,
    blame: Blame = str,
) -> Edit:
    """Store ``new`` over the locked event; ``change`` is what differs, but for the benefits.

    What is published is repaired if it breaks a rule of the event as it is now, or tells somebody
    what is no longer so. StateConflict if a schedule needs what would vanish, or if somebody erased
    would come back; ``blame`` turns pointers into the event into pointers into what was sent.
    """
    if new.rounds < stored.held_rounds:
        message = f"{stored.held_rounds} rounds are held already"
        raise StateConflict.at("/rounds", "held_rounds", message)
    if stored.published_version is not None and change.gone:
        await _refuse_vanished(connection, stored, change.gone)
    await _refuse_return(connection, stored, new, blame)
    await attendee_links.forget(connection, stored.id, change.gone)
    saved = await events.save(connection, stored, replace(new, held_rounds=None))
    parts = [*change.parts]
    if saved.benefits_digest != stored.benefits_digest:
        parts.append("/benefits")
    if not parts:
        return Edit(saved, None)
    await edits.add(connection, stored.id, saved.revision, parts)
    if stored.published_version is None or stored.held_rounds >= new.rounds:
        return Edit(saved, None)
    return Edit(saved, (await find_or_add_repair(connection, saved)).id)


async def changes_to(stored: StoredEvent, new: WrittenEvent) -> EventChange:
    """What differs in ``new``."""
    size = len(stored.outline)
    return await in_child_if_large(size, compare_outlines, stored.outline, new.outline)


async def _refuse_vanished(
    connection: AsyncConnection, stored: StoredEvent, gone: Set[str]
) -> None:
    """Nobody leaves the list whom the published schedule names."""
    published = await schedules.published(connection, stored.id)
    named = await attendees_named_in(published) if published else set()
    if missing := sorted(named & gone):
        raise StateConflict(
            errors=[
                ProblemError(
                    pointer="/attendees",
                    code="published_attendee",
                    message=f"{who} is in the published schedule: report a drop-out instead",
                )
                for who in missing[:MOST_ERRORS]
            ]
        )


async def _refuse_return(
    connection: AsyncConnection, stored: StoredEvent, new: WrittenEvent, blame: Blame
) -> None:
    erased = frozenset(await tombstones.of_event(connection, stored.id))
    if not erased:
        return
    same = new.benefits_digest == stored.benefits_digest  # which name nobody who was erased
    document = new.outline if same else new.document
    found = await in_child_if_large(
        len(document), find_returning_in, document, erased, stored.outline
    )
    if found:
        raise StateConflict(
            errors=[row.model_copy(update={"pointer": blame(row.pointer) or ""}) for row in found]
        )


async def attendees_named_in(schedule: StoredSchedule) -> set[str]:
    """Everybody whom a schedule names."""
    return await in_child_if_large(len(schedule.document), people_in, schedule.document)


async def refuse_contradictions(tasks: RequestTasks, event: WrittenEvent) -> None:
    """Raise Invalid with the rules that cannot hold together, if that shows without solving."""
    if not event.demanding:
        return
    conflict, advice = await tasks.run(contradictions_of, event.document)
    if conflict:
        errors = errors_of(conflict)
        raise Invalid("these rules contradict each other", errors, conflict, advice)


def errors_of(conflict: Iterable[Conflict]) -> list[ProblemError]:
    """The same, as errors with pointers."""
    return [ProblemError(**row.model_dump()) for row in conflict]


async def check_listed(stored: StoredEvent, attendee_id: str) -> None:
    """Raise NotFound unless the event has this attendee."""
    if not await in_child_if_large(len(stored.outline), is_listed, stored.outline, attendee_id):
        raise NotFound
