"""Pages speak the reader's language, let nothing run, and offer what the reader's key opens."""

import re

import pytest
from markupsafe import escape

from app.console.page import clock_time, preferred_languages
from tests.api import ORGANISER, OWNER, READER, Api
from tests.app.console.reader import PageReader, event_with
from tests.app.console.stored import planned_event

pytestmark = pytest.mark.anyio

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "' onfocus=alert(1) autofocus='",
    "שלום <b>",
)


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("de-AT,de;q=0.9,en;q=0.7", ["de", "de", "en"]),
        ("en;q=0.5, fr", ["fr", "en"]),
        ("", [""]),
        ("de;q=much", []),
    ],
)
def test_the_language_dearest_to_the_browser_comes_first(header: str, codes: list[str]) -> None:
    assert preferred_languages(header) == codes


def test_times_are_hours_and_minutes() -> None:
    assert clock_time("2027-03-04T09:05:00") == "09:05"
    assert clock_time(None) == ""


async def test_a_page_is_in_german_for_who_prefers_german(signed_in: PageReader) -> None:
    assert 'lang="de"' in await signed_in.page("/new", language="de-CH, en;q=0.3")
    assert 'lang="en"' in await signed_in.page("/new", language="fr")


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_what_people_wrote_is_text(api: Api, signed_in: PageReader, payload: str) -> None:
    texts = {"name": payload, "organisation": payload, "offers": [payload], "needs": [payload]}
    event = await event_with(api, name=payload, attendees=[{"id": "a", **texts}, {"id": "b"}])
    for path in ("", "/attendees", "/attendees/a"):
        text = await signed_in.page(f"/events/{event}{path}")
        assert str(escape(payload)) in text
        assert payload == str(escape(payload)) or payload not in text


async def test_an_unknown_event_is_said_to_be_none(signed_in: PageReader) -> None:
    text = await signed_in.page("/events/0123456789abcdef0123456789abcdef", 404)
    assert "There is nothing at this address" in text


async def test_who_is_not_signed_in_is_led_to_sign_in(visitor: PageReader) -> None:
    answer = await visitor.client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    part = await visitor.client.get("/", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/sign-in"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/nowhere", "There is nothing at this address"),
        ("/demo", "There is nothing at this address"),  # takes forms alone
        ("/events/e/schedules/first", "There is nothing at this address"),
        ("/static/no.css", "There is nothing at this address"),
    ],
)
async def test_a_browser_is_told_in_a_page_that_nothing_is_there(
    visitor: PageReader, path: str, says: str
) -> None:
    wanted = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = await visitor.client.get(path, headers=wanted)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert says in answer.text
    assert '<a href="/">' in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/nowhere", "application/json", 404),
        ("/nowhere", "*/*", 404),
        ("/demo", "*/*", 405),
        ("/v1/nowhere", "text/html", 404),
        ("/v1/solve", "text/html", 405),
        ("/events/e/schedules/first", "*/*", 422),
    ],
)
async def test_all_others_are_answered_with_a_problem(
    visitor: PageReader, path: str, accept: str, status: int
) -> None:
    answer = await visitor.client.get(path, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


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
