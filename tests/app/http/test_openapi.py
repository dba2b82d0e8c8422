"""The OpenAPI document: complete, true to the bodies; and requests made from it break nothing."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from schemas.event import Event
from tests.api import Api, problem_in
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

WITHOUT_BODY = {
    "/v1/events/{event_id}/validate",
    "/v1/events/{event_id}/schedules/{version}/publish",
    "/v1/series/{series_id}/events/{event_id}",
}
NOT_TRIED = {"/readyz", "/v1/solve", "/v1/events/{event_id}/graph"}
"""Unready without a worker; and the optimiser, which has tests of its own."""
PARTS = ("method", "url", "headers", "params", "json", "data")
FEW = settings(
    max_examples=4,
    phases=[Phase.generate],
    database=None,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
async def described(api: Api) -> Any:
    return (await api.client.get("/v1/openapi.json")).json()


async def test_every_reference_leads_somewhere(described: Any) -> None:
    known = described["components"]["schemas"]
    for reference in references(described):
        assert reference.removeprefix("#/components/schemas/") in known
    assert "HTTPValidationError" not in known


async def test_every_body_is_described(described: Any) -> None:
    for path, operations in described["paths"].items():
        for verb, operation in operations.items():
            takes_one = verb in ("post", "put", "patch") and path not in WITHOUT_BODY
            assert ("requestBody" in operation) == takes_one, (verb, path)
    content = described["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Event"}
    event = described["components"]["schemas"]["Event"]
    assert event["properties"].keys() == Event.model_fields.keys()


async def test_every_refusal_is_a_problem(described: Any) -> None:
    for operations in described["paths"].values():
        for operation in operations.values():
            (media_type,) = operation["responses"]["4XX"]["content"]
            assert media_type == "application/problem+json"
            assert "422" not in operation["responses"]


async def test_what_cannot_be_left_out_is_said_to_be_required(described: Any) -> None:
    patch = described["paths"]["/v1/events/{event_id}"]["patch"]
    (header,) = [row for row in patch["parameters"] if row["name"] == "if-match"]
    assert header["required"]


async def test_no_generated_request_breaks_the_service(api: Api, described: Any) -> None:
    known = {"event_id": (await api.create()).rpartition("/")[2], "attendee_id": "a", "version": 1}
    for case in cases(described):
        for name in case.path_parameters.keys() & known.keys():
            case.path_parameters[name] = known[name]
        answer = await sent(api, case)
        assert answer.status_code < 500, (case.method, case.path)
        if answer.status_code >= 400:
            problem_in(answer)


def cases(described: Any) -> list[Any]:
    """A few requests for each operation that deletes nothing."""
    found: list[Any] = []
    for result in schemathesis.openapi.from_dict(described).get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        if operation.path in NOT_TRIED or operation.method == "delete":
            continue

        @FEW
        @given(case=operation.as_strategy())
        def collect(case: Any) -> None:
            found.append(case)

        collect()
    return found


async def sent(api: Api, case: Any) -> httpx.Response:
    """The answer to a generated request."""
    parts = case.as_transport_kwargs(base_url="http://localhost")
    request: Any = requests.Request(**{name: parts.get(name) for name in PARTS}).prepare()
    return await api.client.request(
        request.method,
        request.url,
        content=request.body,
        headers=dict(request.headers) | {"Authorization": f"Bearer {api.key}", "If-Match": "*"},
    )


def references(value: Any) -> Iterator[str]:
    """Every ``$ref`` in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
