"""Webhooks that tell of an event: which there are, a test, and what became of messages."""

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Response

from app.console.api_client import ApiClient, ApiDep
from app.console.page import PagesDep
from app.http.access import check_own_page
from app.http.body import FormDep

router = APIRouter(prefix="/events/{event_id}/webhooks", include_in_schema=False)

PLACE = "/v1/webhooks"
MOST_SHOWN = 10
"""Deliveries of each webhook."""


@router.get("")
async def show_webhooks(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """Every webhook that is told of the event, and what was sent to it lately."""
    pages.check_may("list_webhooks")
    event = (await api.event(event_id)).document
    listed = (await api.get(PLACE))["webhooks"]
    ours = [webhook for webhook in listed if webhook["event"] in (None, event_id)]
    sent = await asyncio.gather(*(_sent(api, webhook["id"]) for webhook in ours))
    return pages.page("webhooks.html", event=event, webhooks=list(zip(ours, sent, strict=True)))


async def _sent(api: ApiClient, webhook_id: str) -> list[Any]:
    found: list[Any] = (await api.get(f"{PLACE}/{webhook_id}/deliveries"))["deliveries"]
    return found[:MOST_SHOWN]


@router.post("/add", dependencies=[Depends(check_own_page)])
async def add_webhook(pages: PagesDep, api: ApiDep, event_id: str, form: FormDep) -> Response:
    """Make a webhook of the event, and show its secret this once."""
    new = {"url": form.get("url", "").strip(), "event": event_id}
    made = (await api.send("POST", PLACE, new)).document
    event = (await api.event(event_id)).document
    return pages.page("webhook_secret.html", event=event, secret=made["secret"])


@router.post("/{webhook_id}/test", dependencies=[Depends(check_own_page)])
async def ask_for_test(pages: PagesDep, api: ApiDep, event_id: str, webhook_id: str) -> Response:
    """Send a test."""
    await api.send("POST", f"{PLACE}/{webhook_id}/test")
    return pages.go(f"/events/{event_id}/webhooks")


@router.post("/{webhook_id}/resume", dependencies=[Depends(check_own_page)])
async def resume_webhook(pages: PagesDep, api: ApiDep, event_id: str, webhook_id: str) -> Response:
    """Send what waits."""
    await api.send("PATCH", f"{PLACE}/{webhook_id}", {"paused": False})
    return pages.go(f"/events/{event_id}/webhooks")


@router.post("/{webhook_id}/remove", dependencies=[Depends(check_own_page)])
async def remove_webhook(pages: PagesDep, api: ApiDep, event_id: str, webhook_id: str) -> Response:
    """Delete a webhook."""
    await api.send("DELETE", f"{PLACE}/{webhook_id}")
    return pages.go(f"/events/{event_id}/webhooks")
