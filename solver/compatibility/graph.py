"""The compatibility graph: who gains what from meeting whom, why, and who may not meet."""

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import networkx as nx

from schemas import graph as wire
from schemas.base import permille
from schemas.event import Attendee, Event
from solver.compatibility.encoders import default_encoder
from solver.compatibility.forbidden import Forbidden, Pair, pair, required_pairs
from solver.compatibility.reasons import Reason, combined, reasons
from solver.compatibility.text import Encoder

if TYPE_CHECKING:
    Compatibility = nx.DiGraph[str]
else:
    Compatibility = nx.DiGraph

Direction = tuple[str, str]
"""Who gains, and from whom."""
Reasons = dict[Direction, list[Reason]]
GIVEN = "given by the organiser"
"""The evidence of a benefit that the event states."""


def compatibility_graph(event: Event, encoder: Encoder | None = None) -> Compatibility:
    """Everybody, and an edge i -> j with ``benefit`` (permille) and ``reasons`` if i gains from j.

    ``graph.graph["forbidden"]`` maps the pairs that may not meet to the codes that say so.
    """
    graph = Compatibility()
    graph.add_nodes_from(sorted(attendee.id for attendee in event.attendees))
    with _no_garbage():
        given = _held(event) | _explicit(event)
        computed, refused = _computed(event, encoder or default_encoder(), given)
        graph.add_edges_from(_edges(given | computed))
    graph.graph["refused"] = sorted(refused - required_pairs(event))
    graph.graph["forbidden"] = Forbidden(event, graph.graph["refused"])
    return graph


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Keep the collector from going over millions of new objects, none of them in a cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def refused_pairs(graph: Compatibility) -> list[Pair]:
    """The pairs that only refused reasons would bring together, in order; none is required."""
    return list(graph.graph["refused"])


def node_link(graph: Compatibility) -> wire.Graph:
    """The graph as it crosses the wire."""
    forbidden: Mapping[Pair, list[str]] = graph.graph["forbidden"]
    with _no_garbage():
        return wire.Graph.model_validate(
            {
                "nodes": tuple({"id": i} for i in graph),
                "edges": tuple(_wire_edge(i, j, facts) for i, j, facts in graph.edges(data=True)),
                "forbidden": tuple(
                    {"pair": each, "codes": tuple(codes)} for each, codes in forbidden.items()
                ),
            }
        )


def _explicit(event: Event) -> Reasons:
    return {
        (i, j): [Reason(i, j, "explicit", GIVEN, permille(row.value))]
        for row in event.benefits
        for i, j in ((row.attendee, row.partner),)
    }


def _held(event: Event) -> Reasons:
    """The benefits of meetings that have taken place, as they were published."""
    rounds = event.published.rounds[: event.held_rounds] if event.published else ()
    meetings = [m for block in rounds for m in block.meetings if m.outcome != "missed"]
    return {
        (i, j): [Reason(i, j, "held", " · ".join(meeting.why), permille(meeting.benefits[i]))]
        for meeting in meetings
        for i, j in (meeting.attendees, meeting.attendees[::-1])
        if i in meeting.benefits
    }


def _computed(event: Event, encoder: Encoder, given: Reasons) -> tuple[Reasons, set[Pair]]:
    """The reasons of directions not given, and the pairs that have none but refused ones.

    Refusals do not concern a pair of which a benefit is given: there they are reasons like others.
    """
    settled = {pair(*direction) for direction in given}
    found, refused = defaultdict(list), set()
    people = filter(profiled, event.attendees)
    for reason in reasons(people, encoder, event.matching.reason_weights):
        direction = reason.source, reason.target
        if reason.refused and pair(*direction) not in settled:
            refused.add(pair(*direction))
        elif direction not in given:
            found[direction].append(reason)
    return dict(found), refused - {pair(*direction) for direction in found}


def profiled(attendee: Attendee) -> bool:
    """Whether anything said about somebody can be a reason."""
    a = attendee
    return bool(a.offers or a.needs or a.intents or a.interests or a.client_types)


def _edges(found: Reasons) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Networkx edges, in order, of the directions with a benefit."""
    for (source, target), why in sorted(found.items()):
        if benefit := combined([reason.value for reason in why]):
            yield source, target, {"benefit": benefit, "reasons": _told(why)}


def _told(why: list[Reason]) -> list[dict[str, Any]]:
    """The reasons as attributes of an edge, the strongest first."""
    if len(why) > 1:
        why = sorted(why, key=lambda reason: (-reason.value, reason.kind, reason.evidence))
    return [{"kind": r.kind, "evidence": r.evidence, "value": r.value} for r in why]


def _wire_edge(source: str, target: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    reasons = tuple(why | {"value": why["value"] / 1000} for why in facts["reasons"])
    benefit = facts["benefit"] / 1000
    return {"source": source, "target": target, "benefit": benefit, "reasons": reasons}
