"""Another organisation, which uses the service as usual while somebody attacks it.

Each request is sent when it is planned, whether the one before was answered or not, and counts from
then on. One without a good answer counts as long as anybody would wait.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, cycle
from math import inf
from threading import Event as Flag
from typing import NamedTuple

import httpx

from bench.generate import generate
from bench.latency import LatencyTimes
from bench.service import post_event

KEY = "somebody-elses-organiser-key"
REQUESTS_A_SECOND = 20
PATIENCE = 30.0
"""Seconds that anybody waits, and that a request without a good answer counts."""
LONGEST_SOLVE = 120.0
"""Seconds after which a solve of one second counts as never done."""

ROTA = (
    *("schedule", "event", "edit", "schedule", "agenda"),
    *("event", "schedule", "live", "diagnosis", "schedule"),
)
REQUESTS = (*(ROTA * 4)[:-1], "incident")
"""What is asked in turn: an incident every two seconds, never quiet enough for improvements."""
GOOD = {200, 412}
"""412: an edit that was overtaken by another change of the same event."""


class Answered(NamedTuple):
    """One request: when it was planned, how long it took from then, what was wrong with it."""

    kind: str
    planned: float
    seconds: float
    fault: str = ""

    @property
    def counted(self) -> float:
        """The seconds that it counts."""
        return PATIENCE if self.fault else self.seconds


class Victim:
    """Somebody with a published event, who goes on using it."""

    def __init__(self, http: httpx.AsyncClient, place: str, people: Sequence[str]) -> None:
        self._http, self._place, self._people = http, place, people
        self._names, self._incidents = count(), count()

    async def ask_everything(self) -> None:
        """Ask everything once, so that what it needs is loaded."""
        for kind in dict.fromkeys(REQUESTS):
            await self.answered(kind, time.monotonic())

    async def trickle(self, stop: Flag) -> list[Answered]:
        """Ask each at its time, until told to stop, and wait for what is under way."""
        begun, asked = time.monotonic(), []
        for number, kind in enumerate(cycle(REQUESTS)):
            planned = begun + number / REQUESTS_A_SECOND
            await asyncio.sleep(planned - time.monotonic())
            if number % REQUESTS_A_SECOND == 0 and stop.is_set():
                break
            asked.append(asyncio.create_task(self.answered(kind, planned)))
        return list(await asyncio.gather(*asked))

    async def answered(self, kind: str, planned: float) -> Answered:
        """Send one request and wait for its answer, for as long as anybody would."""
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._http.send(self._request(kind))
            fault = "" if answer.status_code in GOOD else str(answer.status_code)
        except (httpx.TransportError, TimeoutError) as error:
            fault = type(error).__name__
        return Answered(kind, planned, time.monotonic() - planned, fault)

    def _request(self, kind: str) -> httpx.Request:
        build, place = self._http.build_request, self._place
        match kind:
            case "event":
                return build("GET", place)
            case "agenda":
                return build("GET", f"{place}/attendees/{self._people[0]}/agenda")
            case "edit":
                edit = {"name": f"Evening {next(self._names)}"}
                return build("PATCH", place, json=edit, headers={"If-Match": "*"})
            case "incident":
                return build("POST", f"{place}/incidents", json={"incidents": [self._incident()]})
            case _:
                return build("GET", f"{place}/{kind}")

    def _incident(self) -> dict[str, str]:
        """Somebody leaves, and returns the next time."""
        number = next(self._incidents)
        who = self._people[number // 2 % len(self._people)]
        return {"id": f"i-{number}", "kind": ("drop_out", "return")[number % 2], "attendee": who}


def durable_solve(client: httpx.Client) -> float:
    """Seconds until a solve of one second has ended."""
    place, begun = post_event(client, generate(30, 2)), time.monotonic()
    sent = client.post(f"{place}/solves", json={"seconds": 1}).raise_for_status()
    solve = sent.headers["Location"]
    while client.get(solve).raise_for_status().json()["state"] in ("queued", "running"):
        if time.monotonic() > begun + LONGEST_SOLVE:
            return inf
        time.sleep(0.1)
    return time.monotonic() - begun


def stateless_solve(client: httpx.Client) -> float:
    """The same without an event that is kept; whoever is told to come again does so."""
    body, begun = generate(30, 2).model_dump_json(exclude_none=True), time.monotonic()
    headers = {"Content-Type": "application/json"}
    while client.post("/v1/solve?seconds=1", content=body, headers=headers).status_code != 200:
        if time.monotonic() > begun + LONGEST_SOLVE:
            return inf
        time.sleep(0.1)
    return time.monotonic() - begun


def times_of(answers: Iterable[Answered]) -> LatencyTimes:
    """How long they took, each as it counts."""
    return LatencyTimes(tuple(answer.counted for answer in answers))


def planned_between(answers: Iterable[Answered], begin: float, end: float) -> list[Answered]:
    """Those that were planned from ``begin`` until before ``end``."""
    return [answer for answer in answers if begin <= answer.planned < end]


def recovery(answers: Sequence[Answered], begin: float, seconds: int, most_ms: float) -> float:
    """How many seconds after ``begin`` a second begins with a p99 of at most ``most_ms``."""
    for second in range(seconds):
        asked = planned_between(answers, begin + second, begin + second + 1)
        if asked and times_of(asked).percentile(99) <= most_ms:
            return float(second)
    return inf


def by_kind(answers: Iterable[Answered]) -> Iterator[str]:
    """For each kind of request the p99, and what was wrong how often."""
    answers = list(answers)
    for kind in dict.fromkeys(REQUESTS):
        rows = [answer for answer in answers if answer.kind == kind]
        faults = Counter(answer.fault for answer in rows if answer.fault)
        told = "".join(f", {many} x {fault}" for fault, many in faults.items())
        yield f"{kind} {times_of(rows).percentile(99):.0f} ms of {len(rows)}{told}"
