"""Pages speak the reader's language and let nothing run that somebody wrote."""

import pytest
from markupsafe import escape

from app.console.page import clock_time, preferred_languages
from tests.api import Api
from tests.app.console.reader import PageReader, event_with

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
