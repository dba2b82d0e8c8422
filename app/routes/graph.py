"""The compatibility graph of an event: who gains what from whom, why, and who may not meet."""

from fastapi import APIRouter, Request, Response

from app.deps import EventDep, StoreDep
from app.errors import Clashing
from app.http.conditional import document, unchanged
from app.store import schedules
from app.work.errands import Errands, graph_of
from schemas.graph import Graph

router = APIRouter(prefix="/v1/events/{event_id}", tags=["graph"])

MOST_ATTENDEES = 2_000
"""A graph has up to an edge for every two people and direction: beyond this, gigabytes."""


@router.get("/graph", response_model=Graph)
async def get_graph(request: Request, event: EventDep, store: StoreDep) -> Response:
    """The graph in networkx' node-link form."""
    if event.attendees > MOST_ATTENDEES:
        message = f"a graph is shown of up to {MOST_ATTENDEES} attendees"
        raise Clashing.at("", "too_many_attendees", message)
    if same := unchanged(request, event.etag):
        return same
    async with store.read() as connection:
        published = await schedules.find(connection, event.id, event.published_version or 0)
    graphs: Errands = request.app.state.graphs
    whole = event.whole(published.whole() if published else None)
    return document(await graphs.run(graph_of, whole), event.etag)
