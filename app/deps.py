"""What routes ask for: the caller, the settings, the store, the event of the path."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Path, Request

from app.errors import NotFound, OutOfMemory, StateConflict
from app.http.access import CallerDep
from app.http.departure import RequestTasks, tasks_in_turn, tasks_of_request
from app.http.openapi import refuses
from app.http.request_places import RequestPlace
from app.http.state import StoreDep, from_state
from app.service.live_feed import LiveFeed
from app.store import events, ids
from app.store.events import StoredEvent
from app.workers.proposal_search import ProposalSearch
from app.workers.queue import Jobs
from app.workers.repair_job import RepairRunner
from app.workers.text_prefetch import TextPrefetch

JobsDep = Annotated[Jobs, from_state("jobs")]
ContradictionTasksDep = Annotated[RequestTasks, tasks_of_request("contradiction_tasks")]
GraphTasksDep = Annotated[RequestTasks, tasks_in_turn("graph_tasks")]
JudgingTasksDep = Annotated[RequestTasks, tasks_of_request("graph_tasks")]
FileTasksDep = Annotated[RequestTasks, tasks_in_turn("file_tasks")]
PrintTasksDep = Annotated[RequestTasks, tasks_of_request("file_tasks")]
AgendaTasksDep = Annotated[RequestTasks, tasks_in_turn("agenda_tasks")]
RepairsDep = Annotated[RepairRunner, from_state("repairs")]
ProposalsDep = Annotated[ProposalSearch, from_state("proposals")]
LiveFeedDep = Annotated[LiveFeed, from_state("live_feed", OutOfMemory)]
TextPrefetchDep = Annotated[TextPrefetch, from_state("text_prefetch")]
OURS = {"pattern": f"^{ids.ID.pattern}$"}
"""What an id that the server gave looks like; any other is of nothing, and so not found."""
EventId = Annotated[
    str, Path(description="The id that the server gave the event.", json_schema_extra=OURS)
]


@refuses(NotFound)
async def event_in_path(
    request: Request, event_id: EventId, caller: CallerDep, store: StoreDep
) -> StoredEvent:
    """The event of the path as it is now, if it is the caller's."""
    place: RequestPlace = request.state.place
    if request.method != "GET":
        await place.wait()
    async with store.read() as connection:
        stored = await events.find(connection, event_id, caller.organisation)
    if request.method != "GET":
        place.pass_turn()
    if stored is None or caller.event not in (None, event_id):
        raise NotFound
    is_shown_whole = request.state.narrowed is None or request.method != "GET"
    return stored if is_shown_whole else replace(stored, benefits_json="")


EventDep = Annotated[StoredEvent, Depends(event_in_path)]


def check_size(event: StoredEvent, most: int, done: str) -> None:
    """Raise StateConflict where something is ``done`` of smaller events alone."""
    if event.attendees > most:
        message = f"{done} of up to {most} attendees"
        raise StateConflict.at("", "too_many_attendees", message)
