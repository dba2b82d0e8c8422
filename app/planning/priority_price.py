"""What priorities cost the room: a schedule beside the best without any, by work alone."""

from collections.abc import Iterable, Sequence

from app.errors import StateConflict
from app.planning.report import mean_of
from schemas.event import USUAL, Event
from schemas.report import PriorityPrice, PrioritySide
from schemas.schedule import Quality, Schedule
from solver.budget import Budget, Meter
from solver.compatibility.graph import Compatibility
from solver.errors import Infeasible, NoIncumbentError
from solver.feasibility.feasible import waive_fewest
from solver.instance import Instance, Matchings
from solver.objective import points_of, satisfactions_of
from solver.solve import solve_instance
from solver.translate.explain import meetings_in
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of
from solver.translate.write import on_wire


def price_priorities(
    event: Event, graph: Compatibility, schedule: Schedule, work: int
) -> PriorityPrice:
    """How far a schedule is below the best one if all counted the same, as an interval.

    The best is looked for from this schedule on, in its open rounds, with ``work`` steps: the same
    question has the same answer. What was promised to people is no reason there to leave anything
    as it is. Raises StateConflict where there is no such schedule.
    """
    instance = instance_of(_without_priorities(event), graph.columns, graph.refused)
    meter = Meter(Budget(work=work))
    instance = waive_fewest(instance, meter)
    now = meetings_in(schedule, instance, Numbering.of(event))
    try:
        found = solve_instance(instance, meter, hint=now)
    except (Infeasible, NoIncumbentError):
        message = "no schedule without priorities was found within this work"
        raise StateConflict.at("", "no_schedule", message) from None
    points = points_of(instance, now)
    least = max(0, found.points - points)
    most = None if found.bound is None else max(least, found.bound - points)
    sides = _Sides(event, instance, now, found.matchings)
    raised, lowered, others = sides.raised, sides.lowered, sides.others
    price = PriorityPrice(
        people=raised.people + lowered.people,
        objective=on_wire(points),
        best=on_wire(found.points),
        upper_bound=None if found.bound is None else on_wire(found.bound),
        least=on_wire(least),
        most=None if most is None else on_wire(most),
        own_gap=_own_gap(schedule.quality),
        raised=raised,
        lowered=lowered,
        others=others,
        words="",
    )
    return price.model_copy(update={"words": _words(price)})


def _without_priorities(event: Event) -> Event:
    """The event in which all count the same."""
    equal = (a.model_copy(update={"priority": USUAL}) for a in event.attendees)
    return event.model_copy(update={"attendees": tuple(equal)})


def _own_gap(quality: Quality | None) -> float | None:
    """How far a schedule may be below the best of its own problem; None if nothing is proven."""
    if quality is None or quality.upper_bound is None:
        return None
    return round(max(0.0, quality.upper_bound - quality.objective), 5)


class _Sides:
    """Mean satisfactions in two schedules, of people of higher, lower and usual priority."""

    def __init__(
        self, event: Event, instance: Instance, now: Matchings, without: Matchings
    ) -> None:
        number = Numbering.of(event).number
        self._priority = {
            number[a.id]: USUAL if a.priority is None else a.priority for a in event.attendees
        }
        self._now = satisfactions_of(instance, now)
        self._without = satisfactions_of(instance, without)
        self.raised = self._side(v for v, given in self._priority.items() if given > USUAL)
        self.lowered = self._side(v for v, given in self._priority.items() if given < USUAL)
        self.others = self._side(v for v, given in self._priority.items() if given == USUAL)

    def _side(self, people: Iterable[int]) -> PrioritySide:
        some = tuple(people)
        return PrioritySide(
            people=len(some),
            with_priorities=_mean(self._now, some),
            without=_mean(self._without, some),
        )


def _mean(satisfactions: Sequence[int | None], people: Iterable[int]) -> float | None:
    known = [satisfactions[v] for v in people]
    return mean_of([value / 1000 for value in known if value is not None])


def _words(price: PriorityPrice) -> str:
    """The interval in points, and who has what of it."""
    if not price.people:
        return "Nobody has a priority other than 100, so that priorities cost nothing."
    told = [_interval(price)]
    for who, side in (
        ("people with a higher priority", price.raised),
        ("people with a lower one", price.lowered),
        ("everybody else", price.others),
    ):
        if side.with_priorities is not None and side.without is not None:
            told.append(
                f"Mean satisfaction of {who} ({side.people}): {side.with_priorities:.3f},"
                f" without priorities {side.without:.3f}."
            )
    return " ".join(told)


def _interval(price: PriorityPrice) -> str:
    if price.most == 0:
        return "Priorities cost nothing: no schedule is better if all count the same."
    better = f"{price.least:.5f} points better" if price.least else "as good and no better"
    told = f"If all count the same, a schedule {better} was found"
    if price.most is None:
        told += ", and nothing is proven of how much better one can be"
    elif price.most > price.least:
        told += f", and none is more than {price.most:.5f} points better"
    else:
        told += ", and none is better than that"
    cause = ": so much priorities cost"
    if price.own_gap != 0:
        left = "" if price.own_gap is None else f" (at most {price.own_gap:.5f})"
        cause += f", and what the search for this version left behind{left}"
    return told + cause + "."
