"""The best schedule so far: what is kept, what is told of it, and when it is enough."""

import pytest

from solver.budget import Budget, Meter
from solver.errors import NoIncumbentError
from solver.instance import Instance, Matchings, Result
from solver.search.incumbent import Incumbent, minimums_reached, standing_alone
from tests.solver.instances import instance, mutual

GAINS = mutual({(0, 1): 900, (2, 3): 500, (0, 2): 300})
FOUR = instance(4, 2, GAINS)
POOR: Matchings = (((0, 2),), ())
GOOD: Matchings = (((0, 1),), ())
BEST: Matchings = (((0, 1), (2, 3)), ((0, 2),))


class Told(list[Result]):
    """An incumbent that keeps what it reports."""

    def begin(self, problem: Instance = FOUR, meter: Meter | None = None) -> Incumbent:
        return Incumbent(problem, meter or Meter(Budget()), self.append)


def test_only_what_is_better_is_kept_and_told() -> None:
    told = Told()
    best = told.begin()
    assert [best.offer(matchings) for matchings in (POOR, GOOD, POOR, GOOD)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert best.matchings == GOOD
    assert [result.points for result in told] == [30_000, 90_000]


def test_whoever_lacks_a_meeting_makes_a_schedule_worthless() -> None:
    best = Told().begin(instance(4, 2, GAINS, least={3: 1}))
    assert not best.offer(GOOD)
    assert best.matchings is None
    assert best.offer(BEST)


def test_meetings_without_support_are_taken_out_before_they_count() -> None:
    """3 needs a meeting; with 0 it would be one that H8 forbids."""
    problem = instance(4, 2, GAINS, least={3: 1}, fill=False)
    best = Told().begin(problem)
    assert not best.offer((((0, 1),), ((0, 3),)))
    assert best.offer((((0, 1), (2, 3)), ((0, 3),)))
    assert best.matchings == (((0, 1), (2, 3)), ())


def test_a_broken_promise_costs_more_than_it_gains() -> None:
    promised: Matchings = (((0, 2),), ())
    dear = Told().begin(instance(4, 2, GAINS, promised=promised, promise_price=60_001))
    assert dear.offer(POOR)
    assert not dear.offer(GOOD)
    cheap = Told().begin(instance(4, 2, GAINS, promised=promised, promise_price=59_999))
    assert cheap.offer(POOR)
    assert cheap.offer(GOOD)
    assert cheap.points == 90_000
    assert cheap.priced_points == 90_000 - 59_999


def test_only_a_lower_bound_is_kept_and_it_is_told_once_there_is_a_schedule() -> None:
    told = Told()
    best = told.begin()
    best.limit(300_000)
    assert not told
    best.offer(GOOD)
    for bound in (200_000, 250_000, 200_000):
        best.limit(bound)
    assert [result.bound for result in told] == [300_000, 200_000]


def test_it_is_settled_when_nothing_better_is_possible() -> None:
    best = Told().begin()
    best.limit(90_000)
    assert best.settled() is None
    best.offer(POOR)
    assert best.settled() is None
    best.offer(GOOD)
    assert best.settled() == "optimal"


def test_it_is_settled_when_the_gap_asked_for_is_reached() -> None:
    best = Told().begin(meter=Meter(Budget(gap=0.1)))
    best.offer(GOOD)
    best.limit(100_001)
    assert best.settled() is None
    best.limit(100_000)
    assert best.settled() == "gap"


def test_points_below_nothing_have_a_gap_as_well() -> None:
    """Byes alone: every schedule is worth less than nothing."""
    best = Told().begin(instance(2, 1, byes=50), Meter(Budget(gap=0.5)))
    best.offer(((),))
    assert best.points == -100_000
    best.limit(-60_000)
    assert best.settled() is None
    best.limit(-70_000)
    assert best.settled() == "gap"


def test_it_is_settled_when_the_budget_is_spent() -> None:
    meter = Meter(Budget(work=5))
    best = Told().begin(meter=meter)
    assert best.settled() is None
    meter.spend(5)
    assert best.settled() == "work"


def test_an_answer_holds_all_that_is_known() -> None:
    best = Told().begin(meter=Meter(Budget(), work=7))
    with pytest.raises(NoIncumbentError):
        best.result("time")
    best.offer(GOOD)
    best.limit(200_000)
    result = best.result("stopped")
    assert (result.matchings, result.points, result.bound) == (GOOD, 90_000, 200_000)
    assert (result.work, result.stopped_by) == (7, "stopped")


def test_held_meetings_need_no_support_and_count_for_no_minimum_again() -> None:
    held: Matchings = (((0, 3),),)
    problem = instance(4, 2, GAINS, held=held, least={0: 2, 3: 1}, fill=False)
    assert standing_alone(problem, (*held, ((0, 1), (2, 3)))) == (*held, ((0, 1), (2, 3)))
    assert standing_alone(problem, (*held, ((1, 2),))) == (*held, ())
    assert minimums_reached(problem, (*held, ((0, 1),)))
    assert not minimums_reached(problem, (*held, ((1, 2),)))


def test_where_idle_seats_are_filled_every_meeting_stands() -> None:
    assert standing_alone(FOUR, (((1, 3),), ())) == (((1, 3),), ())
