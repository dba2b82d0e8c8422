"""Graphs of events with explicit benefits, without the machinery that reads profiles."""

import networkx as nx

from schemas.event import Event
from solver.translate.prepare import explicit_rows


def explicit_graph(event: Event) -> "nx.DiGraph[str]":
    """The event's own benefits as a graph without reasons."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(attendee.id for attendee in event.attendees)
    for i, j, permille in explicit_rows(event):
        if permille:
            graph.add_edge(i, j, benefit=permille)
    return graph


def gains_of(event: Event) -> dict[str, dict[str, int]]:
    """The event's own benefits by attendee and partner, in permille."""
    gains: dict[str, dict[str, int]] = {attendee.id: {} for attendee in event.attendees}
    for i, j, permille in explicit_rows(event):
        gains[i][j] = permille
    return gains
