"""What the optimiser reaches: one table for any set of instances, and one result file for each.

    python -m bench.run                          generated rooms up to 1,000 attendees
    python -m bench.run room --sizes 60 300 --seeds 1 2 3 --seconds 30
    python -m bench.run wave-01-yes trades       real events, by the beginning of their names

Each instance is planned in a process of its own, so that its memory is its own too.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from app.plan import plan
from bench.generate import generate
from bench.instances import USUAL_SIZES, Instance, chosen, named
from schemas.event import Event
from solver.budget import Budget
from solver.compatibility.graph import compatibility_graph

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
WIDTH = 132
TITLES = (
    "instance", "n", "R", "pairs", "objective", "bound", "gap", "proof", "seconds", "stopped by",
    "optimum", "MB",
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One result; ``wall_seconds`` and ``megabytes`` include everything from event to schedule."""

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


def measure(instance: Instance, budget: Budget) -> Measured:
    """Plan the instance within the budget."""
    event = instance.build()
    started = time.monotonic()
    schedule = plan(event, budget)
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
        commit=_commit(),
        machine=_machine(),
    )


def _pairs(event: Event) -> int:
    """How many pairs have anything to gain, at least on one side."""
    return len({(i, j) if i < j else (j, i) for i, j in _gains(event)})


def _gains(event: Event) -> Iterable[tuple[str, str]]:
    """Who gains from whom; the graph of all benefits is made only where the event gives none."""
    if event.benefits:
        return ((row.attendee, row.partner) for row in event.benefits if row.value > 0)
    return compatibility_graph(event).edges()


@cache
def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


@cache
def _machine() -> str:
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} x {_processor()}, {system}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _measure_alone(name: str, budget: Budget) -> Measured:
    """In a fresh process: load what is compiled on first use, then measure."""
    plan(generate(8, rounds=2), Budget(work=1_000))
    return measure(named(name), budget)


def measured(names: Sequence[str], budget: Budget) -> Iterator[Measured]:
    """Each named instance, one after the other."""
    for name in names:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            yield process.submit(_measure_alone, name, budget).result()


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
            shown.update(table(results))


if __name__ == "__main__":
    main()
