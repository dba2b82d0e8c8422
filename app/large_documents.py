"""Work on large documents, kept out of the event loop, out of transactions, out of this process.

What reads or writes JSON in a thread holds up all others all the same, for as long as one call
takes: so the largest documents go to a child, as texts, and texts come back.

A transaction keeps others waiting: on SQLite everybody who writes. So what takes long and is
needed within one is a ``Later``: the transaction is undone, the work done, and the transaction
begun anew; its ``Groundwork`` then has the result. It is found again by the function and its
arguments: texts, numbers and tuples by what they are, a document as the object that it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from pydantic import BaseModel

SMALL = 64 * 1024
"""Documents of fewer characters are worked on at once: a thread would cost more than it frees."""
LARGE = 256 * 1024
"""Documents of more are worked on in a child, if there is one: they take more than a moment."""

Result = TypeVar("Result")
Run = Callable[..., Awaitable[Any]]
"""Has a child call a function with these arguments."""


class Later(Exception):  # noqa: N818 - not an error
    """Raised in a transaction that has to wait for ``work``, and must not keep others waiting."""

    def __init__(self, work: Callable[[], Awaitable[Any]]) -> None:
        self.work = work
        super().__init__("the transaction is begun anew after this")


class Groundwork:
    """What was worked out for a transaction while none was open."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._known: dict[tuple[object, ...], tuple[Any, tuple[object, ...]]] = {}

    @property
    def ours(self) -> bool:
        """Whether the transaction is this task's, and not that of who started the task."""
        return self._task is asyncio.current_task()

    def result(self, work: Callable[..., Awaitable[Any]], arguments: tuple[object, ...]) -> Any:
        """What ``work`` has come to; Later if it is still to be done."""
        key = (work, *(_key(argument) for argument in arguments))
        if key in self._known:
            return self._known[key][0]

        async def do() -> None:
            with _kept(None):
                self._known[key] = await work(*arguments), arguments  # which keep their ids

        raise Later(do)


def _key(argument: object) -> object:
    """What tells an argument from others."""
    if isinstance(argument, tuple):
        return tuple(a.model_dump_json() if isinstance(a, BaseModel) else a for a in argument)
    return id(argument) if isinstance(argument, BaseModel) else argument


_GROUND: ContextVar[Groundwork | None] = ContextVar("ground", default=None)


@contextmanager
def _kept(ground: Groundwork | None) -> Iterator[None]:
    before = _GROUND.set(ground)
    try:
        yield
    finally:
        _GROUND.reset(before)


def groundwork() -> AbstractContextManager[None]:
    """Whatever takes long is done outside of the transactions in this context."""
    return _kept(Groundwork())


async def outside_transaction(work: Callable[..., Awaitable[Result]], *arguments: Any) -> Result:
    """What ``work`` returns of the arguments; Later within a transaction that lacks it still."""
    ground = _GROUND.get()
    if ground is None or not ground.ours:
        return await work(*arguments)
    result: Result = ground.result(work, arguments)
    return result


async def in_thread_if_large(size: int, function: Callable[..., Result], *arguments: Any) -> Result:
    """Call ``function``, in a thread if it works on a document of a large ``size``.

    Within a transaction that is done outside of it.
    """
    if size <= SMALL:
        return function(*arguments)
    return await outside_transaction(asyncio.to_thread, function, *arguments)


_RUN: ContextVar[Run | None] = ContextVar("run", default=None)


def lend_child(run: Run) -> None:
    """Have what is large worked on by ``run`` from now on, for whoever asks in this context."""
    _RUN.set(run)


async def in_child_if_large(size: int, function: Callable[..., Result], *arguments: Any) -> Result:
    """The same in a child, if there is one and ``size`` is large for a thread as well.

    ``function`` is one of a module; what it takes and returns should be texts: objects take as long
    to send as to make.
    """
    run = _RUN.get()
    if size <= LARGE or run is None:
        return await in_thread_if_large(size, function, *arguments)
    return await outside_transaction(run, function, *arguments)
