"""A small day at many times its speed, as `python -m bench.eventday` lives a large one."""

from bench.eventday import simulated
from bench.generate import generate


def test_a_day_goes_well() -> None:
    found = simulated(generate(24, 2, 4), speed=600, seed=2, seconds=0.5)
    assert found.faults() == []
    assert len(found.told) > 3
    assert len(found.looks) > 24
