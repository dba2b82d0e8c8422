"""Errands: short work that needs the solver's modules, done by a child of the api process.

The solver is loaded in children alone, so that the api starts at once and stays small.
"""

from collections.abc import Callable
from typing import Any

import structlog

from app.errors import Refused
from app.work.child import ChildDiedError, Children, Errand, Failed, TooBusyError
from schemas.event import Event
from schemas.solve import Conflict

PATIENCE_SECONDS = 20
RETRY_AFTER = {"Retry-After": "5"}

log = structlog.get_logger(__name__)


class Errands:
    """A child for one kind of errand, started when the first one comes."""

    def __init__(self) -> None:
        self._children = Children(1)

    async def run(self, function: Callable[[str], Any], event: str) -> Any:
        """What ``function`` returns of the JSON of an event; Refused when that has to wait."""
        try:
            async with self._children.one(PATIENCE_SECONDS) as child:
                answer = await child.run(Errand(function, event))
        except (TooBusyError, ChildDiedError):
            raise Refused(503, "try again in a moment", headers=RETRY_AFTER) from None
        if isinstance(answer, Failed):
            log.error("failed", **answer.whereabouts)
            raise Refused(500, "something went wrong on our side")
        return answer.value

    def close(self) -> None:
        """End the child."""
        self._children.close()


def contradictions_of(event: str) -> tuple[Conflict, ...]:
    """The rules of an event that visibly cannot hold together."""
    from app.plan import contradictions

    return contradictions(Event.model_validate_json(event))


def graph_of(event: str) -> str:
    """The compatibility graph of an event, as JSON."""
    from solver.compatibility.graph import compatibility_graph, node_link

    return node_link(compatibility_graph(Event.model_validate_json(event))).model_dump_json()
