"""The strategy: budgets are kept, more time is not worse, and whoever asks it to stop is heard."""

import time

import pytest

from bench.generate import generate
from schemas.event import Event, Policy
from solver.budget import Budget, Meter
from solver.instance import Instance, Result
from solver.objective import supported_pairs
from solver.search.annealing import Cooling
from solver.search.incumbent import Incumbent, standing_alone
from solver.search.state import Candidates, SearchState, in_promising_order
from solver.solve import solve_instance
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import event_of


def prepared(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


ROOM = prepared(generate(40, 2, rounds=6))


def test_incumbents_only_get_better_and_bounds_only_lower() -> None:
    told: list[Result] = []
    solve_instance(ROOM, Meter(Budget(work=3_000_000)), told.append)
    assert len(told) > 3
    assert [r.points for r in told] == sorted(r.points for r in told)
    bounds = [r.bound for r in told if r.bound is not None]
    assert bounds == sorted(bounds, reverse=True)
    assert all(bound >= told[-1].points for bound in bounds)


def test_more_work_is_better_on_the_whole() -> None:
    """Not each time: cycles follow the budget, and a short one may be lucky."""
    rooms = [prepared(generate(30, seed, rounds=5)) for seed in range(6)]
    reached = [
        sum(solve_instance(room, Meter(Budget(work=work))).points for room in rooms)
        for work in (20_000, 200_000, 2_000_000)
    ]
    assert reached == sorted(reached)


def test_a_gap_that_is_reached_ends_the_search() -> None:
    result = solve_instance(ROOM, Meter(Budget(seconds=60, gap=0.2)))
    assert result.stopped_by == "gap"
    assert result.bound is not None
    assert result.bound - result.points <= 0.2 * result.bound


def test_a_stop_keeps_the_best() -> None:
    result = solve_instance(ROOM, Meter(Budget(seconds=60), stop=lambda: True))
    assert result.stopped_by == "stopped"
    assert any(result.matchings)


@pytest.mark.parametrize("budget", [Budget(work=1), Budget(seconds=0.001)])
def test_the_smallest_budget_has_a_schedule_and_a_bound(budget: Budget) -> None:
    result = solve_instance(ROOM, Meter(budget))
    assert any(result.matchings)
    assert result.bound is not None
    assert result.bound >= result.points


def test_time_is_kept() -> None:
    begun = time.monotonic()
    result = solve_instance(ROOM, Meter(Budget(seconds=1.0)))
    assert result.stopped_by in ("time", "optimal")
    assert time.monotonic() - begun < 10


def test_meetings_worth_nothing_are_left_out_where_idle_seats_stay_idle() -> None:
    """b gains from a, but a not from b, and no triangle holds them."""
    event = event_of("abc", 1, {"ba": 0.9}, policy=Policy(idle="leave"))
    instance = prepared(event)
    assert standing_alone(instance, (((0, 1),),)) == ((),)
    assert supported_pairs(instance, ((),)) == set()


def test_a_cycle_never_loses_what_was_offered() -> None:
    search = SearchState.begin(ROOM, Candidates.of(ROOM, 40), ((),) * ROOM.rounds, 1)
    search.place(*in_promising_order(ROOM))
    meter = Meter(Budget(work=400_000))
    best = Incumbent(ROOM, meter, lambda _: None)
    best.offer(search.matchings())
    before = best.points
    Cooling(search, best, meter).until_spent()
    assert best.points > before
