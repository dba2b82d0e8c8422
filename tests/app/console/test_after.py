"""Afterwards: what was said in numbers, and series."""

import pytest

from tests.api import Api
from tests.app.console.reader import PageReader, event_with
from tests.app.console.stored import planned_event

pytestmark = pytest.mark.anyio


async def test_before_anything_is_published_there_is_nobody_to_introduce(
    api: Api, signed_in: PageReader
) -> None:
    event = await event_with(api)
    text = await signed_in.page(f"/events/{event}/after")
    assert "Nobody has said anything yet." in text
    assert "Nothing is published yet." in text


async def test_what_was_said_is_told_in_numbers(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api)
    place = f"/v1/events/{event}"
    await api.send("POST", f"{place}/schedules/1/publish")
    for kind in ("round_started", "round_finished"):
        await api.send(
            "POST", f"{place}/incidents", {"incidents": [{"id": kind, "kind": kind, "round": 1}]}
        )
    one, other = (await api.get(f"{place}/schedules/1"))["rounds"][0]["meetings"][0]["attendees"]
    said = {"id": "f", "attendee": one, "partner": other, "valuable": True, "would_refer": True}
    await api.send("POST", f"{place}/feedback", {"feedback": [said]})
    text = await signed_in.page(f"/events/{event}/after")
    assert "1 answer: 1 found the meeting valuable, 1 would refer the other." in text
    assert text.count("1 / 1") == 6  # took place, valuable, would refer: of the person, the meeting


async def test_the_event_can_come_to_a_series_that_is_there(
    api: Api, signed_in: PageReader
) -> None:
    await api.send("POST", "/v1/series", {"name": "Breakfasts"})
    event = await event_with(api)
    text = await signed_in.page(f"/events/{event}/after")
    assert "Breakfasts</option>" in text
