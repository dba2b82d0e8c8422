"""Edits by hand of a stored version: a new draft, and an event with rules that keep them if asked.

As with publishing, what that takes is computed outside the transaction that stores both.
"""

from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, StateConflict
from app.http.departure import RequestTasks
from app.planning.document import Written, WrittenEvent, patch_document
from app.planning.event_change import EventChange
from app.service.editing import Edit, changes_to, refuse_contradictions, save_edit
from app.store import schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from app.workers.body_reader import BodyReader
from app.workers.tasks import edited_version
from schemas.edit import EditedVersion, ScheduleEdits
from schemas.problem import ProblemError

Answer = tuple[Written, EditedVersion, bytes] | tuple[ProblemError, ...]


class UnmadeError(Exception):
    """The draft has to be made first, outside of the transaction."""


@dataclass(frozen=True)
class Pinned:
    """The event with the rules that keep edits, and what differs in it."""

    event: WrittenEvent
    change: EventChange


@dataclass(frozen=True)
class HandMadeDraft:
    """What edits make of a version, and the event it was made for."""

    event: StoredEvent
    schedule: Written
    told: EditedVersion
    pinned: Pinned | None


@dataclass(frozen=True)
class DraftMaker:
    """Makes drafts for one request."""

    tasks: RequestTasks
    contradictions: RequestTasks
    reader: BodyReader

    async def make(
        self, event: StoredEvent, version: StoredSchedule, edits: ScheduleEdits
    ) -> HandMadeDraft:
        """The draft that edits make of a version; raises what speaks against them."""
        whole = version.whole_document()
        task = partial(edited_version, schedule=whole, held=event.held_rounds, edits=edits)
        made, told, patch = _done(await self.tasks.run(task, event.document))
        pinned = await self._pinned(event, patch) if edits.pin else None
        return HandMadeDraft(event, made, told, pinned)

    async def _pinned(self, event: StoredEvent, patch: bytes) -> Pinned:
        """The event with its new rules, as if somebody had sent this patch."""
        change = partial(patch_document, event.document)
        new = await self.reader.read(change, patch, len(event.document))
        if event.published_version is None:
            await refuse_contradictions(self.contradictions, new)
        return Pinned(new, await changes_to(event, new))


@dataclass(frozen=True)
class KeptDraft:
    """A draft by hand that was stored, and the event as it is since."""

    edit: Edit
    told: EditedVersion


async def keep_draft(
    connection: AsyncConnection, stored: StoredEvent, draft: HandMadeDraft
) -> KeptDraft:
    """Store a draft of the locked event, with the rules that keep it if they were asked for.

    StateConflict if the event is no longer the one that it was made for.
    """
    made_for = draft.event
    if (stored.revision, stored.held_rounds) != (made_for.revision, made_for.held_rounds):
        message = "the event has changed meanwhile: look at it and edit again"
        raise StateConflict.at("", "changed", message)
    edit, told = Edit(stored, None), draft.told
    if draft.pinned is not None:
        edit = await save_edit(connection, stored, draft.pinned.event, draft.pinned.change)
    if told.pins is not None:
        pins = told.pins.model_copy(update={"solve": edit.repair})
        told = told.model_copy(update={"pins": pins})
    kept = await schedules.add(connection, stored.id, draft.schedule, edit.event.revision)
    return KeptDraft(edit, told.model_copy(update={"version": kept.version}))


def _done(answer: Answer) -> tuple[Written, EditedVersion, bytes]:
    """What came of the edits; raises what speaks against them."""
    match answer:
        case (Written() as made, EditedVersion() as told, bytes() as patch):
            return made, told, patch
        case (ProblemError(code="outdated") as error, *_):
            raise StateConflict(errors=[error])
    raise Invalid(errors=[row for row in answer if isinstance(row, ProblemError)])
