"""What the optimiser reaches: one table for any set of instances, and one result file for each.

    python -m bench.run                          generated rooms up to 1,000 attendees
    python -m bench.run room --sizes 60 300 --seeds 1 2 3 --seconds 30
    python -m bench.run wave-01-yes trades       real events, by the beginning of their names

Each instance is planned in a process of its own, so that its memory is its own too.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from app.planning.plan import plan_schedule
from bench import best_known
from bench.instances import USUAL_SIZES, BenchInstance, chosen, named
from bench.provenance import commit, machine
from bench.report import RESULTS
from bench.trace import Moment, Trace
from schemas.event import Event
from schemas.solve import Progress
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.warm import warm_kernels

P = ParamSpec("P")
T = TypeVar("T")

WIDTH = 132
TITLES = (
    "instance", "n", "R", "pairs", "objective", "bound", "gap", "proof", "seconds", "stopped by",
    "optimum", "MB",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One result; ``wall_seconds`` and ``megabytes`` include everything from event to schedule.

    ``trace`` is what was reported on the way, in seconds since the event was handed over.
    """

    instance: str
    attendees: int
    rounds: int
    pairs: int
    seed: int
    seconds: float | None
    work: int | None
    objective: float
    bound: float | None
    gap: float | None
    proof: str
    stopped_by: str
    wall_seconds: float
    megabytes: int
    optimum: float | None
    commit: str
    machine: str
    trace: Trace


def measure(instance: BenchInstance, budget: Budget) -> Measured:
    """Plan the instance within the budget; the clock runs from building the event on."""
    trace: list[Moment] = []

    def report(now: Progress) -> None:
        if now.objective is not None:
            seconds = round(time.monotonic() - started, 3)
            trace.append(Moment(seconds, now.objective, now.upper_bound))

    started = time.monotonic()
    event = instance.build()
    schedule = plan_schedule(event, budget, report)
    wall_seconds = time.monotonic() - started
    quality = schedule.quality
    if quality is None:
        raise ValueError(f"{instance.name}: a schedule without its quality")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measured(
        instance=instance.name,
        attendees=len(event.attendees),
        rounds=len(event.rounds),
        pairs=_pairs(event),
        seed=event.seed,
        seconds=budget.seconds,
        work=budget.work,
        objective=quality.objective,
        bound=quality.upper_bound,
        gap=quality.gap,
        proof=quality.proof,
        stopped_by=quality.stopped_by,
        wall_seconds=round(wall_seconds, 2),
        megabytes=megabytes,
        optimum=instance.optimum,
        commit=commit(),
        machine=machine(),
        trace=tuple(trace),
    )


def _pairs(event: Event) -> int:
    """How many pairs have anything to gain, at least on one side."""
    return len({(i, j) if i < j else (j, i) for i, j in _gains(event)})


def _gains(event: Event) -> Iterable[tuple[str, str]]:
    """Who gains from whom; the graph of all benefits is made only where the event gives none."""
    if event.benefits:
        return ((row.attendee, row.partner) for row in event.benefits if row.value > 0)
    return ((i, j) for i, j, _ in build_graph(event).columns.triples())


def _document(name: str) -> str:
    return named(name).build().model_dump_json(exclude_none=True)


def _measure_alone(name: str, document: str, budget: Budget) -> Measured:
    """Load what is compiled on first use, then measure from the document on."""
    warm_kernels()
    read = partial(Event.model_validate_json, document)
    return measure(replace(named(name), build=read), budget)


def measured(names: Sequence[str], budget: Budget) -> Iterator[Measured]:
    """Each named instance, one after the other; who makes the document is not measured."""
    for name in names:
        document = _alone(_document, name)
        yield _alone(_measure_alone, name, document, budget)


def _alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in a process of its own, so that its memory is its own too."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *args, **kwargs).result()


def write(result: Measured, folder: Path) -> Path:
    """Keep one result, in place of an older one of the same instance and budget."""
    limit = f"{result.work}steps" if result.seconds is None else f"{result.seconds:g}s"
    path = folder / f"{result.instance}-{limit}.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def table(results: Sequence[Measured]) -> Table:
    """All results, a row each."""
    caption = "\n".join(sorted({f"commit {r.commit} on {r.machine}" for r in results}))
    shown = Table(caption=caption, box=SIMPLE_HEAD)
    for title in TITLES:
        shown.add_column(title, justify="left" if title == TITLES[0] else "right", no_wrap=True)
    for result in results:
        shown.add_row(*_cells(result))
    return shown


def _cells(result: Measured) -> tuple[str, ...]:
    return (
        result.instance,
        str(result.attendees),
        str(result.rounds),
        str(result.pairs),
        f"{result.objective:.3f}",
        "-" if result.bound is None else f"{result.bound:.3f}",
        "-" if result.gap is None else f"{result.gap:.2%}",
        result.proof,
        f"{result.wall_seconds:.1f}",
        result.stopped_by,
        "" if result.optimum is None else f"{result.optimum:g}",
        str(result.megabytes),
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Plan instances and print one table.")
    parser.add_argument("names", nargs="*", default=["room"], help="beginnings of names")
    parser.add_argument("--sizes", type=int, nargs="+", default=USUAL_SIZES)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--work", type=int, help="steps instead of seconds")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for; the table grows as results come."""
    asked = _asked()
    instances = chosen(asked.names, asked.sizes, asked.seeds)
    budget = Budget(work=asked.work) if asked.work else Budget(seconds=asked.seconds)
    results: list[Measured] = []
    with Live(console=Console(width=WIDTH)) as shown:
        for result in measured([instance.name for instance in instances], budget):
            results.append(result)
            write(result, RESULTS)
            best_known.learn(result.instance, result.objective, result.commit)
            shown.update(table(results))


if __name__ == "__main__":
    main()
