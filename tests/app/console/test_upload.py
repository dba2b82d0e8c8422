"""Files are sent where they belong: to a new event, or to the one that is there."""

import pytest

from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio

MORE = b"id,Name\nc,Carla\n"
PEOPLE = b"Name\nAnna\nBob\n"


async def test_more_people_come_into_the_event_of_the_page(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api)
    address = f"/events/{event}/file"
    assert f'data-address="{address}"' in await signed_in.page(f"/events/{event}/import")
    tried = await signed_in.send_file(address, MORE)
    assert "1 row" in tried.text
    assert len((await api.get(f"/v1/events/{event}"))["attendees"]) == 2
    kept = await signed_in.send_file(address, MORE, keep=True)
    assert kept.headers["Location"] == f"/events/{event}"
    assert len((await api.get(f"/v1/events/{event}"))["attendees"]) == 3


async def test_a_new_event_is_kept_once_it_is_said(signed_in: PageReader) -> None:
    assert "Keep 2 people" in (await signed_in.send_file("/new/file", PEOPLE)).text
    kept = await signed_in.send_file("/new/file", PEOPLE, keep=True)
    assert "2 people" in await signed_in.page(kept.headers["Location"])
