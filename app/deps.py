"""What routes ask for: the caller, the settings, the store, the event of the path."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Path

from app.errors import NotFound, StateConflict
from app.http.access import CallerDep
from app.http.openapi import refuses
from app.http.state import StoreDep, from_state
from app.service.live_feed import LiveFeed
from app.store import events, ids
from app.store.events import StoredEvent
from app.workers.queue import Jobs
from app.workers.repair_job import RepairRunner
from app.workers.tasks import TaskRunner
from app.workers.text_prefetch import TextPrefetch

JobsDep = Annotated[Jobs, from_state("jobs")]
ContradictionTasksDep = Annotated[TaskRunner, from_state("contradiction_tasks")]
GraphTasksDep = Annotated[TaskRunner, from_state("graph_tasks")]
AgendaTasksDep = Annotated[TaskRunner, from_state("agenda_tasks")]
RepairsDep = Annotated[RepairRunner, from_state("repairs")]
LiveFeedDep = Annotated[LiveFeed, from_state("live_feed")]
TextPrefetchDep = Annotated[TextPrefetch, from_state("text_prefetch")]
OURS = {"pattern": f"^{ids.ID.pattern}$"}
"""What an id that the server gave looks like; any other is of nothing, and so not found."""
EventId = Annotated[
    str, Path(description="The id that the server gave the event.", json_schema_extra=OURS)
]


@refuses(NotFound)
async def event_in_path(event_id: EventId, caller: CallerDep, store: StoreDep) -> StoredEvent:
    """The event of the path as it is now, if it is the caller's organisation's."""
    async with store.read() as connection:
        stored = await events.find(connection, event_id, caller.organisation)
    if stored is None:
        raise NotFound
    return replace(stored, benefits_json="") if caller.role == "reader" else stored  # not shown


EventDep = Annotated[StoredEvent, Depends(event_in_path)]


def check_size(event: StoredEvent, most: int, done: str) -> None:
    """Raise StateConflict where something is ``done`` of smaller events alone."""
    if event.attendees > most:
        message = f"{done} of up to {most} attendees"
        raise StateConflict.at("", "too_many_attendees", message)
