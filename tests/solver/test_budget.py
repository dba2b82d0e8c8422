"""A budget and what is spent of it, here and in the budget it is part of."""

from math import inf
from typing import Any

import pytest

from solver import budget as module
from solver.budget import Budget, Meter


class HandClock:
    """A clock that goes as far as it is told."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def meter(clock: HandClock, budget: Budget, **fields: Any) -> Meter:
    return Meter(budget, started=clock.now, **fields)


def test_without_limits_nothing_is_ever_used_up(clock: HandClock) -> None:
    endless = meter(clock, Budget())
    endless.spend(10**15)
    clock.now += 10**6
    assert endless.stopped_by() is None
    assert (endless.seconds_left(), endless.work_left(), endless.spent()) == (inf, inf, 0.0)


def test_the_limit_that_is_used_up_is_named(clock: HandClock) -> None:
    limited = meter(clock, Budget(seconds=2.0, work=10))
    limited.spend(9)
    clock.now += 1.5
    assert limited.stopped_by() is None
    clock.now += 0.5
    assert limited.stopped_by() == "time"
    limited.spend(1)
    assert limited.stopped_by() == "work"


def test_a_stop_comes_before_every_limit(clock: HandClock) -> None:
    assert meter(clock, Budget(work=0), stop=lambda: True).stopped_by() == "stopped"


def test_the_larger_share_is_what_is_spent(clock: HandClock) -> None:
    limited = meter(clock, Budget(seconds=4.0, work=10))
    limited.spend(2)
    assert limited.spent() == 0.2
    clock.now += 1.0
    assert limited.spent() == 0.25
    assert (limited.seconds_left(), limited.work_left()) == (3.0, 8)


def test_what_a_part_spends_the_whole_has_spent(clock: HandClock) -> None:
    whole = meter(clock, Budget(work=100))
    part = whole.part(0.5)
    part.at_most(10).spend(4)
    part.at_least(1.0, 10).spend(3)
    assert (part.work, whole.work) == (7, 7)


def test_a_part_has_its_share_of_what_is_left(clock: HandClock) -> None:
    whole = meter(clock, Budget(seconds=8.0, work=100, gap=0.1))
    whole.spend(40)
    clock.now += 4.0
    assert whole.part(0.5).budget == Budget(seconds=2.0, work=30, gap=0.1)
    assert meter(clock, Budget()).part(0.5).budget == Budget()


def test_a_part_of_nothing_may_take_one_step_and_no_time(clock: HandClock) -> None:
    whole = meter(clock, Budget(seconds=1.0, work=1))
    whole.spend(1)
    clock.now += 2.0
    assert whole.part(0.5).budget == Budget(seconds=0.0, work=1)


def test_what_nobody_can_do_without_has_its_least(clock: HandClock) -> None:
    whole = meter(clock, Budget(seconds=10.0, work=100))
    assert whole.at_least(2.0, 20).budget == Budget(seconds=10.0, work=100)
    clock.now += 9.5
    whole.spend(95)
    assert whole.at_least(2.0, 20).budget == Budget(seconds=2.0, work=20)
    assert meter(clock, Budget(work=5)).at_least(2.0, 20).budget == Budget(work=20)
    assert meter(clock, Budget(seconds=5.0)).at_least(9.0, 20).budget == Budget(seconds=9.0)


def test_at_most_so_many_steps_are_taken_of_what_is_left(clock: HandClock) -> None:
    whole = meter(clock, Budget(seconds=10.0, work=100))
    assert whole.at_most(30).budget == Budget(seconds=10.0, work=30)
    whole.spend(90)
    clock.now += 4.0
    assert whole.at_most(30).budget == Budget(seconds=6.0, work=10)
    assert meter(clock, Budget()).at_most(30).budget == Budget(work=30)


def test_a_stop_stops_every_part(clock: HandClock) -> None:
    whole = meter(clock, Budget(work=100), stop=lambda: True)
    for part in (whole.part(0.5), whole.at_most(9), whole.at_least(1.0, 9)):
        assert part.stopped_by() == "stopped"
