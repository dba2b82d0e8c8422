"""A real browser on a real service: Debian's chromium, and the service as it is run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from app.settings import Settings
from tests.processes import PATIENCE, Client, Site

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
expect.set_options(timeout=PATIENCE * 1000)


PICTURES = Path(__file__).parents[3] / "build" / "pictures"
PICTURED = {320: "phone", 1920: "desktop"}
"""How wide pages are of which pictures are kept."""


def keep_picture(page: Page, path: str, look: str) -> None:
    """Keep a picture of a whole page, for people to look at, if it is as wide as one is kept of."""
    size = page.viewport_size
    if size and (width := size["width"]) in PICTURED:
        name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "first"
        shown = f"{name}-{PICTURED[width]}-{look.replace(' ', '-')}.png"
        page.screenshot(path=PICTURES / shown, full_page=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for one module: while it is there, a loop runs in which no other one can."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service that nobody needs a key for."""
    site = Site(Settings(data=tmp_path_factory.mktemp("data")))
    yield site.api()[1]
    site.close()


@pytest.fixture
def page(chromium: Browser, service: Client) -> Iterator[Page]:
    """A page of an own visitor; whatever the browser complains of fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    address = str(service.http.base_url)
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
