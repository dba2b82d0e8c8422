"""How long commands keep somebody waiting who has just typed them.

    python -m bench.startup                       every figure, ten times each
    python -m bench.startup --times 3 --only verify

Each time is that of a process of its own, from its start on, with the compiled code loaded from
where it is kept. The load is the machine's, over the last minute, when a figure was finished: above
one or so the figures say more about the neighbours.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.generate import generate
from bench.report import markdown, signed
from bench.service import service

TERTIUS = [sys.executable, "-m", "app.cli"]
TIMES = 10


class Desk:
    """The files that commands are tried on, and a folder for what they remember of texts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.room = folder / "room-30.json"
        self.room.write_text(generate(30, seed=1).model_dump_json(exclude_none=True), "utf-8")
        demo = resources.files("app.demo") / "event.json"
        self.event, self.schedule = folder / "event.json", folder / "schedule.json"
        self.event.write_bytes(demo.read_bytes())
        self.run("solve", self.event, "--work", 200_000, "--out", self.schedule)
        self.graph = folder / "graph.json"
        self.run("graph", self.event, "--out", self.graph)

    def run(self, *arguments: object, cache: Path | None = None) -> float:
        """Seconds of one command, which must succeed."""
        started = perf_counter()
        subprocess.run(
            [*TERTIUS, *map(str, arguments)],
            env=self.environment(cache),
            capture_output=True,
            check=True,
        )
        return perf_counter() - started

    def environment(self, cache: Path | None = None) -> dict[str, str]:
        """Ours, with the texts remembered here."""
        return os.environ | {"TERTIUS_CACHE": str(cache or self.folder / "texts")}


def ask_for_help(desk: Desk) -> float:
    """Seconds of ``tertius --help``."""
    return desk.run("--help")


def solve(desk: Desk) -> float:
    """Seconds of a solve of 30 people that searches for one."""
    return desk.run("solve", desk.room, "--seconds", 1, "--out", desk.folder / "solved.json")


def first_schedule(desk: Desk) -> float:
    """Seconds until such a solve tells its first schedule."""
    command = ["solve", desk.room, "--seconds", "1", "--out", desk.folder / "solved.json"]
    started = perf_counter()
    with subprocess.Popen(
        [*TERTIUS, *map(str, command)],
        env=desk.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        lines = iter(process.stderr or ())
        next(line for line in lines if "objective" in line)
        seconds = perf_counter() - started
        for _ in lines:  # to the end, so that the command is not stopped by a closed pipe
            pass
    return seconds


def verify(desk: Desk) -> float:
    """Seconds of verifying the demo, which was solved here before."""
    return desk.run("verify", desk.event, desk.schedule)


def verify_new_texts(desk: Desk) -> float:
    """The same on a machine that has never seen its texts."""
    with tempfile.TemporaryDirectory(prefix="tertius-bench-") as folder:
        return desk.run("verify", desk.event, desk.schedule, cache=Path(folder))


def verify_by_graph(desk: Desk) -> float:
    """Seconds of verifying the demo by its exported graph."""
    return desk.run("verify", desk.event, desk.schedule, "--graph", desk.graph)


def serve(_: Desk) -> float:
    """Seconds until a new service answers ``/healthz``."""
    started = perf_counter()
    with service(until="/healthz"):
        return perf_counter() - started


@dataclass(frozen=True)
class Waiting:
    """What somebody waits for, and how long at most at the median; None where that is left open."""

    name: str
    words: str
    seconds: Callable[[Desk], float]
    limit: float | None


WAITS = (
    Waiting("help", "`tertius --help`", ask_for_help, 0.3),
    Waiting("solve", "`tertius solve`, 30 people, `--seconds 1`", solve, 2.2),
    Waiting("first", "its first schedule", first_schedule, 1.0),
    Waiting("verify", "`tertius verify` of the demo", verify, 1.0),
    Waiting("new-texts", "the same, its texts never seen before", verify_new_texts, None),
    Waiting("by-graph", "the same by its graph (`--graph`)", verify_by_graph, 1.0),
    Waiting("serve", "`tertius serve` until `/healthz` answers", serve, 1.5),
)


@dataclass(frozen=True)
class Waited:
    """The times of one wait, and the load of the machine after them."""

    waiting: Waiting
    seconds: tuple[float, ...]
    load: float

    @property
    def holds(self) -> bool:
        """Whether the median is within the limit."""
        return self.waiting.limit is None or median(self.seconds) <= self.waiting.limit

    def cells(self) -> list[str]:
        """A row of the table."""
        limit = self.waiting.limit
        return [
            self.waiting.words,
            "" if limit is None else f"{limit:.1f} s",
            f"{median(self.seconds):.2f} s",
            f"{max(self.seconds):.2f} s",
            f"{self.load:.1f}",
            "" if limit is None else "yes" if self.holds else "no",
        ]


def wait(waiting: Waiting, desk: Desk, times: int) -> Waited:
    """Measure it so many times, once more before for what the machine reads from disk."""
    waiting.seconds(desk)
    seconds = tuple(waiting.seconds(desk) for _ in range(times))
    return Waited(waiting, seconds, os.getloadavg()[0])


def table(rows: Sequence[Waited]) -> str:
    """One line a wait."""
    titles = ["wait", "at most", "median", "worst", "load", "holds"]
    return markdown(titles, [row.cells() for row in rows])


def main() -> None:
    """Measure what was asked for; exit code 1 if a figure does not hold."""
    parser = argparse.ArgumentParser(description="Measure how long commands take to start.")
    parser.add_argument("--times", type=int, default=TIMES)
    names = [waiting.name for waiting in WAITS]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tertius-bench-") as folder:
        desk = Desk(Path(folder))
        rows = [wait(one, desk, asked.times) for one in WAITS if one.name in asked.only]
    print(signed(table(rows)))
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
