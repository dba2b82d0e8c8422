"""The processes of the service, as parts of this one: an api, a worker, and their children.

They are the real ones but for what is bound to a system: a child is a function call that takes a
while, nobody is woken by another's commit, and where a worker has durable workflows of dbos, this
one begins a solve anew itself, as often as they would.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import httpx
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from app.errors import ChildDied
from app.main import create_app, install_state
from app.settings import Settings
from app.store import solves
from app.store.engine import Store
from app.workers import repair_memory
from app.workers.child import _answer, _run
from app.workers.dispatcher import Dispatcher
from app.workers.messages import Done, Failed, PlanOrder, PlanReply, Report, Task
from app.workers.repair_memory import RepairMemory
from app.workers.solve_job import SolveJob
from app.workers.worker import ATTEMPTS
from tests.simulation.lives import Life

SECONDS_BETWEEN_SWEEPS = 10.0
LONGEST_CHILD = 2.0


@cache
def whole_app() -> FastAPI:
    """The service, made once: what it keeps is new for each life of it."""
    return create_app(Settings(data=Path("/nonexistent")))


class Children:
    """What happens to the children of one day."""

    def __init__(self, chance: Random, deaths: float) -> None:
        self.chance, self.deaths = chance, deaths

    async def new(self) -> "SimulatedChild":
        """A child that knows nothing."""
        return SimulatedChild(self)

    async def work(self) -> None:
        """Take a while, or die."""
        await asyncio.sleep(LONGEST_CHILD * self.chance.random() ** 2)
        if self.chance.random() < self.deaths:
            raise ChildDied


class SimulatedChild:
    """A child that is a function call; it remembers what it repaired, and dies with that."""

    pid = 0

    def __init__(self, children: Children) -> None:
        self._children = children
        self.owner = ""
        self.busy = False
        self._memory = RepairMemory()
        self._lives = True

    async def plan(self, order: PlanOrder, report: Report) -> PlanReply:
        """Have ``order`` planned."""
        self.busy = True
        await self._children.work()
        answer = planned(order)
        self.busy = False
        return answer

    async def run(self, task: Task) -> Done | Failed:
        """Have a task run."""
        self.busy = True
        await self._children.work()
        with patch.object(repair_memory, "MEMORY", self._memory):
            answer = _run(task)
        self.busy = False
        return answer

    def stop(self) -> None:
        """It has ended by the time it could be told to."""

    def kill(self) -> None:
        """Die."""
        self._lives = False

    end = kill

    def fit(self, largest: int) -> bool:
        """Whether another order may be given."""
        return self._lives and not self.busy

    def resident_bytes(self) -> int:
        """It holds next to nothing."""
        return 0


class _NoSearch:
    """In place of the search for proposals, on days without any."""

    def __init__(self, *_: object) -> None:
        """Search for nothing."""

    def expect(self, event_id: str) -> None:
        """Find nothing."""

    async def close(self) -> None:
        """There is nothing to end."""


class _NoOutbox:
    def report(self, progress: object) -> None:
        """Nobody listens."""

    def stopped(self) -> bool:
        return False


_PLANS: dict[PlanOrder, PlanReply] = {}


def planned(order: PlanOrder) -> PlanReply:
    """What comes of an order; the same for the same, so it is worked out once."""
    if order not in _PLANS:
        _PLANS[order] = _answer(order, _NoOutbox())  # type: ignore[arg-type]
    return _PLANS[order]


class SimulatedService:
    """The service on one disk: its two processes, begun and ended at will."""

    def __init__(self, work: int) -> None:
        self.work = work
        """How long improvements after repairs take; 0: there are none."""
        self.api: Life | None = None
        self.worker: Life | None = None

    async def start_api(self, folder: Path) -> bool:
        """Begin the api, as ``tertius serve`` does; whether it could."""
        life, ready = Life("api"), asyncio.Event()
        running = life.begin(self._serve(whole_app(), folder, ready))
        starting = asyncio.ensure_future(ready.wait())
        await asyncio.wait((running, starting), return_when=asyncio.FIRST_COMPLETED)
        if ready.is_set():
            self.api = life
            return True
        starting.cancel()
        life.end()
        running.exception()  # such as of a disk that is full: it is no news
        return False

    async def _serve(self, app: FastAPI, folder: Path, ready: asyncio.Event) -> None:
        install_state(app, Settings(data=folder, quiet_seconds=3.0, improvement_work=self.work))
        app.middleware_stack = None
        async with app.router.lifespan_context(app):
            ready.set()
            await asyncio.Event().wait()

    async def start_worker(self, folder: Path) -> bool:
        """Begin the worker, which always can."""
        self.worker = Life("worker")
        self.worker.begin(_work(Settings(data=folder)))
        return True

    async def request(self, method: str, url: str, **how: Any) -> httpx.Response | None:
        """What the api answers; None if it is not there, or dies before."""
        if self.api is None or not self.api.alive:
            return None
        asked = self.api.begin(_ask(method, url, how))
        await asyncio.wait((asked,))
        return None if asked.cancelled() or asked.exception() else asked.result()


async def _ask(method: str, url: str, how: Mapping[str, Any]) -> httpx.Response:
    transport = httpx.ASGITransport(whole_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, url, **how)


async def _work(settings: Settings) -> None:
    """Be the worker: what a dead one has left is queued again, then solves are carried out."""
    store = Store(settings)
    solving = SolveJob(settings, store)

    async def carry_out(solve_id: str) -> None:
        for attempt in range(ATTEMPTS):
            try:
                await solving.run(solve_id)
                return
            except Exception:
                await asyncio.sleep(2.0**attempt)
        await solving.fail(solve_id)

    dispatcher = Dispatcher(store, {"solve": 1, "repair": 1, "improvement": 1}, carry_out)
    async with asyncio.TaskGroup() as group:
        group.create_task(_sweep(store, dispatcher))
        group.create_task(dispatcher.work())


async def _sweep(store: Store, dispatcher: Dispatcher) -> None:
    """Queue again what is said to be running, and is not."""
    while True:
        try:
            async with store.read() as connection:
                unfinished = await solves.unfinished(connection)
            for solve in unfinished:
                if solve.state == "running" and solve.id not in dispatcher.at_work:
                    async with store.write() as connection:
                        await solves.put_back(connection, solve.id)
        except SQLAlchemyError:
            pass
        await asyncio.sleep(SECONDS_BETWEEN_SWEEPS)


async def _call(function: Callable[..., Any], *arguments: Any, **_: Any) -> Any:
    return function(*arguments)


async def _sleep_for_ever(*_: object) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def _no_signal(*_: object) -> AsyncIterator[None]:
    yield


@contextmanager
def simulated(
    connect: Callable[..., Any], children: Children, ids: Random, proposals: bool
) -> Iterator[None]:
    """Have the service's connections, children and ids made here."""
    with ExitStack() as stack:
        for target, stand_in in (
            ("aiosqlite.connect", connect),
            ("app.workers.child_pool._new_child", children.new),
            ("app.workers.solve_job.kill_if_stuck", _sleep_for_ever),
            ("app.main.shared_signal", _no_signal),
            ("anyio.to_thread.run_sync", _call),
            ("app.main.trim_memory", _sleep_for_ever),
            ("app.store.ids.secrets.token_hex", lambda n: ids.randbytes(n).hex()),
        ):
            stack.enter_context(patch(target, stand_in))
        if not proposals:
            stack.enter_context(patch("app.main.ProposalSearch", _NoSearch))
        yield
