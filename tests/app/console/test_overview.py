"""The event at a glance: findings with names, and times that are missing."""

import pytest

from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio

NO_TIMES = "The rounds have no times yet"
TIMED = {"count": 2, "first_starts_at": "2027-03-04T09:00:00"}


async def test_what_was_found_is_told_as_on_the_page_of_the_diagnosis(
    api: Api, signed_in: PageReader
) -> None:
    event = await event_with(
        api, attendees=[{"id": "a", "name": "Ada", "intents": ["mentor"]}, {"id": "b"}]
    )
    told = [
        (await signed_in.page(f"/events/{event}/{path}")).partition('<ul class="findings">')[2]
        for path in ("findings", "diagnosis")
    ]
    first, other = (text.partition("</ul>")[0] for text in told)
    assert "Ada" in first
    assert first == other


async def test_rounds_without_times_lead_to_the_settings(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api)
    text = await signed_in.page(f"/events/{event}")
    assert NO_TIMES in text
    assert f'<a href="/events/{event}/settings">Say when they are</a>' in text


async def test_of_rounds_with_times_nothing_is_said(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, rounds=TIMED)
    assert NO_TIMES not in await signed_in.page(f"/events/{event}")
