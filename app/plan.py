"""Event in, verified schedule out: where graph, translation, solver and verifier are joined."""

from collections.abc import Callable, Iterable

from schemas.event import Event
from schemas.schedule import Schedule
from schemas.solve import Conflict, Progress
from solver.budget import Budget, Meter
from solver.compatibility.graph import Compatibility
from solver.compatibility.recent import RECENT
from solver.errors import Infeasible, InvalidScheduleError
from solver.feasible import visible_conflict
from solver.instance import Instance, Result
from solver.repair import Stability, replan
from solver.solve import solve
from solver.translate.conflicts import conflict_of
from solver.translate.prepare import instance_of
from solver.translate.write import possible_promises, progress_of, schedule_of
from solver.verify import violations

Report = Callable[[Progress], None]


def plan(
    event: Event,
    budget: Budget,
    report: Report | None = None,
    stop: Callable[[], bool] | None = None,
) -> Schedule:
    """Solve the event, or replan ``event.published`` if there is one.

    Raises Infeasible, with the contradicting rules in the organiser's words, NoIncumbentError
    when the budget was too small for any schedule, and InvalidScheduleError for a defect of ours.
    """
    graph = RECENT.graph(event)
    instance = instance_of(event, graph.columns, graph.refused)
    meter = Meter(budget, stop or (lambda: False))

    def told(result: Result) -> None:
        if report is not None:
            report(progress_of(result))

    try:
        instance, result = _answer(event, instance, meter, told)
    except Infeasible as contradiction:
        raise Infeasible(
            contradiction.rules, conflict_of(event, contradiction.rules)
        ) from contradiction
    schedule = schedule_of(event, graph, instance, result)
    verify(event, graph, schedule)
    return schedule


def _answer(
    event: Event, instance: Instance, meter: Meter, told: Callable[[Result], None]
) -> tuple[Instance, Result]:
    if event.published is None:
        return instance, solve(instance, meter, told)
    promises = possible_promises(event, instance)
    policy = event.policy
    return replan(instance, promises, stability(event), policy.max_changes, meter, told)


def stability(event: Event) -> Stability:
    """The stability asked for; unless it says otherwise, promises count once round 1 started."""
    return event.policy.stability or ("strict" if event.held_rounds else "free")


def verify(event: Event, graph: Compatibility, schedule: Schedule) -> None:
    """Raise InvalidScheduleError if the independent verifier refuses the schedule."""
    found = complaints(event, graph, schedule)
    if found:
        raise InvalidScheduleError("; ".join(found[:5]))


def complaints(event: Event, graph: Compatibility, schedule: Schedule) -> list[str]:
    """Every broken rule and false figure of a schedule, in words."""
    return violations(event, graph.gains, graph.refused, schedule)


def contradictions(event: Event) -> tuple[Conflict, ...]:
    """Rules that cannot all hold, as far as that is visible without benefits or solving."""
    nothing: Iterable[tuple[str, str, int]] = ()
    return conflict_of(event, visible_conflict(instance_of(event, nothing)))
