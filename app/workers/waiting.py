"""Waiting for one thing, but not for ever, and doing another meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


async def wait_for_event(seconds: float, event: asyncio.Event) -> bool:
    """Wait for the event, but no longer; tells whether it came."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


async def wait_readable(file: int) -> None:
    """Wait until there is something to read, or nobody at the other end."""
    ready, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(file, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(file)


@asynccontextmanager
async def in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Have ``work`` done as long as the context lasts, and no longer."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
