"""Badges and cards whose codes open each attendee's own page."""

from typing import Any

import httpx
import pytest

from tests.api import OTHER, READER, Api
from tests.app.paper.test_link_code import codes_on
from tests.app.routes.links import OWN_PAGE, Holder, holder_of
from tests.app.routes.test_prints import FIRST, SECOND, printed
from tests.app.routes.test_schedule_files import planned
from tests.app.routes.test_schedules import store

pytestmark = pytest.mark.anyio

ADDRESS = "https://tertius.example.org"


async def cards(api: Api, url: str, **how: Any) -> httpx.Response:
    wanted = httpx.QueryParams({"address": ADDRESS} | how)
    return await api.send("POST", f"{url}/links/cards?{wanted}")


async def codes(api: Api, url: str, **how: Any) -> list[str]:
    """Where the codes on cards lead that are printed."""
    answer = await cards(api, url, **how)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return sorted(codes_on(answer.content))


async def people_of(api: Api, addresses: list[str]) -> dict[str, str]:
    """The secrets of addresses that open somebody's page, by whose it is."""
    found = {}
    for address in addresses:
        page, _, secret = address.partition("#")
        assert page == f"{ADDRESS}/me"
        answer = await api.client.post("/v1/me", json={"secret": secret}, headers=OWN_PAGE)
        if answer.status_code == 200:
            found[(await Holder(api, secret).day())["attendee"]["id"]] = secret
    return found


@pytest.mark.parametrize("paper", ["badges", "cards"])
async def test_a_code_opens_the_page_of_whoever_wears_it(api: Api, paper: str) -> None:
    url = await planned(api)
    answer = await cards(api, url, paper=paper)
    assert f" {paper}.pdf" in answer.headers["Content-Disposition"]
    assert set(await people_of(api, sorted(codes_on(answer.content)))) == set("abcd")


async def test_a_new_print_ends_the_codes_before_and_no_link(api: Api) -> None:
    url = await planned(api)
    sent, first = await holder_of(api, url, "a"), await codes(api, url)
    second = await codes(api, url)
    assert await people_of(api, first) == {}
    assert set(await people_of(api, second)) == set("abcd")
    assert (await sent.day())["attendee"]["id"] == "a"
    again = await holder_of(api, url, "a")
    assert (await sent.send("GET", "")).status_code == 401
    assert "a" in await people_of(api, second)
    assert (await api.send("DELETE", f"{url}/attendees/a/link")).status_code == 204
    assert set(await people_of(api, second)) == set("bcd")
    assert (await again.send("GET", "")).status_code == 401


async def test_who_needs_no_new_card_keeps_the_code_of_the_one_before(api: Api) -> None:
    url = await planned(api, FIRST)
    first = await people_of(api, await codes(api, url))
    await printed(api, url)
    await store(api, url, SECOND)
    second = await codes(api, url, only="changed", version=2)
    assert set(await people_of(api, second)) == set("abcd") - set(
        await people_of(api, [f"{ADDRESS}/me#{secret}" for secret in first.values()])
    )


async def test_where_nothing_is_printed_no_code_ends(api: Api) -> None:
    url = await planned(api)
    first = await codes(api, url)
    await printed(api, url)
    answer = await cards(api, url, only="changed")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "nothing_to_print")
    assert set(await people_of(api, first)) == set("abcd")


@pytest.mark.parametrize(
    "address", ["tertius.example.org", "https://a.example/day", "https://", "javascript:x", ""]
)
async def test_an_address_is_that_of_a_service(api: Api, address: str) -> None:
    url = await planned(api)
    answer = await cards(api, url, address=address)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query:address")


async def test_cards_with_links_are_the_organisers(api: Api) -> None:
    url = await planned(api)
    assert (await cards(api.as_(READER), url)).status_code == 403
    assert (await cards(api.as_(OTHER), url)).status_code == 404
    assert (await cards(api, url, version=9)).status_code == 404
