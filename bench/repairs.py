"""How much of the objective a repair keeps, against solving anew.

    python -m bench.repairs                        500 people in 12 rounds, 5 % gone at half time

A schedule is solved and published; at half time some people drop out. The strict repair breaks no
promise; the balanced one breaks at most so many for something better; the fresh solve begins where
the held rounds end, without regard to what was published.
"""

import argparse
import sys
from dataclasses import dataclass
from random import Random

from app.day.incidents.apply import apply_incidents, event_to_replan
from app.planning.plan import plan_schedule
from bench.generate import generate
from schemas.day import DayState
from schemas.event import Event
from schemas.incident import Incident
from solver.budget import Budget, Meter
from solver.compatibility.recent import RECENT
from solver.instance import Instance, Matchings, Result
from solver.repair.first_repair import repair_first
from solver.repair.promises import broken_promises
from solver.repair.replan import replan_schedule
from solver.translate.prepare import instance_of
from solver.translate.write import possible_promises
from solver.warm import warm_kernels

STRICT, BALANCED, MOST_BROKEN = 0.985, 0.99, 40


@dataclass(frozen=True)
class RepairMeasure:
    """Shares of a fresh solve's objective, and what the balanced repair broke for its own."""

    strict: float
    balanced: float
    broken: int

    def holds(self) -> bool:
        """Whether both reach what they must."""
        enough = self.strict >= STRICT and self.balanced >= BALANCED
        return enough and self.broken <= MOST_BROKEN


def published(size: int, seed: int, seconds: float) -> Event:
    """A generated event with half of its rounds held by a schedule solved for so long."""
    event = generate(size, seed)
    schedule = plan_schedule(event, Budget(seconds=seconds))
    return event_to_replan(event, schedule, held=len(event.rounds) // 2)


def after_drop_outs(event: Event, share: float, seed: int) -> Event:
    """The event when some of its people have left."""
    ids = [attendee.id for attendee in event.attendees]
    gone = Random(seed).sample(ids, round(len(ids) * share))
    batch = [Incident(id=v, kind="drop_out", attendee=v) for v in gone]
    day = DayState(finished_rounds=event.held_rounds)
    return apply_incidents(event, day, batch).event


def kept(event: Event, fresh_seconds: float, balanced_seconds: float) -> RepairMeasure:
    """What repairs keep of the objective of a fresh solve of the event as it is now."""
    graph = RECENT.graph(event)
    instance = instance_of(event, graph.columns, graph.refused)
    promises = possible_promises(event, instance)
    strict = repair_first(instance, promises, None, Meter(Budget(work=10**8), _never)).result
    fresh = _searched(instance, promises, "free", None, fresh_seconds)
    balanced = _searched(instance, promises, "balanced", MOST_BROKEN, balanced_seconds)
    return RepairMeasure(
        strict.points / fresh.points,
        balanced.points / fresh.points,
        broken_promises(promises, balanced.matchings),
    )


def _searched(
    instance: Instance, promises: Matchings, how: str, most: int | None, seconds: float
) -> Result:
    meter = Meter(Budget(seconds=seconds), _never)
    _, result = replan_schedule(instance, promises, how, most, meter, _unheard)
    return result


def _never() -> bool:
    return False


def _unheard(_: Result) -> None:
    """Nobody watches."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--attendees", type=int, default=500)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--seconds", type=float, default=8.0, help="what the first solve gets")
    wanted = parser.parse_args(argv)
    warm_kernels()
    every = []
    for seed in wanted.seeds:
        event = published(wanted.attendees, seed, wanted.seconds)
        for drawn in (5, 6):
            every.append(kept(after_drop_outs(event, wanted.share, drawn), 5.0, 2.5))
            one = every[-1]
            shares = f"strict {one.strict:.2%}, balanced {one.balanced:.2%}"
            print(f"seed {seed}, drop-outs {drawn}: {shares} with {one.broken} broken")
    held = sum(one.holds() for one in every)
    print(f"{held} of {len(every)} reach {STRICT:.1%} and {BALANCED:.1%}")
    return 0 if held == len(every) else 1


if __name__ == "__main__":
    sys.exit(main())
