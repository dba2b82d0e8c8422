"""What priorities cost, on events solved by hand."""

from dataclasses import replace
from typing import Any

import pytest

from app.errors import StateConflict
from app.planning import priority_price as module
from app.planning.plan import plan_schedule
from app.planning.priority_price import price_priorities
from schemas.event import Attendee, Event, PairRule, Policy, Weights
from schemas.report import PriorityPrice
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.errors import NoIncumbentError
from solver.instance import Result
from solver.solve import solve_instance
from tests.builders import event_of

WORK = 1_000_000
GAINS = {"ab": 0.9, "ba": 0.3, "cb": 0.8, "bc": 0.8}
"""b meets a or c in the only round: c is the better partner, unless a counts for more."""


def contested(*priorities: int, **fields: object) -> Event:
    people = tuple(Attendee(id=v, priority=p) for v, p in zip("abc", priorities, strict=True))
    policy = Policy(idle="leave", silent="none")
    weights = Weights(triangles=0, fairness=100, byes=0)
    return event_of(people, 1, GAINS, policy=policy, weights=weights, **fields)


def priced(event: Event, schedule: Schedule | None = None) -> PriorityPrice:
    made = schedule or plan_schedule(event, Budget(work=WORK))
    return price_priorities(event, build_graph(event), made, WORK)


def met(event: Event) -> tuple[str, str]:
    (meeting,) = plan_schedule(event, Budget(work=WORK)).rounds[0].meetings
    return meeting.attendees


def test_without_priorities_there_is_nothing_to_pay() -> None:
    price = priced(contested(100, 100, 100))
    assert (price.people, price.least, price.most, price.own_gap) == (0, 0, 0, 0)
    assert price.words == ("Nobody has a priority other than 100, so that priorities cost nothing.")


def test_the_price_is_what_the_room_has_less_of_if_all_count_the_same() -> None:
    event = contested(1000, 100, 100)
    assert (met(event), met(contested(100, 100, 100))) == (("a", "b"), ("b", "c"))
    price = priced(event)
    # a meets b: 0.519 for the pair, and satisfaction 1 for a, 0.375 of 0.8 for b: .55
    # b meets c: 0.800 for the pair, and satisfaction 1 for both
    assert (price.objective, price.best, price.upper_bound) == (2.069, 2.8, 2.8)
    assert (price.least, price.most, price.own_gap) == (0.731, 0.731, 0)
    assert (price.raised.people, price.raised.with_priorities, price.raised.without) == (1, 1, 0)
    assert (price.others.with_priorities, price.others.without) == (0.188, 1)
    assert (price.lowered.people, price.lowered.without) == (0, None)
    assert price.words == (
        "If all count the same, a schedule 0.73100 points better was found, and none is better"
        " than that: so much priorities cost. Mean satisfaction of people with a higher priority"
        " (1): 1.000, without priorities 0.000. Mean satisfaction of everybody else (2): 0.188,"
        " without priorities 1.000."
    )


def test_a_priority_that_changes_nothing_costs_nothing() -> None:
    price = priced(contested(100, 100, 1000))
    assert (price.people, price.least, price.most) == (1, 0, 0)
    assert price.words.startswith("Priorities cost nothing: no schedule is better")


def test_somebody_who_counts_less_is_told_apart() -> None:
    price = priced(contested(0, 100, 100))
    assert (price.lowered.people, price.raised.people, price.most) == (1, 0, 0)


def test_what_is_not_proven_of_the_version_is_said() -> None:
    event = contested(1000, 100, 100)
    made = plan_schedule(event, Budget(work=WORK))
    assert made.quality is not None
    loose = made.quality.model_copy(update={"upper_bound": made.quality.objective + 0.25})
    price = priced(event, made.model_copy(update={"quality": loose}))
    assert price.own_gap == 0.25
    assert "what the search for this version left behind (at most 0.25000)." in price.words
    unknown = priced(event, made.model_copy(update={"quality": None}))
    assert (unknown.own_gap, "left behind." in unknown.words) == (None, True)


def test_what_is_not_proven_of_the_best_is_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    event = contested(1000, 100, 100)
    made = plan_schedule(event, Budget(work=WORK))
    for slack, most in ((20_000, 0.931), (None, None)):

        def loosely(*given: Any, more: int | None = slack, **named: Any) -> Result:
            found = solve_instance(*given, **named)
            bound = None if more is None or found.bound is None else found.bound + more
            return replace(found, bound=bound)

        monkeypatch.setattr(module, "solve_instance", loosely)
        price = priced(event, made)
        assert (price.least, price.most) == (0.731, most)
        assert ("none is more than 0.93100 points better" in price.words) == (most is not None)


def test_the_same_question_has_the_same_answer() -> None:
    event = contested(1000, 100, 100)
    assert priced(event) == priced(event)


def test_held_rounds_are_what_they_were() -> None:
    event = contested(1000, 100, 100)
    made = plan_schedule(event, Budget(work=WORK))
    running = event.model_copy(update={"published": made, "held_rounds": 1})
    price = priced(running, made)
    assert (price.least, price.most) == (0, 0)


def test_demands_that_became_impossible_are_waived_as_in_a_repair() -> None:
    event = contested(1000, 100, 100)
    made = plan_schedule(event, Budget(work=WORK))
    rules = tuple(PairRule(kind="require", pair=pair) for pair in (("a", "b"), ("b", "c")))
    assert priced(event.model_copy(update={"pair_rules": rules}), made).least == 0


def test_where_no_schedule_is_found_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise NoIncumbentError("none")

    event = contested(1000, 100, 100)
    made = plan_schedule(event, Budget(work=WORK))
    monkeypatch.setattr(module, "solve_instance", fail)
    with pytest.raises(StateConflict) as refusal:
        priced(event, made)
    assert refusal.value.errors[0].code == "no_schedule"
