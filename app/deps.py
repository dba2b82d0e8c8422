"""What routes ask for: the caller, the settings, the store, the event of the path."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from app.errors import NotFound
from app.http.access import Caller, caller_of
from app.service.live_feed import Watching
from app.settings import Settings
from app.store import events
from app.store.engine import Store
from app.store.events import StoredEvent
from app.workers.queue import Jobs
from app.workers.repair_job import Repairs
from app.workers.tasks import Errands
from app.workers.text_prefetch import Learning


def kept(name: str) -> Any:
    """What this process keeps under a name, as a dependency."""

    def of(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(of)


def settings_of(request: Request) -> Settings:
    """The settings of this process."""
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(settings_of)]
StoreDep = Annotated[Store, kept("store")]
JobsDep = Annotated[Jobs, kept("jobs")]
ErrandsDep = Annotated[Errands, kept("errands")]
GraphsDep = Annotated[Errands, kept("graphs")]
AgendasDep = Annotated[Errands, kept("agendas")]
RepairsDep = Annotated[Repairs, kept("repairs")]
WatchingDep = Annotated[Watching, kept("watching")]
LearningDep = Annotated[Learning, kept("learning")]
CallerDep = Annotated[Caller, Depends(caller_of)]
EventId = Annotated[str, Path(description="The id that the server gave the event.")]


async def event_in_path(event_id: EventId, caller: CallerDep, store: StoreDep) -> StoredEvent:
    """The event of the path as it is now, if it is the caller's organisation's."""
    async with store.read() as connection:
        stored = await events.find(connection, event_id, caller.organisation)
    if stored is None:
        raise NotFound
    return stored


EventDep = Annotated[StoredEvent, Depends(event_in_path)]
