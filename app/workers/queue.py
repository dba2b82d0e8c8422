"""Durable solves as the service sees them: asked for here, done by a worker, watched from anywhere.

The row of a solve in our own tables is the truth. Its commit wakes the workers, and one
with a free place takes it up; what the worker finds out is in rows as well.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from app.errors import NotFound
from app.settings import Settings
from app.store import solve_progress, solves
from app.store.engine import Store
from app.store.solves import StoredSolve
from app.workers.child_pool import ChildPool
from app.workers.poller import Poller
from schemas.solve import Progress

SECONDS_BETWEEN_LOOKS = 0.05

Place = tuple[str, int]
"""A solve, and the number of the last progress that was seen of it."""
Page = Sequence[tuple[int, Progress]]
"""Progress with its numbers; none at the end."""


class Jobs:
    """The durable solves of one api process, and ``children`` for those that nobody keeps."""

    def __init__(self, store: Store, children: ChildPool) -> None:
        self.children = children
        self._store = store
        self._ends = Poller(store.committed, self._ended, SECONDS_BETWEEN_LOOKS)
        self._pages = Poller(store.committed, self._following, SECONDS_BETWEEN_LOOKS)

    async def ended(self, solve_id: str, seconds: float | None) -> StoredSolve | None:
        """The solve once it has ended or ``seconds`` are over; None if it is gone by then."""
        with suppress(TimeoutError):
            await self._ends.answer(solve_id, seconds)
        async with self._store.read() as connection:
            return await solves.find(connection, solve_id)

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
        while page := await self._pages.answer((solve_id, after)):
            for number, told in page:
                yield number, told
                after = number

    async def close(self) -> None:
        """Give back what is held."""
        await self._ends.close()
        await self._pages.close()
        self.children.close()

    async def _ended(self, ids: Collection[str]) -> Mapping[str, None]:
        async with self._store.read() as connection:
            unfinished = await solves.still_open(connection, ids)
        return dict.fromkeys(set(ids) - unfinished)

    async def _following(self, places: Collection[Place]) -> Mapping[Place, Page]:
        """What there is beyond each place; where a solve has ended, that may be nothing."""
        async with self._store.read() as connection:
            unfinished = await solves.still_open(connection, {solve_id for solve_id, _ in places})
            rows = {place: await solve_progress.after(connection, *place) for place in places}
        return {
            place: [(number, Progress.model_validate_json(told)) for number, told in page]
            for place, page in rows.items()
            if page or place[0] not in unfinished
        }


@asynccontextmanager
async def running_jobs(settings: Settings, store: Store) -> AsyncIterator[Jobs]:
    """The solves of an api process while it runs."""
    children = ChildPool(settings.stateless_solves)
    jobs = Jobs(store, children)
    warming = asyncio.create_task(children.warm())
    try:
        yield jobs
    finally:
        await asyncio.wait([warming])
        await jobs.close()
