"""Cooling under a budget: how it is shared out, and that none of it is overdrawn or left."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from solver.budget import Budget, Meter
from solver.instance import Instance, Matchings
from solver.search import annealing
from solver.search.annealing import COLDEST, ENOUGH, HOTTEST, LONGER, SHORT, Cooling
from solver.search.incumbent import Incumbent
from solver.search.state import Candidates, SearchState
from tests.solver.instances import everybody, instance

SIX = instance(6, 3, everybody(6, 500))


@dataclass
class Walk:
    """A search that notes what it is asked for, and never moves."""

    instance: Instance = SIX
    asked: list[tuple[int, float]] = field(default_factory=list)

    def anneal(self, steps: int, temperature: float) -> None:
        self.asked.append((steps, temperature))

    def matchings(self) -> Matchings:
        return ((),) * self.instance.rounds


def cooling(budget: Budget, problem: Instance = SIX) -> tuple[Cooling, Walk]:
    walk, meter = Walk(problem), Meter(budget)
    best = Incumbent(problem, meter, lambda _: None)
    return Cooling(walk, best, meter), walk  # type: ignore[arg-type]


def cycles(walk: Walk) -> list[int]:
    """Steps of each cycle, each of which ends with a look without any heat."""
    found, steps = [], 0
    for turn, temperature in walk.asked:
        if temperature:
            steps += turn
        else:
            found.append(steps)
            steps = 0
    return found


@pytest.fixture(autouse=True)
def rematched(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The searches whose rounds were matched exactly; here that changes nothing."""
    asked: list[object] = []

    class Unchanged:
        @staticmethod
        def of(search: object) -> "Unchanged":
            asked.append(search)
            return Unchanged()

        def improve(self, meter: Meter) -> None:
            """Nothing is better."""

    monkeypatch.setattr(annealing, "Rematching", Unchanged)
    return asked


def test_a_cycle_cools_from_hot_to_cold_and_ends_in_pure_ascent() -> None:
    cool, walk = cooling(Budget(work=10**9))
    cool.cycle(40_000)
    heat = [temperature for _, temperature in walk.asked]
    assert sum(steps for steps, temperature in walk.asked if temperature) == 40_000
    assert heat[0] == HOTTEST
    assert COLDEST <= heat[-2] < 1.2 * COLDEST
    assert heat[-1] == 0
    assert all(later < earlier for earlier, later in pairwise(heat))
    assert cool.meter.work == 40_000


def test_a_short_cycle_is_never_hot() -> None:
    cool, walk = cooling(Budget(work=10**9))
    cool.cycle(360)
    assert walk.asked[0][1] == pytest.approx(annealing.HEAT * 360 / 36)


def test_the_clock_is_looked_at_many_times_a_cycle_and_never_after_too_many_steps() -> None:
    cool, walk = cooling(Budget(work=10**9))
    cool.cycle(80_000)
    assert max(steps for steps, _ in walk.asked[:-1]) == 80_000 // annealing.TURNS
    cool, walk = cooling(Budget(work=10**9))
    cool.cycle(10_000_000)
    assert max(steps for steps, _ in walk.asked[:-1]) == annealing.LONGEST_TURN


def test_the_budget_is_spent_to_the_last_step_and_not_beyond() -> None:
    cool, _ = cooling(Budget(work=123_457))
    cool.until_spent()
    assert cool.meter.work == 123_457


@pytest.mark.parametrize(("work", "short"), [(470_000, False), (490_000, True)])
def test_there_are_short_cycles_while_they_are_a_small_share_of_what_is_left(
    work: int, short: bool
) -> None:
    """The first one takes 60,000 steps, an eighth of 480,000."""
    cool, walk = cooling(Budget(work=work))
    assert LONGER * cool.first_steps == 60_000 == 480_000 // SHORT
    cool.until_spent()
    assert cycles(walk) == ([60_000, work - 60_000] if short else [work])


def test_short_cycles_grow_until_they_are_long() -> None:
    cool, walk = cooling(Budget(work=ENOUGH * 6 * 20), SIX)
    cool.until_spent()
    assert cycles(walk)[0] == 60_000
    assert min(cycles(walk)[1:]) > ENOUGH * 6


def test_a_large_budget_is_shared_by_several_long_cycles() -> None:
    steps = ENOUGH * 6 * 4
    cool, walk = cooling(Budget(work=steps))
    cool.until_spent()
    long = [each for each in cycles(walk) if each > ENOUGH * 6]
    assert len(long) == 3
    assert max(long) < 1.05 * min(long)


def test_nothing_is_tried_once_nothing_better_is_possible() -> None:
    cool, walk = cooling(Budget(work=10**9))
    cool.best.offer(((),) * 3)
    cool.best.limit(cool.best.points)
    cool.until_spent()
    assert walk.asked == []


def test_without_a_clock_in_the_budget_none_is_asked() -> None:
    cool, walk = cooling(Budget(work=50_000))
    cool.speed = 1.0
    cool.cycle(None)
    assert cool.meter.work == 50_000
    assert walk.asked[0][1] == HOTTEST


def test_what_a_cycle_finds_is_offered() -> None:
    meter = Meter(Budget(work=200_000))
    best = Incumbent(SIX, meter, lambda _: None)
    search = SearchState.begin(SIX, Candidates.of(SIX, 40), ((),) * 3, 1)
    Cooling(search, best, meter).until_spent()
    assert best.points == 3 * 3 * 50_000


@pytest.mark.parametrize(("most", "times"), [(6, 2), (5, 0)])
def test_after_long_cycles_single_rounds_are_matched_exactly_in_small_events(
    most: int, times: int, monkeypatch: pytest.MonkeyPatch, rematched: list[object]
) -> None:
    """The last of the three long cycles leaves no budget for it."""
    monkeypatch.setattr(annealing, "REMATCH_UP_TO", most)
    cool, walk = cooling(Budget(work=ENOUGH * 6 * 4))
    cool.until_spent()
    assert len(cycles(walk)) == 4
    assert len(rematched) == times
