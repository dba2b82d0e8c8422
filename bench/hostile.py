"""What another organisation notices of an attack: on a service of its own for each.

    python -m bench.hostile                        every attack, on SQLite
    python -m bench.hostile locks keys --postgres --seconds 60

The other organisation (`bench/victim.py`) uses the service while it is quiet, under the attack
(`bench/attacks.py`) and after it. Exit code 1 if a figure does not hold.
"""

import argparse
import asyncio
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from math import inf
from multiprocessing import Manager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event as Flag
from typing import Any, Generic, NamedTuple, TypeVar

import httpx
import psutil

from bench import attacks, victim
from bench.attacks import SOLVE_SECONDS, Attacker
from bench.generate import generate
from bench.idle import ServiceProcesses, processes
from bench.latency import LatencyTimes
from bench.report import markdown, signed
from bench.service import published, service
from bench.victim import Answered, Victim, by_kind, planned_between, recovery, times_of
from tests.databases import postgres_server, settings_on

KEYS = ",".join(
    (
        f"organiser:attacker:{attacks.ORGANISER}",
        f"reader:attacker:{attacks.READER}",
        f"organiser:victim:{victim.KEY}",
    )
)
SQLITE = "sqlite"
SECONDS, SECONDS_AFTER = 30.0, 10.0
SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_SIGNALS = 0.5, 0.05
ATTACKERS_NICENESS = 10
MIB = 2**20

TIMES_QUIET, MOST_MS = 2.0, 500.0
"""What p99 may be: as a multiple of the quiet one, and in milliseconds."""
MOST_MIB, MOST_RECOVERY = 600.0, 5.0
"""What the api may hold, and the seconds until a p99 is back under the first limit."""

T = TypeVar("T")


@dataclass(frozen=True)
class Attack:
    """What somebody does, by ``many`` callers at once, or as many ``on_postgres`` if that is set.

    ``own`` is what the other organisation waits for besides, for at most ``own_seconds``;
    ``files`` is how many files the service may open.
    """

    words: str
    act: Callable[[Attacker], Coroutine[Any, Any, None]]
    many: int
    on_postgres: int | None = None
    own: Callable[[httpx.Client], float] | None = None
    own_seconds: float = inf
    files: int | None = None

    def callers(self, database: str) -> int:
        """How many there are at once on this database."""
        return self.many if database == SQLITE or self.on_postgres is None else self.on_postgres


ATTACKS = {
    "bodies": Attack("thousands of `{}` in bodies", attacks.send_empty_rows, 2),
    "events": Attack("valid events of 30 MiB", attacks.send_large_events, 2),
    "graphs": Attack("graphs of long texts, left after 1 s", attacks.ask_for_graphs, 2),
    "solves": Attack(
        "100 solves of 30 s are queued",
        attacks.queue_solves,
        many=1,
        own=victim.durable_solve,
        own_seconds=SOLVE_SECONDS + 5.0,
    ),
    "places": Attack(
        "stateless solves of 600 s",
        attacks.hold_stateless_places,
        many=8,
        own=victim.stateless_solve,
        own_seconds=10.0,
    ),
    "watchers-20": Attack("20 watch a running solve", attacks.watch_progress, 20),
    "watchers-200": Attack("200 watch a running solve", attacks.watch_progress, 200),
    "locks": Attack("incidents and edits of 5,000 people", attacks.burst_incidents, 8, 120),
    "sockets": Attack("1,005 silent sockets", attacks.open_silent_sockets, 1_005),
    "files": Attack("the same, of 1,024 files", attacks.open_silent_sockets, 1_005, files=1_024),
    "unread": Attack("120 answers of 9 MB are not read", attacks.leave_answers_unread, 120),
    "keys": Attack("wrong keys", attacks.guess_keys, 8),
}
"""By name. Somebody else's solve may wait for one turn of theirs, and for a child to start."""


# Processes beside this one


class Signals(NamedTuple):
    """What this process and another tell each other."""

    ready: Flag
    start: Flag
    stop: Flag


@dataclass(frozen=True)
class Aside(Generic[T]):
    """Work in a process of its own."""

    work: Future[T]
    signals: Signals

    def result(self) -> T:
        """What has come of it, told to stop."""
        self.signals.stop.set()
        return self.work.result()


@contextmanager
def aside(work: Callable[..., T], *arguments: object) -> Iterator[Aside[T]]:
    """``work`` with these arguments and its signals, from when it is ready; it stops at the end."""
    with Manager() as manager, ProcessPoolExecutor(1) as other:
        signals = Signals(manager.Event(), manager.Event(), manager.Event())
        running = Aside(other.submit(work, *arguments, signals), signals)
        try:
            while not signals.ready.wait(SECONDS_BETWEEN_SIGNALS):
                if running.work.done():
                    raise RuntimeError(f"{work.__name__}: over too soon") from (
                        running.work.exception()
                    )
            yield running
        finally:
            signals.stop.set()


def carry_out(attack: Attack, address: str, many: int, signals: Signals) -> Counter[str]:
    """Attack from the signal to start until the one to stop; what was answered how often.

    Attackers have machines of their own: this process takes what the others leave.
    """
    os.nice(ATTACKERS_NICENESS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return asyncio.run(_carry_out(attack, address, many, signals))


async def _carry_out(attack: Attack, address: str, many: int, signals: Signals) -> Counter[str]:
    async def begin() -> None:
        signals.ready.set()
        await _until_set(signals.start)

    attacker = Attacker(address, many, begin)
    acting = asyncio.create_task(attack.act(attacker))
    stopping = asyncio.create_task(_until_set(signals.stop))
    await asyncio.wait((acting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if acting.done():
        acting.result()
    acting.cancel()
    await asyncio.wait((acting,))
    return attacker.told


async def _until_set(flag: Flag) -> None:
    """Wait for a signal, by looking: a thread that waits could not be cancelled."""
    while not flag.is_set():
        await asyncio.sleep(SECONDS_BETWEEN_SIGNALS)


def go_on(address: str, place: str, people: Sequence[str], signals: Signals) -> list[Answered]:
    """Use the service as the other organisation until told to stop."""
    return asyncio.run(_go_on(address, place, people, signals))


async def _go_on(
    address: str, place: str, people: Sequence[str], signals: Signals
) -> list[Answered]:
    async with httpx.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {victim.KEY}"},
        timeout=None,  # each request has an end of its own
    ) as http:
        somebody = Victim(http, place, people)
        await somebody.ask_everything()
        signals.ready.set()
        return await somebody.trickle(signals.stop)


# What it costs


class ApiCost:
    """Memory and processor time of the api, from now on for as long as somebody looks."""

    def __init__(self, running: ServiceProcesses) -> None:
        self._running = running
        Path(f"/proc/{running.api.pid}/clear_refs").write_text("5")  # the peak is counted anew
        self._before, self._begun = self._worked(), time.monotonic()
        self.share = self.mib = self.mib_below = 0.0

    def look(self) -> None:
        """Note the share of a core it took, the most it held, and the most its children held.

        Pages that they share are shared out; workers are not counted among its children.
        """
        self.share = (self._worked() - self._before) / (time.monotonic() - self._begun)
        status = Path(f"/proc/{self._running.api.pid}/status").read_text()
        self.mib = int(status.split("VmHWM:")[1].split()[0]) / 1024
        self.mib_below = max(self.mib_below, sum(self._held_below()) / MIB)

    def _worked(self) -> float:
        return float(sum(self._running.api.cpu_times()[:2]))

    def _held_below(self) -> Iterator[int]:
        api, worker, _ = self._running
        below = set(api.children(recursive=True)) - {worker, *worker.children(recursive=True)}
        for process in below:
            with suppress(psutil.Error):
                yield process.memory_full_info().pss


# What came of it


@dataclass(frozen=True)
class Endured:
    """What the other organisation noticed of an attack, and what that cost the api."""

    attack: Attack
    quiet: LatencyTimes
    during: LatencyTimes
    recovery: float
    own: float
    mib: float
    mib_below: float
    share: float
    load: float

    @property
    def holds(self) -> bool:
        """Whether every figure does."""
        most = min(TIMES_QUIET * self.quiet.percentile(99), MOST_MS)
        return (
            self.during.percentile(99) <= most
            and self.recovery <= MOST_RECOVERY
            and self.mib <= MOST_MIB
            and self.own <= self.attack.own_seconds
        )

    def cells(self) -> list[str]:
        """A row of the table."""
        return [
            self.attack.words,
            *(f"{times.percentile(99):.0f} ms" for times in (self.quiet, self.during)),
            f"{self.during.most:.0f} ms",
            f"{self.recovery:.0f} s",
            f"{self.own:.1f} s" if self.attack.own else "",
            f"{self.mib:.0f} MiB",
            f"{self.mib_below:.0f} MiB",
            f"{self.share:.0%}",
            f"{self.load:.1f}",
            "yes" if self.holds else "no",
        ]


TITLES = [
    *("attack", "quiet p99", "p99", "worst", "recovery", "own solve"),
    *("api", "its children", "of a core", "load", "holds"),
]


def endure(
    attack: Attack, seconds: float = SECONDS, after: float = SECONDS_AFTER, database: str = SQLITE
) -> Endured:
    """Measure an attack of so many seconds; ``database`` is SQLITE or a Postgres server's address.

    It is quiet for as long before, and watched for ``after`` seconds.
    """
    event, many = generate(60), attack.callers(database)
    people = [person.id for person in event.attendees if not person.absent_rounds]
    with _empty_service(database, attack.files) as address, _client(address) as client:
        running, place = processes(), published(client, event, 1.0)
        with (
            aside(go_on, address, place, people) as somebody,
            aside(carry_out, attack, address, many) as attacker,
        ):
            quiet = time.monotonic()
            time.sleep(seconds)
            begin, cost = time.monotonic(), ApiCost(running)
            attacker.signals.start.set()
            own = watch(cost, attack, client, seconds)
            end, load = time.monotonic(), os.getloadavg()[0]
            attacker.signals.stop.set()
            time.sleep(after)
            told, answers = attacker.result(), somebody.result()
    before, during = (planned_between(answers, *span) for span in ((quiet, begin), (begin, end)))
    _tell(before, during, told)
    usual = times_of(before)
    back = recovery(answers, end, int(after), TIMES_QUIET * usual.percentile(99))
    figures = cost.mib, cost.mib_below, cost.share
    return Endured(attack, usual, times_of(during), back, own, *figures, load)


def watch(cost: ApiCost, attack: Attack, client: httpx.Client, seconds: float) -> float:
    """Look for so long, or until the other's own solve has ended; seconds that this took.

    It is asked for in the middle, when others are queued before it.
    """
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(_own, attack, client, seconds / 2)
        while time.monotonic() < end or not asked.done():
            cost.look()
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return asked.result()


def _own(attack: Attack, client: httpx.Client, later: float) -> float:
    time.sleep(later)
    try:
        return attack.own(client) if attack.own else 0.0
    except (httpx.HTTPError, RuntimeError):
        return inf


def _tell(before: list[Answered], during: list[Answered], told: Counter[str]) -> None:
    """Print what the table has no room for."""
    print(f"  quiet:  {'; '.join(by_kind(before))}")
    print(f"  attack: {'; '.join(by_kind(during))}")
    print(f"  they were answered: {dict(told)}", flush=True)


@contextmanager
def _empty_service(database: str, files: int | None) -> Iterator[str]:
    """The address of a service with keys, on a new database."""
    with TemporaryDirectory(prefix="tertius-bench-") as folder:
        settings = settings_on(database, Path(folder))
        told = {
            "TERTIUS_DATABASE_URL": settings.database_url,
            "TERTIUS_MASTER_KEY": settings.master_key,
        }
        place = {name: secret.get_secret_value() for name, secret in told.items() if secret}
        with service(files=files, TERTIUS_KEYS=KEYS, **place) as address:
            yield address


def _client(address: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {victim.KEY}"}
    return httpx.Client(base_url=address, headers=headers, timeout=victim.LONGEST_SOLVE)


def table(rows: Sequence[Endured]) -> str:
    """One line an attack."""
    return markdown(TITLES, [row.cells() for row in rows])


def main(argv: list[str] | None = None) -> int:
    """Measure the attacks that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=", ".join(ATTACKS))
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args(argv)
    if unknown := set(asked.attacks) - set(ATTACKS):
        parser.error(f"there is no attack {', '.join(sorted(unknown))}")
    rows = []
    with postgres_server() if asked.postgres else nullcontext(SQLITE) as database:
        for name in asked.attacks or ATTACKS:
            print(f"{name}: {ATTACKS[name].words}", flush=True)
            rows.append(endure(ATTACKS[name], asked.seconds, database=database))
    print(f"\n{signed(table(rows))}\n\nOn {'Postgres' if asked.postgres else 'SQLite'}.")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
