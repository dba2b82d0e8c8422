"""The compatibility graph of an event: who gains what from whom, why, and who may not meet."""

from functools import cache
from importlib import resources

from fastapi import APIRouter, Request, Response

from app.deps import EventDep, GraphTasksDep, check_size
from app.errors import StateConflict
from app.http.access import CallerDep
from app.http.conditional import json_answer, not_modified
from app.http.openapi import REVALIDATED, refuses
from app.http.state import StoreDep
from app.store import schedules
from app.workers.tasks import graph_of
from schemas.graph import ContactSphere, Graph

router = APIRouter(prefix="/v1", tags=["graph"])

MOST_ATTENDEES = 1_000
"""A graph has up to an edge for every two people and direction: beyond this, gigabytes."""


@router.get("/contact_spheres", response_model=tuple[ContactSphere, ...])
async def get_contact_spheres(_: CallerDep) -> Response:
    """The professions that refer business to each other, for an event that brings no table."""
    return json_answer(_contact_spheres())


@cache
def _contact_spheres() -> str:
    file = resources.files("solver.compatibility") / "data" / "contact_spheres.json"
    return file.read_text(encoding="utf-8")


@router.get("/events/{event_id}/graph", response_model=Graph, responses=REVALIDATED)
@refuses(StateConflict)
async def get_graph(
    request: Request, tasks: GraphTasksDep, event: EventDep, store: StoreDep
) -> Response:
    """The graph in networkx' node-link form."""
    check_size(event, MOST_ATTENDEES, "graphs are shown of events")
    if same := not_modified(request, event.etag):
        return same
    async with store.read() as connection:
        whole = await schedules.with_published(connection, event)
    return json_answer(await tasks.run(graph_of, whole), event.etag)
