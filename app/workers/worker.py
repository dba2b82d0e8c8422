"""The process that solves: takes up what is queued and has children plan it.

Any number of workers share one database. A queued solve is claimed in its row, by one of them, and
carried out by a durable workflow under the solve's id. What a dead worker has left is carried on
by itself when it returns, or queued again; so stopping a worker needs no more care than a crash.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from socket import gethostname
from time import monotonic

import psycopg
import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from app.logs import configure_logging, safe_traceback
from app.settings import Settings
from app.store import idempotency, leases, outbox, solve_progress
from app.store.engine import Store
from app.store.solves import Kind
from app.terminal.configured import database_or_failure, settings_or_failure
from app.terminal.data_folder import folder_in_use, open_data_folder
from app.terminal.failure import Failure
from app.workers.child_pool import share_text_cache
from app.workers.courier import Courier
from app.workers.dispatcher import Dispatcher
from app.workers.slots import WorkerSlot, slots_of, take_lowest
from app.workers.solve_job import SolveJob
from app.workers.sweep import WorkflowSweep
from app.workers.trim import share_one_heap, trim_memory
from app.workers.waiting import in_background, wait_for_event
from app.workers.wake import shared_signal

APPLICATION = "tertius"
VERSION = "1"
"""Raised only when newer workers could not carry out what an older one has begun."""
WORKFLOW = "solve"
SECONDS_BETWEEN_SWEEPS = 2.0
SECONDS_AT_REST = 3.0
"""How much longer it is between sweeps while nothing is written."""
SECONDS_BETWEEN_PRUNINGS = 600.0
KEPT = timedelta(days=7)
"""How long the workflow and the progress of a solve that has ended may still be read."""
LEASE_SECONDS = 10.0
"""Twice as long as it is between sweeps at most."""
PRUNED_AT_ONCE = 1_000
ATTEMPTS = 4
"""How often a solve is begun that fails for want of the database or the like."""

log = structlog.get_logger(__name__)


def main(data: Path | None = None, *, supervised: bool = False) -> None:
    """Solve until told to stop; a ``supervised`` worker also ends when its parent does.

    Raises Failure if it cannot begin; a supervised one logs what keeps it from that.
    """
    settings = settings_or_failure(data)
    configure_logging(settings.log_level)
    share_text_cache(settings.data)
    if not supervised:
        open_data_folder(settings.data)
        with folder_in_use(settings.data):
            asyncio.run(_live(settings))
        return
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with folder_in_use(settings.data):
            asyncio.run(_live(settings))
    except Failure as failure:
        log.error("worker cannot begin", reason=str(failure))
        os._exit(failure.exit_code)


def _end_with_parent() -> None:
    """Wait for standard input to close, which happens however the parent ends."""
    sys.stdin.buffer.read()
    _end()


async def _live(settings: Settings) -> None:
    """Work, and end at once when that fails: whoever started the process starts it again."""
    try:
        await work(settings)
    except Failure:
        raise
    except Exception as error:
        log.error("worker failed", **safe_traceback(error))
    os._exit(1)


async def work(settings: Settings) -> None:
    """Be one of the workers, until the slot is lost."""
    share_one_heap()
    store = Store(settings)
    with database_or_failure(settings, "tertius.db"):
        await store.migrate()
    with database_or_failure(settings, "dbos.db"):
        await asyncio.to_thread(DBOS.migrate, settings.jobs_url)
    slots = slots_of(settings)
    number, slot = await asyncio.to_thread(take_lowest, slots)
    name = name_of(number)
    solving = SolveJob(settings, store)
    client = _client(settings)
    sweep = WorkflowSweep(store, client, slots)
    await sweep.put_back(await sweep.left_by(name))
    dispatcher = Dispatcher(store, _places(settings), _workflow(solving))
    courier = Courier(store, name, local=settings.webhooks_local)
    await courier.release()
    sweeping = partial(sweep.run, name, dispatcher.at_work)
    housekeeping = Housekeeping(settings, store, client, sweeping, solving, name)
    _launch(settings, name)
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, _end)
    async with shared_signal(settings, store), in_background(trim_memory(store)):
        working = asyncio.create_task(dispatcher.work())
        sending = asyncio.create_task(courier.work())
        log.info("ready", worker=name)
        keeping = asyncio.create_task(housekeeping.keep(slot))
        await solving.warm()
        tasks = (working, sending, keeping)
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task.done():
            task.result()
    log.error("slot lost", worker=name)


def _end() -> None:
    """End at once: a stopped worker loses no more than a killed one. Its children end with it."""
    os._exit(0)


def name_of(number: int) -> str:
    """What the worker in slot ``number`` is called."""
    return f"worker-{number}"


def _places(settings: Settings) -> Mapping[Kind, int]:
    return {"solve": settings.solves_at_once, "repair": 1, "improvement": 1}


def _client(settings: Settings) -> DBOSClient:
    """The durable workflows; what is kept of them is JSON, never pickled objects."""
    return DBOSClient(
        system_database_url=settings.jobs_url,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        retry_connection_errors=False,
        lazy=True,
    )


def _workflow(solving: SolveJob) -> Callable[[str], Awaitable[None]]:
    """How a solve is carried out: one step, since a solve begins anew after a crash."""

    @DBOS.step(name="search", retries_allowed=True, max_attempts=ATTEMPTS)
    async def search(solve_id: str) -> None:
        log.info("begun", solve=solve_id)
        await solving.run(solve_id)
        log.info("ended", solve=solve_id)

    @DBOS.workflow(name=WORKFLOW)
    async def solve(solve_id: str) -> None:
        try:
            await search(solve_id)
        except Exception as error:
            log.error("given up", solve=solve_id, **safe_traceback(error))
            await solving.fail(solve_id)

    async def carry_out(solve_id: str) -> None:
        try:
            with SetWorkflowID(solve_id, workflow_id_reuse_policy="reject"):
                begun = await DBOS.start_workflow_async(solve, solve_id)
            await begun.get_result()
        except dbos_error.DBOSException as error:
            log.warning("left to the sweep", solve=solve_id, error=type(error).__name__)

    return carry_out


def _launch(settings: Settings, name: str) -> None:
    """Be able to run workflows; none is taken from a queue."""
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": settings.jobs_url,
            "serializer": DBOSPortableJSONSerializer(),
            "executor_id": name,
            "application_version": VERSION,
            "log_level": "WARNING",
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": SECONDS_BETWEEN_PRUNINGS,
        }
    )
    DBOS.listen_queues([])
    DBOS.launch()


class Housekeeping:
    """What a worker sees to beside its solves, often while there are any and else now and then."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        client: DBOSClient,
        sweep: Callable[[], Awaitable[list[str]]],
        solving: SolveJob,
        name: str,
    ) -> None:
        self._alive = settings.data / f"worker-on-{gethostname()}.alive"
        self._store, self._client = store, client
        self._sweep, self._solving, self._name = sweep, solving, name
        self._hours = settings.idempotency_hours
        self._prune_at = 0.0

    async def keep(self, slot: WorkerSlot) -> None:
        """See to everything until the slot is lost."""
        written = asyncio.Event()
        with self._store.committed.received_by(written.set):
            while await asyncio.to_thread(slot.held):
                written.clear()
                try:
                    await self._tidy()
                except (SQLAlchemyError, psycopg.Error, dbos_error.DBOSException, OSError) as error:
                    log.warning("housekeeping put off", **safe_traceback(error))
                await asyncio.sleep(SECONDS_BETWEEN_SWEEPS)
                await wait_for_event(SECONDS_AT_REST, written)

    async def _tidy(self) -> None:
        await self._say_alive()
        for solve_id in await self._sweep():
            await self._solving.fail(solve_id)
        if monotonic() >= self._prune_at:
            await self._prune()
            self._prune_at = monotonic() + SECONDS_BETWEEN_PRUNINGS

    async def _say_alive(self) -> None:
        """Let the api know that somebody solves, and who watches this process that it lives."""
        self._alive.touch()
        async with self._store.write(quiet=True) as connection:
            await leases.take(connection, leases.WORKER + self._name, self._name, LEASE_SECONDS)

    async def _prune(self) -> None:
        """Forget old keys, and how solves were carried out that ended long ago; their rows stay."""
        before = datetime.now(UTC) - KEPT
        async with self._store.write(quiet=True) as connection:
            await solve_progress.forget(connection, before)
            await idempotency.forget_old(connection, self._hours)
            await outbox.forget_tests(connection, before)
        await self._store.wipe_keys()
        ended = await self._client.list_workflows_async(
            name=WORKFLOW,
            completed_before=before.isoformat(),
            limit=PRUNED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if ended:
            await self._client.delete_workflows_async([workflow.workflow_id for workflow in ended])
