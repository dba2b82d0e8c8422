"""Changes to a stored event: valid as a whole, and true to what was published."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import MOST_ERRORS, Invalid, NotFound, Refused, StateConflict, pointer
from app.http.departure import RequestTasks
from app.large_documents import in_thread_if_large
from app.planning.document import WrittenEvent, read_changed
from app.service.erasure import find_returning
from app.service.incidents import find_or_add_repair
from app.store import edits, events, leases, schedules, tombstones
from app.store.engine import EventLeased
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule, people_in
from app.strict_json import to_lenient_json
from app.workers.body_reader import BodyReader
from app.workers.tasks import contradictions_of
from schemas.event import Event
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


Blame = Callable[[str], str | None]
"""Turns a pointer into the whole event into one into what was sent; None: not sent."""


async def save_edit(
    connection: AsyncConnection,
    stored: StoredEvent,
    new: WrittenEvent,
    changed: Sequence[str],
    blame: Blame = str,
) -> Edit:
    """Store ``new`` over the locked event; ``changed`` is what ``parts_changed`` found.

    What is published is repaired if it breaks a rule of the event as it is now, or tells somebody
    what is no longer so. StateConflict if a schedule needs what would vanish, or if somebody erased
    would come back; ``blame`` turns pointers into the event into pointers into what was sent.
    """
    if new.rounds < stored.held_rounds:
        message = f"{stored.held_rounds} rounds are held already"
        raise StateConflict.at("/rounds", "held_rounds", message)
    if stored.published_version is not None:
        await _refuse_vanished(connection, stored, new)
    await _refuse_return(connection, stored, new, blame)
    saved = await events.save(connection, stored, replace(new, held_rounds=None))
    if saved.benefits_digest != stored.benefits_digest:
        changed = [*changed, "/benefits"]
    if not changed:
        return Edit(saved, None)
    await edits.add(connection, stored.id, saved.revision, changed)
    if stored.published_version is None or stored.held_rounds >= new.rounds:
        return Edit(saved, None)
    return Edit(saved, (await find_or_add_repair(connection, saved)).id)


MOST_NAMED = 20
"""Attendees that are named one by one among what an edit changed."""
UNRELATED = {"name", "email", "labels"}
"""Fields of an event or an attendee that no schedule is made from."""


async def parts_changed(stored: StoredEvent, new: WrittenEvent) -> list[str]:
    """Pointers to what differs in ``new`` and bears on schedules, but for the benefits given."""
    return await in_thread_if_large(
        len(stored.outline), _parts_changed, stored.outline, new.outline
    )


def _parts_changed(before: str, now: str) -> list[str]:
    old, new = from_json(before), from_json(now)
    names = sorted((old.keys() | new.keys()) - UNRELATED - {"attendees"})
    parts = [f"/{name}" for name in names if old.get(name) != new.get(name)]
    people, others = _profiles(old), _profiles(new)
    who = sorted(v for v in people.keys() | others.keys() if people.get(v) != others.get(v))
    return parts + pointers_to(who)


def pointers_to(people: Sequence[str]) -> list[str]:
    """What an edit changed that was one of these attendees; all of them, if they are many."""
    if len(people) > MOST_NAMED:
        return ["/attendees"]
    return [pointer(("attendees", v)) for v in people]


def _profiles(outline: Any) -> dict[str, Any]:
    """What schedules are made from, of everybody."""
    return {
        row["id"]: {name: value for name, value in row.items() if name not in UNRELATED}
        for row in outline["attendees"]
    }


async def _refuse_vanished(
    connection: AsyncConnection, stored: StoredEvent, new: WrittenEvent
) -> None:
    published = await schedules.published(connection, stored.id)
    named = await attendees_named_in(published) if published else set()
    gone = sorted(named.difference(new.attendees))
    if gone:
        raise StateConflict(
            errors=[
                ProblemError(
                    pointer="/attendees",
                    code="published_attendee",
                    message=f"{who} is in the published schedule: report a drop-out instead",
                )
                for who in gone[:MOST_ERRORS]
            ]
        )


async def _refuse_return(
    connection: AsyncConnection, stored: StoredEvent, new: WrittenEvent, blame: Blame
) -> None:
    erased = frozenset(await tombstones.of_event(connection, stored.id))
    if not erased:
        return
    found = await in_thread_if_large(len(stored.document), _returning, new.document, erased)
    if found:
        raise StateConflict(
            errors=[row.model_copy(update={"pointer": blame(row.pointer) or ""}) for row in found]
        )


def _returning(document: str, erased: frozenset[str]) -> list[ProblemError]:
    return find_returning(Event.model_validate_json(document), erased)


async def attendees_named_in(schedule: StoredSchedule) -> set[str]:
    """Everybody whom a schedule names."""
    return await in_thread_if_large(len(schedule.document), people_in, schedule.document)


async def refuse_contradictions(tasks: RequestTasks, event: WrittenEvent) -> None:
    """Raise Invalid with the rules that cannot hold together, if that shows without solving."""
    if not event.demanding:
        return
    conflict = await contradictions_in(tasks, event.document)
    if conflict:
        errors = errors_of(conflict)
        raise Invalid("these rules contradict each other", errors, conflict)


async def contradictions_in(tasks: RequestTasks, document: str) -> tuple[Conflict, ...]:
    """What cannot hold together in an event, as far as that shows without solving."""
    found: tuple[Conflict, ...] = await tasks.run(contradictions_of, document)
    return found


def errors_of(conflict: Iterable[Conflict]) -> list[ProblemError]:
    """The same, as errors with pointers."""
    return [ProblemError(**row.model_dump()) for row in conflict]


async def attendees_in(stored: StoredEvent) -> list[Any]:
    """Everybody on the list, as stored; the benefits given are not read for it."""
    outline = await in_thread_if_large(len(stored.outline), from_json, stored.outline)
    everybody: list[Any] = outline["attendees"]
    return everybody


async def check_listed(stored: StoredEvent, attendee_id: str) -> None:
    """Raise NotFound unless the event has this attendee."""
    if all(row["id"] != attendee_id for row in await attendees_in(stored)):
        raise NotFound


async def document_in(stored: StoredEvent) -> Any:
    """The stored document, to be changed."""
    return await in_thread_if_large(len(stored.document), from_json, stored.document)


async def event_of(
    reader: BodyReader, document: Any, size: int, blame: Blame = str
) -> WrittenEvent:
    """The event, written, that a changed ``document`` of about ``size`` bytes is; Refused if none.

    ``blame`` turns pointers into the event into pointers into what was sent. The ``reader`` looks
    at it, for it may be large and wrong.
    """
    raw = await in_thread_if_large(size, to_lenient_json, document)
    try:
        return await reader.read(read_changed, raw)
    except Invalid as refusal:
        raise _blamed(refusal, blame) from None


def write_changed(document: Any, blame: Blame = str) -> WrittenEvent:
    """The same at once, for those who are in a thread already."""
    try:
        return read_changed(to_lenient_json(document))
    except Invalid as refusal:
        raise _blamed(refusal, blame) from None


def _blamed(refusal: Invalid, blame: Blame) -> Refused:
    """The refusal in the sender's terms; what they did not send clashes with what they did."""
    moved = [(blame(error.pointer), error) for error in refusal.errors]
    sent = [
        error.model_copy(update={"pointer": pointer})
        for pointer, error in moved
        if pointer is not None
    ]
    if sent:
        return Invalid(errors=sent)
    return StateConflict(
        errors=[
            ProblemError(
                pointer="",
                code=error.code,
                message=f"this does not fit {error.pointer} of the event: {error.message}",
            )
            for _, error in moved
        ]
    )
