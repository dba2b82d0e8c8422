"""The star bound against every schedule of tiny events, and against real schedules of larger ones."""

import pytest

from schemas.event import Event
from solver.bound import Relaxation
from solver.budget import Budget, Meter
from solver.instance import Instance
from solver.stars.bound import StarBound
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import random_event


def prepared(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


def reported(instance: Instance, work: int = 20_000) -> list[int]:
    """Every bound on the way, the last one last."""
    bounds: list[int] = []
    last = StarBound(Relaxation(instance)).improve(Meter(Budget(work=work)), bounds.append)
    assert bounds == sorted(set(bounds), reverse=True)
    assert last == bounds[-1]
    return bounds


@pytest.mark.parametrize("seed", range(200))
def test_no_schedule_of_a_tiny_event_exceeds_the_bound(seed: int) -> None:
    event = random_event(seed, 6, 3)
    best = best_points(event)
    if best is None:
        pytest.skip("nothing can be scheduled")
    assert min(reported(prepared(event), 2_000)) >= best
