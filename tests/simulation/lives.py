"""Lives of processes: which tasks belong to one, and how all of them end with it."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context, ContextVar
from typing import Any

_LIFE: ContextVar["Life | None"] = ContextVar("life", default=None)


class Life:
    """One process from its start to its end: its tasks are those begun by its tasks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.alive = True
        self._tasks: dict[asyncio.Task[Any], None] = {}

    def begin(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin a task of this process."""
        before = _LIFE.set(self)
        try:
            return asyncio.get_running_loop().create_task(work)
        finally:
            _LIFE.reset(before)

    async def still_alive(self) -> None:
        """Return if the process lives; nothing that is dead goes on from here."""
        while not self.alive:
            await asyncio.sleep(1e9)

    def end(self) -> None:
        """Die: no task does anything more."""
        self.alive = False
        asyncio.get_running_loop().call_soon(self._cancel)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def belongs(self, task: "asyncio.Task[Any]") -> None:
        """Know a task as one of this process."""
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))


def current_life() -> Life:
    """The process that the current task belongs to."""
    life = _LIFE.get()
    assert life is not None
    return life


def create_task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any],
    context: Context | None = None,
    **how: Any,
) -> "asyncio.Task[Any]":
    """A task factory: who is begun by a process is part of it."""
    task = asyncio.Task(work, loop=loop, context=context, **how)
    life = _LIFE.get() if context is None else context.get(_LIFE)
    if life is not None:
        life.belongs(task)
    return task
