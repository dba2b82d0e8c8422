"""Messages to webhooks: written in the transaction that they tell of, and sent by workers.

There is a row for each webhook that a message is for. Whoever sends holds the whole webhook for a
while, so that one message of it is on its way at a time, and of an event always the first that has
not come through. What is written of a send counts only with the ``fence`` it was begun with: who
comes back too late changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.engine import insert_new
from app.store.ids import new_id
from app.store.sealed import EventText
from app.store.tables import events, webhooks
from app.store.tables import webhook_messages as messages
from app.store.webhooks import signing_secrets
from schemas.webhook import TEST, Delivery, SendProblem, WebhookKind, WebhookState

SECONDS_TO_HOLD = 30.0
"""How long a webhook is held at most: longer than a message is on its way."""
MOST_DELIVERIES = 100


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent now, by whoever claimed it."""

    id: str
    webhook_id: str
    fence: int
    url: str
    body: str
    signing: tuple[str, ...]
    tries: int


async def is_awaited(connection: AsyncConnection, event_id: str, kind: WebhookKind) -> bool:
    """Whether any webhook is to be told of this kind."""
    return bool(await _subscribed(connection, event_id, kind))


async def append(
    connection: AsyncConnection, event_id: str, kind: WebhookKind, cause: str, data: Any
) -> None:
    """Have all webhooks told that ask for the kind; each of a ``cause`` in an event once.

    The caller holds the event's lock, so that messages are numbered in order.
    """
    for webhook_id in await _subscribed(connection, event_id, kind):
        await _add(connection, webhook_id, event_id, kind, cause, data)


async def append_test(connection: AsyncConnection, webhook_id: str) -> str:
    """Have one webhook told that this is a test; the id of the message."""
    data = {"webhook": webhook_id}
    return await _add(connection, webhook_id, None, TEST, new_id(), data)


async def _subscribed(
    connection: AsyncConnection, event_id: str, kind: WebhookKind
) -> Sequence[str]:
    """The webhooks that are told of a kind; those that are paused as well."""
    ours = sa.select(events.c.organisation).where(events.c.id == event_id).scalar_subquery()
    query = (
        sa.select(webhooks.c.id, webhooks.c.kinds)
        .where(
            webhooks.c.organisation == ours,
            webhooks.c.state != "ended",
            sa.or_(webhooks.c.event_id.is_(None), webhooks.c.event_id == event_id),
        )
        .order_by(webhooks.c.id)
    )
    rows = (await connection.execute(query)).all()
    return [row.id for row in rows if kind in row.kinds.split()]


async def _add(
    connection: AsyncConnection,
    webhook_id: str,
    event_id: str | None,
    kind: str,
    cause: str,
    data: Any,
) -> str:
    now, message_id = datetime.now(UTC), new_id()
    told = {"type": kind, "timestamp": now, "data": data}
    last = (
        sa.select(sa.func.coalesce(sa.func.max(messages.c.number), 0) + 1)
        .where(messages.c.webhook_id == webhook_id, messages.c.event_id == event_id)
        .scalar_subquery()
    )
    row: dict[str, object] = {
        "id": message_id,
        "webhook_id": webhook_id,
        "event_id": event_id,
        "number": last,
        "kind": kind,
        "cause": cause,
        "body": EventText(event_id, to_json(told)),
        "state": "pending",
        "due_at": now,
        "created_at": now,
    }
    await insert_new(connection, messages, row)
    return message_id


async def next_due(connection: AsyncConnection, now: datetime) -> bool:
    """Whether there is anything to send."""
    query = sa.select(sa.exists(_free_with_due(now)))
    return bool((await connection.execute(query)).scalar())


async def claim(connection: AsyncConnection, holder: str, now: datetime) -> Outgoing | None:
    """The message that is due, its webhook held; None if another was quicker, or none is due.

    Webhooks take turns: whichever was served least recently is next.
    """
    free = (
        _free_with_due(now)
        .order_by(webhooks.c.held_until, webhooks.c.id)
        .limit(1)
        .with_for_update(of=webhooks, skip_locked=True)
    )
    webhook_id = (await connection.execute(free)).scalar()
    if webhook_id is None:
        return None
    due = (
        sa.select(messages.c.id, messages.c.body, messages.c.tries)
        .where(messages.c.webhook_id == webhook_id, *_is_due(now))
        .order_by(messages.c.due_at, messages.c.id)
        .limit(1)
    )
    message = (await connection.execute(due)).one_or_none()
    if message is None:
        return None
    held = {"holder": holder, "held_until": now + timedelta(seconds=SECONDS_TO_HOLD)}
    secrets = (webhooks.c.secret, webhooks.c.old_secret, webhooks.c.old_secret_until)
    webhook = (
        await connection.execute(
            webhooks.update()
            .where(webhooks.c.id == webhook_id)
            .values(fence=webhooks.c.fence + 1, **held)
            .returning(webhooks.c.fence, webhooks.c.url, *secrets)
        )
    ).one()
    await connection.execute(
        messages.update()
        .where(messages.c.id == message.id)
        .values(attempts=messages.c.attempts + 1, tries=message.tries + 1)
    )
    return Outgoing(
        id=message.id,
        webhook_id=webhook_id,
        fence=webhook.fence,
        url=webhook.url,
        body=message.body,
        signing=signing_secrets(webhook, now),
        tries=message.tries + 1,
    )


def _free_with_due(now: datetime) -> sa.Select[Any]:
    """The webhooks that nobody holds, with a message that is due."""
    due = sa.exists().where(messages.c.webhook_id == webhooks.c.id, *_is_due(now))
    return sa.select(webhooks.c.id).where(
        webhooks.c.state == "active", webhooks.c.held_until <= now, due
    )


def _is_due(now: datetime) -> Sequence[sa.ColumnElement[bool]]:
    """What holds for a message whose time has come, none of its event waiting before it."""
    before = messages.alias("before")
    waits = sa.exists().where(
        before.c.webhook_id == messages.c.webhook_id,
        before.c.state == "pending",
        before.c.event_id == messages.c.event_id,
        before.c.number < messages.c.number,
    )
    return messages.c.state == "pending", messages.c.due_at <= now, sa.not_(waits)


async def free_all(connection: AsyncConnection, holder: str, now: datetime) -> None:
    """Let go of what a worker held that ended; whoever bears its name now holds nothing yet."""
    await connection.execute(
        webhooks.update()
        .where(webhooks.c.holder == holder, webhooks.c.held_until > now)
        .values(held_until=now, fence=webhooks.c.fence + 1)
    )


async def settle(
    connection: AsyncConnection,
    sent: Outgoing,
    now: datetime,
    *,
    status: int | None,
    problem: SendProblem | None,
    again_at: datetime | None,
    webhook_state: WebhookState | None = None,
) -> bool:
    """Keep what came of a send, and let the webhook go; False if it is another's by now.

    Without a ``problem`` it came through; with one it is tried ``again_at`` a time, if at all.
    """
    changed = {} if webhook_state is None else {"state": webhook_state}
    held = await connection.execute(
        webhooks.update()
        .where(webhooks.c.id == sent.webhook_id, webhooks.c.fence == sent.fence)
        .values(held_until=now, holder="", **changed)
    )
    if held.rowcount != 1:
        return False
    told: dict[str, Any] = {"last_status": status, "problem": problem}
    told |= {"state": "delivered"} if problem is None else {"due_at": again_at or now}
    await connection.execute(messages.update().where(messages.c.id == sent.id).values(**told))
    if webhook_state == "ended":
        await drop_pending(connection, sent.webhook_id)
    return True


async def drop_pending(connection: AsyncConnection, webhook_id: str) -> None:
    """Send nothing more of what waits."""
    await connection.execute(
        messages.update().where(*_pending_of(webhook_id)).values(state="dropped")
    )


async def begin_anew(connection: AsyncConnection, webhook_id: str) -> None:
    """Try all that waits at once, with a whole day before it is given up."""
    await connection.execute(
        messages.update().where(*_pending_of(webhook_id)).values(tries=0, due_at=datetime.now(UTC))
    )


def _pending_of(webhook_id: str) -> Sequence[sa.ColumnElement[bool]]:
    return messages.c.webhook_id == webhook_id, messages.c.state == "pending"


async def forget_tests(connection: AsyncConnection, before: datetime) -> None:
    """Remove old tests; all other messages go with their event, or with their webhook."""
    await connection.execute(
        messages.delete().where(messages.c.event_id.is_(None), messages.c.created_at < before)
    )


async def deliveries(
    connection: AsyncConnection, webhook_id: str, *, is_active: bool
) -> Sequence[Delivery]:
    """The newest messages of a webhook, newest first; of one that waits none is tried soon."""
    query = (
        sa.select(messages)
        .where(messages.c.webhook_id == webhook_id)
        .order_by(messages.c.id.desc())
        .limit(MOST_DELIVERIES)
    )
    return [_delivery(row, is_active) for row in await connection.execute(query)]


def _delivery(row: Any, is_active: bool) -> Delivery:
    return Delivery(
        id=row.id,
        type=row.kind,
        event=row.event_id,
        state=row.state,
        attempts=row.attempts,
        next_attempt_at=row.due_at if is_active and row.state == "pending" else None,
        last_status=row.last_status,
        problem=row.problem,
        created_at=row.created_at,
    )
