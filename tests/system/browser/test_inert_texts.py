"""What people wrote runs nowhere: on no page, whichever payload stands in whichever field."""

import pytest
from playwright.sync_api import Dialog, Page

from tests.processes import Client

PAYLOADS = (
    "<script>window.ran = 1</script>",
    "<img src=/static/icon.svg onload='window.ran = 1'>",
    '"><svg onload=window.ran=1>',
    "' autofocus onfocus='window.ran=1",
    "{{ 7 * 7 }}{% include 'base.html' %}${7 * 7}",
    "</script><script>window.ran = 1</script>",
    "</template></textarea></title><script>window.ran = 1</script>",
    "javascript:window.ran=1",
    "%s %(name)s {name} {0}",
    "__proto__",
    "a &amp; b &lt;b&gt;",
)
PATHS = (
    "", "/attendees", "/attendees?q=script", "/attendees/p0", "/schedules/1",
    "/schedules/1?view=people&q=%3Cscript%3E",
    "/day", "/board", "/import",
    "/schedules/1/quality", "/diagnosis", "/rules", "/settings", "/after",
)  # fmt: skip


@pytest.fixture(scope="module")
def event(service: Client) -> str:
    """The address of the page of an event whose every text would like to run."""
    people = [
        {
            "id": f"p{k}",
            "name": text,
            "organisation": text,
            "offers": [text],
            "needs": [{"text": PAYLOADS[k - 1], "shown_to": "partners"}],
            "interests": [text],
            "labels": {text[:30]: text},
        }
        for k, text in enumerate(PAYLOADS)
    ]
    place = service.event(
        name=PAYLOADS[0], rounds={"count": 3}, attendees=people, policy={"idle": "fill"}
    )
    service.published(place)
    service.report(place, {"id": PAYLOADS[7], "kind": "drop_out", "attendee": "p3"})
    return place.removeprefix("/v1")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_it_runs(page: Page, event: str, path: str) -> None:
    dialogs: list[Dialog] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    page.goto(event + path)
    page.wait_for_timeout(700)
    for button in page.locator(".cell").all()[:3]:
        button.click()
    assert page.evaluate("window.ran") is None
    assert dialogs == []
    assert "49" not in page.locator("body").inner_text().replace(event, "")


def test_it_is_shown_as_it_was_written(page: Page, event: str) -> None:
    page.goto(f"{event}/attendees")
    shown = page.locator("#list").inner_text()
    for text in PAYLOADS:
        assert text in shown
