"""The api as pages ask it: whatever a reader wrote into an address is one part of it."""

import pytest

from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio

STRANGE = ("%0A", "%7F", "%2e%2e", "%C3%A9", "a%23b", "a%3Fb", "x" * 5_000)


@pytest.mark.parametrize("part", STRANGE)
@pytest.mark.parametrize("place", ["/events/{}", "/events/{}/day", "/series/{}", "/{}/solves/{}"])
async def test_nothing_is_at_a_strange_address(
    api: Api, signed_in: PageReader, place: str, part: str
) -> None:
    event = f"events/{await event_with(api)}"
    path = place.format(event, part) if place.count("{}") == 2 else place.format(part)
    await signed_in.page(path, 404)


@pytest.mark.parametrize("part", ["\x00", "\n", "..", "../events", "x" * 70_000])
async def test_a_form_that_names_a_strange_series_is_refused(
    signed_in: PageReader, part: str
) -> None:
    answer = await signed_in.submit("/series", series=part, event="e")
    assert answer.status_code == 404


async def test_a_tag_of_no_document_is_refused(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api)
    answer = await signed_in.submit(f"/events/{event}/settings", etag="é", name="May")
    assert answer.status_code in (400, 412, 422)
