"""One event day: people tap, an organiser edits and publishes, and everything goes wrong that can.

`play_day(seed)` is the day of a seed: what happens, when, and what breaks meanwhile.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, get_args

import httpx

from app.settings import Settings
from app.store.engine import Store
from tests.processes import crowd
from tests.simulation.day_ledger import (
    CHILD_DIED,
    AnswerOfKey,
    BrokenPromiseError,
    DatabaseState,
    DayLedger,
    Row,
    expect,
)
from tests.simulation.disk import Death, Disk, Fault
from tests.simulation.lives import Life, create_task
from tests.simulation.network import FaultyNetwork
from tests.simulation.processes_inside import Children, SimulatedService, simulated
from tests.simulation.virtual_time import VirtualLoop, virtual_time

PEOPLE, ROUNDS = 6, 4
TAPS, BURSTS = 12, 5
"""How often stewards tap, and around how many moments."""
STEWARDS = ("ann", "bob", "cem")
SECONDS_OF_TAPS = 40.0
TRIES = 60
SECONDS_TO_SETTLE = 900.0
SETTLED, SETTLED_AND_SEARCHED = 2.0, 8.0
"""Seconds without an unfinished solve after which none will come."""
AGAIN = {429, 503, 507}
"""What tells a device to ask again."""
MEMORY = Path("/dev/shm")  # a file in memory is synced at once


class Day:
    """The day of one seed."""

    def __init__(self, seed: int, folder: Path, loop: VirtualLoop) -> None:
        self.log: list[str] = []
        self._loop = loop
        self._script = Random(f"script {seed}")
        calm = self._script.random() < 0.1
        self._trouble = 0.0 if calm else self._script.choice((0.02, 0.08, 0.2))
        self._calm = calm
        people = crowd(PEOPLE, ROUNDS)
        self._event_body = people | {"name": "first", "seed": seed % 4}
        self.ledger = DayLedger(tuple(a["id"] for a in people["attendees"]), ROUNDS)
        self.disk = Disk(folder, Random(f"disk {seed}"), self._die)
        deaths = 0.0 if calm else self._script.choice((0.0, 0.0, 0.05))
        self.children = Children(Random(f"children {seed}"), deaths)
        self.searches = self._script.random() < 0.2
        self.service = SimulatedService(1_000 if self.searches else 0)
        self.network = FaultyNetwork(self.service, Random(f"network {seed}"), self._trouble)
        self._restarts: set[asyncio.Task[None]] = set()
        self._numbers = iter(range(1, 10**6))
        self._outside = copy_context()
        """Of no process: whoever begins a process anew must not die with the old one."""
        self._bursts = [self._script.random() * SECONDS_OF_TAPS for _ in range(BURSTS)]
        self.event = ""

    def note(self, *words: object) -> None:
        """Write a line of the day's log."""
        self.log.append(f"{self._loop.time():9.3f}  {' '.join(map(str, words))}")

    async def play(self) -> None:
        """Everything, and the check of it."""
        try:
            await self._play()
        finally:
            for life in (self.service.api, self.service.worker):
                if life is not None:
                    self._end(life)
            await asyncio.sleep(1.0)

    async def _play(self) -> None:
        await self._start("api")
        await self._start("worker")
        breaking = asyncio.create_task(self._break_things())
        await self._open_the_doors()
        async with asyncio.TaskGroup() as group:
            for steward in STEWARDS:
                group.create_task(self._steward(steward))
            group.create_task(self._run_rounds())
            group.create_task(self._organise())
        await breaking
        await self._settle()
        self.ledger.check_end(self.disk.file)
        before = DatabaseState.read(self.disk.file)
        self.disk.lose_power()
        await self._start_again()
        await self._get(self.event)
        await self._settle()
        self.ledger.check_end(self.disk.file)
        after = DatabaseState.read(self.disk.file)
        expect(after == before, "a quiet night changes nothing")
        self.note("sound:", len(before.log), "taps,", len(before.versions), "versions")

    # --- what people do --------------------------------------------------------------------------

    async def _open_the_doors(self) -> None:
        """The event, solved and published."""
        made = await self._post("create", "/v1/events", self._event_body)
        self.event, self.ledger.name = made.headers["Location"], "first"
        await self._solve_and_publish()

    async def _solve_and_publish(self) -> None:
        number = next(self._numbers)
        order = {"work": 1, "seed": self._script.randrange(2)}
        solve = await self._post(f"solve {number}", f"{self.event}/solves", order)
        while True:
            ended = (await self._get(solve.headers["Location"])).json()
            if ended["state"] not in ("queued", "running"):
                break
            await asyncio.sleep(2.0)
        if any(reason["code"] == CHILD_DIED for reason in ended["conflict"]):
            self.note("organiser is told that a process ended")
            await self._solve_and_publish()
            return
        expect(ended["state"] in ("done", "stopped"), "a solve is done", ended["state"])
        await self._publish(ended["version"], number)

    async def _publish(self, version: int, number: int) -> None:
        self.ledger.publish_orders[version] += 1
        url = f"{self.event}/schedules/{version}/publish"
        answer = await self._post(f"publish {number}", url, None)
        self.note("organiser publishes", version, answer.status_code)

    async def _steward(self, name: str) -> None:
        chance = Random(f"{name} {self._script.random()}")
        async with asyncio.TaskGroup() as group:
            for _ in range(TAPS // len(STEWARDS)):
                at = chance.choice(self._bursts) + chance.random()
                group.create_task(self._tap_later(at, name, self._fact(chance)))

    def _fact(self, chance: Random) -> list[Row]:
        """A tap, or two that belong together."""
        v = chance.choice(self.ledger.people)
        number = chance.randint(1, ROUNDS)
        drop: Row = {"kind": "drop_out", "attendee": v}
        batch: list[Row] = chance.choice(
            (
                [drop],
                [drop | {"round": number}],
                [{"kind": "return", "attendee": v}],
                [{"kind": "pause", "attendee": v, "round": number}],
                [{"kind": "no_show", "attendee": v}],
                [{"kind": "left_early", "attendee": v}],
                [{"kind": "table_closed", "table": chance.randint(1, PEOPLE // 2)}],
                [{"kind": "table_opened", "table": chance.randint(1, PEOPLE // 2)}],
                [drop, {"kind": "return", "attendee": chance.choice(self.ledger.people)}],
            )
        )
        return [{"id": f"t{next(self._numbers)}"} | row for row in batch]

    async def _tap_later(self, seconds: float, name: str, batch: list[Row]) -> None:
        await asyncio.sleep(seconds)
        answer = await self._tap(name, batch)
        if len(batch) == 1 and batch[0]["kind"] == "drop_out" and self._script.random() < 0.3:
            back = {"kind": "undo", "incident": batch[0]["id"]}
            expect(answer in (200, 202), "who is on the list can go", answer)
            await self._tap(name, [{"id": f"t{next(self._numbers)}"} | back])

    async def _tap(self, name: str, batch: list[Row]) -> int:
        """Tell the service until it has understood; what it says counts."""
        ids = {row["id"] for row in batch}
        self.ledger.sent |= {row["id"]: row for row in batch}
        wait = self._script.choice((0, 1, 5))
        headers = {"Prefer": f"wait={wait}"}
        url = f"{self.event}/incidents"
        answer = await self._ask("POST", url, json={"incidents": batch}, headers=headers)
        taken = answer.status_code in (200, 202)
        expect(taken or answer.status_code == 409, "taps are taken or refused", answer.text[:500])
        (self.ledger.acknowledged if taken else self.ledger.refused).update(ids)
        what = ", ".join(f"{r['id']} {r['kind']} {r.get('attendee', '')}" for r in batch)
        self.note(name, what, "->", answer.status_code)
        self.ledger.check_now(self.disk.file)
        return answer.status_code

    async def _run_rounds(self) -> None:
        """Start and finish most rounds in their order."""
        for number in range(1, self._script.randint(1, ROUNDS) + 1):
            await asyncio.sleep(self._script.uniform(1.0, 15.0))
            start = {"id": f"t{next(self._numbers)}", "kind": "round_started", "round": number}
            await self._tap("ann", [start])
            await asyncio.sleep(self._script.uniform(0.1, 10.0))
            if self._script.random() < 0.7:
                await self._tap(
                    "ann", [start | {"id": f"t{next(self._numbers)}", "kind": "round_finished"}]
                )

    async def _organise(self) -> None:
        """Rename, solve again, publish this and that."""
        for _ in range(3):
            await asyncio.sleep(self._script.uniform(1.0, 15.0))
            match self._script.randrange(3):
                case 0:
                    await self._rename(f"name {next(self._numbers)}")
                case 1:
                    await self._solve_and_publish()
                case _:
                    known = (await self._get(f"{self.event}/schedules")).json()["schedules"]
                    version = self._script.randint(1, known[0]["version"])
                    await self._publish(version, next(self._numbers))
            self.ledger.check_now(self.disk.file)

    async def _rename(self, name: str) -> None:
        """Change the event, over again where somebody else was quicker; none of it is lost."""
        for _ in range(TRIES):
            now = await self._get(self.event)
            if now.json()["name"] == name:  # it was done, and only the answer was lost
                break
            tag = {
                "If-Match": now.headers["ETag"],
                "Content-Type": "application/merge-patch+json",
            }
            body = json.dumps({"name": name})
            answer = await self._ask("PATCH", self.event, content=body, headers=tag)
            if answer.status_code == 200:
                break
            expect(answer.status_code == 412, "an edit is done or stale", answer.status_code)
        self.ledger.name = name
        self.note("organiser renames:", name)

    # --- how they ask ----------------------------------------------------------------------------

    async def _ask(self, method: str, url: str, **how: Any) -> httpx.Response:
        """The answer, however often one has to ask."""
        for patience in chain((1.0, 2.0, 4.0), repeat(8.0, TRIES)):
            answer = await self.network.exchange(method, url, **how)
            if answer is not None and answer.status_code not in AGAIN:
                expect(answer.status_code < 500, "never a 5xx", url, answer.text[:500])
                return answer
            if answer is not None:
                expect("Retry-After" in answer.headers, "who is refused is told when to ask again")
            await asyncio.sleep(patience * self._script.uniform(0.5, 1.5))
        raise BrokenPromiseError(f"{method} {url} is never answered")

    async def _get(self, url: str) -> httpx.Response:
        answer = await self._ask("GET", url)
        expect(answer.status_code == 200, "what there is can be read", url, answer.status_code)
        return answer

    async def _post(self, key: str, url: str, body: Any) -> httpx.Response:
        """A POST under a key; sometimes sent once more, to be answered the same."""
        how: dict[str, Any] = {"headers": {"Idempotency-Key": key.replace(" ", "-")}}
        if body is not None:
            how["json"] = body
        self.ledger.keys.add(key)
        answer = await self._ask("POST", url, **how)
        for again in (answer, *([await self._ask("POST", url, **how)] * self._often(0.3))):
            self.ledger.answer_keyed(key, AnswerOfKey(again.status_code, again.content))
        return answer

    def _often(self, likely: float) -> int:
        return int(self._script.random() < likely)

    # --- what goes wrong -------------------------------------------------------------------------

    async def _break_things(self) -> None:
        """Arm deaths at commits, and break the disk and the clock for a while, now and then."""
        if self._calm:
            return
        for _ in range(self._script.randint(1, 4)):
            self.disk.deaths[self._script.randint(1, 90)] = self._script.choice(get_args(Death))
        for _ in range(self._script.randint(1, 4)):
            await asyncio.sleep(self._script.uniform(1.0, 15.0))
            if self._script.random() < 0.2:
                seconds = self._script.choice((-3600.0, -5.0, 5.0, 3600.0))
                self._loop.set_wall_clock(seconds)
                self.note("the clock is wrong by", seconds)
                continue
            fault: Fault = self._script.choice(get_args(Fault))
            self.note("disk:", fault)
            self.disk.break_down(fault)
            await asyncio.sleep(self._script.choice((1.0, 5.0, 10.0, 45.0)) * self._script.random())
            self.disk.heal()
            self.note("disk: well")
        self.disk.deaths.clear()

    def _die(self, life: Life, death: Death) -> None:
        """End a process at once, or all of them, and have them begun again a moment later."""
        self.note(life.name, "dies at commit", self.disk.commits, f"({death})")
        if death == "power":
            self.disk.lose_power()
        gone = (self.service.api, self.service.worker) if death == "power" else (life,)
        for each in gone:
            if each is not None and each.alive:
                self._end(each)
                self._restart(each.name)

    def _end(self, life: Life) -> None:
        life.end()
        self.disk.close(life)

    def _restart(self, name: str) -> None:
        starting = self._start(name, self._script.uniform(0.5, 5.0))
        task = asyncio.get_running_loop().create_task(starting, context=self._outside)
        self._restarts.add(task)
        task.add_done_callback(self._restarts.discard)

    async def _start(self, name: str, after: float = 0.0) -> None:
        """Begin a process; one that cannot begin tries again, as a supervisor would have it."""
        await asyncio.sleep(after)
        start = self.service.start_api if name == "api" else self.service.start_worker
        while not await start(self.disk.folder):
            self.note(name, "cannot start")
            await asyncio.sleep(4.0)
        self.note(name, "is up")

    async def _start_again(self) -> None:
        for life in (self.service.api, self.service.worker):
            if life is not None:
                self._end(life)
        await self._start("api")
        await self._start("worker")

    async def _settle(self) -> None:
        """Let everything come to its end, with nothing in the way."""
        self.network.trouble = self.children.deaths = 0.0
        self.disk.deaths.clear()
        self.disk.heal()
        while self._restarts:
            await asyncio.wait(self._restarts)
        await self.network.drain()
        end, quiet_since = self._loop.time() + SECONDS_TO_SETTLE, self._loop.time()
        quiet = SETTLED_AND_SEARCHED if self.searches else SETTLED
        while self._loop.time() < quiet_since + quiet:
            expect(self._loop.time() < end, "everything comes to its end")
            if not self._is_quiet():
                quiet_since = self._loop.time()
            await asyncio.sleep(1.0)

    def _is_quiet(self) -> bool:
        """Whether no solve is unfinished, as far as can be seen while others write."""
        try:
            rows = DatabaseState.read(self.disk.file).solves
        except sqlite3.OperationalError:
            return False
        return all(row["state"] not in ("queued", "running") for row in rows)


@cache
def empty_database() -> Mapping[str, bytes]:
    """The files of a database with all tables, and of its keys, made once."""
    with TemporaryDirectory() as folder:
        asyncio.run(_migrate(Settings(data=Path(folder))))
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


async def _migrate(settings: Settings) -> None:
    store = Store(settings)
    await store.migrate()
    await store.close()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for one day, in memory where there is such a thing."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        for name, content in empty_database().items():
            (data / name).touch(mode=0o600)
            (data / name).write_bytes(content)
        yield data


def play_day(seed: int) -> list[str]:
    """The log of a day; BrokenPromiseError, with the log so far, if something does not hold."""
    empty_database()
    with _folder() as folder, virtual_time() as loop:
        loop.set_task_factory(create_task)  # type: ignore[arg-type]
        day = Day(seed, folder, loop)
        with simulated(day.disk.connect, day.children, Random(f"ids {seed}"), day.searches):
            try:
                loop.run_until_complete(day.play())
            except BaseException as error:
                for broken in broken_promises(error):
                    story = "\n".join(day.log)
                    raise BrokenPromiseError(f"seed {seed}: {broken}\n{story}") from error
                raise
    return day.log


def broken_promises(error: BaseException) -> Iterator[BrokenPromiseError]:
    """Those that are in an error, or in a group of errors."""
    if isinstance(error, BrokenPromiseError):
        yield error
    for part in getattr(error, "exceptions", ()):
        yield from broken_promises(part)
