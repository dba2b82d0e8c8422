"""Durable solves as the service sees them: asked for here, done by a worker, watched from anywhere.

The row of a solve in our own tables is the truth. Its commit wakes the workers, and one
with a free place takes it up; what the worker finds out is in rows as well.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from app.errors import NotFound
from app.settings import Settings
from app.store import events, solve_progress, solves
from app.store.engine import Store
from app.store.solve_progress import Numbered
from app.store.solves import StoredSolve
from app.workers.child_pool import ChildPool, Limits
from app.workers.poller import Poller

SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_BETWEEN_PAGES = 0.2
"""Watchers see what came meanwhile together: to send it takes longer than to find it."""
SECONDS_OF_GRACE = 5.0
"""How long a stateless solve may take, beyond the longest solve, to come to its end."""

Place = tuple[str, int]
"""A solve, and the number of the last progress that was seen of it."""
Page = Sequence[Numbered]
"""Progress that follows; none at the end."""


class Jobs:
    """The durable solves of one api process, and ``children`` for those that nobody keeps."""

    def __init__(self, store: Store, children: ChildPool) -> None:
        self.children = children
        self._store = store
        self._ends = Poller(store.committed, self._ended, SECONDS_BETWEEN_LOOKS)
        self._pages = Poller(store.committed, self._following, SECONDS_BETWEEN_PAGES)

    async def ended(self, solve_id: str, seconds: float | None) -> StoredSolve | None:
        """The solve once it has ended or ``seconds`` are over; None if it is gone by then."""
        with suppress(TimeoutError):
            await self._ends.answer(solve_id, seconds)
        async with self._store.read() as connection:
            return await solves.find(connection, solve_id)

    async def stop(self, solve: StoredSolve, seconds: float) -> StoredSolve:
        """End the solve and keep its best; one that has ended stays as it is."""
        async with self._store.write() as connection:
            await events.lock(connection, solve.event_id)
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

    async def watch(self, solve_id: str, after: int) -> AsyncIterator[Numbered]:
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
        """What there is beyond each place; where a solve has ended, that may be nothing.

        A solve of which there is nothing new is not read, and another once, whoever watches it.
        """
        ids = {solve_id for solve_id, _ in places}
        async with self._store.read() as connection:
            unfinished = await solves.still_open(connection, ids)
            newest = await solve_progress.newest(connection, ids)
            behind = [place for place in places if place[1] < newest.get(place[0], -1)]
            rows = {
                solve_id: await solve_progress.after(connection, solve_id, seen)
                for solve_id, seen in _first_seen(behind).items()
            }
        pages = {place: _beyond(rows[place[0]], place[1]) for place in behind}
        return {place: () for place in places if place[0] not in unfinished} | pages


def _first_seen(places: Collection[Place]) -> Mapping[str, int]:
    """How far whoever has seen least of each solve has come."""
    return {solve_id: seen for solve_id, seen in sorted(places, reverse=True)}  # noqa: C416


def _beyond(rows: Page, seen: int) -> Page:
    return [row for row in rows if row[0] > seen]


@asynccontextmanager
async def running_jobs(settings: Settings, store: Store) -> AsyncIterator[Jobs]:
    """The solves of an api process while it runs."""
    limits = Limits(settings.longest_solve_seconds + SECONDS_OF_GRACE, settings.child_bytes)
    children = ChildPool(settings.stateless_solves, spare=1, limits=limits)
    jobs = Jobs(store, children)
    warming = asyncio.create_task(children.warm())
    try:
        yield jobs
    finally:
        await asyncio.wait([warming])
        await jobs.close()
