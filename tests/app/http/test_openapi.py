"""The OpenAPI document: complete, true to the bodies; and requests made from it break nothing."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Union

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import TypeAdapter
from sqlalchemy.exc import OperationalError

from app.http.openapi import LINKS, PROBLEMS
from app.http.problems import ANSWERS, PROBLEM_JSON
from app.planning.document import to_written
from app.store import schedules
from app.store.engine import Store
from schemas.base import Wire
from schemas.event import Event
from schemas.problem import Problem
from schemas.schedule import Schedule
from tests.api import READER, Api, problem_in
from tests.documented import Operation, document, operations
from tests.stored import add_version

pytestmark = pytest.mark.anyio

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


@pytest.fixture(scope="module")
def database() -> str:
    """What is documented does not depend on it."""
    return "sqlite"


@pytest.fixture
async def described(api: Api) -> Any:
    return (await api.client.get("/v1/openapi.json")).json()


async def test_every_reference_leads_somewhere(described: Any) -> None:
    for reference in references(described):
        _, _, kind, name = reference.split("/")
        assert name in described["components"][kind], reference
    assert "HTTPValidationError" not in described["components"]["schemas"]


async def test_operations_are_called_as_their_functions_are(described: Any) -> None:
    names = [operation.name for operation in operations()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", name) for name in names)
    assert "start_solve" in names
    assert described["servers"][0]["url"] == "/"


async def test_every_tag_is_explained_and_used(described: Any) -> None:
    used = [tag for operation in operations() for tag in operation.described["tags"]]
    assert {tag["name"] for tag in described["tags"] if tag["description"]} == set(used)
    assert len(used) == len(operations())


async def test_every_body_is_described(described: Any) -> None:
    for path, methods in described["paths"].items():
        for verb, operation in methods.items():
            takes_one = verb in ("post", "put", "patch") and path not in WITHOUT_BODY
            assert ("requestBody" in operation) == takes_one, (verb, path)
    content = described["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Event"}
    event = described["components"]["schemas"]["Event"]
    assert event["properties"].keys() == Event.model_fields.keys()


def test_every_refusal_is_a_problem_with_an_example() -> None:
    for operation in operations():
        for status in map(int, operation.described["responses"]):
            answer = operation.answer(status)
            if status < 400 or (operation.name, status) == ("readyz", 503):
                continue
            (media_type,) = answer["content"]
            assert media_type == PROBLEM_JSON
            (shown,) = examples(answer["content"][media_type])
            assert Problem.model_validate_json(json.dumps(shown)).status == status


def test_every_status_of_a_refusal_has_a_name() -> None:
    assert {status for status, _ in ANSWERS.values()} <= PROBLEMS.keys()


async def test_what_cannot_be_left_out_is_said_to_be_required(described: Any) -> None:
    patch = described["paths"]["/v1/events/{event_id}"]["patch"]
    (header,) = [row for row in patch["parameters"] if row["name"] == "if-match"]
    assert header["required"]


def test_every_example_is_what_its_model_takes() -> None:
    shown = [
        (media["schema"], example)
        for operation in operations()
        for part in (operation.described.get("requestBody", {}), *operation.successes())
        for media in part.get("content", {}).values()
        for example in examples(media)
    ]
    assert len(shown) > len(operations())
    for schema, example in shown:
        adapter: TypeAdapter[Any] = TypeAdapter(type_of(schema))
        adapter.validate_json(json.dumps(example))


def test_every_body_and_every_answer_has_an_example() -> None:
    for operation in operations():
        for part in (operation.described.get("requestBody", {}), *operation.successes()):
            for media in part.get("content", {}).values():
                assert list(examples(media)), operation.name


async def test_every_example_of_a_body_is_taken(api: Api) -> None:
    """All but that of the stateless solve, which is the same event and would be solved here."""
    taken = set()
    for operation in operations():
        for kind, media in operation.described.get("requestBody", {}).get("content", {}).items():
            if operation.name == "solve_event":
                continue
            for body in examples(media):
                url = await address(api, operation)
                headers = {"Content-Type": kind, "Prefer": "wait=0"}
                answer = await api.send(operation.method, url, body, tag="*", headers=headers)
                assert answer.status_code < 300, (operation.name, answer.text)
                taken.add(operation.name)
    assert {"create_event", "report_incidents", "give_feedback", "patch_attendee"} <= taken


def test_links_lead_to_operations_and_name_what_is_there() -> None:
    known = {operation.name: operation for operation in operations()}
    found = 0
    for operation in operations():
        for answer in operation.successes():
            for link in answer.get("links", {}).values():
                found += 1
                target = known[link["operationId"]]
                needed = {p["name"] for p in target.parameters("path")}
                assert link["parameters"].keys() == needed or "Location" in link["description"]
                for expression in link["parameters"].values():
                    check_expression(operation, answer, expression)
    assert found == sum(len(targets) for targets in LINKS.values())


def check_expression(operation: Operation, answer: Any, expression: str) -> None:
    """Fail unless a runtime expression finds something in the request or the answer."""
    source, _, name = expression.rpartition(".path." if ".path." in expression else "#/")
    if source == "$request":
        assert name in {p["name"] for p in operation.parameters("path")}
    else:
        (media,) = answer["content"].values()
        schema = document()["components"]["schemas"][media["schema"]["$ref"].rpartition("/")[2]]
        assert (source, name in schema["properties"]) == ("$response.body", True)


HEALTH = ("/healthz", "/readyz")
TAKE_BODIES = ("POST", "PUT", "PATCH")
CHANGE = ("PUT", "PATCH", "DELETE")


PROVOCATIONS: dict[int, tuple[Callable[[Operation], bool], dict[str, Any]]] = {
    400: (lambda _: True, {"headers": {"Transfer-Encoding": "chunked", "Content-Length": "1"}}),
    401: (lambda _: True, {"headers": {"Authorization": "Bearer nonsense"}}),
    403: (lambda row: row.method != "GET", {"headers": {"Authorization": f"Bearer {READER}"}}),
    404: (lambda row: "{" in row.path, {"ids": {"event_id": "none", "series_id": "none"}}),
    408: (lambda row: row.method in TAKE_BODIES, {"seconds": 0.001}),
    412: (lambda row: row.method in CHANGE, {"tag": '"0"'}),
    413: (lambda row: row.method in TAKE_BODIES, {"headers": {"Content-Length": "9" * 12}}),
    414: (lambda _: True, {"query": "x" * 9_000}),
    415: (lambda row: row.method in TAKE_BODIES, {"headers": {"Content-Type": "text/plain"}}),
    422: (lambda row: row.path not in HEALTH, {"query": "unknown=x"}),
    428: (lambda row: row.method in CHANGE, {"tag": None}),
    431: (lambda _: True, {"headers": {"X-Long": "x" * 40_000}}),
    503: (lambda row: row.name != "solve_event", {"database": False}),
}
"""Whom to ask for a refusal, and how: they answer with its status if they ever do."""


@pytest.mark.parametrize("status", PROVOCATIONS)
async def test_a_refusal_is_documented_just_where_it_is_given(
    api: Api, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    may_refuse, how = PROVOCATIONS[status]
    given, documented = set(), set()
    for operation in filter(may_refuse, operations()):
        with monkeypatch.context() as patch:
            answer = await provoked(api, operation, patch, **how)
        if answer.status_code == status:
            given.add(operation.name)
        if str(status) in operation.described["responses"]:
            documented.add(operation.name)
    assert given == documented != set()


async def provoked(
    api: Api,
    operation: Operation,
    patch: pytest.MonkeyPatch,
    *,
    ids: dict[str, str] | None = None,
    query: str = "",
    raw: Any = None,
    seconds: float | None = None,
    database: bool = True,
    **how: Any,
) -> httpx.Response:
    """The answer to a request that is sound but for what is asked for."""
    url = await address(api, operation, **ids or {})
    content = operation.described.get("requestBody", {}).get("content", {})
    if raw is None and content:
        raw = json.dumps(next(examples(next(iter(content.values())))))
    if seconds is not None:
        hasty = api.app.state.settings.model_copy(update={"body_seconds": seconds})
        patch.setattr("app.http.body.get_settings", lambda _: hasty)
        raw = never()
    if not database:
        patch.setattr(Store, "read", without_database)
        patch.setattr(Store, "write", without_database)
    how = {"tag": "*", **how}
    how["headers"] = {"Content-Type": "application/json", **how.get("headers", {})}
    return await api.send(operation.method, f"{url}?{query}", raw=raw, **how)


async def never() -> AsyncIterator[bytes]:
    """A body that does not come."""
    await asyncio.Event().wait()
    yield b""


def without_database(_: Store) -> None:
    raise OperationalError("", {}, Exception())


async def address(api: Api, operation: Operation, **ids: str) -> str:
    """Where to ask an operation about an event whose first round runs; other ``ids`` replace."""
    url = await api.create(**example("Event"))
    async with api.store.write() as connection:
        schedule = Schedule.model_validate_json(json.dumps(example("Schedule")))
        event_id = url.rpartition("/")[2]
        added = await add_version(connection, event_id, to_written(schedule))
        await schedules.publish(connection, added)
    if operation.name == "give_feedback":
        started = {"id": "r-1", "kind": "round_started", "round": 1}
        await api.send("POST", f"{url}/incidents", {"incidents": [started]})
    place = (await api.send("POST", "/v1/series", {"name": "s"})).headers["Location"]
    known = {"event_id": event_id, "series_id": place.rpartition("/")[2]}
    rest = {"attendee_id": "ada", "version": "1", "solve_id": "none"}
    return operation.path.format(**known | rest | ids)


async def test_no_generated_request_breaks_the_service(api: Api, described: Any) -> None:
    known = {"event_id": (await api.create()).rpartition("/")[2], "attendee_id": "a", "version": 1}
    for case in cases(described):
        for name in case.path_parameters.keys() & known.keys():
            case.path_parameters[name] = known[name]
        answer = await sent(api, case)
        assert answer.status_code < 500, (case.method, case.path)
        if answer.status_code >= 400:
            problem_in(answer)


def example(name: str) -> Any:
    """What the document shows under a name."""
    return document()["components"]["examples"][name]["value"]


def examples(media: dict[str, Any]) -> Iterator[Any]:
    """What the document shows for a media type."""
    for reference in media["examples"].values():
        yield example(reference["$ref"].rpartition("/")[2])


def type_of(schema: dict[str, Any]) -> Any:
    """The type of ours that a schema stands for."""
    if "$ref" in schema:
        return model_named(schema["$ref"].rpartition("/")[2])
    if options := schema.get("anyOf", schema.get("oneOf")):
        return Union[tuple(map(type_of, options))]  # noqa: UP007 - as many as there are
    if schema["type"] == "array":
        return tuple[type_of(schema["items"]), ...]  # type: ignore[misc]
    return {"string": str, "object": dict}[schema["type"]]


def model_named(name: str) -> type[Wire]:
    """A document of ours by its name."""
    below = [Wire]
    for model in below:  # grows as it goes
        below += model.__subclasses__()
    (found,) = {model for model in below if model.__name__ == name}
    return found


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
