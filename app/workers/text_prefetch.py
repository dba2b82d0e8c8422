"""What texts mean is found out as profiles arrive, so that nobody waits for it later.

A child encodes the texts of each event that is stored and keeps what it learns in the folder that
all children share. It is a help and no more: a solve encodes what is still unknown.
"""

import asyncio
from contextlib import suppress

from app.errors import Refused
from app.store.events import StoredEvent
from app.workers.child_pool import Limits, has_text_cache
from app.workers.tasks import TaskRunner, prefetch_texts

PREFETCH_SECONDS = 600.0
"""How long the texts of one event may take: nobody waits for them."""


class TextPrefetch:
    """One child, and the newest document of each event that it has yet to read."""

    def __init__(self, most_bytes: int) -> None:
        self._tasks = TaskRunner(Limits(PREFETCH_SECONDS, most_bytes))
        self._waiting: dict[str, StoredEvent] = {}
        self._task: asyncio.Task[None] | None = None

    def expect(self, stored: StoredEvent) -> None:
        """Read the event's texts soon."""
        if TEXT not in stored.outline or not has_text_cache():
            return
        self._waiting[stored.id] = stored
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while self._waiting:
            event = self._waiting.pop(next(iter(self._waiting)))
            with suppress(Refused):
                await self._tasks.run(prefetch_texts, event.outline, event.organisation)

    async def close(self) -> None:
        """Stop reading and end the child."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._tasks.close()


TEXT = '"text":'
"""Only a document of offers or needs holds it."""
