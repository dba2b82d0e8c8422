"""Pictures are drawn, explored by keys, and interpret nothing that somebody wrote."""

from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from tests.processes import Client

EVIL = "<img src=x onerror=alert(1)>"
IDS = [f"p{k}" for k in range(9)]


@pytest.fixture(scope="module")
def event(service: Client) -> str:
    """The address of the page of an event with a published schedule, full of triangles."""
    benefits = [{"attendee": a, "partner": b, "value": 0.6} for a in IDS for b in IDS if a != b]
    people = [
        {"id": who, "name": f"Person {k}", "labels": {"role": EVIL if k % 2 else "guest"}}
        for k, who in enumerate(IDS)
    ]
    people[0]["name"] = EVIL
    place = service.event(name="Pictures", rounds={"count": 6}, attendees=people, benefits=benefits)
    service.published(place)
    return place.removeprefix("/v1")


def colours(page: Page, picture: str) -> Counter[str]:
    """How many pixels of a picture have which colour."""
    pixels: list[str] = page.evaluate(
        """(picture) => {
          const canvas = document.querySelector(`${picture} canvas`);
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          const colour = (k) => data.slice(4 * k, 4 * k + 3).join();
          return Array.from({ length: width * height }, (_, k) => colour(k));
        }""",
        picture,
    )
    return Counter(pixels)


PAGES = ("/schedules/1/quality", "/diagnosis", "/schedules/1/changes?from=1", "/rules")
MORE_PAGES = ("/settings", "/after")


@pytest.mark.parametrize("path", [*PAGES, *MORE_PAGES])
def test_no_page_is_wider_than_a_narrow_screen(page: Page, event: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(event + path)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_every_picture_is_drawn_in_our_colours(page: Page, event: str) -> None:
    page.goto(f"{event}/schedules/1/quality")
    for picture in ("#histogram", "#byes-of", "#network"):
        expect(page.locator(f"{picture} canvas")).to_be_visible()
        assert colours(page, picture)["11,93,78"] > 100, picture


def test_pictures_follow_when_it_gets_dark(page: Page, event: str) -> None:
    page.goto(f"{event}/schedules/1/quality")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("matchMedia('(prefers-color-scheme: dark)').matches")
    assert colours(page, "#histogram")["111,211,190"] > 100


def test_the_triangles_of_one_person_are_chosen_by_keys(page: Page, event: str) -> None:
    page.goto(f"{event}/schedules/1/quality")
    page.locator("#of").focus()
    page.keyboard.press("Home")
    page.keyboard.type("Person 3")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quality?of=p3#triangles")
    page.locator("#network ~ details summary").click()
    rows = page.locator("#network ~ details tbody tr")
    expect(rows.first).to_be_visible()
    assert all("Person 3" in row for row in rows.all_inner_texts())


def test_pointing_at_somebody_interprets_nothing_they_wrote(page: Page, event: str) -> None:
    page.goto(f"{event}/schedules/1/quality?of=p0")
    box = page.locator("#network").bounding_box()
    assert box is not None
    for x in range(20, int(box["width"]), 25):
        page.locator("#network").hover(position={"x": x, "y": box["height"] / 2})
    expect(page.locator("#network img")).to_have_count(0)
    expect(page.locator("main img")).to_have_count(0)


def test_what_an_edit_costs_is_told_before_it_is_done_by_keys(page: Page, event: str) -> None:
    page.goto(f"{event}/schedules/1")
    page.locator(".cell").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pair h2")).to_be_focused()
    page.get_by_role("button", name="Part them in round").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#price p")).to_be_focused()
    expect(page.locator("#price")).to_contain_text("It changes the day of:")
    page.get_by_role("button", name="Do it, as a new draft").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/schedules/2/changes?from=1")
    expect(page.locator(".changed").first).to_be_visible()
