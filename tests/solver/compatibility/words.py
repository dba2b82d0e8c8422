"""An encoder whose similarities can be worked out by hand, and events that use it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from schemas.event import Attendee, Event, Round
from solver.compatibility.graph import build_graph
from solver.compatibility.networkx_graph import DiGraph, networkx_graph
from solver.meaning.similarity import Alike, Comparison, Cosines, Rows


class HandEncoder:
    """Texts as alike as the words they share, without any meaning.

    Of four words each, two shared make 0.5 and three 0.75; one word and four, shared, make 0.5.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._place: dict[str, int] = {}

    def encode(self, texts: Sequence[str]) -> Rows:
        self.asked += texts
        rows = np.zeros((len(texts), 2000), np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = text.split()
            for word in words:
                row[self._place.setdefault(word, len(self._place))] = len(words) ** -0.5
        return rows

    def alike(self, left: Sequence[str], right: Sequence[str], floor: int) -> Alike:
        return Cosines(self).alike(left, right, floor)

    def learn(self, texts: Sequence[str]) -> None:
        self.encode(texts)


class Deaf:
    """A comparison that nobody may ask for."""

    def alike(self, left: Sequence[str], right: Sequence[str], floor: int) -> Alike:
        raise AssertionError(f"asked for {len(left)} and {len(right)} texts")

    def learn(self, texts: Sequence[str]) -> None:
        raise AssertionError(f"asked for {len(texts)} texts")


def person(v: str, **fields: Any) -> Attendee:
    """An attendee; lists become tuples."""
    listed: dict[str, Any] = {k: tuple(x) if isinstance(x, list) else x for k, x in fields.items()}
    return Attendee(id=v, **listed)


def room(*attendees: Attendee, **fields: Any) -> Event:
    return Event(rounds=(Round(),), attendees=attendees, **fields)


def graph_of(*attendees: Attendee, **fields: Any) -> DiGraph:
    return built(room(*attendees, **fields), HandEncoder())


def built(event: Event, comparison: Comparison | None = None) -> DiGraph:
    """The graph as networkx has it."""
    return networkx_graph(build_graph(event, comparison))


def benefit(graph: DiGraph, i: str, j: str) -> int:
    """What i gains from j, in permille."""
    return int(graph.edges[i, j]["benefit"]) if graph.has_edge(i, j) else 0


def kinds(graph: DiGraph, i: str, j: str) -> list[str]:
    return [why["kind"] for why in graph.edges[i, j]["reasons"]] if graph.has_edge(i, j) else []


def evidence(graph: DiGraph, i: str, j: str) -> list[str]:
    return [why["evidence"] for why in graph.edges[i, j]["reasons"]]


def everything(graph: DiGraph) -> tuple[object, ...]:
    """All that a graph says, in the order in which it says it."""
    return list(graph), list(graph.edges(data=True)), list(graph.graph["forbidden"].items())
