"""Query and path parameters: known, once, and written as JSON writes them, on every route."""

import re
from typing import Any

import pytest

from app.http.parameters import WRITINGS
from tests.api import OWNER, READER, Api
from tests.databases import SQLITE_ONLY
from tests.documented import Operation, operations

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

OURS = [row for row in operations() if re.match("/v1/(?!me)", row.path)]
"""What a key may ask for; attendees, who ask by a link, come before their queries all the same."""
WRONG = {
    "integer": ["+5", "1_0", " 5", "5 ", "1.0", "5.", "05", "1e1", "\u0665", "", "0x1", "true"],
    "number": ["+5", "1_0", " 5 ", "5.", ".5", "05", "1e", "nan", "inf", "Infinity", "\u0665", ""],
    "boolean": ["yes", "on", "1", "0", "True", "TRUE", " true", "t", "", "null"],
}
IDS = {"event_id": "none", "series_id": "none", "solve_id": "none", "attendee_id": "a"}
IDS |= dict.fromkeys(("proposal_id", "webhook_id", "key_id"), "none")


def typed(operation: Operation, place: str) -> list[tuple[str, str]]:
    """The parameters of an operation that are no texts, with their JSON types."""
    rows = [(row["name"], row["schema"].get("type")) for row in operation.parameters(place)]
    return [(name, kind) for name, kind in rows if kind in WRITINGS]


def where(operation: Operation, **ids: str) -> str:
    return operation.path.format(**IDS | {"version": "1"} | ids)


async def refusal(api: Api, operation: Operation, **how: Any) -> list[tuple[str, str]]:
    """Pointers and codes of the refusal of a query, or of a path."""
    url = how.get("url", where(operation))
    answer = await api.client.request(
        operation.method, url, params=how.get("params"), headers=KNOWN | how.get("headers", {})
    )
    assert answer.status_code == how.get("status", 422), (operation.name, how, answer.text)
    return [(row["pointer"], row["code"]) for row in answer.json()["errors"]]


KNOWN = {"Authorization": f"Bearer {OWNER}"}


async def test_what_json_would_not_write_so_is_refused_on_every_route(api: Api) -> None:
    tried = set()
    for operation in OURS:
        for name, kind in typed(operation, "query"):
            for value in WRONG[kind]:
                told = await refusal(api, operation, params={name: value})
                assert told == [(f"query:{name}", WRITINGS[kind].code)], value
            tried.add((name, kind))
    assert tried >= {("limit", "integer"), ("seconds", "number"), ("erase", "boolean")}


async def test_a_number_in_a_path_is_written_as_json_writes_it(api: Api) -> None:
    tried = [operation for operation in OURS if typed(operation, "path")]
    assert len(tried) > 3
    for operation in tried:
        for value in ("%2B1", "1_0", "%201", "1.0", "01"):
            told = await refusal(api, operation, url=where(operation, version=value))
            assert told == [("path:version", "int_parsing")]


async def test_nothing_is_given_twice_on_any_route(api: Api) -> None:
    for operation in OURS:
        for row in operation.parameters("query"):
            name = row["name"]
            told = await refusal(api, operation, params=[(name, "true"), (name, "true")])
            assert (f"query:{name}", "repeated") in told


async def test_what_a_route_does_not_know_is_refused_not_passed_over(api: Api) -> None:
    for operation in OURS:
        told = await refusal(api, operation, params={"erse": "true"})
        assert told == [("query:erse", "extra_forbidden")]


async def test_a_caller_is_told_what_the_route_takes(api: Api) -> None:
    problem = await api.refuses("GET", "/v1/events?lmit=5")
    message = "this request takes cursor, limit: did you mean limit?"
    assert problem["errors"][0]["message"] == message
    problem = await api.refuses("GET", "/v1/events?format=pdf", pointer="query:format")
    assert problem["errors"][0]["message"] == "this request takes cursor, limit"
    problem = await api.refuses("GET", "/v1/series?limit=5")
    assert problem["errors"][0]["message"] == "this request takes no query"


@pytest.mark.parametrize("name", ["Zoë Quell", "x" * 33, "a.b@example.org", "%00", "5"])
async def test_a_name_that_may_be_a_value_is_not_repeated(api: Api, name: str) -> None:
    problem = await api.refuses("GET", f"/v1/events?{name}", hides=name, pointer="query:")
    assert len(problem["errors"]) == 1


async def test_many_wrong_parameters_are_told_as_few(api: Api) -> None:
    query = "&".join(f"p{k}" for k in range(1_500))
    problem = await api.refuses("GET", f"/v1/events?{query}")
    assert len(problem["errors"]) == 20


async def test_who_is_asking_comes_first(api: Api) -> None:
    for operation in OURS:
        nobody = {"Authorization": "Bearer nonsense"}
        await refusal(api, operation, params={"x": "1"}, headers=nobody, status=401)
        if operation.method != "GET":
            reader = {"Authorization": f"Bearer {READER}"}
            await refusal(api, operation, params={"x": "1"}, headers=reader, status=403)


async def test_whoever_looks_after_health_may_add_a_query(api: Api) -> None:
    for url in ("/healthz", "/readyz"):
        plain, queried = await api.client.get(url), await api.client.get(f"{url}?t=1&t=2")
        assert queried.status_code == plain.status_code
        assert queried.json() == plain.json()


@pytest.mark.parametrize("url", ["/docs", "/openapi.json", "/v1/openapi.json"])
async def test_what_anybody_may_read_takes_no_query_either(api: Api, url: str) -> None:
    problem = await api.refuses("GET", f"{url}?version=3", pointer="query:version")
    assert problem["errors"][0]["message"] == "this request takes no query"
    anybody = await api.client.get(f"{url}?version=3")
    assert (anybody.status_code, anybody.json()) == (422, problem)


async def test_numbers_as_json_writes_them_are_taken(api: Api) -> None:
    url = await api.create()
    await api.get(f"{url}/attendees?limit=10")
    answer = await api.send("POST", "/v1/solve?seconds=1e999", {"rounds": [{}]})
    assert answer.json()["errors"][0]["code"] != WRITINGS["number"].code
    await api.refuses("GET", f"/v1/events?limit={10**30}", pointer="query:limit")
    await api.refuses("GET", "/v1/events?limit=-0", code="greater_than_equal")
