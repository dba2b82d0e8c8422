"""The page of webhooks: made with a secret shown once, tested, taken away."""

import re

import pytest

from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio


async def test_a_webhook_is_made_tested_and_taken_away(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, attendees=[{"id": "a"}, {"id": "b"}])
    path = f"/events/{event}/webhooks"
    made = await signed_in.submit(f"{path}/add", url="https://hooks.example.org/x")
    assert re.search(r'value="whsec_[\w+/=]{44}"', made.text)
    (webhook,) = (await api.get("/v1/webhooks"))["webhooks"]
    assert webhook["event"] == event
    await signed_in.submit(f"{path}/{webhook['id']}/test")
    page = await signed_in.page(path)
    assert "https://hooks.example.org/x" in page
    assert "webhook.test" in page
    assert "1 message waits." in page
    assert "whsec_" not in page
    await api.send("PATCH", f"/v1/webhooks/{webhook['id']}", {"paused": True})
    assert "until it is resumed" in await signed_in.page(path)
    await signed_in.submit(f"{path}/{webhook['id']}/resume")
    await signed_in.submit(f"{path}/{webhook['id']}/remove")
    assert (await api.get("/v1/webhooks"))["webhooks"] == []


async def test_a_url_that_leads_inward_is_refused_in_words(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, attendees=[{"id": "a"}, {"id": "b"}])
    refused = await signed_in.submit(f"/events/{event}/webhooks/add", url="https://127.0.0.1/")
    assert "this address is not public" in refused.text
