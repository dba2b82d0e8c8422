"""What was understood of a profile, over HTTP: as things stand, and for the organiser alone."""

import pytest

from app.routes import understanding as route
from tests.api import OTHER, READER, Api
from tests.databases import SQLITE_ONLY

pytestmark = pytest.mark.anyio

PEOPLE = [
    {
        "id": "a",
        "needs": ["a new website for our firm", {"text": "quokka rescue", "shown_to": "nobody"}],
        "offers": ["n/a"],
    },
    {"id": "b", "offers": ["website design for small firms"]},
]


async def test_a_profile_is_read_against_the_room(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    found = await api.get(f"{url}/attendees/a/understood")
    website, secret = found["needs"]
    assert [(row["attendees"], row["fit"]) for row in website["offers"]] == [(["b"], "meets")]
    assert (secret["text"], secret["shown_to"]) == ("quokka rescue", "nobody")
    assert found["says_nothing"] == [{"field": "offers", "text": "n/a"}]
    assert "Say what you offer instead of 'n/a', which says nothing." in found["advice"]


async def test_one_word_settles_what_was_not_understood(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    (near,) = (await api.get(f"{url}/attendees/a/understood"))["needs"][1]["offers"]
    assert near["fit"] == "perhaps"
    pair = {"need": "quokka rescue", "offer": near["text"]}
    await api.send("POST", f"{url}/matching/confirm", pair)
    (near,) = (await api.get(f"{url}/attendees/a/understood"))["needs"][1]["offers"]
    assert (near["worth"], near["fit"]) == (1, "meets")


@SQLITE_ONLY
async def test_what_was_understood_is_cached_by_the_tag_of_the_event(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    tag, place = await api.tag(url), f"{url}/attendees/b/understood"
    assert (await api.send("GET", place)).headers["ETag"] == tag
    answer = await api.send("GET", place, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@SQLITE_ONLY
async def test_it_is_for_the_organiser_of_the_event(api: Api) -> None:
    url = await api.create(attendees=PEOPLE)
    place = f"{url}/attendees/a/understood"
    await api.as_(READER).refuses("GET", place, status=403, hides="quokka")
    await api.as_(OTHER).refuses("GET", place, status=404)
    await api.refuses("GET", f"{url}/attendees/z/understood", status=404)


@SQLITE_ONLY
async def test_profiles_of_an_event_beyond_all_bounds_are_not_read(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await api.create()
    monkeypatch.setattr(route, "MOST_ATTENDEES", 1)
    place = f"{url}/attendees/a/understood"
    await api.refuses("GET", place, status=409, code="too_many_attendees", about=url)
