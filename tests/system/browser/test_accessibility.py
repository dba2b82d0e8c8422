"""WCAG 2.2 AA as far as a program can tell (axe-core), on every page, as it is shown to anybody."""

import os
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.processes import Client
from tests.system.browser.conftest import keep_picture

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
WIDTHS = (320, 768, 1920, 3840)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
SAMPLE = ((320, "light"), (768, "forced colours"), (1920, "light"), (3840, "dark"))
SHOWN = [*product(WIDTHS, LOOKS)] if os.environ.get("TERTIUS_SOAK") else SAMPLE
ELSEWHERE = ("/", "/new", "/sign-in", "/events/none", "/me", "/series")
PAGES = (
    *ELSEWHERE, "", "/attendees", "/attendees/a", "/import",
    "/schedules/1", "/schedules/1?view=people", "/day", "/board",
    "/schedules/1/quality", "/diagnosis", "/rules", "/settings", "/after",
    "/schedules/2/changes?from=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def event(service: Client) -> str:
    """The address of the page of an event whose first round runs."""
    people = [
        {"id": "a", "name": "Ada Sample", "offers": ["tax advice"], "needs": ["a website"]},
        {"id": "b", "name": "בר לוי", "offers": ["a website"], "needs": ["tax advice"]},
        {"id": "c", "name": "Cem Sample"},
        {"id": "d", "name": "Dora Sample", "offers": ["catering"]},
        {"id": "e", "name": "Emil Sample"},
    ]
    place = service.event(name="A day", rounds={"count": 3}, attendees=people)
    service.published(place)
    series = service.http.post("/v1/series", json={"name": "Days"}).json()["id"]
    service.http.put(f"/v1/series/{series}{place.removeprefix('/v1')}")
    service.report(place, {"id": "1", "kind": "round_started", "round": 1})
    service.report(place, {"id": "2", "kind": "drop_out", "attendee": "d"})
    return place.removeprefix("/v1")


@pytest.mark.parametrize(("width", "look"), SHOWN)
def test_no_page_breaks_a_rule(
    chromium: Browser, service: Client, event: str, width: int, look: str
) -> None:
    address = str(service.http.base_url)
    context = chromium.new_context(
        base_url=address,
        viewport={"width": width, "height": max(640, width * 9 // 16)},
        **LOOKS[look],
    )
    page = context.new_page()
    page.goto(service.http.post(f"/v1{event}/attendees/a/link").json()["path"])
    expect(page.locator("#who")).not_to_be_empty()  # from here on /me is a page of somebody
    series = service.get("/v1/series")["series"][0]
    broken = {}
    for path in (*PAGES, f"/series/{series['id']}"):
        page.goto(path if path in ELSEWHERE or path.startswith("/series") else event + path)
        if path == "/me":
            expect(page.locator("#next .partner").first).to_be_visible()
        elif path in ("/day", "/board"):  # what tells them of the room never ends
            expect(page.locator("#people li, #seats li").first).to_be_visible()
        else:
            page.wait_for_load_state("networkidle")
        named = path.replace(series["id"], "one") or "overview"
        keep_picture(page, named, look)
        found = Axe().run(page, options=RULES)
        if found.violations_count:
            broken[path] = found.generate_report()
    context.close()
    assert broken == {}, "\n".join(broken.values())


def test_what_has_the_focus_shows_it(page: Page, event: str) -> None:
    for path in ("", "/attendees", "/schedules/1", "/day"):
        page.goto(event + path)
        for _ in range(12):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outline")
            on_nothing = page.evaluate("document.activeElement === document.body")
            assert on_nothing or "solid 3px" in outline, path
