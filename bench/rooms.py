"""Does the graph recognise the pairs that a thoughtful host would introduce, and no others?

    python -m bench.rooms

Rooms with gold lists written by hand before anything was measured. A pair of people is *told* what
the one gains from the other by *served* or *goal*, refused or not. Printed for each room: gold
pairs told at least .3, by kind; lures and pairs in no list let in; the rank of the true partner
among all offers to that person; how many needs called unserved are served; pitches in a schedule
that rest on no gold or near pair; and how often what was told is true, by tenths.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from app.planning.plan import plan_schedule
from bench.real.shared import absent, shared
from schemas.event import Event
from solver.budget import Budget
from solver.compatibility.graph import Compatibility, build_graph
from solver.diagnosis.diagnose import diagnose_graph

TOLD = 0.3
ROUNDS = 8
Pair = tuple[str, str]


@dataclass(frozen=True)
class GoldRoom:
    """A room and what a host says of its pairs: who needs, who offers."""

    name: str
    document: Mapping[str, Any]

    @cached_property
    def event(self) -> Event:
        """The room as an event of eight rounds; empty lines of a form are no texts."""
        attendees = [
            row | {kind: [text for text in row[kind] if text] for kind in ("offers", "needs")}
            for row in self.document["attendees"]
        ]
        fields = {"attendees": attendees, "rounds": [{}] * ROUNDS}
        return Event.model_validate_json(json.dumps(fields))

    def pairs(self, kind: str) -> dict[Pair, dict[str, str]]:
        """The gold, near or never pairs."""
        return {(row["needs"], row["offers"]): row for row in self.document[kind]}

    @cached_property
    def graph(self) -> Compatibility:
        """Its compatibility graph."""
        return build_graph(self.event)

    @cached_property
    def told(self) -> dict[Pair, float]:
        """What everybody is told to gain from everybody by *served* or *goal*."""
        ids = self.graph.ids
        return {(i, j): self._told(i, j) for i in ids for j in ids if i != j}

    def _told(self, source: str, target: str) -> float:
        kinds = ("served", "goal")
        reasons = (r for r in self.graph.reasons(source, target) if r.kind in kinds)
        return max((r.value for r in reasons), default=0) / 1000


def rooms() -> Iterator[GoldRoom]:
    """The rooms at hand."""
    for path in sorted(shared("data", "rooms").glob("room-*.json")):
        yield GoldRoom(path.stem, json.loads(path.read_text(encoding="utf-8")))


def recognition(room: GoldRoom) -> dict[str, tuple[int, int]]:
    """Of gold pairs by kind, of lures and of unlisted pairs: how many are told, of how many."""
    told = {pair for pair, value in room.told.items() if value >= TOLD}
    gold, near, never = (room.pairs(kind) for kind in ("gold", "near", "never"))
    kinds = sorted({row["kind"] for row in gold.values()})
    counts = {"gold": _count(gold, told)} | {
        kind: _count([p for p, row in gold.items() if row["kind"] == kind], told) for kind in kinds
    }
    unlisted = room.told.keys() - gold.keys() - near.keys() - never.keys()
    return counts | {"lures": _count(never, told), "unlisted": _count(unlisted, told)}


def _count(pairs: Any, told: set[Pair]) -> tuple[int, int]:
    return sum(pair in told for pair in pairs), len(pairs)


def median_rank(room: GoldRoom) -> float:
    """The rank of the true partner among all, by what the needy are told; ties count against it."""
    values: dict[str, list[float]] = {}
    for (needs, _), value in room.told.items():
        values.setdefault(needs, []).append(value)
    ranks = [sum(v >= room.told[pair] for v in values[pair[0]]) for pair in room.pairs("gold")]
    return float(np.median(ranks))


def reliability(rooms_: list[GoldRoom], low: float = 0.05) -> list[tuple[float, float, int]]:
    """By tenths of what was told: its mean, the share that is gold, and how many pairs."""
    rows = []
    for room in rooms_:
        gold, near = room.pairs("gold"), room.pairs("near")
        rows += [(v, p in gold) for p, v in room.told.items() if v >= low and p not in near]
    table = np.array(rows, float).reshape(-1, 2)
    tenth = np.minimum(table[:, 0] * 10, 9).astype(int)
    chosen = (table[tenth == k] for k in range(10))
    return [(float(c[:, 0].mean()), float(c[:, 1].mean()), len(c)) for c in chosen if len(c)]


def pitches(room: GoldRoom, seed: int = 1) -> tuple[int, int]:
    """Pitches in a schedule, and those that rest on no gold or near pair."""
    schedule = plan_schedule(room.event.model_copy(update={"seed": seed}), Budget(work=3_000_000))
    agreed = room.pairs("gold").keys() | room.pairs("near").keys()
    told = [
        meeting.attendees
        for held in schedule.rounds
        for meeting in held.meetings
        if meeting.intent == "pitch"
    ]
    return len(told), sum((a, b) not in agreed and (b, a) not in agreed for a, b in told)


def unserved(room: GoldRoom) -> tuple[int, int]:
    """Needs that the diagnosis calls unserved, and those of them that a gold pair serves."""
    served = {(row["needs"], row["need"]) for row in room.document["gold"]}
    called = [(n.attendee, n.text) for n in diagnose_graph(room.graph).unserved_needs.shown]
    return len(called), sum(each in served for each in called)


def main() -> None:
    """Print all tables."""
    console = Console(width=140)
    if absent():
        console.print("The rooms are not on this machine.")
        return
    every = list(rooms())
    table = Table("room", "kind", "told at least .3", "of", "share")
    for room in every:
        for kind, (told, many) in recognition(room).items():
            table.add_row(room.name, kind, str(told), str(many), f"{told / many:.2f}")
    console.print(table)
    for room in every:
        console.print(f"{room.name}: median rank of the true partner {median_rank(room):g}")
        made, wrong = pitches(room)
        console.print(f"{room.name}: {made} pitches, {wrong} on no gold or near pair")
        called, served = unserved(room)
        console.print(
            f"{room.name}: {called} needs called unserved, {served} served by a gold pair"
        )
    for mean, share, many in reliability(every):
        console.print(f"told {mean:.2f}, true {share:.2f}, {many} pairs")


if __name__ == "__main__":
    main()
