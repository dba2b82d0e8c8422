"""The compatibility graph of an event whose benefits are all given, without building one.

Where nobody has a profile nothing is computed: the organiser's own rows say all there is. A large
event has millions of them, and a graph of objects would take more memory than the search.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from schemas.benefits import BenefitColumns
from schemas.event import Event
from solver.compatibility.forbidden import Pair
from solver.compatibility.graph import (
    GIVEN,
    Compatibility,
    compatibility_graph,
    profiled,
    refused_pairs,
)


class GivenGraph:
    """What planning, writing and verifying ask of a graph, told from columns."""

    def __init__(self, columns: BenefitColumns) -> None:
        self.columns = columns

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.columns.ids))

    @cached_property
    def gains(self) -> dict[str, dict[str, int]]:
        """``gains[i][j]``: what ``i`` gains by meeting ``j``, in permille."""
        gains: dict[str, dict[str, int]] = {v: {} for v in self}
        shared = tuple(range(1001))  # one object for each number, not one for each row
        for i, j, permille in self.columns.triples():
            if permille:
                gains[i][j] = shared[permille]
        return gains

    def get_edge_data(self, source: str, target: str) -> dict[str, Any] | None:
        """The attributes of an edge, as networkx gives them; None where there is no benefit."""
        benefit = self.gains[source].get(target)
        if benefit is None:
            return None
        return {
            "benefit": benefit,
            "reasons": [{"kind": "explicit", "evidence": GIVEN, "value": benefit}],
        }


def benefit_graph(event: Event) -> Compatibility | GivenGraph:
    """Who gains from whom and why: by column if the event says it all itself."""
    given = event.benefits
    silent = not event.held_rounds and not any(map(profiled, event.attendees))
    if silent and isinstance(given, BenefitColumns):
        return GivenGraph(given)
    return compatibility_graph(event)


def gains(graph: Compatibility | GivenGraph) -> dict[str, dict[str, int]]:
    """``gains[i][j]``: what ``i`` gains by meeting ``j``, in permille."""
    if isinstance(graph, GivenGraph):
        return graph.gains
    return {
        i: {j: data["benefit"] for j, data in partners.items()} for i, partners in graph.adjacency()
    }


def refused(graph: Compatibility | GivenGraph) -> list[Pair]:
    """The pairs that only refused reasons would bring together."""
    return [] if isinstance(graph, GivenGraph) else refused_pairs(graph)
