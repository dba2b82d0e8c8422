"""Pages offer what the reader's key opens, and nothing that would then be refused."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.api import ORGANISER, OWNER, READER, Api
from tests.app.console.reader import PageReader, reading
from tests.app.console.stored import planned_event

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def database() -> str:
    """Pages know no database: one will do."""
    return "sqlite"


@pytest.fixture
async def visitor(api: Api) -> AsyncIterator[PageReader]:
    """Somebody who has not signed in."""
    async with reading(api.app) as reader:
        yield reader


LINK = re.compile(r'<(?!form\b)[^<>]*?(?:href|hx-get)="(/[^"#]*)"')
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"')


async def walked(reader: PageReader) -> dict[str, str]:
    """By address, all that can be come to by links; every one of them is there."""
    seen, ahead = dict[str, str](), ["/"]
    while ahead:
        address = ahead.pop().replace("&amp;", "&")
        if address in seen:
            continue
        answer = await reader.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        seen[address] = answer.text
        if answer.headers["Content-Type"].startswith("text/html"):
            ahead += LINK.findall(answer.text)
    return seen


async def key_of(api: Api, role: str, event: str) -> str:
    """A key of this role and one event."""
    made = await api.as_(OWNER).send("POST", "/v1/keys", {"role": role, "event": event})
    return str(made.json()["secret"])


@pytest.mark.parametrize("role", ["organiser", "steward", "reader"])
async def test_whoever_has_a_key_of_an_event_is_offered_what_it_opens(
    api: Api, visitor: PageReader, role: str
) -> None:
    event = await planned_event(api, versions=2)
    await api.send("POST", f"/v1/events/{event}/schedules/1/publish")
    await visitor.sign_in(await key_of(api, role, event))
    pages = await walked(visitor)
    assert f"/events/{event}/board" in pages
    assert (f"/events/{event}/day" in pages) == (role != "reader")
    forms = {action for text in pages.values() for action in FORM.findall(text)}
    assert (forms == {"/sign-out"}) == (role != "organiser")
    assert not any(action.startswith("/series") for action in forms)


async def test_a_reader_of_all_events_is_offered_no_change(api: Api, visitor: PageReader) -> None:
    event = await planned_event(api)
    await api.send("POST", "/v1/series", {"name": "Breakfasts"})
    await visitor.sign_in(READER)
    pages = await walked(visitor)
    assert "Breakfasts" in pages["/series"]
    assert {action for text in pages.values() for action in FORM.findall(text)} == {"/sign-out"}
    for page in ("day", "rules", "settings", "webhooks", "after", "import", "attendees/a"):
        assert "does not open this" in await visitor.page(f"/events/{event}/{page}", 403)


async def test_an_organiser_is_offered_everything(api: Api, visitor: PageReader) -> None:
    event = await planned_event(api)
    await visitor.sign_in(ORGANISER)
    pages = await walked(visitor)
    for page in ("day", "rules", "settings", "webhooks", "after", "import", "attendees/a"):
        assert f"/events/{event}/{page}" in pages
