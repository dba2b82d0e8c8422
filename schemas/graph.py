"""The compatibility graph in networkx' node-link form."""

from typing import Any, Literal

from pydantic import Field

from schemas.base import Id, Pair, Thousandths, Wire


class Node(Wire):
    """An attendee."""

    id: Id
    """The attendee's id."""


class Reason(Wire):
    """Why ``source`` gains from ``target``, with the words it rests on."""

    kind: str
    """What kind of reason it is."""
    evidence: str
    """The words it rests on."""
    value: Thousandths
    """How much it is worth, 0 to 1."""


class Edge(Wire):
    """``source`` gains ``benefit`` by meeting ``target``."""

    source: Id
    """Who gains."""
    target: Id
    """By meeting whom."""
    benefit: Thousandths
    """How much, 0 to 1."""
    reasons: tuple[Reason, ...] = ()
    """Why."""


class Forbidden(Wire):
    """A pair that may not meet in an open round, with every code that says so."""

    pair: Pair
    """The ids of the two."""
    codes: tuple[str, ...]
    """Why they may not meet; stable."""


class Graph(Wire):
    """Every positive benefit has an edge, forbidden or not; lists are ordered by id.

    ``forbidden`` lists the pairs of edges, and those that a rule, a block, an earlier meeting or
    refused reasons name. Left out are pairs that nothing brings together and that organisation,
    language, group, place or address alone forbids: of these there may be millions.
    """

    directed: Literal[True] = True
    """Always true: a benefit is of one side."""
    multigraph: Literal[False] = False
    """Always false."""
    graph: dict[str, Any] = Field(default_factory=dict)
    """Always empty; networkx asks for it."""
    nodes: tuple[Node, ...]
    """All attendees."""
    edges: tuple[Edge, ...]
    """Every positive benefit."""
    forbidden: tuple[Forbidden, ...] = ()
    """Pairs that may not meet."""


class ContactSphere(Wire):
    """Professions that serve the same client without competing."""

    sphere: str
    """What the group is called."""
    professions: tuple[str, ...]
    """Professions that refer business to each other."""
