"""Who leaves ends what is done for them, and nobody else does."""

import asyncio
import os
import time
from typing import Any

import pytest
from fastapi import Request
from starlette.types import Message

from app.errors import Malformed, NotFound
from app.http.departure import RequestTasks, unless_gone
from app.http.request_places import LONGEST_READ_SECONDS, RequestPlaces
from app.workers.child_pool import LIMITS
from app.workers.tasks import MOST_AT_HAND, TaskRunner

pytestmark = pytest.mark.anyio


class Visit:
    """A request whose caller leaves when told to."""

    def __init__(self) -> None:
        self._left = asyncio.Event()
        self._messages: list[Message] = [{"type": "http.request", "body": b""}]
        self.request = Request({"type": "http"}, self._receive)

    def leave(self) -> None:
        self._left.set()

    async def _receive(self) -> Message:
        if self._messages:
            return self._messages.pop()
        await self._left.wait()
        return {"type": "http.disconnect"}


async def test_who_waits_is_answered() -> None:
    async def answer() -> str:
        return "answer"

    assert await unless_gone(Visit().request, answer()) == "answer"


async def test_who_waits_is_told_of_a_failure() -> None:
    async def fail() -> None:
        raise NotFound

    with pytest.raises(NotFound):
        await unless_gone(Visit().request, fail())


async def test_who_leaves_ends_the_work() -> None:
    visit, ended = Visit(), asyncio.Event()

    async def work() -> None:
        visit.leave()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(Malformed):
        await unless_gone(visit.request, work())
    assert ended.is_set()


def process(_: str) -> int:
    return os.getpid()


def sleep(_: str) -> None:
    time.sleep(3600)


async def test_a_task_ends_with_its_caller_and_the_next_one_is_served() -> None:
    tasks, visit, other = TaskRunner(LIMITS), Visit(), Visit()
    first = await RequestTasks(tasks, other.request, "acme").run(process, "")
    sleeping = asyncio.create_task(RequestTasks(tasks, visit.request, "acme").run(sleep, ""))
    queued = asyncio.create_task(RequestTasks(tasks, other.request, "acme").run(process, ""))
    await asyncio.sleep(0)
    visit.leave()
    with pytest.raises(Malformed):
        await sleeping
    assert await queued != first
    tasks.close()


async def test_who_leaves_the_queue_is_not_waited_for() -> None:
    tasks, first, second, third = TaskRunner(LIMITS), Visit(), Visit(), Visit()
    asleep, queued, last = (
        asyncio.create_task(RequestTasks(tasks, visit.request, "acme").run(work, ""))
        for visit, work in ((first, sleep), (second, sleep), (third, process))
    )
    await asyncio.sleep(0)
    second.leave()
    with pytest.raises(Malformed):
        await queued
    first.leave()
    assert await last
    assert isinstance((await asyncio.gather(asleep, return_exceptions=True))[0], Malformed)
    tasks.close()


async def test_another_organisation_is_served_beside_one_that_keeps_its_child() -> None:
    tasks, visit = TaskRunner(LIMITS), Visit()
    asleep = [
        asyncio.create_task(RequestTasks(tasks, visit.request, "acme").run(sleep, ""))
        for _ in range(3)
    ]
    await asyncio.sleep(0)
    assert await RequestTasks(tasks, Visit().request, "other").run(process, "")
    assert not any(task.done() for task in asleep)
    visit.leave()
    await asyncio.gather(*asleep, return_exceptions=True)
    tasks.close()


async def test_one_organisation_is_admitted_while_another_has_all_it_may() -> None:
    runner = TaskRunner(LIMITS)
    for _ in range(MOST_AT_HAND):
        await runner.admit("acme")
    waiting = asyncio.create_task(runner.admit("acme"))
    await runner.admit("other")
    assert not waiting.done()
    runner.dismiss("acme")
    await waiting


async def test_who_waits_for_a_child_lets_the_next_one_read() -> None:
    places = RequestPlaces[str](10)
    visit, waiting = Visit(), asyncio.Event()

    class SleepingTasks:
        async def run(self, *_: object) -> None:
            waiting.set()
            await asyncio.Event().wait()

    with places.take("acme") as first, places.take("acme") as second, places.take("acme") as third:
        await first.wait()
        await second.wait()
        visit.request.state.place = second
        tasks: Any = SleepingTasks()
        asking = asyncio.create_task(RequestTasks(tasks, visit.request, "acme").run(str, "{}"))
        await waiting.wait()
        await asyncio.wait_for(third.wait(), LONGEST_READ_SECONDS / 2)
        visit.leave()
        with pytest.raises(Malformed):
            await asking
