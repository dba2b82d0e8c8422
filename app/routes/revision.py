"""A change of an event by somebody who has seen it: ``If-Match`` on PUT, PATCH and DELETE."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import ContradictionTasksDep, RepairsDep, TextPrefetchDep
from app.errors import Invalid, Stale, StateConflict
from app.http.conditional import MatchDep
from app.http.openapi import refuses
from app.http.state import StoreDep
from app.planning.attendee_list import Blame
from app.planning.document import WrittenEvent
from app.service.editing import (
    Edit,
    changes_to,
    lock_event,
    refuse_contradictions,
    save_edit,
)
from app.store.events import StoredEvent


@refuses(Stale, StateConflict, Invalid)
class Revision:
    """A change of the event of the path by somebody who has seen it."""

    def __init__(
        self,
        store: StoreDep,
        tasks: ContradictionTasksDep,
        prefetch: TextPrefetchDep,
        repairs: RepairsDep,
        match: MatchDep,
    ) -> None:
        self._store = store
        self._prefetch = prefetch
        self._repairs = repairs
        self._tasks = tasks
        self._match = match

    def check(self, event: StoredEvent) -> None:
        """Raise Stale unless the caller has seen the event as it is."""
        self._match.check(event.etag)

    async def store(self, event: StoredEvent, new: WrittenEvent, blame: Blame = str) -> Edit:
        """Store ``new``, made from ``event``, unless somebody else was quicker.

        ``blame`` turns pointers into the event into pointers into what was sent.
        """
        if event.published_version is None:
            await refuse_contradictions(self._tasks, new)
        change = await changes_to(event, new)

        async def save(connection: AsyncConnection) -> Edit:
            stored = await lock_event(connection, event)
            self.check(stored)
            if stored.revision != event.revision:
                raise Stale
            return await save_edit(connection, stored, new, change, blame)

        edit = await self._store.transact(save, event.id)
        self._prefetch.expect(edit.event)
        if edit.repair is not None:
            self._repairs.begin(edit.repair, event.id)
        return edit


RevisionDep = Annotated[Revision, Depends()]
