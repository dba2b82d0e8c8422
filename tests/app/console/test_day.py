"""A steward signs in, and sees the day's page and the board of one event."""

import pytest

from app.store.access_keys import add, key_of, new_secret
from tests.api import Api
from tests.app.console.reader import OWN_PAGE, PageReader, event_with

pytestmark = pytest.mark.anyio


async def steward_of(api: Api, event: str) -> str:
    """The secret of a new key."""
    secret = new_secret()
    async with api.store.write() as connection:
        await add(connection, key_of(secret, "acme", "steward", event), secret)
    return secret


async def test_a_steward_sees_the_day_and_the_board_of_one_event(
    api: Api, visitor: PageReader
) -> None:
    ours, other = await event_with(api, name="Ours"), await event_with(api, name="Not ours")
    await visitor.sign_in(await steward_of(api, ours))
    assert "Not ours" not in await visitor.page("/")
    for page in ("", "/day", "/board"):
        await visitor.page(f"/events/{ours}{page}")
        await visitor.page(f"/events/{other}{page}", 404)


async def test_a_steward_reports_what_happens_and_sees_who_has_come(
    api: Api, visitor: PageReader
) -> None:
    event = await event_with(api)
    await visitor.sign_in(await steward_of(api, event))
    here = {"incidents": [{"id": "i-1", "kind": "checked_in", "attendee": "a"}]}
    address = f"/v1/events/{event}/incidents"
    own = {"Sec-Fetch-Site": OWN_PAGE["Sec-Fetch-Site"]}
    assert (await visitor.client.post(address, json=here, headers=own)).status_code == 200
    (told,) = (await visitor.client.get(address)).json()["incidents"]
    assert (told["kind"], told["attendee"]) == ("checked_in", "a")
    assert (await visitor.client.get(f"/v1/events/{event}/live")).json()["proposals"] == []


async def test_a_steward_is_told_plainly_what_is_not_theirs(api: Api, visitor: PageReader) -> None:
    event = await event_with(api)
    await visitor.sign_in(await steward_of(api, event))
    answer = await visitor.submit(f"/events/{event}/solve", seconds="5")
    assert answer.status_code == 403
    assert "this is for the organiser" in answer.text
    assert "This did not work" in await visitor.page(f"/events/{event}/diagnosis", 403)
