"""Bad addresses and queries of lists, schedules and versions."""

import pytest

from app.http.cursor import seal_cursor
from tests.api import OTHER, Api
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

VERSIONS = ["0", "-1", "1.5", "1e3", "true", "x", "%20", str(10**20), "latest;%20drop%20table", "9"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_version_that_is_not_is_not_found(api: Api, version: str) -> None:
    url = await api.create()
    for verb, path in (("GET", ""), ("POST", "/publish"), ("GET", "/diff?from=1")):
        where = f"{url}/schedules/{version}{path}"
        await api.refuses(verb, where, status=(404, 422), about=url, hides="drop table")


QUERIES = {
    "limit=0": "limit",
    "limit=-1": "limit",
    "limit=1000000000": "limit",
    "limit=1.5": "limit",
    "limit=nan": "limit",
    "limit=x": "limit",
    f"limit={'9' * 5_000}": "limit",
    "cursor=x": "cursor",
    "cursor=": "cursor",
    "cursor=%00": "cursor",
    "cursor=%F0%9F%90%9D": "cursor",
    f"cursor={'x' * 5_000}": "cursor",
}


@pytest.mark.parametrize(("query", "name"), QUERIES.items())
async def test_a_bad_query_is_named(api: Api, query: str, name: str) -> None:
    url = await api.create()
    for where in ("/v1/events", f"{url}/attendees"):
        await api.refuses("GET", f"{where}?{query}", pointer=f"query:{name}")


@pytest.mark.parametrize("place", ["x", "-1", "\0", "9" * 30, "'"])
async def test_a_cursor_that_somebody_made_up_is_refused(api: Api, place: str) -> None:
    url = await api.create()
    for where, scope in (
        (f"{url}/attendees", f"attendees of {url.rpartition('/')[2]}"),
        ("/v1/events", "events of acme"),
    ):
        cursor = seal_cursor(scope, place)
        await api.refuses("GET", f"{where}?cursor={cursor}", pointer="query:cursor")


async def test_a_cursor_that_somebody_made_up_shows_nothing_of_others(api: Api) -> None:
    await api.create()
    other = api.as_(OTHER)
    theirs = {(await other.create()).rpartition("/")[2]}
    for place in (*theirs, "f" * 32, "0" * 32):
        page = await api.get(f"/v1/events?cursor={seal_cursor('events of acme', place)}")
        assert theirs.isdisjoint(row["id"] for row in page["events"])
    cursor = seal_cursor("events of other", "f" * 32)
    await api.refuses("GET", f"/v1/events?cursor={cursor}", pointer="query:cursor")
    shown = (await other.get(f"/v1/events?cursor={cursor}"))["events"]
    assert theirs <= {row["id"] for row in shown}


async def test_a_cursor_altered_by_one_character_is_refused(api: Api) -> None:
    url = await api.create()
    await api.create()
    for where in ("/v1/events", f"{url}/attendees"):
        cursor = (await api.get(f"{where}?limit=1"))["next"]
        for k in range(len(cursor)):
            other = "A" if cursor[k] != "A" else "B"
            altered = cursor[:k] + other + cursor[k + 1 :]
            await api.refuses("GET", f"{where}?cursor={altered}", pointer="query:cursor")
        await api.get(f"{where}?cursor={cursor}")


async def test_a_cursor_of_another_list_is_refused(api: Api) -> None:
    one, other = await api.create(), await api.create()
    cursor = (await api.get(f"{one}/attendees?limit=1"))["next"]
    for where in ("/v1/events", f"{other}/attendees"):
        await api.refuses("GET", f"{where}?cursor={cursor}", pointer="query:cursor")


@pytest.mark.parametrize("start", ["", "?from=", "?from=0", "?from=x", "?from=1&from=y"])
async def test_a_difference_needs_two_versions(api: Api, start: str) -> None:
    url = await api.create()
    await api.refuses("GET", f"{url}/schedules/1/diff{start}", pointer="query:from")


ADDRESSES = [
    "/v1", "/v1/", "/v1/events/", "/v1//events", "/v1/events/x", "/v1/events/%00",
    "/v1/events/..%2f..%2fetc", "/v1/events/%ff", "/v1/nothing", "/redoc",
    "/v1/events/" + "a" * 5_000, "/v1/events/" + "0" * 32, "/v1/events/" + "A" * 32,
    "/v1/events/\u0660" + "0" * 31,
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_of_nothing_is_not_found(api: Api, address: str) -> None:
    await api.refuses("GET", address, status=404)


@pytest.mark.parametrize("attendee", ["%00", "%2e%2e", "a%2fb", "x" * 5_000, "%ff"])
async def test_an_impossible_attendee_is_not_found(api: Api, attendee: str) -> None:
    url = await api.create()
    await api.refuses("GET", f"{url}/attendees/{attendee}", status=(404, 405))


WRONG_VERBS = [
    ("TRACE", ""), ("OPTIONS", ""), ("POST", ""), ("HEAD", ""), ("DELETE", "/attendees"),
    ("PUT", "/schedule"), ("PUT", "/schedules/1/publish"), ("GET", "/validate"),
    ("PATCH", "/attendees"), ("POST", "/attendees/a"), ("BREW", ""),
]  # fmt: skip


ALLOWED = {
    "": "DELETE, GET, PATCH, PUT",
    "/attendees": "GET, POST, PUT",
    "/attendees/a": "DELETE, GET, PATCH, PUT",
    "/schedule": "GET",
    "/schedules/1/publish": "POST",
    "/validate": "POST",
}


@pytest.mark.parametrize(("verb", "path"), WRONG_VERBS)
async def test_a_verb_that_is_not_for_this_address_is_refused(
    api: Api, verb: str, path: str
) -> None:
    url = await api.create()
    answer = await api.send(verb, url + path, headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == ALLOWED[path]
