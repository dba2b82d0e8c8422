"""The process that solves: takes solves from the durable queue and has children plan them.

Any number of workers share one database. What a dead one has left is taken up again, by itself
when it returns or by another; so stopping a worker needs no more care than a crash.
"""

import asyncio
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname

import psycopg
import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, WorkflowStatus
from sqlalchemy.exc import SQLAlchemyError

from app.logs import configure_logging, safe_traceback
from app.settings import Settings
from app.store import leases, solves
from app.store.engine import Store
from app.store.solves import Kind, StoredSolve
from app.terminal.configured import settings_or_failure
from app.workers.pool import share_text_cache
from app.workers.queue import (
    APPLICATION,
    QUEUES,
    STREAM,
    VERSION,
    WORKFLOW,
    enqueue_solve,
    migrate_queue,
    queue_client,
)
from app.workers.slots import WorkerSlots, slots_of, take_lowest
from app.workers.solve_job import SolveJob
from schemas.solve import Progress

SECONDS_BETWEEN_POLLS: dict[Kind, float] = {"solve": 0.1, "repair": 0.1, "improvement": 0.5}
SECONDS_BETWEEN_SWEEPS = 2.0
KEPT = timedelta(days=7)
"""How long the workflow of a solve that has ended, and with it its progress, may still be read."""
SECONDS_LEFT_TO_OTHERS = 5.0
"""How long a repair is left to the process that took the incidents, before a worker takes it."""
LEASE_SECONDS = 10.0
PRUNED_AT_ONCE = 100
ATTEMPTS = 4
"""How often a solve is begun that fails for want of the database or the like."""

WAITING = {"ENQUEUED", "DELAYED", "PENDING"}
"""The states of a workflow that will still run."""

log = structlog.get_logger(__name__)


def main(data: Path | None = None, *, supervised: bool = False) -> None:
    """Solve until told to stop; a ``supervised`` worker also ends when its parent does."""
    settings = settings_or_failure(data)
    configure_logging(settings.log_level)
    share_text_cache(settings.data)
    if supervised:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_live(settings))


def _end_with_parent() -> None:
    """Wait for standard input to close, which happens however the parent ends."""
    sys.stdin.buffer.read()
    _end()


async def _live(settings: Settings) -> None:
    """Work, and end at once when that fails: whoever started the process starts it again."""
    try:
        await work(settings)
    except Exception as error:
        log.error("worker failed", **safe_traceback(error))
    os._exit(1)


async def work(settings: Settings) -> None:
    """Be one of the workers, until the slot is lost."""
    store = Store(settings.store_url)
    await store.migrate()
    await asyncio.to_thread(migrate_queue, settings)
    slots = slots_of(settings)
    number, slot = await asyncio.to_thread(take_lowest, slots)
    solving = SolveJob(settings, store)
    client = queue_client(settings)
    await _register_queues(client, settings)
    _register_workflow(solving)
    _launch(settings, name_of(number))
    log.info("ready", worker=name_of(number))
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, _end)
    await solving.warm()
    while await asyncio.to_thread(slot.held):
        try:
            await _say_alive(settings, store, name_of(number))
            await _sweep(store, solving, client)
            await _reap(slots, client, number)
            await _prune(client)
        except (SQLAlchemyError, psycopg.Error, OSError) as error:
            log.warning("housekeeping put off", **safe_traceback(error))
        await asyncio.sleep(SECONDS_BETWEEN_SWEEPS)
    log.error("slot lost", worker=name_of(number))


def _end() -> None:
    """End at once: a stopped worker loses no more than a killed one. Its children end with it."""
    os._exit(0)


def name_of(number: int) -> str:
    """What the worker in slot ``number`` is called."""
    return f"worker-{number}"


async def _register_queues(client: DBOSClient, settings: Settings) -> None:
    """One queue for each kind of solve, with places of its own in every worker."""
    places: dict[Kind, int] = {"solve": settings.solves_at_once, "repair": 1, "improvement": 1}
    for kind, queue in QUEUES.items():
        await client.register_queue_async(
            queue,
            worker_concurrency=places[kind],
            polling_interval_sec=SECONDS_BETWEEN_POLLS[kind],
        )


def _register_workflow(solving: SolveJob) -> None:
    """Make the durable workflow known: one step, since a solve begins anew after a crash."""

    @DBOS.step(name="search", retries_allowed=True, max_attempts=ATTEMPTS)
    async def search(solve_id: str) -> None:
        async def report(progress: Progress) -> None:
            await DBOS.write_stream_async(STREAM, progress.model_dump())

        log.info("begun", solve=solve_id)
        await solving.run(solve_id, report)
        log.info("ended", solve=solve_id)

    @DBOS.workflow(name=WORKFLOW)
    async def solve(solve_id: str) -> None:
        try:
            await search(solve_id)
        except Exception as error:
            log.error("given up", solve=solve_id, **safe_traceback(error))
            await solving.fail(solve_id)


def _launch(settings: Settings, name: str) -> None:
    """Start taking workflows from the queues; those this worker had before it died come first."""
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": settings.jobs_url,
            "serializer": DBOSPortableJSONSerializer(),
            "executor_id": name,
            "application_version": VERSION,
            "log_level": "WARNING",
        }
    )
    DBOS.launch()


async def _say_alive(settings: Settings, store: Store, name: str) -> None:
    """Let the api know that somebody solves, and whoever looks after this process that it lives."""
    (settings.data / f"worker-on-{gethostname()}.alive").touch()
    async with store.write() as connection:
        await leases.take(connection, leases.WORKER + name, name, LEASE_SECONDS)


async def _sweep(store: Store, solving: SolveJob, client: DBOSClient) -> None:
    """See to it that every unfinished solve has a workflow that will carry it out."""
    async with store.read() as connection:
        unfinished = await solves.unfinished(connection)
    if not unfinished:
        return
    states = await client.list_workflows_async(
        workflow_ids=[solve.id for solve in unfinished], load_input=False, load_output=False
    )
    state_of = {workflow.workflow_id: workflow.status for workflow in states}
    for solve in unfinished:
        if solve.id not in state_of:
            if solve.kind != "repair" or _age(solve) > SECONDS_LEFT_TO_OTHERS:
                await enqueue_solve(client, solve)
        elif state_of[solve.id] not in WAITING:
            await solving.fail(solve.id)


def _age(solve: StoredSolve) -> float:
    """Seconds since the solve was asked for."""
    return (datetime.now(UTC) - solve.created_at).total_seconds()


async def _reap(slots: WorkerSlots, client: DBOSClient, own: int) -> None:
    """Have the workflows of dead workers taken up again."""
    for name in sorted(await _holders(client) - {name_of(own)}):
        slot = await asyncio.to_thread(slots.take, int(name.rpartition("-")[2]))
        if slot is None:
            continue
        try:
            for workflow in await _pending(client, name):
                await client.resume_workflow_async(
                    workflow.workflow_id, queue_name=workflow.queue_name
                )
        finally:
            slot.give_back()


async def _holders(client: DBOSClient) -> set[str]:
    """The workers that running workflows are said to be with."""
    return {workflow.executor_id or "" for workflow in await _pending(client)}


async def _pending(client: DBOSClient, worker: str | None = None) -> list[WorkflowStatus]:
    """The workflows that are said to be running, on ``worker`` or on any."""
    return await client.list_workflows_async(
        status="PENDING",
        name=WORKFLOW,
        executor_id=worker,
        load_input=False,
        load_output=False,
    )


async def _prune(client: DBOSClient) -> None:
    """Forget workflows that ended long ago, a few at a time; the solves' rows stay."""
    ended = await client.list_workflows_async(
        name=WORKFLOW,
        completed_before=(datetime.now(UTC) - KEPT).isoformat(),
        limit=PRUNED_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if ended:
        await client.delete_workflows_async([workflow.workflow_id for workflow in ended])
