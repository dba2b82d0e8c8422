"""Sends messages to webhooks: each until it comes through, in order within an event.

A message is claimed, sent and settled. A worker that dies in between leaves it claimed: it is sent
again, under the same id, once the claim has run out or a worker of that name begins.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.errors import Invalid
from app.logs import safe_traceback
from app.store import outbox
from app.store.engine import Store
from app.store.outbox import Outgoing
from app.webhooks.destination import check_destination
from app.webhooks.retries import next_try
from app.webhooks.sender import Resolve, Sender, SendError, resolve_host
from app.webhooks.signature import signed_headers
from app.workers.poller import Poller
from schemas.webhook import SendProblem, WebhookState

PLACES = 4
"""How many messages a worker sends at once, each to another webhook."""
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_AFTER_A_FAILURE = 1.0
GONE = 410
"""The answer by which somebody says that they want no more."""
DUE: Literal["due"] = "due"

log = structlog.get_logger(__name__)


def clock_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class SendOutcome(NamedTuple):
    """What came of a send: the status of the answer, if there was one, and what was wrong."""

    status: int | None
    problem: SendProblem | None


class Courier:
    """Sends what is due; ``local`` lets messages reach this machine, for tests."""

    def __init__(
        self,
        store: Store,
        holder: str,
        *,
        local: bool,
        resolve: Resolve = resolve_host,
        now: Callable[[], datetime] = clock_now,
    ) -> None:
        self._store, self._holder, self._local, self._now = store, holder, local, now
        self._sender = Sender(local=local, resolve=resolve)
        self._poller = Poller(store.committed, self._due, SECONDS_BETWEEN_LOOKS)

    async def work(self) -> None:
        """Send whatever comes, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(PLACES):
                    group.create_task(self._serve())
        finally:
            self._sender.close()
            await self._poller.close()

    async def release(self) -> None:
        """Let go of what a worker of this name held when it ended."""
        async with self._store.write() as connection:
            await outbox.free_all(connection, self._holder, self._now())

    async def send_next(self) -> bool:
        """Send one message that is due; False if there is none."""
        async with self._store.write(quiet=True) as connection:
            message = await outbox.claim(connection, self._holder, self._now())
        if message is None:
            return False
        await self._settle(message, await self._send(message))
        return True

    async def _serve(self) -> None:
        while True:
            try:
                await self._poller.answer(DUE)
                await self.send_next()
            except (SQLAlchemyError, OSError) as error:
                log.warning("messages wait", **safe_traceback(error))
                await asyncio.sleep(SECONDS_AFTER_A_FAILURE)

    async def _due(self, questions: Collection[Literal["due"]]) -> Mapping[Literal["due"], None]:
        async with self._store.read() as connection:
            is_due = await outbox.next_due(connection, self._now())
        return dict.fromkeys(questions) if is_due else {}

    async def _send(self, message: Outgoing) -> SendOutcome:
        headers = signed_headers(message.id, message.body, self._now(), message.signing)
        try:
            url = check_destination(message.url, local=self._local)
            status = await self._sender.post(url, headers, message.body)
        except Invalid:  # it was allowed when the webhook was made
            return SendOutcome(None, "address")
        except SendError as error:
            return SendOutcome(None, error.problem)
        return SendOutcome(status, None if 200 <= status < 300 else "answer")

    async def _settle(self, message: Outgoing, outcome: SendOutcome) -> None:
        """Keep what came of it; a webhook that failed for a day waits to be looked at."""
        now = self._now()
        again_at = next_try(message.id, message.tries, now)
        ended = outcome.problem is not None and again_at is None
        state: WebhookState | None = "failing" if ended else None
        if outcome.status == GONE:
            state, again_at = "ended", None
        if state is not None:
            log.warning("webhook stopped", webhook=message.webhook_id, state=state)
        async with self._store.write() as connection:
            await outbox.settle(
                connection,
                message,
                now,
                status=outcome.status,
                problem=outcome.problem,
                again_at=again_at,
                webhook_state=state,
            )
