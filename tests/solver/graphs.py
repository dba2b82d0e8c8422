"""Graphs of events with explicit benefits, without the machinery that reads profiles."""

import networkx as nx

from schemas.base import permille
from schemas.event import Event


def explicit_graph(event: Event) -> "nx.DiGraph[str]":
    """The event's own benefits as a graph without reasons."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(attendee.id for attendee in event.attendees)
    for row in event.benefits:
        if row.value:
            graph.add_edge(row.attendee, row.partner, benefit=permille(row.value))
    return graph


def gains_of(event: Event) -> dict[str, dict[str, int]]:
    """The event's own benefits by attendee and partner, in permille."""
    gains: dict[str, dict[str, int]] = {attendee.id: {} for attendee in event.attendees}
    for row in event.benefits:
        gains[row.attendee][row.partner] = permille(row.value)
    return gains
