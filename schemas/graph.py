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
    """Every positive benefit has an edge, forbidden or not; lists are ordered by id.

    ``forbidden`` lists the pairs of edges, and those that a rule, a block, an earlier meeting or
    refused reasons name. Left out are pairs that nothing brings together and that organisation,
    language, group, place or address alone forbids: of these there may be millions.
    """

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
