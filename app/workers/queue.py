"""Durable solves as the service sees them: asked for here, done by a worker, watched from anywhere.

The row of a solve in our own tables is the truth. The workflow that carries it out is only how a
worker comes to it: it is enqueued after the row is committed, under the solve's id, and a row
without a workflow is found by the workers' sweep.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from app.errors import NotFound
from app.settings import Settings
from app.store import solves
from app.store.engine import Store
from app.store.solves import Kind, StoredSolve
from app.workers.pool import ChildPool
from schemas.solve import Progress

APPLICATION = "tertius"
VERSION = "1"
"""Raised only when newer workers could not carry out what an older one has left waiting."""
WORKFLOW = "solve"
STREAM = "progress"
QUEUES: dict[Kind, str] = {"solve": "solves", "repair": "repairs", "improvement": "improvements"}
"""Each kind has a queue of its own: nobody in the room waits for a long solve to end."""

SECONDS_BETWEEN_READS = 0.05
SECONDS_BETWEEN_LOOKS = 0.02

log = structlog.get_logger(__name__)


def queue_client(settings: Settings) -> DBOSClient:
    """The durable queue; what it keeps is JSON, never pickled objects."""
    return DBOSClient(
        system_database_url=settings.jobs_url,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        retry_connection_errors=False,
        lazy=True,
    )


def migrate_queue(settings: Settings) -> None:
    """Create or update the tables of the durable queue."""
    settings.data.mkdir(parents=True, exist_ok=True)
    DBOS.migrate(settings.jobs_url)


async def enqueue_solve(client: DBOSClient, solve: StoredSolve) -> None:
    """Hand a queued solve to the workers; handing it over twice changes nothing."""
    await client.enqueue_async(
        {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUES[solve.kind],
            "workflow_id": solve.id,
            "app_version": VERSION,
        },
        solve.id,
    )


class Jobs:
    """The durable solves of one api process, and ``children`` for those that nobody keeps."""

    def __init__(self, store: Store, client: DBOSClient, children: ChildPool) -> None:
        self.children = children
        self._store = store
        self._client = client
        self._awaited: WeakValueDictionary[str, asyncio.Future[None]] = WeakValueDictionary()
        self._looking: asyncio.Task[None] | None = None

    async def enqueue(self, solve_id: str | None) -> None:
        """Hand a committed solve to the workers; should that fail, their sweep finds it."""
        solve = None if solve_id is None else await self._find(solve_id)
        if solve is None or solve.state != "queued":
            return
        try:
            await enqueue_solve(self._client, solve)
        except (dbos_error.DBOSException, SQLAlchemyError) as error:
            log.warning("left to the sweep", solve=solve.id, error=type(error).__name__)

    async def ended(self, solve_id: str, seconds: float | None) -> StoredSolve | None:
        """The solve once it has ended or ``seconds`` are over; None if it is gone by then."""
        waiting = self._awaited.setdefault(solve_id, asyncio.get_running_loop().create_future())
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._poll())
        await asyncio.wait([waiting], timeout=seconds)
        return await self._find(solve_id)

    async def stop(self, solve: StoredSolve, seconds: float) -> StoredSolve:
        """End the solve and keep its best; one that has ended stays as it is."""
        async with self._store.write() as connection:
            now = await solves.find(connection, solve.id, lock=True)
            if now is None:
                raise NotFound
            if now.state == "queued":
                await solves.update(connection, solve.id, state="stopped")
            elif now.state == "running":
                await solves.update(connection, solve.id, stop=True)
        ended = await self.ended(solve.id, seconds)
        if ended is None:
            raise NotFound
        return ended

    async def watch(self, solve_id: str, after: int) -> AsyncIterator[tuple[int, Progress]]:
        """Every progress with its number, from the one after number ``after`` on, to the end."""
        while True:
            try:
                async for value in self._client.read_stream_async(
                    solve_id, STREAM, offset=after + 1, polling_interval_sec=SECONDS_BETWEEN_READS
                ):
                    after += 1
                    yield after, Progress.model_validate(value)
            except dbos_error.DBOSNonExistentWorkflowError:
                pass  # not handed over yet
            solve = await self.ended(solve_id, SECONDS_BETWEEN_READS)
            if solve is None or solve.state not in solves.OPEN:
                return

    async def close(self) -> None:
        """Give back what is held."""
        if self._looking is not None:
            self._looking.cancel()
        self.children.close()
        await asyncio.to_thread(self._client.destroy)

    async def _find(self, solve_id: str) -> StoredSolve | None:
        async with self._store.read() as connection:
            return await solves.find(connection, solve_id)

    async def _poll(self) -> None:
        """Wake whoever waits for a solve that has ended, with one query for all of them."""
        while self._awaited:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            ids = sorted(self._awaited)
            async with self._store.read() as connection:
                unfinished = await solves.still_open(connection, ids)
            for solve_id in set(ids) - unfinished:
                waiting = self._awaited.get(solve_id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)


@asynccontextmanager
async def running_jobs(settings: Settings, store: Store) -> AsyncIterator[Jobs]:
    """The solves of an api process while it runs."""
    await asyncio.to_thread(migrate_queue, settings)
    children = ChildPool(settings.stateless_solves)
    jobs = Jobs(store, queue_client(settings), children)
    warming = asyncio.create_task(children.warm())
    try:
        yield jobs
    finally:
        await asyncio.wait([warming])
        await jobs.close()
