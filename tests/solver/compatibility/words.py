"""An encoder whose similarities can be worked out by hand, and events that use it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from schemas.event import Attendee, Event, Round
from solver.compatibility.graph import Compatibility, compatibility_graph
from solver.compatibility.text import Rows


class Words:
    """Texts of one word or of four: as alike as the words they share, without any meaning.

    Of four words each, two shared make 0.5 and three 0.75; one word and four, shared, make 0.5.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._place: dict[str, int] = {}

    def encode(self, texts: Sequence[str]) -> Rows:
        self.asked += texts
        rows = np.zeros((len(texts), 500), np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = text.split()
            assert len(words) in (1, 4), text
            for word in words:
                row[self._place.setdefault(word, len(self._place))] = len(words) ** -0.5
        return rows


class Deaf:
    """An encoder that nobody may ask."""

    def encode(self, texts: Sequence[str]) -> Rows:
        raise AssertionError(f"asked for {len(texts)} texts")


def person(v: str, **fields: Any) -> Attendee:
    """An attendee; lists become tuples."""
    listed: dict[str, Any] = {k: tuple(x) if isinstance(x, list) else x for k, x in fields.items()}
    return Attendee(id=v, **listed)


def room(*attendees: Attendee, **fields: Any) -> Event:
    return Event(rounds=(Round(),), attendees=attendees, **fields)


def graph_of(*attendees: Attendee, **fields: Any) -> Compatibility:
    return compatibility_graph(room(*attendees, **fields), Words())


def benefit(graph: Compatibility, i: str, j: str) -> int:
    """What i gains from j, in permille."""
    return int(graph.edges[i, j]["benefit"]) if graph.has_edge(i, j) else 0


def kinds(graph: Compatibility, i: str, j: str) -> list[str]:
    return [why["kind"] for why in graph.edges[i, j]["reasons"]] if graph.has_edge(i, j) else []


def evidence(graph: Compatibility, i: str, j: str) -> list[str]:
    return [why["evidence"] for why in graph.edges[i, j]["reasons"]]


def everything(graph: Compatibility) -> tuple[object, ...]:
    """All that a graph says, in the order in which it says it."""
    return list(graph), list(graph.edges(data=True)), list(graph.graph["forbidden"].items())
