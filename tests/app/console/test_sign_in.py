"""A key in a cookie opens pages and api to our own pages alone."""

import pytest

from tests.api import OTHER, READER, TWO, Api
from tests.app.console.reader import OWN_PAGE, PageReader, event_with

pytestmark = pytest.mark.anyio


async def test_a_wrong_key_is_no_way_in(visitor: PageReader) -> None:
    answer = await visitor.submit("/sign-in", key="nobody's")
    assert "Nobody has this key" in answer.text
    assert "set-cookie" not in answer.headers


async def test_the_cookie_is_for_no_script_and_no_other_site(visitor: PageReader) -> None:
    answer = await visitor.submit("/sign-in", key=OTHER)
    told = answer.headers["Set-Cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told


async def test_signed_in_one_asks_the_api_itself(signed_in: PageReader) -> None:
    own = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    assert (await signed_in.client.get("/v1/events")).status_code == 200
    assert (await signed_in.client.post("/v1/events", json=TWO, headers=own)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_pages_from_elsewhere_change_nothing(
    signed_in: PageReader, headers: dict[str, str]
) -> None:
    for path in ("/v1/events", "/demo", "/sign-out"):
        answer = await signed_in.client.post(path, json=TWO, headers=headers)
        assert answer.status_code == 403, path


async def test_older_browsers_are_known_by_their_origin(signed_in: PageReader) -> None:
    answer = await signed_in.client.post("/demo", headers={"Origin": "http://localhost"})
    assert answer.status_code == 303


async def test_signed_out_one_is_nobody(signed_in: PageReader) -> None:
    assert (await signed_in.submit("/sign-out")).headers["Location"] == "/sign-in"
    assert (await signed_in.client.get("/v1/events")).status_code == 401


async def test_a_reader_may_look_and_not_change(api: Api, visitor: PageReader) -> None:
    event = await event_with(api)
    await visitor.sign_in(READER)
    assert "2 people" in await visitor.page(f"/events/{event}")
    answer = await visitor.submit(f"/events/{event}/solve", seconds="5")
    assert answer.status_code == 403
    assert "this key may only read" in answer.text


async def test_another_organisation_sees_nothing_of_it(api: Api, visitor: PageReader) -> None:
    event = await event_with(api, name="Ours alone")
    await visitor.sign_in(OTHER)
    assert "Ours alone" not in await visitor.page("/")
    await visitor.page(f"/events/{event}", 404)
    await visitor.page(f"/events/{event}/attendees", 404)
    posted = await visitor.client.post(f"/events/{event}/solve", headers=OWN_PAGE)
    assert posted.status_code == 404
