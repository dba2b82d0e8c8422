"""What is measured: the optimiser as it is, with everything it does within the time."""

from bench.peers import PeerAnswer
from solver.budget import Budget, Meter
from solver.instance import Instance
from solver.solve import solve_instance as tertius


def solve(instance: Instance, seconds: float, found: PeerAnswer) -> None:
    """Hand over every report."""
    meter = Meter(Budget(seconds=seconds))
    result = tertius(instance, meter, lambda now: found(now.matchings, now.bound))
    found(result.matchings, result.bound)
