"""Webhooks: who is told, outside of this service, of what happens to events.

The answers that show a secret are kept nowhere: making one and renewing its secret take no
Idempotency-Key. A webhook that was made twice is deleted once.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import OURS
from app.errors import Invalid, NotFound, StateConflict
from app.http.access import CallerDep
from app.http.body import MERGE_PATCH, Sent, json_body, no_body, openapi_body, raw_body
from app.http.conditional import JSON, json_answer
from app.http.idempotency import IdempotentDep
from app.http.keys import Caller
from app.http.openapi import headed, refuses
from app.http.state import SettingsDep, StoreDep
from app.store import events, outbox, webhooks
from app.store.webhooks import StoredWebhook
from app.strict_json import parse_as
from app.webhooks.destination import check_destination
from app.webhooks.signature import new_webhook_secret
from schemas.webhook import (
    DeliveryList,
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookList,
    WebhookWithSecret,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

MOST_WEBHOOKS = 50
"""Webhooks of one organisation: what happens is written once for each."""

WebhookId = Annotated[
    str, Path(description="The id that the server gave the webhook.", json_schema_extra=OURS)
]
NO_BODY = Annotated[Sent[None], Depends(no_body)]


@refuses(NotFound)
async def webhook_in_path(
    webhook_id: WebhookId, caller: CallerDep, store: StoreDep
) -> StoredWebhook:
    """The webhook of the path, if it is the caller's organisation's."""
    async with store.read() as connection:
        return await _found(connection, webhook_id, caller.organisation)


WebhookDep = Annotated[StoredWebhook, Depends(webhook_in_path)]


@router.post(
    "",
    status_code=201,
    response_model=WebhookWithSecret,
    responses={201: headed("Location")},
    openapi_extra=openapi_body(NewWebhook),
)
@refuses(Invalid, StateConflict)
async def create_webhook(
    caller: CallerDep,
    store: StoreDep,
    settings: SettingsDep,
    sent: Annotated[Sent[NewWebhook], Depends(json_body(NewWebhook))],
) -> Response:
    """Have a url told of what happens to one event, or to all. The secret is shown this once."""
    new, secret = sent.document, new_webhook_secret()
    check_destination(new.url, local=settings.webhooks_local)
    async with store.write() as connection:
        await _check_room(connection, caller, new.event)
        kinds = tuple(dict.fromkeys(new.events))
        stored = await webhooks.add(
            connection, caller.organisation, new.event, new.url, kinds, secret
        )
    return _with_secret(stored, secret, status=201)


async def _check_room(connection: AsyncConnection, caller: Caller, event_id: str | None) -> None:
    """Refuse what is about no event of the caller's, or one webhook too many."""
    if event_id is not None and not await events.find(connection, event_id, caller.organisation):
        raise Invalid.at("/event", "unknown_event", "there is no event of this id")
    if len(await webhooks.listing(connection, caller.organisation)) >= MOST_WEBHOOKS:
        message = f"an organisation has at most {MOST_WEBHOOKS}: delete one"
        raise StateConflict.at("", "too_many_webhooks", message)


@router.get("", response_model=WebhookList)
async def list_webhooks(caller: CallerDep, store: StoreDep) -> Response:
    """The organisation's webhooks, oldest first, without their secrets."""
    async with store.read() as connection:
        rows = await webhooks.listing(connection, caller.organisation)
    return json_answer(WebhookList(webhooks=tuple(row.webhook() for row in rows)))


@router.get("/{webhook_id}", response_model=Webhook)
async def get_webhook(stored: WebhookDep) -> Response:
    """A webhook without its secret."""
    return json_answer(stored.webhook())


@router.patch(
    "/{webhook_id}",
    response_model=Webhook,
    openapi_extra=openapi_body(WebhookChange, media=(MERGE_PATCH, JSON)),
)
@refuses(Invalid, StateConflict)
async def change_webhook(
    stored: WebhookDep,
    store: StoreDep,
    settings: SettingsDep,
    sent: Annotated[Sent[bytes], Depends(raw_body("body_bytes", MERGE_PATCH))],
) -> Response:
    """Change the url or the kinds, have messages wait, or have those sent that wait."""
    change = parse_as(WebhookChange, sent.document)
    if change.url:
        check_destination(change.url, local=settings.webhooks_local)
    async with store.write() as connection:
        await _change(connection, stored, change)
        now = await _found(connection, stored.id, stored.organisation)
    return json_answer(now.webhook())


async def _change(
    connection: AsyncConnection, stored: StoredWebhook, change: WebhookChange
) -> None:
    now = await _found(connection, stored.id, stored.organisation, lock=True)
    if now.state == "ended":
        message = "the other side wants no more: make another webhook"
        raise StateConflict.at("", "ended", message)
    values: dict[str, object] = {"url": change.url} if change.url else {}
    values |= {"kinds": tuple(dict.fromkeys(change.events))} if change.events else {}
    if change.paused is not None:
        values["state"] = "paused" if change.paused else "active"
    if values:
        await webhooks.change(connection, stored.id, **values)
    if change.url or change.paused is False:
        await outbox.begin_anew(connection, stored.id)


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(stored: WebhookDep, store: StoreDep) -> Response:
    """Delete the webhook with its messages; what waits is not sent any more."""
    async with store.write() as connection:
        await webhooks.remove(connection, stored.id)
    return Response(status_code=204)


@router.post("/{webhook_id}/secret", response_model=WebhookWithSecret)
async def renew_webhook_secret(stored: WebhookDep, store: StoreDep, _sent: NO_BODY) -> Response:
    """Make a new secret. Messages are signed with the one before as well, for 24 hours."""
    secret = new_webhook_secret()
    async with store.write() as connection:
        await webhooks.rotate(connection, stored, secret)
        now = await _found(connection, stored.id, stored.organisation)
    return _with_secret(now, secret)


@router.delete("/{webhook_id}/secret/old", status_code=204)
async def end_old_webhook_secret(stored: WebhookDep, store: StoreDep) -> Response:
    """Sign with the newest secret alone from now on."""
    async with store.write() as connection:
        await webhooks.end_old_secret(connection, stored.id)
    return Response(status_code=204)


@router.post("/{webhook_id}/test", status_code=202, response_model=DeliveryList)
@refuses(StateConflict)
async def test_webhook(stored: WebhookDep, once: IdempotentDep, sent: NO_BODY) -> Response:
    """Send a message of kind `webhook.test`; it is the first of the deliveries answered."""
    if stored.state != "active":
        message = f"it is {stored.state}, so nothing is sent"
        raise StateConflict.at("", "not_active", message)

    async def ask(connection: AsyncConnection) -> Response:
        await outbox.append_test(connection, stored.id)
        return json_answer(await _deliveries(connection, stored), status=202)

    return await once(sent, ask)


@router.get("/{webhook_id}/deliveries", response_model=DeliveryList)
async def list_deliveries(stored: WebhookDep, store: StoreDep) -> Response:
    """The newest 100 messages and what became of them, newest first."""
    async with store.read() as connection:
        return json_answer(await _deliveries(connection, stored))


async def _deliveries(connection: AsyncConnection, stored: StoredWebhook) -> DeliveryList:
    is_active = stored.state == "active"
    rows = await outbox.deliveries(connection, stored.id, is_active=is_active)
    return DeliveryList(deliveries=tuple(rows))


async def _found(
    connection: AsyncConnection, webhook_id: str, organisation: str, *, lock: bool = False
) -> StoredWebhook:
    found = await webhooks.find(connection, webhook_id, organisation, lock=lock)
    if found is None:
        raise NotFound
    return found


def _with_secret(stored: StoredWebhook, secret: str, status: int = 200) -> Response:
    """The answer that shows a secret, to its caller alone."""
    shown = WebhookWithSecret(**stored.webhook().model_dump(), secret=secret)
    place = {"Location": f"/v1/webhooks/{stored.id}"} if status == 201 else {}
    return json_answer(shown, status=status, headers={"Cache-Control": "no-store", **place})
