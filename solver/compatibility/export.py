"""The graph in networkx' forms: an object for those who compute, node-link form on the wire."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import networkx as nx
from pydantic_core import to_json

from solver.compatibility.evidence import ReasonInWords
from solver.compatibility.graph import Compatibility

if TYPE_CHECKING:
    DiGraph = nx.DiGraph[str]
else:
    DiGraph = nx.DiGraph

CHUNK = 10_000
"""So many edges are put into words at once."""


def networkx_graph(graph: Compatibility) -> DiGraph:
    """Everybody, and an edge i -> j with ``benefit`` (permille) and ``reasons`` if i gains from j.

    ``forbidden`` and ``refused``, attributes of the graph, are those of ``Compatibility``.
    """
    made = DiGraph(forbidden=graph.forbidden, refused=graph.refused)
    made.add_nodes_from(graph.ids)
    made.add_edges_from(
        (i, j, {"benefit": benefit, "reasons": [_attributes(reason) for reason in why]})
        for i, j, benefit, why in graph.edges()
    )
    return made


def node_link(graph: Compatibility) -> Iterator[str]:
    """The document ``schemas.graph.Graph`` as JSON, in parts: an edge a line."""
    yield '{"directed":true,"multigraph":false,"graph":{},\n"nodes":'
    yield to_json([{"id": v} for v in graph.ids]).decode()
    yield ',\n"edges":['
    yield from _rows(
        {
            "source": i,
            "target": j,
            "benefit": benefit / 1000,
            "reasons": [_attributes(reason, 1000) for reason in why],
        }
        for i, j, benefit, why in graph.edges()
    )
    yield '],\n"forbidden":['
    yield from _rows({"pair": pair, "codes": codes} for pair, codes in graph.forbidden.items())
    yield "]}\n"


def _attributes(reason: ReasonInWords, whole: int = 1) -> dict[str, Any]:
    value = reason.value if whole == 1 else reason.value / whole
    return {"kind": reason.kind, "evidence": reason.evidence, "value": value}


def _rows(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    first = True
    for row in rows:
        yield ("\n" if first else ",\n") + to_json(row).decode()
        first = False
