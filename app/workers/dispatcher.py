"""The places of a worker: each carries out one solve after the other, as organisations take turns.

Each kind of solve has places of its own: nobody in the room waits for a long solve to end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.logs import safe_traceback
from app.store import solves
from app.store.engine import Store
from app.store.solves import Kind
from app.workers.poller import Poller

SECONDS_BETWEEN_LOOKS = 0.02
SECONDS_AFTER_A_FAILURE = 1.0
LEFT_TO_OTHERS: Mapping[Kind, timedelta] = {
    "solve": timedelta(0),
    "repair": timedelta(seconds=5),
    "improvement": timedelta(0),
}
"""How long a repair is left to the process that took the incidents, before a worker takes it."""

log = structlog.get_logger(__name__)


class Dispatcher:
    """How many solves of each kind are carried out at once, and by what: ``carry_out``."""

    def __init__(
        self, store: Store, places: Mapping[Kind, int], carry_out: Callable[[str], Awaitable[None]]
    ) -> None:
        self._store, self._places, self._carry_out = store, places, carry_out
        self.at_work = set[str]()
        """The solves that are carried out here now; a row that says so alone may be mistaken."""
        self._poller = Poller(store.committed, self._queued, SECONDS_BETWEEN_LOOKS)

    async def work(self) -> None:
        """Carry out whatever comes."""
        try:
            async with asyncio.TaskGroup() as group:
                for kind, places in self._places.items():
                    for _ in range(places):
                        group.create_task(self._serve(kind))
        finally:
            await self._poller.close()

    async def _serve(self, kind: Kind) -> None:
        """Work in one place."""
        while True:
            try:
                solve_id = await self._next(kind)
                if solve_id is not None:
                    await self._do(solve_id)
            except (SQLAlchemyError, OSError) as error:
                log.warning("place idle", kind=kind, **safe_traceback(error))
                await asyncio.sleep(SECONDS_AFTER_A_FAILURE)

    async def _do(self, solve_id: str) -> None:
        self.at_work.add(solve_id)
        try:
            await self._carry_out(solve_id)
        finally:
            self.at_work.discard(solve_id)

    async def _next(self, kind: Kind) -> str | None:
        """A queued solve, ours alone; None if others were quicker."""
        await self._poller.answer(kind)
        async with self._store.write() as connection:
            return await solves.claim(connection, kind, _latest(kind))

    async def _queued(self, kinds: Collection[Kind]) -> Mapping[Kind, None]:
        """The kinds of which a solve is queued."""
        async with self._store.read() as connection:
            oldest = await solves.oldest_queued(connection)
        return {kind: None for kind in kinds if kind in oldest and oldest[kind] <= _latest(kind)}


def _latest(kind: Kind) -> datetime:
    """When a solve of this kind was asked for that a worker may take."""
    return datetime.now(UTC) - LEFT_TO_OTHERS[kind]
