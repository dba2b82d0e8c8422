"""Errands: short work that needs the solver's modules, done by a child of the api process.

The solver is loaded in children alone, so that the api starts at once and stays small.
"""

import os
from collections.abc import Callable
from typing import Any

import structlog

from app.errors import Refused
from app.work.child import ChildDiedError, Children, Errand, Failed, TooBusyError
from schemas.event import Event
from schemas.explanation import Question
from schemas.problem import ProblemError
from schemas.schedule import Schedule
from schemas.solve import Conflict

PATIENCE_SECONDS = 20
LATER = 10
"""Niceness of work that nobody waits for."""
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


def learned(event: str) -> None:
    """Have every text of an event encoded and kept, out of the way of whoever waits."""
    from solver.compatibility.graph import learn

    os.nice(LATER - os.nice(0))
    learn(Event.model_validate_json(event))


def graph_of(event: str) -> str:
    """The compatibility graph of an event, as JSON."""
    from solver.compatibility.export import node_link
    from solver.compatibility.recent import RECENT

    return "".join(node_link(RECENT.graph(Event.model_validate_json(event))))


def diagnosis_of(event: str) -> str:
    """How an event stands before it is solved, as JSON."""
    from app.diagnosis import diagnose
    from solver.compatibility.recent import RECENT

    return diagnose(RECENT.graph(Event.model_validate_json(event))).model_dump_json()


def agenda_of(event: str, *, schedule: str, held: int, attendee: str) -> str:
    """The agenda of one attendee of the event, as JSON."""
    from app.briefs.agenda import agendas_of

    return agendas_of(event, schedule, held).of(attendee).model_dump_json()


def briefs_of(event: str, *, schedule: str, held: int) -> str:
    """The agendas of everybody, as JSON."""
    from app.briefs.agenda import agendas_of

    return agendas_of(event, schedule, held).everybody().model_dump_json()


def explanation_of(
    event: str, *, schedule: str, question: Question
) -> str | tuple[ProblemError, ...]:
    """Why a pair meets or not, or why a seat is empty, as JSON; or what the question gets wrong."""
    from app.explain import explain
    from solver.compatibility.recent import RECENT

    asked, made = Event.model_validate_json(event), Schedule.model_validate_json(schedule)
    try:
        return explain(asked, RECENT.graph(asked), made, question).model_dump_json()
    except Refused as refusal:
        return refusal.errors
