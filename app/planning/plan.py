"""Event in, verified schedule out: where graph, translation, solver and verifier are joined."""

from collections import Counter
from collections.abc import Callable

from app.day.incidents.apply import day_of
from app.day.running_round import event_after_day, running_round_of
from schemas.base import Stability
from schemas.day import DayState
from schemas.diagnosis import MOST_ATTENDEES
from schemas.event import Event
from schemas.listing import Oversight
from schemas.schedule import Schedule
from schemas.solve import Contradiction, Progress, SolveRequest
from solver.budget import Budget, Meter
from solver.compatibility.graph import Compatibility
from solver.compatibility.recent import RECENT
from solver.diagnosis.oversights import find_oversights
from solver.errors import Infeasible, InvalidScheduleError
from solver.feasibility.feasible import find_feasible_start, find_visible_conflict
from solver.instance import Instance, Result
from solver.objective import pairs_of
from solver.repair.first_repair import FirstRepair, repair_first
from solver.repair.replan import replan_schedule
from solver.solve import FOR_ANY_SCHEDULE, solve_instance
from solver.translate.advice import advise, advise_in_sight
from solver.translate.conflicts import conflict_of
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of, published_meetings, waived_in
from solver.translate.write import possible_promises, progress_of, schedule_of
from solver.verify import find_violations

Report = Callable[[Progress], None]
Told = Callable[[Result], None]


def plan_schedule(
    event: Event,
    budget: Budget,
    report: Report | None = None,
    stop: Callable[[], bool] | None = None,
    day: DayState | None = None,
    asked: SolveRequest | None = None,
) -> Schedule:
    """Solve the event, or replan ``event.published`` if there is one, as far as its ``day`` is.

    What is ``asked`` of stability and changes goes before the event's policy. Before round 1 a
    demand that was made since and cannot hold is refused; what incidents made impossible is waived.
    Raises Infeasible, with the contradicting rules in the organiser's words and what would mend
    them, NoIncumbentError when the budget was too small for any schedule, and InvalidScheduleError
    for a defect of ours.
    """
    quiet = day is None and not event.held_rounds
    if event.published is not None:
        day = day or day_of(event.published, event.held_rounds)
    now = event if day is None else event_after_day(event, day)
    graph = RECENT.graph(now)
    meter = Meter(budget, stop or (lambda: False))

    def told(result: Result) -> None:
        if report is not None:
            report(progress_of(result))

    try:
        if event.published is None or day is None:
            schedule = _solved(event, graph, meter, told)
        else:
            mended = first_repair(now, day, graph, meter)
            if quiet:
                _refuse_contradictions(now, graph, mended.instance, meter)
            schedule = _replanned(now, mended, graph, meter, told, asked or SolveRequest())
    except Infeasible as contradiction:
        rules = contradiction.rules
        advice = advise(now, graph.columns, graph.refused, rules)
        raise Infeasible(rules, conflict_of(event, rules), advice) from contradiction
    schedule = _explained(event, graph, schedule)
    verify_schedule(event, graph, schedule)
    return schedule


def _explained(event: Event, graph: Compatibility, schedule: Schedule) -> Schedule:
    """The schedule with what empties its open rounds, if few of those present meet in them."""
    opened = schedule.rounds[event.held_rounds :]
    idle = sum(len(block.byes) for block in opened)
    taken = sum(2 * len(block.meetings) for block in opened)
    if len(event.attendees) > MOST_ATTENDEES or taken >= NEARLY_EMPTY * (taken + idle):
        return schedule

    from solver.diagnosis.diagnose import why_few_meet  # slow to load, and seldom needed

    return schedule.model_copy(update={"emptied_by": why_few_meet(graph)})


def _solved(event: Event, graph: Compatibility, meter: Meter, told: Told) -> Schedule:
    instance = instance_of(event, graph.columns, graph.refused)
    return schedule_of(event, graph, instance, solve_instance(instance, meter, told))


def _refuse_contradictions(
    event: Event, graph: Compatibility, mended: Instance, meter: Meter
) -> None:
    """Raise Infeasible where demands that gave way were made since the event was published.

    Such are those that what is published did not hold, though nothing was waived of it then.
    """
    published, names = event.published, Numbering.of(event)
    if published is None or not (mended.waived or mended.excused):
        return
    waived, excused = waived_in(published, names)
    met = {*pairs_of(published_meetings(event))}
    counts = Counter(v for pair in met for v in pair)
    short = {v for v in mended.excused if counts[v] < mended.least[v]}
    if mended.waived - waived - met or short - excused:
        instance = instance_of(event, graph.columns, graph.refused)
        find_feasible_start(instance, meter.at_least(*FOR_ANY_SCHEDULE))


def _replanned(
    event: Event,
    mended: FirstRepair,
    graph: Compatibility,
    meter: Meter,
    told: Told,
    asked: SolveRequest,
) -> Schedule:
    """The schedule after the first repair, which also mends a running round, and a search.

    ``event`` is as ``event_after_day`` makes it.
    """
    promises = possible_promises(event, mended.instance)
    wish = asked.stability or stability_of(event)
    most = event.policy.max_changes if asked.max_changes is None else asked.max_changes
    instance, result = replan_schedule(mended.instance, promises, wish, most, meter, told)
    bare = None if event.held_rounds else event.model_copy(update={"published": None})
    return schedule_of(event, graph, instance, result, added=mended.added, asked=bare)


def first_repair(event: Event, day: DayState, graph: Compatibility, meter: Meter) -> FirstRepair:
    """Whatever promises can be kept are, and people set free are paired; by work alone.

    ``event`` is as ``event_after_day`` makes it. Raises as ``repair_first`` does.
    """
    instance = instance_of(event, graph.columns, graph.refused)
    promises = possible_promises(event, instance)
    around = running_round_of(event, day, Numbering.of(event))
    return repair_first(instance, promises, around, meter)


def stability_of(event: Event) -> Stability:
    """The stability that the event asks for, or the usual one for how far its day is."""
    usual: Stability = "strict" if event.held_rounds else "balanced" if event.published else "free"
    return event.policy.stability or usual


def verify_schedule(event: Event, graph: Compatibility, schedule: Schedule) -> None:
    """Raise InvalidScheduleError if the independent verifier refuses the schedule."""
    found = complaints_about(event, graph, schedule)
    if found:
        raise InvalidScheduleError("; ".join(found[:5]))


def complaints_about(event: Event, graph: Compatibility, schedule: Schedule) -> list[str]:
    """Every broken rule and false figure of a schedule, in words; none if it is valid."""
    public = graph.public.columns
    return find_violations(event, graph.columns, graph.refused, schedule, public)


def find_contradictions(event: Event) -> Contradiction:
    """Rules that cannot all hold, as far as that is visible without benefits or solving."""
    return _contradiction_in(event, instance_of(event, NO_BENEFITS))


def find_slips(event: Event) -> tuple[Contradiction, tuple[Oversight, ...]]:
    """The same contradictions, and what the event surely does not mean to say."""
    instance = instance_of(event, NO_BENEFITS)
    found = (row for row in find_oversights(event, instance) if row.severity != "ok")
    fields = Oversight.model_fields.keys()
    oversights = tuple(Oversight(**row.model_dump(include=set(fields))) for row in found)
    return _contradiction_in(event, instance), oversights


def _contradiction_in(event: Event, instance: Instance) -> Contradiction:
    rules = find_visible_conflict(instance)
    advice = advise_in_sight(event, rules) if rules else None
    return Contradiction(conflict_of(event, rules), advice)


NEARLY_EMPTY = 0.25
"""Where a smaller share of people meet than this, it is said why."""
NO_BENEFITS: tuple[tuple[str, str, int], ...] = ()
