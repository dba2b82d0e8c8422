"""The page of an attendee in the browser: by their link, on a small screen, without a network."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.processes import Client

PAYLOADS = (
    "<img src=x onerror=window.__pwned=1>",
    "</script><script>window.__pwned=1</script>",
    '"><b onmouseover=window.__pwned=1>',
    "{{ 7 * 7 }}",
)
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True}


def people() -> list[dict[str, Any]]:
    """Six, among them one whose name is written from right to left, and one who means harm."""
    return [
        {"id": "a", "name": "Ada Berg", "needs": ["a website"]},
        {"id": "b", "name": "בר לוי", "organisation": PAYLOADS[0], "offers": ["a website"]},
        {"id": "c", "name": "Cid Holm"},
        {"id": "d", "name": PAYLOADS[1], "organisation": PAYLOADS[2], "offers": [PAYLOADS[0]]},
        {"id": "e", "name": "Elsa-Wilhelmina-Friederike von-und-zu-Hohenlangenburg-Unterstetten"},
        {"id": "f", "name": PAYLOADS[3]},
    ]


@pytest.fixture
def place(service: Client) -> str:
    """The address in the api of an event with a published schedule: everybody meets everybody."""
    ids = "abcdef"
    benefits = [{"attendee": a, "partner": b, "value": 0.5} for a in ids for b in ids if a != b]
    first = {"count": 5, "first_starts_at": "2027-03-04T09:00:00"}
    event = service.event(name="A day", rounds=first, attendees=people(), benefits=benefits)
    service.published(event)
    return event


@pytest.fixture
def phone(chromium: Browser, service: Client) -> Iterator[BrowserContext]:
    """A phone, whose network is cut at times."""
    context = chromium.new_context(base_url=str(service.http.base_url), **PHONE)
    yield context
    context.close()


def followed(context: BrowserContext, service: Client, place: str, who: str = "a") -> Page:
    """The page after somebody's link was followed."""
    link = service.http.post(f"{place}/attendees/{who}/link").json()["path"]
    page = context.new_page()
    page.goto(link)
    expect(page.locator("#who")).not_to_be_empty()
    return page


def reported(service: Client, place: str) -> list[tuple[str, str | None, int | None]]:
    log = service.get(f"{place}/incidents")["incidents"]
    return [(row["kind"], row.get("attendee"), row.get("round")) for row in log]


def test_a_link_opens_the_day_and_leaves_no_secret_behind(
    phone: BrowserContext, service: Client, place: str
) -> None:
    page = followed(phone, service, place)
    assert page.url.endswith("/me")
    expect(page.locator("#who")).to_have_text("Ada Berg")
    agenda = service.get(f"{place}/attendees/a/agenda")
    first = agenda["rounds"][0]["meetings"][0]
    expect(page.locator("#next .partner")).to_have_text(first["partner"]["name"])
    expect(page.locator("#next .number b")).to_have_text(str(first["table"]))
    expect(page.locator("#rounds > li")).to_have_count(5)
    (cookie,) = phone.cookies(f"{page.url.removesuffix('/me')}/v1/me")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/v1/me")
    secret = cookie["value"]
    seen = page.evaluate(
        "JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}, location.href,"
        " document.documentElement.outerHTML])"
    )
    assert secret not in seen
    page.go_back()
    assert secret not in page.url
    page.go_forward()
    expect(page.locator("#who")).to_have_text("Ada Berg")


def test_the_number_of_a_table_stands_in_one_line(
    phone: BrowserContext, service: Client, place: str
) -> None:
    page = followed(phone, service, place)
    number = page.locator("#next .number b").first
    before = number.evaluate("b => b.offsetHeight")
    page.locator("#next .partner").first.evaluate("p => (p.textContent = 'Word '.repeat(20))")
    assert number.evaluate("b => (b.textContent = '248', b.offsetHeight)") == before


def test_a_round_is_skipped_and_stewards_see_it(
    phone: BrowserContext, page: Page, service: Client, place: str
) -> None:
    page.goto(f"{place.removeprefix('/v1')}/day")
    own = followed(phone, service, place)
    own.get_by_role("button", name="Skip round 1 quietly").tap()
    steward = page.locator("#people li").filter(has_text="Ada Berg")
    expect(steward).to_contain_text("takes a pause")
    assert reported(service, place) == [("pause", "a", 1)]
    expect(own.locator("#report")).to_contain_text("not expected in these rounds: 1")
    own.get_by_role("button", name="I am there after all").tap()
    expect(own.get_by_role("button", name="Skip round 1 quietly")).to_be_visible()
    own.get_by_text("I am late", exact=True).tap()
    own.get_by_role("button", name="from round 3 on").tap()
    expect(own.locator("#report")).to_contain_text("not expected in these rounds: 1, 2")


def test_without_a_network_the_day_stays_and_taps_wait(
    phone: BrowserContext, service: Client, place: str
) -> None:
    own = followed(phone, service, place)
    own.wait_for_function("caches.match(location.href)")
    phone.set_offline(True)
    expect(own.locator("#connection")).to_contain_text("No connection")
    own.get_by_role("button", name="Skip round 1 quietly").tap()
    expect(own.locator("#connection")).to_contain_text("not sent yet")
    own.reload()
    expect(own.locator("#who")).to_have_text("Ada Berg")
    expect(own.locator("#rounds > li")).to_have_count(5)
    expect(own.locator("#connection")).to_contain_text("No connection: this is as of")
    phone.set_offline(False)
    expect(own.locator("#connection")).to_contain_text("Connected")
    expect(own.locator("#report")).to_contain_text("not expected in these rounds: 1")
    assert reported(service, place) == [("pause", "a", 1)]


def test_feedback_takes_two_taps_and_is_remembered(
    phone: BrowserContext, service: Client, place: str
) -> None:
    service.report(place, {"id": "s", "kind": "round_started", "round": 1})
    own = followed(phone, service, place)
    own.get_by_role("button", name="Worth it", exact=True).tap()
    own.get_by_role("button", name="I would recommend them").tap()
    expect(own.locator("#connection")).to_contain_text("Connected")
    expect(own.locator("#connection")).not_to_contain_text("not sent yet")
    (counts,) = service.get(f"{place}/feedback")["attendees"]
    assert (counts["valuable"], counts["would_refer"]) == (1, 1)
    other = phone.browser.new_context(base_url=str(service.http.base_url))  # type: ignore[union-attr]
    again = followed(other, service, place)
    worth = again.get_by_role("button", name="Worth it", exact=True)
    expect(worth).to_have_attribute("aria-pressed", "true")
    other.close()


def test_wishes_are_told_before_the_day(phone: BrowserContext, service: Client) -> None:
    place = service.event(rounds={"count": 2}, attendees=people())
    own = followed(phone, service, place)
    own.get_by_label("Their whole name").fill("holm cid")
    own.get_by_role("button", name="I would like to meet them").tap()
    expect(own.locator("#wished")).to_contain_text("Cid Holm")
    own.get_by_label("Their whole name").fill("בר לוי")
    own.get_by_role("button", name="I do not want to meet them").tap()
    expect(own.locator("#wished")).to_contain_text("בר לוי")
    row = service.get(f"{place}/attendees/a")
    assert ([want["id"] for want in row["wants"]], row["avoid"]) == (["c"], ["b"])
    own.locator("#wished li").filter(has_text="Cid").get_by_role("button").tap()
    expect(own.locator("#wished")).not_to_contain_text("Cid Holm")
    own.get_by_label("Their whole name").fill("Nobody At All")
    own.get_by_role("button", name="I would like to meet them").tap()
    expect(own.locator("#answer")).to_contain_text("Nobody on the list is called that")


@pytest.mark.parametrize("who", ["a", "b", "d", "e", "f"])
def test_a_narrow_screen_holds_any_name_and_runs_nobodys_words(
    phone: BrowserContext, service: Client, place: str, who: str
) -> None:
    service.report(place, {"id": "s", "kind": "round_started", "round": 1})
    own = followed(phone, service, place, who)
    for summary in own.locator("summary:visible").all():
        summary.tap()
    own.wait_for_load_state("networkidle")
    assert own.evaluate("document.documentElement.scrollWidth") <= 320
    assert own.evaluate("window.__pwned") is None
    small = own.evaluate(
        """[...document.querySelectorAll("button, a, summary, input")]
        .map((part) => [part.textContent, part.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
        .map(([text]) => text)"""
    )
    assert small == []
    if who == "b":
        assert (
            own.evaluate("getComputedStyle(document.querySelector('#who bdi')).direction") == "rtl"
        )


def test_a_link_that_was_ended_shows_nothing_any_more(
    phone: BrowserContext, service: Client, place: str
) -> None:
    own = followed(phone, service, place)
    service.http.delete(f"{place}/attendees/a/link")
    own.reload()
    expect(own.locator("#nobody")).to_contain_text("ask the organiser for a new one")
    expect(own.locator("#me")).to_be_hidden()
    assert own.evaluate("Object.keys(localStorage).filter((key) => key.includes('me:'))") == []


def test_two_people_at_one_phone_see_and_send_only_their_own(
    phone: BrowserContext, service: Client, place: str
) -> None:
    first = followed(phone, service, place)
    first.wait_for_function("caches.match(location.href)")
    phone.set_offline(True)
    first.get_by_role("button", name="Skip round 1 quietly").tap()
    expect(first.locator("#connection")).to_contain_text("not sent yet")
    first.goto("about:blank")  # what would send it is gone before the network is back
    first.close()
    phone.set_offline(False)
    second = followed(phone, service, place, "c")
    expect(second.locator("#who")).to_have_text("Cid Holm")
    expect(second.locator("#connection")).to_contain_text("Connected")
    assert reported(service, place) == []


def test_the_page_speaks_the_language_of_its_reader(chromium: Browser, service: Client) -> None:
    rows = [{"id": "a", "name": "Ada", "languages": ["de"]}, {"id": "b", "name": "Bo"}]
    place = service.event(rounds={"count": 1}, attendees=rows)
    for locale, who, said in (
        ("en-GB", "a", "Mein Tag"),
        ("de-AT", "b", "Mein Tag"),
        ("fr", "b", "My day"),
    ):
        context = chromium.new_context(base_url=str(service.http.base_url), locale=locale)
        page = followed(context, service, place, who)
        expect(page.locator("#day-title")).to_have_text(said)
        assert page.evaluate("document.documentElement.lang") == ("de" if "Mein" in said else "en")
        context.close()


def test_a_drop_out_comes_to_the_partners_page_without_being_asked_for(
    phone: BrowserContext, page: Page, service: Client, place: str
) -> None:
    agenda = service.get(f"{place}/attendees/a/agenda")
    name = agenda["rounds"][0]["meetings"][0]["partner"]["name"]
    phone.add_init_script("window.setInterval = () => 0")  # asks no more now and then
    own = followed(phone, service, place)
    expect(own.locator("#next .partner")).to_have_text(name)
    page.goto(f"{place.removeprefix('/v1')}/day")
    row = page.locator("#people li").filter(has_text=name)
    row.get_by_role("button", name="Leaves for good").click()
    expect(own.locator("#next")).not_to_contain_text(name)
