"""A whole event day against the running service, faster than life.

    python -m bench.eventday                       300 people, 10 rounds, at 20 times the speed
    python -m bench.eventday --attendees 40 --rounds 4 --speed 300 --seed 2

Two organisers run it: one keeps the clock of the rounds, the other reports what happens. Some do
not show up, some come late, some leave early, a table breaks, a round is called off and held again
at the end. Everybody reads their agenda again and again, and a screen watches the live view, now
and then losing its connection. At the end it is told whether any request failed, whether anybody
sat idle while somebody they could have met sat idle too, and whether the screen was told of every
change exactly once. Exit code 1 if not.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise
from random import Random
from time import perf_counter
from typing import Any

import httpx

from bench.generate import generate
from bench.latency import LatencyTimes
from bench.service import published, service
from schemas.event import Event

MINUTE = 60.0
ROUND_MINUTES, BREAK_MINUTES = 10, 2
MINUTES_BETWEEN_LOOKS = 3.0
"""How often everybody opens their agenda."""
MINUTES_ONLINE = 15.0
"""How long the screen keeps its connection."""

Fact = tuple[float, dict[str, Any]]
"""Minutes after the beginning of a round, and what happens then."""


@dataclass
class Findings:
    """What went wrong, and how long things took."""

    failures: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    repairs: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    told: Counter[int] = field(default_factory=Counter)
    words: dict[int, dict[str, Any]] = field(default_factory=dict)

    def faults(self) -> list[str]:
        """Everything that ought not to be."""
        return [*self.failures, *self.idle]


@dataclass(frozen=True)
class Script:
    """What happens on the day: by round, the facts after its start."""

    no_shows: tuple[str, ...]
    late: tuple[str, ...]
    leaving: tuple[str, ...]
    table_round: int
    repeated_round: int

    @classmethod
    def of(cls, event: Event, seed: int) -> "Script":
        """4 % do not come, 5 % come late, 3 % leave early, each with their own round."""
        rng, people = Random(seed), [a.id for a in event.attendees if not a.absent_rounds]
        rng.shuffle(people)
        shares = [max(1, round(len(event.attendees) * share)) for share in (0.04, 0.05, 0.03)]
        a, b, c = shares[0], shares[0] + shares[1], sum(shares)
        rounds = len(event.rounds)
        return cls(
            tuple(people[:a]),
            tuple(people[a:b]),
            tuple(people[b:c]),
            table_round=max(2, rounds // 3),
            repeated_round=max(2, rounds // 2 + 1),
        )

    def facts(self, number: int, rounds: int) -> Iterator[Fact]:
        """What is reported while round ``number`` runs."""
        half = rounds // 2
        for k, who in enumerate(self.no_shows):
            if 1 + k % half == number:
                yield 1.0 + 0.2 * (k // half), {"kind": "no_show", "attendee": who}
        for k, who in enumerate(self.late):
            if k % 3 + 1 == number:
                yield 4.0, {"kind": "late_arrival", "attendee": who}
        for k, who in enumerate(self.leaving):
            if half + k % max(1, rounds - half) == number:
                yield 6.0, {"kind": "left_early", "attendee": who}
        if number == self.table_round:
            yield 5.0, {"kind": "table_closed", "table": 3}
        if number == self.repeated_round:
            yield 7.0, {"kind": "round_cancelled", "round": number}
            yield 7.5, {"kind": "round_added"}


class SimulatedDay:
    """One simulated day on a service."""

    def __init__(self, address: str, place: str, event: Event, speed: float, seed: int) -> None:
        self.http = httpx.AsyncClient(
            base_url=address,
            timeout=60.0,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
        )
        self.place, self.event, self.speed = place, event, speed
        self.script = Script.of(event, seed)
        self.found, self.rng = Findings(), Random(seed)
        self.names, self.over = iter(range(10**6)), asyncio.Event()
        self.last_news: str | None = None

    async def run(self) -> Findings:
        """Live the day."""
        before = [
            {"kind": "not_here", "attendees": [*self.script.no_shows[:1], *self.script.late]},
            {"kind": "checked_in", "attendees": [*self.script.leaving]},
        ]
        async with self.http, asyncio.TaskGroup() as tasks:
            screen = tasks.create_task(self._watch())
            await asyncio.sleep(0.2)
            for v in (attendee.id for attendee in self.event.attendees):
                tasks.create_task(self._reads(v))
            for incident in before:
                await self._report(incident)
            await self._rounds()
            await self._settle()
            self.over.set()
            await asyncio.sleep(1.0)
            screen.cancel()
            await self._compare()
        return self.found

    # --- the organisers -------------------------------------------------------------------------

    async def _rounds(self) -> None:
        """One organiser keeps the clock; the other reports while a round runs."""
        number = 1
        while number <= await self._count():
            await self._report({"kind": "round_started", "round": number})
            await self._check_idle(number)
            async with asyncio.TaskGroup() as reports:
                for minutes, fact in self.script.facts(number, len(self.event.rounds)):
                    reports.create_task(self._later(minutes, fact))
                await self._minutes(ROUND_MINUTES)
            if number != self.script.repeated_round:
                await self._report({"kind": "round_finished", "round": number})
            await self._minutes(BREAK_MINUTES)
            number += 1

    async def _count(self) -> int:
        return len((await self._get(f"{self.place}/schedule"))["rounds"])

    async def _later(self, minutes: float, fact: dict[str, Any]) -> None:
        await self._minutes(minutes)
        await self._report(fact)
        if fact["kind"] in ("no_show", "left_early"):
            await self._check_running()

    async def _report(self, fact: dict[str, Any]) -> None:
        row = {"id": f"i-{next(self.names)}"} | fact
        begun = perf_counter()
        answer = await self._sound(
            self.http.post(f"{self.place}/incidents", json={"incidents": [row]})
        )
        self.found.repairs.append(perf_counter() - begun)
        if answer is not None and answer.json()["status"] != "published":
            self.found.failures.append(f"{fact['kind']}: {answer.json()['status']}")

    async def _settle(self) -> None:
        """Wait for improvements that are under way."""
        while True:
            solves = (await self._get(f"{self.place}/solves"))["solves"]
            if all(solve["state"] not in ("queued", "running") for solve in solves):
                return
            await asyncio.sleep(0.2)

    # --- everybody ------------------------------------------------------------------------------

    async def _reads(self, v: str) -> None:
        """Somebody who looks at the agenda again and again."""
        tag = ""
        await self._minutes(self.rng.uniform(0, MINUTES_BETWEEN_LOOKS))
        while not self.over.is_set():
            begun = perf_counter()
            place = f"{self.place}/attendees/{v}/agenda"
            answer = await self._sound(self.http.get(place, headers={"If-None-Match": tag}))
            if answer is not None:
                self.found.looks.append(perf_counter() - begun)
                tag = answer.headers.get("ETag", tag)
            await self._minutes(MINUTES_BETWEEN_LOOKS * self.rng.uniform(0.8, 1.2))

    async def _watch(self) -> None:
        """The screen: it loses its connection now and then, and asks for what it missed."""
        while True:
            try:
                async with asyncio.timeout(MINUTES_ONLINE * MINUTE / self.speed):
                    async for kind, data in self._stream():
                        if kind == "change" and data["kind"] == "published":
                            self.found.told[data["version"]] += 1
                            self.found.words[data["version"]] = data
            except TimeoutError:
                continue
            except httpx.TransportError as error:
                if not self.over.is_set():
                    self.found.failures.append(f"live: {type(error).__name__}")
                return

    async def _stream(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Kind and content of what comes, from what was received last."""
        headers = {"Accept": "text/event-stream"}
        if self.last_news is not None:
            headers["Last-Event-ID"] = self.last_news
        async with self.http.stream("GET", f"{self.place}/live", headers=headers) as stream:
            fields: dict[str, str] = {}
            async for line in stream.aiter_lines():
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                elif "data" in fields:
                    self.last_news = fields["id"]
                    yield fields["event"], json.loads(fields["data"])
                    fields = {}

    # --- the judges -----------------------------------------------------------------------------

    async def _check_idle(self, number: int) -> None:
        """Nobody begins a round idle while somebody they could meet is idle in it."""
        schedule = await self._get(f"{self.place}/schedule")
        block = schedule["rounds"][number - 1]
        self._judge_idle(number, schedule, block["byes"])

    async def _check_running(self) -> None:
        """The same of a running round, of whoever waits while a partner is missing."""
        live = await self._get(f"{self.place}/live")
        if live["running"] is None:
            return
        idle = live["running"]["idle"]
        stranded = [row["person"]["id"] for row in idle if row["reason"] == "partner_missing"]
        waiting = [row["person"]["id"] for row in idle if row["reason"] == "bye"]
        schedule = await self._get(f"{self.place}/schedule")
        if schedule["version"] == live["version"]:
            self._judge_idle(live["running"]["round"], schedule, waiting, stranded)

    def _judge_idle(
        self, number: int, schedule: dict[str, Any], idle: list[str], stranded: Sequence[str] = ()
    ) -> None:
        rows = [m for block in schedule["rounds"] for m in block["meetings"]]
        met = {frozenset(m["attendees"]) for m in rows if m["outcome"] != "missed"}
        missed = {frozenset(m["attendees"]) for m in rows if m["outcome"] == "missed"}
        taken = len(schedule["rounds"][number - 1]["meetings"])
        for i, j in combinations(sorted({*idle, *stranded}), 2):
            pair = frozenset((i, j))
            needed = not stranded or i in stranded or j in stranded
            if needed and pair not in met | missed | self._apart and taken < self._tables:
                self.found.idle.append(f"round {number}: {i} and {j} both sit idle")

    @property
    def _tables(self) -> int:
        return len(self.event.attendees) // 2 - 1

    @cached_property
    def _apart(self) -> set[frozenset[str]]:
        """Pairs that may not meet: colleagues."""
        house = {a.id: a.organisation for a in self.event.attendees}
        return {
            frozenset((i, j))
            for i, j in combinations(house, 2)
            if house[i] is not None and house[i] == house[j]
        }

    async def _compare(self) -> None:
        """Every published version was told once, with the words of its diff."""
        log = await self._get(f"{self.place}/incidents")
        versions = [row["version"] for row in log["published"]]
        for before, version in pairwise(versions):
            if self.found.told[version] != versions.count(version):
                self.found.failures.append(
                    f"version {version}: told {self.found.told[version]} times"
                )
                continue
            diff = await self._get(f"{self.place}/schedules/{version}/diff?from={before}")
            told = {row["attendee"] for row in self.found.words[version]["people"]}
            if told != {row["attendee"] for row in diff["people"]}:
                self.found.failures.append(f"version {version}: not everybody was told")
        if set(self.found.told) - set(versions):
            self.found.failures.append("versions were told that were never published")

    # --- how ------------------------------------------------------------------------------------

    async def _minutes(self, minutes: float) -> None:
        await asyncio.sleep(minutes * MINUTE / self.speed)

    async def _get(self, url: str) -> Any:
        answer = await self._sound(self.http.get(url))
        return None if answer is None else answer.json()

    async def _sound(self, asked: Any) -> httpx.Response | None:
        try:
            answer: httpx.Response = await asked
        except httpx.TransportError as error:
            self.found.failures.append(type(error).__name__)
            return None
        if answer.is_error:
            self.found.failures.append(f"{answer.request.url.path}: {answer.status_code}")
            return None
        return answer


def simulated(event: Event, speed: float, seed: int, seconds: float) -> Findings:
    """What a day of this event comes to on a service of its own."""
    with service() as address:
        with httpx.Client(base_url=address, timeout=120.0) as client:
            place = published(client, event, seconds)
        return asyncio.run(SimulatedDay(address, place, event, speed, seed).run())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--attendees", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--speed", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="what the first solve gets")
    wanted = parser.parse_args(argv)
    event = generate(wanted.attendees, wanted.seed, wanted.rounds)
    found = simulated(event, wanted.speed, wanted.seed, wanted.seconds)
    print(f"load {os.getloadavg()[0]:.1f}, {len(found.told)} versions told")
    print(f"incidents: {LatencyTimes(tuple(found.repairs))}")
    print(f"agendas:   {LatencyTimes(tuple(found.looks))}")
    for fault in found.faults()[:20]:
        print(fault)
    print(f"{len(found.faults())} faults")
    return 1 if found.faults() else 0


if __name__ == "__main__":
    sys.exit(main())
