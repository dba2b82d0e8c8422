"""The verifier on documents: a schedule against its event, and a graph if one was exported."""

from schemas.base import permille
from schemas.event import Event
from schemas.graph import Graph
from schemas.schedule import Schedule
from solver.compatibility.graph import build_graph
from solver.verify import find_violations


def schedule_faults(event: Event, schedule: Schedule) -> list[str]:
    """Every broken rule and false figure, in words; none if the schedule is valid."""
    graph = build_graph(event)
    public = graph.public.columns
    return find_violations(event, graph.columns, graph.refused, schedule, public)


def faults_by_graph(event: Event, graph: Graph, schedule: Schedule) -> list[str]:
    """The same by the benefits of an exported graph, whoever made it."""
    gains: dict[str, dict[str, int]] = {node.id: {} for node in graph.nodes}
    for edge in graph.edges:
        gains.setdefault(edge.source, {})[edge.target] = permille(edge.benefit)
    refused = [row.pair for row in graph.forbidden if "refused" in row.codes]
    return find_violations(event, gains, refused, schedule)
