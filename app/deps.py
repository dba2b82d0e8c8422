"""What routes ask for: the caller, the settings, the store, the event of the path."""

from typing import Annotated

from fastapi import Depends, Path, Request

from app.errors import NotFound
from app.http.access import Caller, caller_of
from app.settings import Settings
from app.store import events
from app.store.engine import Store
from app.store.events import StoredEvent
from app.work.errands import Errands
from app.work.jobs import Jobs
from app.work.learning import Learning
from app.work.mending import Repairs


def settings_of(request: Request) -> Settings:
    """The settings of this process."""
    settings: Settings = request.app.state.settings
    return settings


def store_of(request: Request) -> Store:
    """The database of this process."""
    store: Store = request.app.state.store
    return store


def jobs_of(request: Request) -> Jobs:
    """The durable solves, as this process sees them."""
    jobs: Jobs = request.app.state.jobs
    return jobs


def errands_of(request: Request) -> Errands:
    """The child that looks for contradictions."""
    errands: Errands = request.app.state.errands
    return errands


def graphs_of(request: Request) -> Errands:
    """The child that makes graphs and answers what takes one."""
    graphs: Errands = request.app.state.graphs
    return graphs


def agendas_of(request: Request) -> Errands:
    """The child that writes agendas."""
    agendas: Errands = request.app.state.agendas
    return agendas


def repairs_of(request: Request) -> Repairs:
    """The repairs that this process carries out."""
    repairs: Repairs = request.app.state.repairs
    return repairs


def learning_of(request: Request) -> Learning:
    """The child that reads new texts."""
    learning: Learning = request.app.state.learning
    return learning


SettingsDep = Annotated[Settings, Depends(settings_of)]
StoreDep = Annotated[Store, Depends(store_of)]
JobsDep = Annotated[Jobs, Depends(jobs_of)]
ErrandsDep = Annotated[Errands, Depends(errands_of)]
GraphsDep = Annotated[Errands, Depends(graphs_of)]
AgendasDep = Annotated[Errands, Depends(agendas_of)]
RepairsDep = Annotated[Repairs, Depends(repairs_of)]
LearningDep = Annotated[Learning, Depends(learning_of)]
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
