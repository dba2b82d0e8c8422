"""How long a room waits for its schedule after an incident: over HTTP, from another process.

    python -m bench.latency                        500 people in 12 rounds, 300 incidents
    python -m bench.latency --attendees 5000 --at-once 49
    python -m bench.latency --texts                benefits from profiles instead of given ones

The clock runs from sending the incident until its version has been read back: the answer names a
published version, which anybody can read from then on. Another process reads the published
schedule all the while. Rounds start in between, so that the day goes on as a day does.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing import Manager
from random import Random
from statistics import quantiles
from threading import Event as Flag
from time import perf_counter, sleep
from typing import Any

import httpx

from bench.generate import generate
from bench.graphs import large_event
from bench.service import published, report, service
from schemas.event import Event, Round

READS_A_SECOND = 10
SECONDS_TO_PREPARE = 8.0
"""A published schedule of thousands takes seconds to be taken up by the child that repairs it."""
INCIDENTS = 300
PERCENT = 100


@dataclass(frozen=True)
class LatencyTimes:
    """Seconds that something took, again and again."""

    seconds: tuple[float, ...]

    def percentile(self, percent: int) -> float:
        """The time that ``percent`` of all do not exceed, in milliseconds."""
        if len(self.seconds) < 2:
            return 1000 * max(self.seconds, default=0.0)
        return 1000 * quantiles(self.seconds, n=PERCENT, method="inclusive")[percent - 1]

    def __str__(self) -> str:
        parts = (f"p{p} {self.percentile(p):.0f}" for p in (50, 95, 99))
        return f"{len(self.seconds)} times, {', '.join(parts)}, most {self.most:.0f} ms"

    @property
    def most(self) -> float:
        return 1000 * max(self.seconds, default=0.0)


def incidents(event: Event, seed: int) -> Iterator[dict[str, Any]]:
    """What happens, one after the other: people leave, do not come, return, tables close."""
    rng, names = Random(seed), count(1)
    people = [attendee.id for attendee in event.attendees]
    away: list[str] = []
    rounds = len(event.rounds)
    started = 0
    for k in count():
        name = f"c-{next(names)}"
        if k % 30 == 10 and started < rounds // 2:
            started += 1
            yield {"id": name, "kind": "round_started", "round": started}
        elif k % 10 == 3 and away:
            yield {"id": name, "kind": "return", "attendee": away.pop(0)}
        elif k % 10 == 5:
            profile = {"id": f"w-{k}"}
            yield {"id": name, "kind": "late_arrival", "attendee": f"w-{k}", "profile": profile}
        elif k % 10 == 7 and started:
            yield {"id": name, "kind": "no_show", "attendee": rng.choice(people)}
        elif k % 10 == 9:
            yield {"id": name, "kind": "table_closed", "table": 1 + k % (len(people) // 4)}
        else:
            who = rng.choice(people)
            away.append(who)
            yield {"id": name, "kind": rng.choice(("drop_out", "pause")), "attendee": who}


def reads(address: str, place: str, stop: Flag) -> LatencyTimes:
    """How long the published schedule takes to read, until told to stop."""
    found = []
    with httpx.Client(base_url=address, timeout=60.0) as client:
        while not stop.is_set():
            begun = perf_counter()
            client.get(f"{place}/schedule").raise_for_status()
            found.append(perf_counter() - begun)
            sleep(1 / READS_A_SECOND)
    return LatencyTimes(tuple(found))


def repairs(client: httpx.Client, place: str, happened: Iterator[dict[str, Any]]) -> LatencyTimes:
    """How long each incident takes until its version is there to be read."""
    found = []
    for incident in happened:
        begun = perf_counter()
        told = report(client, place, incident)
        if incident["kind"] != "round_started":  # asks for no repair
            found.append(perf_counter() - begun)
        if told["status"] != "published":
            raise RuntimeError(f"{incident['kind']}: {told['status']}")
        if told["changes"]:
            now = client.get(f"{place}/schedules/{told['version']}").json()
            assert now["version"] == told["version"]
    return LatencyTimes(tuple(found))


def at_once(client: httpx.Client, place: str, event: Event, many: int) -> LatencyTimes:
    """How long a batch of drop-outs takes."""
    gone = Random(5).sample([attendee.id for attendee in event.attendees], many)
    rows = [{"id": f"d-{v}", "kind": "drop_out", "attendee": v} for v in gone]
    begun = perf_counter()
    report(client, place, *rows)
    return LatencyTimes((perf_counter() - begun,))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--attendees", type=int, default=500)
    parser.add_argument("--incidents", type=int, default=INCIDENTS)
    parser.add_argument("--at-once", type=int, default=0, help="one batch of drop-outs instead")
    parser.add_argument("--texts", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="what the first solve gets")
    wanted = parser.parse_args(argv)
    event = _event(wanted)
    with (
        service() as address,
        httpx.Client(base_url=address, timeout=120.0) as client,
        ProcessPoolExecutor(1) as other,
        Manager() as manager,
    ):
        place = published(client, event, wanted.seconds)
        sleep(SECONDS_TO_PREPARE)
        stop = manager.Event()
        reading = other.submit(reads, address, place, stop)
        sleep(1.0)
        if wanted.at_once:
            taken = at_once(client, place, event, wanted.at_once)
        else:
            happened = (
                i
                for i, _ in zip(
                    incidents(event, wanted.seed), range(wanted.incidents), strict=False
                )
            )
            taken = repairs(client, place, happened)
        stop.set()
        print(f"load {os.getloadavg()[0]:.1f}")
        print(f"repairs: {taken}")
        print(f"reads:   {reading.result()}")
    return 0


def _event(wanted: argparse.Namespace) -> Event:
    if not wanted.texts:
        return generate(wanted.attendees, wanted.seed)
    event = large_event(wanted.attendees, wanted.seed)
    return event.model_copy(update={"rounds": (Round(),) * 12})


if __name__ == "__main__":
    sys.exit(main())
