"""A change of an event by somebody who has seen it: ``If-Match`` on PUT, PATCH and DELETE."""

from typing import Annotated

from fastapi import Depends

from app.deps import ContradictionTasksDep, TextPrefetchDep
from app.errors import Invalid, Stale, StateConflict
from app.http.conditional import MatchDep
from app.http.openapi import refuses
from app.http.state import StoreDep
from app.service.editing import lock_event, refuse_contradictions, save_edit
from app.store.events import StoredEvent
from schemas.event import Event


@refuses(Stale, StateConflict, Invalid)
class Revision:
    """A change of the event of the path by somebody who has seen it."""

    def __init__(
        self,
        store: StoreDep,
        tasks: ContradictionTasksDep,
        prefetch: TextPrefetchDep,
        match: MatchDep,
    ) -> None:
        self._store = store
        self._prefetch = prefetch
        self._tasks = tasks
        self._match = match

    def check(self, event: StoredEvent) -> None:
        """Raise Stale unless the caller has seen the event as it is."""
        self._match.check(event.etag)

    async def store(self, event: StoredEvent, new: Event) -> StoredEvent:
        """Store ``new``, made from ``event``, unless somebody else was quicker."""
        if event.published_version is None:
            await refuse_contradictions(self._tasks, new)
        async with self._store.write() as connection:
            stored = await lock_event(connection, event)
            self.check(stored)
            if stored.revision != event.revision:
                raise Stale
            saved = await save_edit(connection, stored, new)
        self._prefetch.expect(saved)
        return saved


RevisionDep = Annotated[Revision, Depends()]
