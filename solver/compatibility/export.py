"""The graph on the wire, in networkx' node-link form."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import to_json

from schemas.words.catalogue import Say, first_held, teller
from solver.compatibility.evidence import ReasonInWords
from solver.compatibility.graph import Compatibility

CHUNK = 10_000
"""So many edges are put into words at once."""


def node_link(graph: Compatibility) -> Iterator[str]:
    """The document ``schemas.graph.Graph`` as JSON, in the event's language: an edge a line."""
    yield '{"directed":true,"multigraph":false,"graph":{},\n"nodes":'
    yield to_json([{"id": v} for v in graph.ids]).decode()
    yield ',\n"edges":['
    say = teller(first_held([graph.event.language]))
    yield from _rows(
        {
            "source": i,
            "target": j,
            "benefit": benefit / 1000,
            "reasons": [attributes_of(reason, 1000, say) for reason in why],
        }
        for i, j, benefit, why in graph.edges()
    )
    yield '],\n"forbidden":['
    yield from _rows({"pair": pair, "codes": codes} for pair, codes in graph.listed.items())
    yield "]}\n"


def attributes_of(reason: ReasonInWords, whole: int = 1, say: Say = str) -> dict[str, Any]:
    """A reason as attributes of an edge; its value in permille, or in parts of ``whole``."""
    value = reason.value if whole == 1 else reason.value / whole
    return {"kind": reason.kind, "evidence": say(reason.evidence), "value": value}


def _rows(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    first = True
    for row in rows:
        yield ("\n" if first else ",\n") + to_json(row).decode()
        first = False
