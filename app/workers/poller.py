"""The one way of waiting for what others write: a look for all who wait, none while nobody does.

One looks after a commit. Its signal can be lost, with the process or the connection that it came
through; so one also looks without it, seldom. A database that is away is asked again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.store.commit_signal import CommitSignal
from app.workers.waiting import wait_for_event

SECONDS_WITHOUT_A_SIGNAL = 3.0
"""How long one waits at most for a signal before one looks all the same."""

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Look = Callable[[Collection[Question]], Awaitable[Mapping[Question, Answer]]]
"""Those questions that have an answer by now."""

log = structlog.get_logger(__name__)


class Poller(Generic[Question, Answer]):
    """Questions that wait for their answers; between looks there are ``pause`` seconds or more."""

    def __init__(self, signal: CommitSignal, look: Look[Question, Answer], pause: float) -> None:
        self._signal, self._look, self._pause = signal, look, pause
        self._waiting: set[tuple[Question, asyncio.Future[Answer]]] = set()
        self._due = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody waits."""
        return not self._waiting

    async def answer(self, question: Question, seconds: float | None = None) -> Answer:
        """The answer as soon as there is one; TimeoutError if ``seconds`` are over before."""
        coming: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.add((question, coming))
        self._due.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(seconds):
                return await coming
        finally:
            self._waiting.discard((question, coming))
            if self.idle:
                self._due.set()  # which ends the looking

    async def close(self) -> None:
        """Let nobody wait, and look no more."""
        for _, coming in self._unanswered():
            coming.cancel()
        self._waiting.clear()
        self._due.set()
        if self._looking is not None:
            await self._looking  # not cancelled: half a read could keep its lock on the database

    async def _poll(self) -> None:
        with self._signal.received_by(self._due.set):
            while self._waiting:
                self._due.clear()
                await self._tell()
                await asyncio.sleep(self._pause)
                await wait_for_event(SECONDS_WITHOUT_A_SIGNAL, self._due)

    async def _tell(self) -> None:
        """Look once, and give everybody who waits the answer that there is."""
        try:
            answers = await self._look({question for question, _ in self._waiting})
        except (SQLAlchemyError, OSError) as error:
            log.warning("cannot look", error=type(error).__name__)
            return
        except Exception as error:  # a defect of ours: who waits is told, not kept waiting
            for _, coming in self._unanswered():
                coming.set_exception(error)
            return
        for question, coming in self._unanswered():
            if question in answers:
                coming.set_result(answers[question])

    def _unanswered(self) -> list[tuple[Question, asyncio.Future[Answer]]]:
        return [(question, coming) for question, coming in self._waiting if not coming.done()]
