"""How soon a page can be used, how large it is, how much it shifts; and pictures for the README.

python -m bench.pages                    1,000 attendees in 12 rounds; needs Debian's chromium
python -m bench.pages --news             how soon a tap on the day's page shows on other pages
python -m bench.pages --pictures docs    the demo's pages as pictures into a folder
"""

import argparse
import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from app.demo.service import begin_day
from app.settings import Settings
from bench.exports import event_with
from tests.processes import Client, site
from tests.system.browser.conftest import ARGUMENTS, CHROMIUM

PAGES = (
    "", "/attendees", "/attendees/p00005", "/schedules/1", "/schedules/1?view=people",
    "/schedules/1/quality", "/diagnosis", "/day", "/board",
)  # fmt: skip
VISITS = 5
FILLED = "main li, main td, main textarea"
"""What is there once a page can be used."""
SHIFT = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (sum += e.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""
WALL: Any = {"width": 3840, "height": 2160}
DROP_OUTS = 10
NOTE = """([selector, text]) => { window.gone = new Promise((done) => setInterval(() => {
  if (![...document.querySelectorAll(selector)].some((part) => part.textContent === text)) done(Date.now());
}, 10)); }"""  # noqa: E501 - a program in a line
"""Has a page note when a text no longer stands in any of the parts selected."""
TRADES = ("tax advice", "web design", "catering", "cleaning", "printing", "law", "insurance")
COLOURS = 64
SHOWN = ("", "/schedules/1", "/day", "/board")


def main() -> None:
    """Measure, or take pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attendees", type=int, default=1_000)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--news", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, site(Settings(data=Path(folder))) as opened:
        _, client = opened.api()
        with _chromium() as browser:
            if asked.pictures:
                take_pictures(browser, client, asked.pictures)
            elif asked.news:
                measure_news(browser, client, asked.attendees)
            else:
                measure(browser, client, asked.attendees)


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def measure(browser: Browser, client: Client, attendees: int) -> None:
    """Print a line a page: median and worst seconds, kilobytes, layout shift."""
    place = client.event(**large_event(attendees))
    client.published(place)
    page = browser.new_page(base_url=str(client.http.base_url))
    for path in PAGES:
        seconds, size, shift = [], 0, 0.0
        for _ in range(VISITS):
            begun = perf_counter()
            answer = page.goto(place.removeprefix("/v1") + path)
            page.wait_for_selector(FILLED)
            seconds.append(perf_counter() - begun)
            size = len(gzip.compress(answer.body())) if answer else 0
            shift = max(shift, page.evaluate(SHIFT))
        middle = sorted(seconds)[VISITS // 2]
        print(
            f"{path or '(overview)':26} {middle:5.2f} s, at worst {max(seconds):5.2f} s,"
            f" {size / 1000:4.0f} kB compressed, shift {shift:.3f}"
        )


def measure_news(browser: Browser, client: Client, attendees: int) -> None:
    """Print a line a page: milliseconds from the tap of a drop-out until it shows there."""
    place = client.event(**large_event(attendees))
    version = client.published(place)
    address = str(client.http.base_url)
    day = browser.new_page(base_url=address)
    board = browser.new_page(base_url=address, viewport=WALL)
    day.goto(f"{place.removeprefix('/v1')}/day")
    board.goto(f"{place.removeprefix('/v1')}/board")
    later: dict[str, list[float]] = {"day": [], "board": [], "attendee": []}
    for gone, partner in _first_meetings(client, place, version):
        own = browser.new_context(base_url=address).new_page()
        own.goto(client.http.post(f"{place}/attendees/{partner}/link").json()["path"])
        own.wait_for_selector("#next .partner")
        day.fill("#find", gone)
        day.wait_for_function("document.querySelectorAll('#people > li').length === 1")
        name = f"Person Number {int(gone[1:])}"
        day.evaluate(NOTE, ["#people button", "Leaves for good"])
        board.evaluate(NOTE, ["#seats bdi", name])  # all fit on one page of the board
        own.evaluate(NOTE, ["#next .partner", name])
        begun = day.evaluate("Date.now()")
        day.get_by_role("button", name="Leaves for good").click()
        for where, page in (("day", day), ("board", board), ("attendee", own)):
            later[where].append(page.evaluate("window.gone") - begun)
        own.context.close()
    for name, spans in later.items():
        middle = sorted(spans)[len(spans) // 2]
        print(f"{name:10} {middle:5.0f} ms, at worst {max(spans):5.0f} ms of {len(spans)}")


def _first_meetings(client: Client, place: str, version: int) -> Iterator[tuple[str, str]]:
    """Pairs of the first round, by the ids of both, who stay together until one is asked about."""
    seen = set[str]()
    rounds = client.get(f"{place}/schedules/{version}")["rounds"]
    for meeting in rounds[0]["meetings"]:
        one, other = meeting["attendees"]
        if len(seen) < 2 * DROP_OUTS and not seen & {one, other}:
            seen |= {one, other}
            agenda = client.get(f"{place}/attendees/{other}/agenda")["rounds"][0]
            if [row["partner"]["id"] for row in agenda["meetings"]] == [one]:
                yield one, other


def large_event(attendees: int) -> dict[str, Any]:
    """An event of people with offers and needs, in twelve rounds."""
    told: dict[str, Any] = event_with(attendees, 12).model_dump(mode="json", exclude_defaults=True)
    for k, person in enumerate(told["attendees"]):
        person["offers"] = [TRADES[k % len(TRADES)]]
        person["needs"] = [TRADES[(k + 1 + k // 7 % 5) % len(TRADES)]]
    return told


def take_pictures(browser: Browser, client: Client, folder: Path) -> None:
    """The pages of the demo, in the middle of its day."""
    begin_day(str(client.http.base_url).rstrip("/"), Console(quiet=True))
    (event,) = client.get("/v1/events")["events"]
    page = browser.new_page(
        base_url=str(client.http.base_url), viewport={"width": 1200, "height": 750}
    )
    for path in SHOWN:
        page.goto(f"/events/{event['id']}{path}")
        page.wait_for_selector(FILLED)
        _settle(page)
        name = path.strip("/").replace("/", "-") or "overview"
        picture = folder / f"console-{name}.png"
        page.screenshot(path=picture)
        Image.open(picture).quantize(COLOURS).save(picture, optimize=True)


def _settle(page: Page) -> None:
    """Let what a page asks for later come in."""
    page.wait_for_timeout(6_000)


if __name__ == "__main__":
    main()
