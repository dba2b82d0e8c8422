"""From a spreadsheet to a published schedule, as an organiser does it, by keys alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.processes import Client

FIRST = ("Ada", "Ben", "Cleo", "Dev", "Esra", "Finn", "Gita", "Hugo", "Iris", "Jun", "Kai", "Lea")
TRADES = ("tax advice", "web design", "catering", "office cleaning")


@pytest.fixture(scope="module")
def spreadsheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve invented people, each with an offer that others need."""
    rows = ["Name;E-Mail;Company;What do you offer?;What do you need?;Remarks"]
    for k, name in enumerate(FIRST):
        offer, need = TRADES[k % 4], TRADES[(k + 1) % 4]
        rows.append(f"{name} Sample;{name.lower()}@example.org;{name} Ltd;{offer};{need};")
    file = tmp_path_factory.mktemp("files") / "people.csv"
    file.write_text("\n".join(rows), "utf-8")
    return file


def press_until(page: Page, *names: str, key: str = "Tab") -> None:
    """Move the focus by a key until what has it is called one of ``names``."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.textContent.trim()").startswith(names):
            return
    raise AssertionError(f"no key leads to {names}")


def test_by_keys_alone_from_a_file_to_a_published_schedule(page: Page, spreadsheet: Path) -> None:
    page.goto("/")
    press_until(page, "Choose a file", "New event from a spreadsheet")
    page.keyboard.press("Enter")
    page.set_input_files("#file", spreadsheet)  # the system's own dialogue is not ours to test
    expect(page.locator("#found")).to_be_focused()
    expect(page.locator("#found")).to_contain_text("12 rows: 12 new")
    press_until(page, "Keep 12 people")
    page.keyboard.press("Enter")
    page.wait_for_url("**/events/*")
    press_until(page, "Plan the meetings")
    page.keyboard.press("Enter")
    page.wait_for_url("**/solves/*")
    press_until(page, "Stop and keep the best")
    page.keyboard.press("Enter")
    page.wait_for_url("**/schedules/1")
    press_until(page, "Publish")
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_have_text("published")


def test_a_column_that_was_taken_for_something_else_is_corrected(
    page: Page, spreadsheet: Path
) -> None:
    page.goto("/new")
    page.set_input_files("#file", spreadsheet)
    page.locator("#column-6").focus()
    page.select_option("#column-6", "interests")
    expect(page.locator("#column-6[data-given]")).to_have_value("interests")
    expect(page.locator("#column-6")).to_be_focused()


def test_a_file_that_is_none_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "list.pdf"
    file.write_bytes(b"%PDF-1.7 and so on")
    page.goto("/new")
    # A refusal is a refused request as well, of which browsers tell in their console.
    page.route("**/new/file*", lambda route: route.fulfill(response=route.fetch(), status=200))
    page.set_input_files("#file", file)
    expect(page.get_by_role("alert")).to_contain_text("PDF")


@pytest.fixture(scope="module")
def event(service: Client) -> str:
    """The address of the page of an event with a published schedule."""
    people = [
        {
            "id": f"p{k}",
            "name": f"{name} Sample",
            "offers": [TRADES[k % 4]],
            "needs": [TRADES[(k + 1) % 4]],
        }
        for k, name in enumerate(FIRST)
    ]
    place = service.event(name="Sample day", rounds={"count": 4}, attendees=people)
    service.published(place)
    return place.removeprefix("/v1")


@pytest.mark.parametrize("path", ["", "/attendees", "/attendees/p0", "/schedules/1", "/import"])
def test_nothing_is_wider_than_a_narrow_screen(page: Page, event: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for address in (event + path, "/", "/new"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_why_two_meet_is_told_where_they_stand(page: Page, event: str) -> None:
    page.goto(event)
    page.locator("a.row").click()
    cell = page.locator(".cell").first
    first = cell.locator("bdi").first.inner_text()
    cell.click()
    expect(page.locator("#pair h2")).to_contain_text(first)


def test_those_who_are_looked_for_show_while_one_types(page: Page, event: str) -> None:
    page.goto(f"{event}/attendees")
    page.locator("#q").press_sequentially("cleo")
    expect(page.locator("#list")).to_contain_text("1 person found")
    expect(page.locator("#list tbody tr")).to_have_count(1)
