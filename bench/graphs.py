"""How long the graph of a large room takes: at first, with known texts, after an edit.

    python -m bench.graphs --attendees 2000

Everybody has three offers and three needs in words of their own. Each figure is taken in a process
of its own, from importing the graph to its last benefit; texts are remembered in a folder that is
empty at first.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from rich.console import Console
from rich.table import Table

from schemas.event import Attendee, Event, Need, Offer, Round

MODES = {
    "first": "the first time",
    "known": "with known texts",
    "edit": "after an edit of one attendee",
    "export": "with known texts, written out",
}
LANGUAGES = {
    "en": ("for {}", ("hotels", "schools", "farms", "shops", "clinics", "museums", "bakeries")),
    "de": ("für {}", ("Hotels", "Schulen", "Höfe", "Läden", "Kliniken", "Museen", "Bäcker")),
    "fr": ("pour {}", ("hôtels", "écoles", "fermes", "boutiques", "cliniques", "musées", "cafés")),
    "es": ("para {}", ("hoteles", "escuelas", "granjas", "tiendas", "clínicas", "museos", "bares")),
    "it": ("per {}", ("alberghi", "scuole", "fattorie", "negozi", "cliniche", "musei", "bar")),
}
"""How to say for whom something is, in five languages."""


@dataclass(frozen=True)
class Took:
    """Seconds by the wall and of the processor, and how many benefits came of it."""

    wall: float
    cpu: float
    benefits: int


def large_event(attendees: int, seed: int = 1) -> Event:
    """An event in which everybody offers and needs three things, hardly any in the same words.

    A fifth of the people write in each of five languages.
    """
    from solver.meaning.trades import read_table

    rng, table = Random(seed), read_table()
    spots = [
        [
            f"{phrase} {link.format(place)}"
            for name in sorted(table)
            for phrase in table[name].get(code, [])[:2]
            for place in places
        ]
        for code, (link, places) in LANGUAGES.items()
    ]
    return Event(
        rounds=(Round(),) * 10,
        attendees=tuple(
            Attendee(
                id=f"a{k:05}",
                offers=tuple(Offer(text=text) for text in rng.sample(spots[k % 5], 3)),
                needs=tuple(Need(text=text) for text in rng.sample(spots[k % 5], 3)),
            )
            for k in range(attendees)
        ),
    )


def measured(attendees: int, mode: str) -> Took:
    """Make the graph in this process."""
    event = large_event(attendees)
    started, worked = perf_counter(), process_time()
    from solver.compatibility.export import node_link
    from solver.compatibility.graph import build_graph

    graph = build_graph(event)
    benefits = len(graph.columns)
    if mode == "edit":
        changed = event.attendees[7].model_copy(update={"needs": (Need(text="a new boiler"),)})
        people = (*event.attendees[:7], changed, *event.attendees[8:])
        started, worked = perf_counter(), process_time()
        after = build_graph(event.model_copy(update={"attendees": people}), before=graph)
        benefits = len(after.columns)
    if mode == "export":
        for _ in node_link(graph):
            pass
    return Took(perf_counter() - started, process_time() - worked, benefits)


def main() -> None:
    """Print a row for each way to come by the graph; `--mode` measures one in this process."""
    parser = argparse.ArgumentParser(description="Time the graph of a large room.")
    parser.add_argument("--attendees", type=int, default=2_000)
    parser.add_argument("--mode", choices=MODES)
    asked = parser.parse_args()
    if asked.mode:
        took = measured(asked.attendees, asked.mode)
        print(took.wall, took.cpu, took.benefits)
        return
    table = Table("graph", "seconds", "of CPU", "benefits", title=f"{asked.attendees} attendees")
    with TemporaryDirectory() as folder:
        for mode, what in MODES.items():
            took = _elsewhere(asked.attendees, mode, Path(folder))
            table.add_row(what, f"{took.wall:.2f}", f"{took.cpu:.2f}", str(took.benefits))
    Console().print(table)


def _elsewhere(attendees: int, mode: str, folder: Path) -> Took:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "bench.graphs", "--mode", mode, "--attendees", str(attendees)]
    environment = os.environ | {"TERTIUS_CACHE": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    wall, cpu, benefits = done.stdout.split()
    return Took(float(wall), float(cpu), int(benefits))


if __name__ == "__main__":
    main()
