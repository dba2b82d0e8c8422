"""Graphs made lately: an event that comes again, a little changed, is not looked at all anew.

Profiles are told by equality. The columns of a graph are told by identity further on: a graph of
the same profiles and statements hands on those it had (``Compatibility.later``).
"""

from collections import deque

from schemas.event import Event, without_words_of_restricted
from solver.compatibility.graph import Compatibility, build_graph

KEPT = 2
"""A graph of thousands takes a hundred megabytes."""


class Recent:
    """The last graphs of this process; whoever was there with the same profile is known."""

    def __init__(self) -> None:
        self._graphs: deque[Compatibility] = deque(maxlen=KEPT)

    def graph(self, event: Event) -> Compatibility:
        """The event's graph, as ``compatibility`` makes it."""
        event = without_words_of_restricted(event)
        before = max(self._graphs, key=lambda known: _common(known, event), default=None)
        if before is not None and before.event == event:
            return before
        graph = build_graph(event, before=before)
        if graph.stands_alone:
            if before is not None and _common(before, event) > len(graph.ids) // 2:
                self._graphs.remove(before)
            self._graphs.append(graph)
        return graph


def _common(known: Compatibility, event: Event) -> int:
    """How many people two events have in common."""
    return len(known.number.keys() & {attendee.id for attendee in event.attendees})


RECENT = Recent()
"""Those of this process."""
