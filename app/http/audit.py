"""The audit log as it is written: what changes something is told before it is answered.

Acts of requests that end together are written together. What cannot be written is kept for later,
and nobody waits for it: a full disk is to stop no day.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.keys import Caller
from app.http.policy import is_audited
from app.store import audit_log
from app.store.audit_log import StoredAct
from app.store.engine import Store
from app.store.ids import is_id, new_id
from app.workers.waiting import wait_for_event

PATIENCE_SECONDS = 2.0
SECONDS_AFTER_A_FAILURE = 1.0
SECONDS_BETWEEN_CLEANINGS = 3600.0
MOST_WAITING = 100_000
"""Acts that are kept while the database is away; then the oldest go, and the log says so."""
FORBIDDEN = 403

log = structlog.get_logger(__name__)


class AuditTrail:
    """Writes down what was done with keys, for ``days``."""

    def __init__(self, store: Store, days: int) -> None:
        self._store, self._kept = store, timedelta(days=days)
        self._waiting: list[StoredAct] = []
        self._written = asyncio.Event()
        self._more = asyncio.Event()
        self._is_away = False
        self._cleaned_at = -SECONDS_BETWEEN_CLEANINGS

    def add(self, act: StoredAct) -> asyncio.Event:
        """Have an act written; the event tells when it is."""
        if len(self._waiting) >= MOST_WAITING:
            log.warning("an act is left out of the audit log: the database is away")
            del self._waiting[0]
        self._waiting.append(act)
        self._more.set()
        if self._is_away:
            self._written.set()
        return self._written

    async def run(self) -> None:
        """Write whatever comes."""
        while True:
            await self._more.wait()
            try:
                await self.write()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the audit log cannot be written", error=type(error).__name__)
                await asyncio.sleep(SECONDS_AFTER_A_FAILURE)

    async def close(self) -> None:
        """Write what is left, if that can be."""
        with suppress(SQLAlchemyError, OSError):
            await self.write()

    async def write(self) -> None:
        """Write all that waits, in one transaction."""
        if not self._waiting:
            return
        acts, written = self._waiting, self._written
        self._waiting, self._written = [], asyncio.Event()
        self._more.clear()
        try:
            async with self._store.write(quiet=True) as connection:
                await audit_log.append(connection, acts)
                if monotonic() - self._cleaned_at > SECONDS_BETWEEN_CLEANINGS:
                    await audit_log.forget(connection, datetime.now(UTC) - self._kept)
                    self._cleaned_at = monotonic()
            self._is_away = False
        except BaseException:
            self._is_away = True
            self._waiting = acts + self._waiting
            self._more.set()
            raise
        finally:
            written.set()


class Audit:
    """ASGI middleware: what the policy wants told of a request is added to the trail."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; who asks is known when it is answered."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                await _tell(scope, message["status"])
            await send(message)

        await self._app(scope, receive, tell)


async def _tell(scope: Scope, status: int) -> None:
    """Add what was done; a caller who changed something is answered when it is written."""
    state = scope.get("state", {})
    caller: Caller | None = state.get("caller")
    changes = scope["method"] != "GET"
    if caller is None or not is_audited(
        state["operation"], changes=changes, refused=status == FORBIDDEN
    ):
        return
    trail: AuditTrail = scope["app"].state.audit
    written = trail.add(_act(caller, state["operation"], scope, status))
    is_waited_for = changes and status != FORBIDDEN
    if is_waited_for and not await wait_for_event(PATIENCE_SECONDS, written):
        log.warning("answered before the audit log was written")


def _act(caller: Caller, operation: str, scope: Scope, status: int) -> StoredAct:
    event_id = scope.get("path_params", {}).get("event_id", "")
    return StoredAct(
        id=new_id(),
        organisation=caller.organisation,
        at=datetime.now(UTC),
        key=caller.key,
        role=caller.role,
        operation=operation,
        event_id=event_id if is_id(event_id) else None,
        status=status,
    )
