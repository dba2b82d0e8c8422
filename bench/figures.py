"""What the optimiser must reach, and what it does reach: one line a figure, one run a line.

    python -m bench.figures                       every size, three seeds
    python -m bench.figures --sizes 60 120 --seeds 4 5 6 7 8
    python -m bench.figures --sizes 5000 100000

Each time named has a run of its own, from the event to the verified schedule, as ``tertius solve``
would spend it. Quality is the objective as a share of the best ever seen of that event.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isinf
from statistics import median

from bench import best_known
from bench.best_known import BestKnown
from bench.generate import ROUNDS
from bench.instances import GENERATED
from bench.peers import OURS
from bench.plot import Panel, objective_and_bound, svg
from bench.report import RESULTS, keep, markdown, signed
from bench.run import Measured, measured, write
from solver.budget import Budget

Known = dict[str, BestKnown]
Figure = Callable[[Measured, Known], float | None]


def gap(one: Measured, _: Known) -> float | None:
    """The proven gap; none without a bound."""
    return one.gap


def proven(one: Measured, _: Known) -> float:
    """1 for a proof that nothing is better."""
    return float(one.proof == "optimal")


def quality(one: Measured, known: Known) -> float:
    """The objective as a share of the best ever seen."""
    return one.objective / known[one.instance].objective


def first_schedule(one: Measured, _: Known) -> float:
    """Seconds from the event to the first usable schedule."""
    return one.trace[0].seconds


def wall_seconds(one: Measured, _: Known) -> float:
    """Seconds from the event to the verified schedule."""
    return one.wall_seconds


def improvement(one: Measured, _: Known) -> float:
    """The objective as a multiple of the first schedule's, which is the start's."""
    return one.objective / one.trace[0].objective


def megabytes(one: Measured, _: Known) -> float:
    """The most memory held."""
    return one.megabytes


@dataclass(frozen=True)
class Target:
    """A figure that runs of so many seconds must keep to: ``at_most`` the limit, else at least.

    It holds when all events keep to it, or ``most`` of them.
    """

    attendees: int
    seconds: float
    words: str
    figure: Figure
    limit: float
    form: str = ".2%"
    at_most: bool = True
    most: bool = False

    def kept(self, value: float | None) -> bool:
        """Tell whether one event keeps to it; a figure that is missing does not."""
        if value is None:
            return False
        return value <= self.limit if self.at_most else value >= self.limit

    def holds(self, values: Sequence[float | None]) -> bool:
        """Tell whether it holds over all events."""
        kept = sum(map(self.kept, values))
        return 2 * kept > len(values) if self.most else kept == len(values)

    def worst(self, values: Sequence[float]) -> float:
        """The value furthest from the limit on the wrong side."""
        return max(values) if self.at_most else min(values)


def _quality(attendees: int, seconds: float, share: float) -> Target:
    return Target(attendees, seconds, "quality", quality, share, at_most=False)


def _first(attendees: int, seconds: float) -> Target:
    return Target(attendees, seconds, "first schedule", first_schedule, 0.5, ".2f")


def _large(attendees: int, seconds: float, wall: float, start: float) -> list[Target]:
    """Whatever is to be had in time, with any bound; at least ``start`` times the flow's start."""
    return [
        Target(attendees, seconds, "seconds, all in all", wall_seconds, wall, ".1f"),
        Target(attendees, seconds, "proven gap", gap, inf),
        Target(attendees, seconds, "times the start", improvement, start, ".4f", at_most=False),
        Target(attendees, seconds, "megabytes", megabytes, 4096, ".0f"),
    ]


TARGETS = [
    Target(30, 2, "proven gap", gap, 0.003),
    Target(30, 30, "proven optimal", proven, 1, ".0f", at_most=False, most=True),
    _first(30, 2),
    Target(60, 10, "proven gap", gap, 0.015),
    _quality(60, 5, 0.995),
    _first(60, 5),
    Target(120, 30, "proven gap", gap, 0.015),
    _quality(120, 10, 0.995),
    _first(120, 10),
    Target(300, 60, "proven gap", gap, 0.04),
    _quality(300, 5, 0.99),
    _first(300, 5),
    Target(1000, 120, "proven gap", gap, 0.10),
    _quality(1000, 20, 0.99),
    *_large(5000, 20, 30, 1.05),
    *_large(100_000, 200, 300, 1.0),
]
"""Large events: the time left over is for reading, writing and verifying the schedule."""
LARGE = 5000
"""From this size on one event is measured, of the first seed."""


def main() -> None:
    """Print the table as Markdown and keep it with the plot; 1 if a figure does not hold."""
    asked = _asked()
    targets = [target for target in TARGETS if target.attendees in asked.sizes]
    results = runs(targets, asked.rooms, asked.seeds)
    text = signed(table(targets, results))
    print(f"\n{text}")
    keep("figures.md", text)
    keep("figures.svg", svg(panels(results)))
    known = best_known.read()
    sys.exit(not all(target.holds(_values(target, results, known)) for target in targets))


def runs(targets: Sequence[Target], rooms: Sequence[str], seeds: Sequence[int]) -> list[Measured]:
    """Every event for every time that a target names, the best objectives learnt."""
    results: list[Measured] = []
    for attendees, seconds in dict.fromkeys((t.attendees, t.seconds) for t in targets):
        chosen = seeds if attendees < LARGE else seeds[:1]
        names = [f"{room}-{attendees}-s{seed}" for room in rooms for seed in chosen]
        for one in measured(names, Budget(seconds=seconds)):
            write(one, RESULTS)
            best_known.learn(one.instance, one.objective, one.commit)
            results.append(one)
            print(told(one), flush=True)
    return results


def told(one: Measured) -> str:
    """One line on one run."""
    bound = "no bound" if one.gap is None else f"gap {one.gap:.2%}"
    start, last = one.trace[0], one.objective
    return (
        f"{one.instance}, {one.seconds:g} s: {last:.5f}, {bound}, "
        f"{last / start.objective:.4f} times the first after {start.seconds:.2f} s, "
        f"{one.wall_seconds:.1f} s and {one.megabytes} MB all in all"
    )


def table(targets: Sequence[Target], results: Sequence[Measured]) -> str:
    """One line a target: what it asks for, what was reached, on how many events."""
    known = best_known.read()
    titles = ["n, R", "seconds", "figure", "target", "median", "worst", "kept on", "holds"]
    return markdown(titles, [_line(t, _values(t, results, known)) for t in targets])


def _values(target: Target, results: Sequence[Measured], known: Known) -> list[float | None]:
    same = [r for r in results if (r.attendees, r.seconds) == (target.attendees, target.seconds)]
    return [target.figure(one, known) for one in same]


def _line(target: Target, values: Sequence[float | None]) -> list[str]:
    there = [value for value in values if value is not None]
    sign = "<=" if target.at_most else ">="
    return [
        f"{target.attendees}, {ROUNDS[target.attendees]}",
        f"{target.seconds:g}",
        target.words,
        "any" if isinf(target.limit) else f"{sign} {target.limit:{target.form}}",
        f"{median(there):{target.form}}" if there else "none",
        f"{target.worst(there):{target.form}}" if len(there) == len(values) else "none",
        f"{sum(map(target.kept, values))} of {len(values)}",
        "yes" if target.holds(values) else "no",
    ]


def panels(results: Sequence[Measured]) -> list[Panel]:
    """The longest run of the first event of each size."""
    longest: dict[int, Measured] = {}
    for one in results:
        best = longest.setdefault(one.attendees, one)
        if one.instance == best.instance and (one.seconds or 0) > (best.seconds or 0):
            longest[one.attendees] = one
    return [
        Panel(one.instance, tuple(objective_and_bound(OURS, one.trace)), one.seconds or 0)
        for one in longest.values()
    ]


def _asked() -> argparse.Namespace:
    sizes = list(dict.fromkeys(target.attendees for target in TARGETS))
    parser = argparse.ArgumentParser(description="Measure what the optimiser must reach.")
    parser.add_argument("--sizes", type=int, nargs="+", choices=sizes, default=sizes)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--rooms", nargs="+", choices=GENERATED, default=["room"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
