"""How many wishes are met on a hosted-buyer day, against two ways in which it is done elsewhere.

    python -m bench.wishes                         40 buyers, 25 suppliers, 8 rounds, five seeds

Everybody sends a ranked list of twelve people of the other side; some are popular, and whoever is
asked for is a little more likely to ask back. *Registration* serves people in order of
registration: each has the wishes that are still possible, dearest first, in the earliest round.
*Stable* makes a stable matching of each round: buyers propose to those they wished for and have not
met, suppliers prefer those they wished for. All three have the same rounds and tables.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Literal

from app.planning.plan import plan_schedule
from bench.report import markdown, signed
from schemas.base import Pair, pair_of
from schemas.event import Attendee, Event, Policy, Round, Want
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.wishes import returned_wishes, wants_of
from solver.warm import warm_kernels

BUYERS, SUPPLIERS, ROUNDS, WISHES = 40, 25, 8, 12
LEAST_SHARE = 0.97
"""Of the most mutual wishes that any schedule could keep."""

Idle = Literal["fill", "leave"]
Lists = Mapping[str, Sequence[str]]
"""Whom each would like to meet, dearest first."""


@dataclass(frozen=True)
class WishCounts:
    """What a method does: pairs that meet though both asked, wishes met, buyers without any."""

    mutual: int
    met: int
    empty: frozenset[str]


@dataclass(frozen=True)
class WishDay:
    """One day by three methods, and the mutual wishes that no schedule exceeds."""

    seed: int
    at_most: int
    ours: WishCounts
    registration: WishCounts
    stable: WishCounts

    @property
    def share(self) -> float:
        """Of the proven most of mutual wishes."""
        return self.ours.mutual / self.at_most if self.at_most else 1.0

    @property
    def left(self) -> frozenset[str]:
        """Buyers whom ours leaves empty-handed though one of the others serves them."""
        return self.ours.empty - (self.registration.empty & self.stable.empty)

    def holds(self) -> bool:
        """Whether ours has enough, more than either or all there can be, and leaves nobody."""
        most = max(self.registration.mutual, self.stable.mutual)
        more = self.ours.mutual > most or self.ours.mutual == self.at_most
        return self.share >= LEAST_SHARE and more and not self.left


def hosted_buyers(seed: int, rounds: int = ROUNDS, idle: Idle = "leave") -> Event:
    """An event of two sides whose people know whom they would like to meet, and nothing else."""
    rng = Random(seed)
    buyers = [f"b{k:02}" for k in range(BUYERS)]
    suppliers = [f"s{k:02}" for k in range(SUPPLIERS)]
    appeal = {v: rng.lognormvariate(0, 0.7) for v in (*buyers, *suppliers)}
    lists = {v: _choice(rng, {w: appeal[w] for w in suppliers}) for v in buyers}
    for v in suppliers:
        asked = {w: appeal[w] * (2.5 if v in lists[w] else 1.0) for w in buyers}
        lists[v] = _choice(rng, asked)
    people = (
        Attendee(id=v, organisation=v[0], wants=tuple(Want(id=w) for w in wanted))
        for v, wanted in lists.items()
    )
    return Event(
        rounds=(Round(tables=SUPPLIERS),) * rounds,
        attendees=tuple(people),
        policy=Policy(same_organisation="forbid", idle=idle),
        seed=seed,
    )


def _choice(rng: Random, appeal: Mapping[str, float]) -> list[str]:
    """Twelve of them, drawn one after the other by their appeal."""
    keys = {w: rng.random() ** (1 / weight) for w, weight in appeal.items()}
    return sorted(keys, key=lambda w: -keys[w])[:WISHES]


def by_registration(lists: Lists, rounds: int, seed: int) -> Iterator[Pair]:
    """The meetings when one after the other, in order of registration, has all that is left."""
    order, busy, met = sorted(lists), set[tuple[str, int]](), set[Pair]()
    Random(seed).shuffle(order)
    for v in order:
        for w in lists[v]:
            free = (r for r in range(rounds) if not {(v, r), (w, r)} & busy)
            r = next(free, None)
            if r is not None and pair_of(v, w) not in met:
                busy |= {(v, r), (w, r)}
                met.add(pair_of(v, w))
                yield pair_of(v, w)


def by_stable_matchings(lists: Lists, rounds: int) -> Iterator[Pair]:
    """The meetings of one stable matching after the other, among those who have not met."""
    met = set[Pair]()
    for _ in range(rounds):
        now = set(_stable_matching(lists, met))
        met |= now
        yield from sorted(now)


def _stable_matching(lists: Lists, met: set[Pair]) -> Iterator[Pair]:
    """Gale and Shapley's: buyers propose, suppliers keep the best who did."""
    rank = {v: {w: place for place, w in enumerate(wanted)} for v, wanted in lists.items()}
    left = {v: [w for w in lists[v] if pair_of(v, w) not in met] for v in lists if v[0] == "b"}
    free, held = sorted(left, reverse=True), dict[str, str]()
    while free:
        v = free.pop()
        if not left[v]:
            continue
        w = left[v].pop(0)
        rivals = [u for u in (held.get(w), v) if u is not None]
        held[w] = min(rivals, key=lambda u: (rank[w].get(u, WISHES), u))
        free += [u for u in rivals if u != held[w]]
    return (pair_of(v, w) for w, v in held.items())


def counted(event: Event, meetings: set[Pair]) -> WishCounts:
    """What these meetings do for the wishes of an event."""
    lists = wants_of(event.attendees)
    mutual = {pair_of(*way) for way in returned_wishes(event.attendees)}
    kept = {v: sum(pair_of(v, w) in meetings for w in lists[v]) for v in lists}
    empty = frozenset(v for v, count in kept.items() if v[0] == "b" and not count)
    return WishCounts(len(mutual & meetings), sum(kept.values()), empty)


def pairs_in(schedule: Schedule) -> set[Pair]:
    """Who meets in a schedule."""
    return {pair_of(*m.attendees) for block in schedule.rounds for m in block.meetings}


def measure_wishes(
    seed: int, seconds: float, rounds: int = ROUNDS, idle: Idle = "leave"
) -> WishDay:
    """One day by all methods; ours takes so many seconds, the others moments."""
    event = hosted_buyers(seed, rounds, idle)
    lists = wants_of(event.attendees)
    schedule = plan_schedule(event, Budget(seconds=seconds))
    quality = schedule.quality
    at_most = quality.mutual_wishes_at_most if quality else None
    return WishDay(
        seed=seed,
        at_most=at_most or 0,
        ours=counted(event, pairs_in(schedule)),
        registration=counted(event, set(by_registration(lists, rounds, seed))),
        stable=counted(event, set(by_stable_matchings(lists, rounds))),
    )


def main() -> None:
    """Measure every seed; exit 1 if a day does not hold what it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--idle", choices=("fill", "leave"), default="leave")
    asked = parser.parse_args()
    warm_kernels()
    days = [measure_wishes(seed, asked.seconds, asked.rounds, asked.idle) for seed in asked.seeds]
    print(signed(markdown(TITLES, map(_row, days))))
    print(f"\nshare of the most: median {median(day.share for day in days):.3f}")
    sys.exit(0 if all(day.holds() for day in days) else 1)


TITLES = (
    "seed", "at most", "Tertius", "registration", "stable", "share", "wishes met", "empty", "left",
)  # fmt: skip


def _row(day: WishDay) -> Sequence[str]:
    methods = (day.ours, day.registration, day.stable)
    mutual = (str(each.mutual) for each in methods)
    met = " / ".join(str(each.met) for each in methods)
    empty = " / ".join(str(len(each.empty)) for each in methods)
    share, left = f"{day.share:.3f}", ", ".join(sorted(day.left)) or "-"
    return (str(day.seed), str(day.at_most), *mutual, share, met, empty, left)


if __name__ == "__main__":
    main()
