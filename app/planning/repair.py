"""The repair of a published schedule after incidents, and the account of what it did.

Runs where the optimiser is: in a child of the service, or in the command line's own process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from app.day.notices.changes import changed_seats, partner_changes, table_changes
from app.day.running_round import event_after_day
from app.day.standby import standby_line, standby_place
from app.planning.document import quality_of
from app.planning.plan import first_repair, verify_schedule
from schemas.day import DayState
from schemas.event import Event
from schemas.incident import Change, Objectives, Repair, Standby, TriangleCounts
from schemas.rests import Rests
from schemas.schedule import Meeting, Quality, Schedule
from solver import objective
from solver.budget import Budget, Meter
from solver.compatibility.graph import Compatibility
from solver.instance import Instance, Matchings
from solver.repair.first_repair import FirstRepair
from solver.translate.write import on_wire, possible_promises, schedule_of

WORK = 20_000_000
"""Steps that a repair may take where pairing those set free is not enough."""


@dataclass(frozen=True)
class Repaired:
    """A verified schedule, its quality, and what the repair did."""

    schedule: Schedule
    quality: Quality
    repair: Repair


def repair_schedule(
    event: Event,
    day: DayState,
    graph: Compatibility,
    kept: Mapping[frozenset[str], Meeting] | None = None,
) -> Repaired:
    """Mend ``event.published``: first the fewest broken meetings, then points.

    ``graph`` is that of the event as ``event_after_day`` makes it: what a missed meeting was worth
    stands no more. ``kept`` are meetings written before whose two profiles are as they were then.

    Raises Infeasible or NoIncumbentError if no schedule keeps the rules, ValueError if none is
    published.
    """
    if event.published is None:
        raise ValueError("there is nothing to mend")
    now = event_after_day(event, day)
    mended = first_repair(now, day, graph, Meter(Budget(work=WORK), _never))
    instance = mended.instance
    promises = possible_promises(now, instance)
    timeless = replace(mended.result, seconds=0.0)
    bare = event.model_copy(update={"published": None, "held_rounds": 0})
    schedule = schedule_of(now, graph, instance, timeless, kept or {}, mended.added, bare)
    verify_schedule(event, graph, schedule)
    quality = quality_of(schedule)
    before = on_wire(objective.points_of(instance, _still_held(mended, promises)))
    old, new = changed_seats(event.published, schedule)
    told = partner_changes(old, new)
    repair = Repair(
        version=None,
        status="pending",
        changes=told,
        touched=tuple(sorted({change.attendee for change in told})),
        moved=tuple(sorted({v for v, _ in table_changes(old, new)})),
        broken=quality.broken,
        least_broken=_impossible(event, instance, promises) + mended.least_broken,
        objective=Objectives(before=before, after=quality.objective),
        triangles=_triangles(event.published, schedule, told),
        standby=_standby(schedule, day, event),
        waived=schedule.waived,
    )
    return Repaired(schedule, quality, repair)


def _never() -> bool:
    """No clock stops a repair: the same incidents lead to the same schedule."""
    return False


def _still_held(mended: FirstRepair, promises: Matchings) -> Matchings:
    """What was published, without what can no longer take place."""
    held = tuple(
        tuple(pair for pair in row if pair not in mended.added) for row in mended.instance.held
    )
    return held + promises[len(held) :]


def _impossible(event: Event, instance: Instance, promises: Matchings) -> int:
    """How many published meetings of open rounds nobody can keep any more."""
    blocks = event.published.rounds if event.published else ()
    listed = sum(len(block.meetings) for block in blocks[len(instance.held) : instance.rounds])
    return listed - sum(map(len, promises[len(instance.held) :]))


def _triangles(before: Schedule, after: Schedule, told: Sequence[Change]) -> TriangleCounts:
    """Triangles that went, that lost a meeting and close all the same, and that are new."""
    old, new = ({t.attendees for t in each.triangles} for each in (before, after))
    lost = {frozenset((change.attendee, change.from_)) for change in told if change.from_}
    rescued = sum(
        any(frozenset(side) in lost for side in combinations(trio, 2)) for trio in old & new
    )
    return TriangleCounts(lost=len(old - new), rescued=rescued, closed=len(new - old))


def _standby(schedule: Schedule, day: DayState, event: Event) -> tuple[Standby, ...]:
    """The orders of standing by, from the round that is running or was last on."""
    later = [block.round for block in schedule.rounds[max(0, event.held_rounds - 1) :]]
    rests, place = Rests(event, schedule), standby_place(event)
    orders = (
        (number, standby_line(day, schedule, number, rests.reasons(number).keys()))
        for number in later
    )
    return tuple(Standby(round=r, order=order, place=place) for r, order in orders if order)
