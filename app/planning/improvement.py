"""After the repair: is there something better, and how much better could anything be?

A search without regard to what was published tells what a fresh solve would reach, and its bound
holds for every repair. Where the organiser allows changes, a second search weighs each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.planning.plan import Report, complaints_about, stability_of, verify_schedule
from schemas.event import Event
from schemas.schedule import Quality, Schedule
from solver.budget import Budget, Meter
from solver.compatibility.recent import RECENT
from solver.instance import Result
from solver.objective import SCALE
from solver.repair.replan import replan_schedule
from solver.translate.prepare import instance_of
from solver.translate.write import (
    on_wire,
    possible_promises,
    progress_of,
    proof_of,
    schedule_of,
)

WORTH_TELLING = 0.001
"""The share of the objective that an improvement must win before anybody is told of changes."""
FRESH_SHARE = 0.5


@dataclass(frozen=True)
class Improvement:
    """What a fresh solve reaches, ``proven`` for what is published, and a better schedule if any.

    ``better`` is None where the organiser allows no changes, or none is worth telling.
    """

    fresh: float
    proven: Quality
    better: Schedule | None


def find_improvement(
    event: Event, budget: Budget, report: Report, stop: Callable[[], bool]
) -> Improvement | None:
    """Look for something better than ``event.published``, as far as stability allows.

    None if that was made for an earlier state of the event: its figures do not stand any more, and
    a bound on the schedules of the event as it is now says nothing of them.
    ``stop`` is asked often and ends the search with what it has. Raises as ``replan_schedule``
    does, and ValueError if nothing is published.
    """
    published = event.published
    if published is None or published.quality is None:
        raise ValueError("there is nothing to improve")
    graph = RECENT.graph(event)
    if complaints_about(event, graph, published):
        return None
    instance = instance_of(event, graph.columns, graph.refused)
    promises = possible_promises(event, instance)
    meter, wish = Meter(budget, stop), stability_of(event)

    def told(result: Result) -> None:
        report(progress_of(result))

    share = 1.0 if wish == "strict" else FRESH_SHARE
    instance, fresh = replan_schedule(instance, promises, "free", None, meter.part(share), told)
    found = fresh
    if wish == "balanced" or event.policy.max_changes is not None:
        most = event.policy.max_changes
        instance, found = replan_schedule(instance, promises, wish, most, meter, told)
    now = published.quality
    better = None
    if wish != "strict" and on_wire(found.points) > now.objective * (1 + WORTH_TELLING):
        bare = event.model_copy(update={"published": None, "held_rounds": 0})
        better = schedule_of(event, graph, instance, found, asked=bare)
        verify_schedule(event, graph, better)
    return Improvement(on_wire(fresh.points), _proven(now, fresh.bound), better)


def _proven(quality: Quality, bound: int | None) -> Quality:
    """The quality of what is published, with a bound on every schedule of the event."""
    if bound is None:
        return quality
    points = round(quality.objective * SCALE)
    return quality.model_copy(update=proof_of(points, bound))
