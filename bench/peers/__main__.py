"""The peers side by side: every event to each of them in turn, for the same time."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import TypeVar

from bench import best_known
from bench.instances import BenchInstance, chosen
from bench.peers import OURS, PEERS
from bench.peers.race import Judge, Raced
from bench.plot import Panel, objective_and_bound, svg
from bench.provenance import commit
from bench.report import keep, markdown, signed

SIZES = (60, 120, 300, 1000)
SECONDS = {30: 5.0, 60: 5.0, 120: 10.0, 300: 20.0, 1000: 30.0}
"""Equal time for all by the size of the event; ``OTHERWISE`` for other sizes."""
OTHERWISE = 10.0

T = TypeVar("T")


def main() -> None:
    """Print the tables as Markdown and keep them with the plot; 1 if a peer failed."""
    asked = _asked()
    raced: list[Raced] = []
    for instance in chosen(asked.names, asked.sizes, asked.seeds):
        for one in races(instance, asked.peers, asked.seconds):
            raced.append(one)
            print(told(one), flush=True)
    text = signed(f"{ratios(raced)}\n\n{objectives(raced)}")
    print(f"\n{text}")
    keep("peers.md", text)
    keep("peers.svg", svg(panels(raced)))
    sys.exit(any(one.ended.how == "failed" for one in raced))


def races(
    instance: BenchInstance, names: Sequence[str], seconds: float | None = None
) -> Iterator[Raced]:
    """Each of these peers on one event."""
    judge = Judge(instance.name, instance.build())
    limit = seconds or SECONDS.get(len(judge.event.attendees), OTHERWISE)
    for name in names:
        one = judge.race(name, limit)
        if one.objective is not None:
            best_known.learn(instance.name, one.objective, commit())
        yield one


def told(one: Raced) -> str:
    """One line on one run."""
    reached = "no schedule" if one.objective is None else f"{one.objective:.5f}"
    why = f" ({one.ended.why})" if one.ended.why else ""
    return f"{one.event}, {one.seconds:g} s: {one.peer} {reached}, {one.ended.how}{why}"


def objectives(raced: Sequence[Raced]) -> str:
    """What each reached on each event."""
    found = {(one.event, one.peer): one for one in raced}
    peers, events = _named(one.peer for one in raced), _named(one.event for one in raced)
    titles = ["event", "seconds", *peers]
    limits = {one.event: f"{one.seconds:g}" for one in raced}
    rows = [[event, limits[event], *(_cell(found[event, p]) for p in peers)] for event in events]
    return markdown(titles, rows)


def _cell(one: Raced) -> str:
    reached = "none" if one.objective is None else f"{one.objective:.3f}"
    return reached if one.ended.how == "finished" else f"{reached} ({one.ended.how})"


def ratios(raced: Sequence[Raced]) -> str:
    """How many times the objective of each peer is ours, a row a size: median (least)."""
    sizes = _named((one.attendees, one.seconds) for one in raced)
    peers = [name for name in _named(one.peer for one in raced) if name != OURS]
    ours = {one.event: one.objective for one in raced if one.peer == OURS}
    rows = []
    for attendees, seconds in sizes:
        same = [one for one in raced if (one.attendees, one.seconds) == (attendees, seconds)]
        cells = (_ratio([one for one in same if one.peer == name], ours) for name in peers)
        rows.append([str(attendees), f"{seconds:g}", *cells])
    return markdown(["attendees", "seconds", *(f"{OURS} : {name}" for name in peers)], rows)


def _ratio(raced: Sequence[Raced], ours: dict[str, float | None]) -> str:
    pairs = [(ours.get(one.event), one.objective) for one in raced]
    known = [own / other for own, other in pairs if own and other and other > 0]
    if all(one.ended.how == "absent" for one in raced):
        return "absent"
    if not known:
        return "below 0" if any(other is not None for _, other in pairs) else "none found"
    some = "" if len(known) == len(raced) else f", {len(known)} of {len(raced)} events"
    return f"{median(known):.3f} ({min(known):.3f}){some}"


def panels(raced: Sequence[Raced]) -> list[Panel]:
    """The first event of each size."""
    shown: dict[int, str] = {}
    for one in raced:
        shown.setdefault(one.attendees, one.event)
    return [
        _panel([one for one in raced if one.event == event and one.trace])
        for event in shown.values()
    ]


def _panel(raced: Sequence[Raced]) -> Panel:
    lines = tuple(s for one in raced for s in objective_and_bound(one.peer, one.trace))
    return Panel(f"{raced[0].event}, {raced[0].seconds:g} s each", lines, raced[0].seconds)


def _named(values: Iterable[T]) -> list[T]:
    """Each value once, in the order they came."""
    return list(dict.fromkeys(values))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure other methods on the same events.")
    parser.add_argument("names", nargs="*", default=["room"], help="beginnings of names")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--seconds", type=float, help="for each; else by size")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
