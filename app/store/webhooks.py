"""Stored webhooks. Their secrets are sealed, and no digests: every message is signed with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.ids import is_id, new_id
from app.store.sealed import EventText
from app.store.tables import webhook_messages as messages
from app.store.tables import webhooks
from schemas.webhook import Webhook, WebhookKind, WebhookState

OLD_SECRET_HOURS = 24
"""How long a secret that was replaced is good besides the new one."""


@dataclass(frozen=True)
class StoredWebhook:
    """A webhook of an organisation, or of one event of it; ``signing`` are its secrets."""

    id: str
    organisation: str
    event_id: str | None
    url: str
    kinds: tuple[WebhookKind, ...]
    state: WebhookState
    waiting: int
    signing: tuple[str, ...]
    old_secret_until: datetime | None
    created_at: datetime

    def webhook(self) -> Webhook:
        """The webhook as a caller sees it."""
        return Webhook(
            id=self.id,
            url=self.url,
            events=self.kinds,
            event=self.event_id,
            state=self.state,
            waiting=self.waiting,
            old_secret_until=self.old_secret_until,
            created_at=self.created_at,
        )


async def add(
    connection: AsyncConnection,
    organisation: str,
    event_id: str | None,
    url: str,
    kinds: Sequence[WebhookKind],
    secret: str,
) -> StoredWebhook:
    """Store a new webhook."""
    now, webhook_id = datetime.now(UTC), new_id()
    await connection.execute(
        webhooks.insert().values(
            id=webhook_id,
            organisation=organisation,
            event_id=event_id,
            url=url,
            kinds=" ".join(kinds),
            secret=EventText(event_id, secret),
            state="active",
            held_until=now,
            created_at=now,
        )
    )
    return StoredWebhook(
        webhook_id, organisation, event_id, url, tuple(kinds), "active", 0, (secret,), None, now
    )


async def listing(connection: AsyncConnection, organisation: str) -> Sequence[StoredWebhook]:
    """The organisation's webhooks, oldest first."""
    query = _rows().where(webhooks.c.organisation == organisation).order_by(webhooks.c.id)
    return [_stored(row) for row in await connection.execute(query)]


async def find(
    connection: AsyncConnection, webhook_id: str, organisation: str, *, lock: bool = False
) -> StoredWebhook | None:
    """The webhook, if it is of the organisation; ``lock`` keeps others from changing it."""
    if not is_id(webhook_id):
        return None
    query = _rows().where(webhooks.c.id == webhook_id, webhooks.c.organisation == organisation)
    if lock:
        query = query.with_for_update(of=webhooks)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _stored(row)


async def change(connection: AsyncConnection, webhook_id: str, **values: Any) -> None:
    """Set the url, the kinds or the state."""
    if "kinds" in values:
        values["kinds"] = " ".join(values["kinds"])
    await connection.execute(webhooks.update().where(webhooks.c.id == webhook_id).values(**values))


async def rotate(connection: AsyncConnection, stored: StoredWebhook, secret: str) -> None:
    """Sign with this secret from now on, and for a day with the one before as well."""
    await connection.execute(
        webhooks.update()
        .where(webhooks.c.id == stored.id)
        .values(
            secret=EventText(stored.event_id, secret),
            old_secret=webhooks.c.secret,
            old_secret_until=datetime.now(UTC) + timedelta(hours=OLD_SECRET_HOURS),
        )
    )


async def end_old_secret(connection: AsyncConnection, webhook_id: str) -> None:
    """Sign with the new secret alone."""
    await connection.execute(
        webhooks.update()
        .where(webhooks.c.id == webhook_id)
        .values(old_secret=None, old_secret_until=None)
    )


async def remove(connection: AsyncConnection, webhook_id: str) -> None:
    """Delete the webhook with its messages."""
    await connection.execute(webhooks.delete().where(webhooks.c.id == webhook_id))


def _rows() -> sa.Select[Any]:
    waiting = (
        sa.select(sa.func.count())
        .where(messages.c.webhook_id == webhooks.c.id, messages.c.state == "pending")
        .scalar_subquery()
    )
    return sa.select(webhooks, waiting.label("waiting"))


def signing_secrets(row: Any, now: datetime) -> tuple[str, ...]:
    """What is signed with now, by the columns of a webhook: the newest secret first."""
    old = row.old_secret if row.old_secret_until and row.old_secret_until > now else None
    return tuple(secret for secret in (row.secret, old) if secret is not None)


def _stored(row: Any) -> StoredWebhook:
    signing = signing_secrets(row, datetime.now(UTC))
    return StoredWebhook(
        id=row.id,
        organisation=row.organisation,
        event_id=row.event_id,
        url=row.url,
        kinds=tuple(row.kinds.split()),
        state=row.state,
        waiting=row.waiting,
        signing=signing,
        old_secret_until=row.old_secret_until if len(signing) > 1 else None,
        created_at=row.created_at,
    )
