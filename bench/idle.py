"""What the service costs while nobody asks anything of it, and how soon it is at work again.

    python -m bench.idle                    ten minutes fresh, ten after a solve was stopped
    python -m bench.idle --seconds 60

Processor time is that of the api's process and of the worker's, as a share of one core; memory is
what they hold (RSS), and what the processes below them hold, shared pages shared out (PSS). The
start of a solve is clocked from sending the request until the worker has written that it began.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import httpx
import psutil

from bench.generate import generate
from bench.service import service
from tests.processes import crowd

SECONDS = 600.0
SECONDS_TO_SETTLE = 10.0
STARTS = 30
MIB = 2**20


class ServiceProcesses(NamedTuple):
    """The processes of one service: the two that are always there, and all below them."""

    api: psutil.Process
    worker: psutil.Process
    children: list[psutil.Process]


def processes() -> ServiceProcesses:
    """Those of the service that this process has started."""
    api = next(process for process in psutil.Process().children() if "serve" in process.cmdline())
    below = api.children(recursive=True)
    worker = next(process for process in below if "app.workers.worker" in process.cmdline()[-1])
    return ServiceProcesses(api, worker, [process for process in below if process != worker])


def shares(seconds: float) -> Iterator[str]:
    """What each process spends in so many seconds, in percent of one core."""
    running = processes()
    clocks = {"api": running.api, "worker": running.worker}
    before = {name: sum(process.cpu_times()[:2]) for name, process in clocks.items()}
    begin = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - begin
    total = 0.0
    for name, process in clocks.items():
        share = 100 * (sum(process.cpu_times()[:2]) - before[name]) / passed
        total += share
        yield f"{name} {share:.2f} %"
    yield f"together {total:.2f} %"


def memory() -> Iterator[str]:
    """What the processes hold."""
    running = processes()
    yield f"api {running.api.memory_info().rss / MIB:.0f} MiB"
    yield f"worker {running.worker.memory_info().rss / MIB:.0f} MiB"
    for parent in (running.api, running.worker):
        name = "api" if parent == running.api else "worker"
        below = [p for p in parent.children(recursive=True) if p in running.children]
        if parent == running.api:
            theirs = running.worker.children(recursive=True)
            below = [p for p in below if p not in theirs]
        held = sum(process.memory_full_info().pss for process in below) / MIB
        yield f"{len(below)} processes below the {name} {held:.0f} MiB"


def start_times(client: httpx.Client, times: int) -> list[float]:
    """Milliseconds from asking for a solve until it begins, again and again."""
    event = client.post("/v1/events", json=crowd(6, 2)).headers["Location"]
    asked = {}
    for _ in range(times):
        before = time.time()
        solve = client.post(f"{event}/solves", json={"work": 1}).headers["Location"]
        asked[solve.rpartition("/")[2]] = before
        while client.get(solve).json()["state"] in ("queued", "running"):
            time.sleep(0.1)
    begun = dict(_begun())
    return [1000 * (begun[solve] - before) for solve, before in asked.items()]


def _begun() -> Iterator[tuple[str, float]]:
    """Each solve that a worker has begun, and when."""
    folder = Path(processes().api.cmdline()[-1])
    for line in (folder / "log").read_text(encoding="utf-8").splitlines():
        row = json.loads(line) if line.startswith("{") else {}
        if row.get("event") == "begun":
            yield row["solve"], datetime.fromisoformat(row["timestamp"]).timestamp()


def stop_one(client: httpx.Client) -> None:
    """Begin a long solve and stop it."""
    event = client.post("/v1/events", json=crowd(60, 8)).headers["Location"]
    solve = client.post(f"{event}/solves", json={"seconds": 300}).headers["Location"]
    while client.get(solve).json()["state"] == "queued":
        time.sleep(0.1)
    time.sleep(2)
    client.delete(solve)


def solve_large(client: httpx.Client, attendees: int) -> None:
    """Solve a large event, as far as its first schedules."""
    body = generate(attendees, 1).model_dump_json(exclude_none=True)
    sent = client.post("/v1/events", content=body, headers={"Content-Type": "application/json"})
    solve = client.post(f"{sent.headers['Location']}/solves", json={"seconds": 20})
    while client.get(solve.headers["Location"]).json()["state"] in ("queued", "running"):
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--large", type=int, default=0, help="attendees of a large event")
    options = parser.parse_args()
    with service() as address, httpx.Client(base_url=address, timeout=120) as client:
        time.sleep(SECONDS_TO_SETTLE)
        _show("memory at rest", *memory())
        _show("idle, fresh", *shares(options.seconds))
        times = start_times(client, STARTS)
        worst, p95 = max(times), quantiles(times, n=20)[-1]
        _show("a solve begins", f"median {median(times):.0f}, p95 {p95:.0f}, worst {worst:.0f} ms")
        stop_one(client)
        time.sleep(SECONDS_TO_SETTLE)
        _show("idle, after a solve was stopped", *shares(options.seconds))
        _show("memory after it", *memory())
        if options.large:
            solve_large(client, options.large)
            time.sleep(SECONDS_TO_SETTLE)
            _show(f"memory after {options.large} attendees", *memory())
            time.sleep(options.seconds)
            _show(f"memory {options.seconds:.0f} s later", *memory())


def _show(what: str, *figures: str) -> None:
    print(f"{what}: {', '.join(figures)} (load {os.getloadavg()[0]:.1f})", flush=True)


if __name__ == "__main__":
    main()
