"""The graph as networkx' own object, for those who compute with it."""

from typing import TYPE_CHECKING

import networkx as nx

from solver.compatibility.export import attributes_of
from solver.compatibility.graph import Compatibility

if TYPE_CHECKING:
    DiGraph = nx.DiGraph[str]
else:
    DiGraph = nx.DiGraph


def networkx_graph(graph: Compatibility) -> DiGraph:
    """Everybody, and an edge i -> j with ``benefit`` (permille) and ``reasons`` if i gains from j.

    ``forbidden`` and ``refused``, attributes of the graph, are what ``Compatibility`` has as
    ``listed`` and ``refused``.
    """
    made = DiGraph(forbidden=graph.listed, refused=graph.refused)
    made.add_nodes_from(graph.ids)
    made.add_edges_from(
        (i, j, {"benefit": benefit, "reasons": [attributes_of(reason) for reason in why]})
        for i, j, benefit, why in graph.edges()
    )
    return made
