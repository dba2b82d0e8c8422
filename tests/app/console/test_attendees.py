"""Who comes: found by any word, changed without losing what the form does not show."""

import re
from typing import Any

import pytest

from app.console.attendees import changes_in, says
from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio

WEBSITE = {"text": "a website", "weight": 0.7, "shown_to": "nobody"}
ANNA: dict[str, Any] = {
    "id": "a",
    "name": "Anna",
    "organisation": None,
    "email": None,
    "offers": ("tax advice",),
    "needs": (WEBSITE,),
    "labels": {"role": "buyer"},
}


def test_all_words_have_to_stand_somewhere() -> None:
    assert says(ANNA, "ANNA tax")
    assert says(ANNA, "buyer")
    assert says(ANNA, "")
    assert not says(ANNA, "anna cakes")


def test_a_need_whose_words_stay_keeps_its_weight() -> None:
    form = {"name": "Anna", "needs": "a website\r\n\r\n new chairs ", "email": " "}
    assert changes_in(form, ANNA) == {"needs": [WEBSITE, "new chairs"]}


def test_a_form_that_says_the_same_changes_nothing() -> None:
    form = {"name": "Anna ", "offers": "tax advice", "organisation": ""}
    assert changes_in(form, {**ANNA, "offers": ["tax advice"]}) == {}


async def test_somebody_is_renamed(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, attendees=[{"id": "a+b", "name": "Ann"}, {"id": "b"}])
    path = f"/events/{event}/attendees/a%2Bb"
    place = f"/v1/events/{event}"
    tag = await api.tag(place)
    assert "Ann" in await signed_in.page(path)
    await signed_in.submit(path, etag=tag, name="Anna")
    assert (await api.get(place))["attendees"][0]["name"] == "Anna"


async def test_a_change_over_another_one_is_refused_and_told(
    api: Api, signed_in: PageReader
) -> None:
    event = await event_with(api)
    stale = await api.tag(f"/v1/events/{event}")
    answer = await signed_in.submit(f"/events/{event}/attendees/a", etag=stale, name="First")
    assert answer.status_code == 303
    answer = await signed_in.submit(f"/events/{event}/attendees/a", etag=stale, name="Second")
    assert answer.status_code == 412
    assert (await api.get(f"/v1/events/{event}/attendees/a"))["name"] == "First"


async def test_somebody_is_taken_off_the_list(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api)
    tag = await api.tag(f"/v1/events/{event}")
    await signed_in.submit(f"/events/{event}/attendees/b/remove", etag=tag)
    assert [who["id"] for who in (await api.get(f"/v1/events/{event}"))["attendees"]] == ["a"]


async def test_the_list_shows_those_who_are_looked_for(api: Api, signed_in: PageReader) -> None:
    people = [{"id": "a", "name": "Anna"}, {"id": "b", "name": "Bob", "offers": ["annals"]}]
    event = await event_with(api, attendees=[*people, {"id": "c", "name": "Carla"}])
    text = await signed_in.page(f"/events/{event}/attendees?q=anna")
    assert "2 people found" in text
    assert "Carla" not in text


async def test_a_link_is_made_shown_once_and_ended(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, attendees=[{"id": "a+b", "name": "<b>Ann"}, {"id": "b"}])
    path = f"/events/{event}/attendees/a%2Bb/link"
    answer = await signed_in.submit(path)
    found = re.search("http://localhost/me#(tertius_me_[A-Za-z0-9_-]+)", answer.text)
    assert found is not None
    assert "<b>Ann" not in answer.text
    own = {"Cookie": f"tertius_me={found[1]}", "Sec-Fetch-Site": "same-origin"}
    assert (await api.client.get("/v1/me", headers=own)).json()["attendee"]["name"] == "<b>Ann"
    assert (await signed_in.submit(f"{path}/end")).status_code == 303
    assert (await api.client.get("/v1/me", headers=own)).status_code == 401
