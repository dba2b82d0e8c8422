"""Time that passes only when nothing else can happen: days take milliseconds, the same each time.

An event loop that never sleeps: where all wait, it goes on at the next timer. The clock on the wall
moves with it, and can be set wrong besides. What is for a thread is done at once: no two threads
ever race for anything.
"""

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import time_machine

START = datetime(2027, 5, 20, 8, tzinfo=UTC)
"""When a day begins."""


class NothingLeftError(Exception):
    """Everybody waits for somebody, and no timer runs: that would go on for ever."""


class _Selector(selectors.DefaultSelector):
    """Does not wait for files: it passes the time that it is asked to wait."""

    pass_time: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise NothingLeftError
        self.pass_time(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a time of its own, beginning at 0."""

    def __init__(self, wall: time_machine.Traveller) -> None:
        selector = _Selector()
        selector.pass_time = self._pass
        self._now, self._wall = 0.0, wall
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the beginning of the day."""
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        self._wall.shift(seconds)

    def set_wall_clock(self, seconds: float) -> None:
        """Put the clock on the wall forward, or back, by so many seconds."""
        self._wall.shift(seconds)

    def run_in_executor(  # type: ignore[override]
        self, executor: object, function: Callable[..., Any], *arguments: Any
    ) -> "asyncio.Future[Any]":
        """Do it at once."""
        done = self.create_future()
        try:
            done.set_result(function(*arguments))
        except Exception as error:
            done.set_exception(error)
        return done


@contextmanager
def virtual_time() -> Iterator[VirtualLoop]:
    """A loop to run a day in; the clock on the wall is its own meanwhile."""
    with time_machine.travel(START, tick=False) as wall:
        loop = VirtualLoop(wall)
        asyncio.set_event_loop(loop)
        try:
            yield loop
        finally:
            asyncio.set_event_loop(None)
            loop.close()
