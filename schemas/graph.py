"""The compatibility graph in networkx' node-link form."""

from typing import Any, Literal

from pydantic import Field

from schemas.base import Id, Pair, Thousandths, Wire


class Node(Wire):
    """An attendee."""

    id: Id


class Reason(Wire):
    """Why ``source`` gains from ``target``, with the words it rests on."""

    kind: str
    evidence: str
    value: Thousandths


class Edge(Wire):
    """``source`` gains ``benefit`` by meeting ``target``."""

    source: Id
    target: Id
    benefit: Thousandths
    reasons: tuple[Reason, ...] = ()


class Forbidden(Wire):
    """A pair that may not meet in an open round, with every code that says so."""

    pair: Pair
    codes: tuple[str, ...]


class Graph(Wire):
    """Every positive benefit has an edge, forbidden or not; lists are ordered by id."""

    directed: Literal[True] = True
    multigraph: Literal[False] = False
    graph: dict[str, Any] = Field(default_factory=dict)
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    forbidden: tuple[Forbidden, ...] = ()


class ContactSphere(Wire):
    """Professions that serve the same client without competing."""

    sphere: str
    professions: tuple[str, ...]
