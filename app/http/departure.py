"""Work ends when nobody waits for it: a caller who leaves ends what is done for them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from app.errors import Malformed, OutOfMemory, Unavailable
from app.http.access import CallerDep
from app.http.openapi import refuses
from app.workers.tasks import TaskRunner

Answer = TypeVar("Answer")


async def unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """What comes of the work, unless the caller leaves first: then it is cancelled.

    The body must have been read before.
    """
    working, leaving = asyncio.create_task(work), asyncio.create_task(_departure(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Malformed("the caller left")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


def let_next_read(request: Request) -> None:
    """Whoever waits for a child does not read: other reads of the caller go on meanwhile."""
    if place := getattr(request.state, "place", None):
        place.pass_turn()


async def _departure(request: Request) -> None:
    """Wait until the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True)
class RequestTasks:
    """Tasks of one request: in the turn of its organisation, and only while its caller waits."""

    tasks: TaskRunner
    request: Request
    organisation: str

    async def run(self, function: Callable[[str], Any], event: str) -> Any:
        """What ``function`` returns of the JSON of an event; raises as a ``TaskRunner``."""
        let_next_read(self.request)
        work = self.tasks.run(function, event, self.organisation)
        return await unless_gone(self.request, work)


def tasks_of_request(name: str) -> Any:
    """What runs tasks of the kind that this process keeps under a name, as a dependency."""

    @refuses(Unavailable, OutOfMemory)
    async def of(request: Request, caller: CallerDep) -> RequestTasks:
        return RequestTasks(getattr(request.app.state, name), request, caller.organisation)

    return Depends(of)


def tasks_in_turn(name: str) -> Any:
    """The same for requests without a body: they wait for their turn before anything is read.

    Hence a route must ask for this before it asks for its event.
    """

    async def of(
        tasks: Annotated[RequestTasks, tasks_of_request(name)],
    ) -> AsyncIterator[RequestTasks]:
        async with in_turn(tasks):
            yield tasks

    return Depends(of)


@asynccontextmanager
async def in_turn(tasks: RequestTasks) -> AsyncIterator[None]:
    """Wait until a request may read what its task needs, and hold the place meanwhile."""
    let_next_read(tasks.request)
    runner, organisation = tasks.tasks, tasks.organisation
    await unless_gone(tasks.request, runner.admit(organisation))
    try:
        yield
    finally:
        runner.dismiss(organisation)
