"""The OpenAPI document: complete, true to the bodies; and requests made from it break nothing."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Union

import httpx
import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import TypeAdapter, ValidationError, create_model
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.http.attendee_access import ADDRESS, LINK_COOKIE, digest_of_secret
from app.http.cursor import seal_cursor
from app.http.guard import Guard
from app.http.openapi import LINKS, PROBLEMS
from app.http.problems import ANSWERS, PROBLEM_JSON
from app.http.wrong_keys import WrongKeys
from app.main import create_app
from app.planning.document import to_written
from app.store import schedules, webhooks
from app.store.attendee_links import renew
from app.store.engine import Store
from app.store.ids import new_id
from app.store.tables import attendee_links
from schemas.base import Wire
from schemas.event import Attendee, Event, Matching, PairRule, Policy, Round, Weights
from schemas.problem import Problem
from schemas.schedule import Schedule
from schemas.solve import SolveRequest
from schemas.webhook import KINDS
from tests.api import OWNER, READER, Api, problem_in
from tests.documented import Operation, document, operations
from tests.stored import add_version

pytestmark = pytest.mark.anyio

WITHOUT_BODY = {
    "/v1/events/{event_id}/validate",
    "/v1/events/{event_id}/proposals/{proposal_id}/publish",
    "/v1/events/{event_id}/schedules/{version}/publish",
    "/v1/series/{series_id}/events/{event_id}",
    "/v1/events/{event_id}/links",
    "/v1/events/{event_id}/links/cards",
    "/v1/events/{event_id}/attendees/{attendee_id}/link",
    "/v1/webhooks/{webhook_id}/secret",
    "/v1/webhooks/{webhook_id}/test",
}
NOT_TRIED = {"/readyz", "/v1/solve", "/v1/events/{event_id}/graph"}
"""Unready without a worker; and the optimiser, which has tests of its own."""
WITHOUT_DATABASE = {
    "healthz", "get_contact_spheres", "get_presets", "get_template_csv", "get_template_workbook",
    "solve_event", "leave_link",
}  # fmt: skip
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


@pytest.fixture(scope="module")
async def api(api: Api) -> Api:
    """The owner, who may ask for everything."""
    return api.as_(OWNER)


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


def test_every_field_and_every_parameter_is_described() -> None:
    for name, schema in document()["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            assert re.fullmatch(r"\S.+[.?]", said.get("description", "")), (name, field)
    for operation in operations():
        for row in operation.described.get("parameters", ()):
            assert row.get("description"), (operation.name, row["name"])


@pytest.mark.parametrize("model", [Event, Attendee, Round, PairRule, Policy, Weights, Matching])
def test_what_may_be_left_out_of_an_event_is_said_to_do_what_then(model: type[Wire]) -> None:
    for name, field in model.model_fields.items():
        may_be_left_out = "Left out: " in " ".join((field.description or "").split())
        assert may_be_left_out is not field.is_required(), name


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
    settle = described["paths"]["/v1/events/{event_id}/matching/confirm"]["post"]
    needed = [
        row["required"]
        for operation in (patch, settle)
        for row in operation["parameters"]
        if row["name"] == "if-match"
    ]
    assert needed == [True, False]


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
                headers = {"Content-Type": kind, "Prefer": "wait=0", **by_link(operation)}
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


WRONG = {"Authorization": "Bearer nonsense", "Cookie": "tertius_me=nonsense"}
STRANGE_PAGE = {"Authorization": f"Bearer {READER}", "Sec-Fetch-Site": "cross-site"}
NOT_THERE = dict.fromkeys(("event_id", "series_id", "webhook_id", "key_id"), "none")
PROVOCATIONS: dict[int, tuple[Callable[[Operation], bool], dict[str, Any]]] = {
    400: (lambda _: True, {"headers": {"Transfer-Encoding": "chunked", "Content-Length": "1"}}),
    401: (lambda row: row.name != "open_link", {"headers": WRONG}),
    403: (lambda row: row.method != "GET", {"headers": STRANGE_PAGE}),
    404: (
        lambda row: "{" in row.path,
        {"ids": NOT_THERE},
    ),
    408: (lambda row: row.method in TAKE_BODIES, {"seconds": 0.001}),
    412: (lambda row: row.method in CHANGE, {"tag": '"0"'}),
    413: (lambda row: row.method in TAKE_BODIES, {"headers": {"Content-Length": "9" * 12}}),
    414: (lambda _: True, {"query": "x" * 9_000}),
    415: (lambda row: row.method in TAKE_BODIES, {"headers": {"Content-Type": "text/html"}}),
    422: (lambda row: row.path not in HEALTH, {"query": "unknown=x"}),
    428: (lambda row: row.method in CHANGE, {"tag": None}),
    431: (lambda _: True, {"headers": {"X-Long": "x" * 40_000}}),
    429: (
        lambda row: row.name != "open_link",
        {"limits": [(WrongKeys, "add")], "headers": WRONG},
    ),
    503: (lambda row: row.name != "readyz", {"limits": [(Guard, "is_full")]}),
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


async def test_numbers_in_an_address_keep_their_limits(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = set()
    for operation in operations():
        for row in operation.parameters("query"):
            for value in beyond(row["schema"]):
                query = f"{row['name']}={value}"
                answer = await provoked(api, operation, monkeypatch, query=query)
                assert answer.status_code == 422, (operation.name, query)
                pointers = [error["pointer"] for error in problem_in(answer)["errors"]]
                assert f"query:{row['name']}" in pointers, (operation.name, query)
                tried.add((operation.name, row["name"]))
    assert {("list_events", "limit"), ("solve_event", "seconds")} < tried


def beyond(schema: Any) -> list[str]:
    """Numbers just below and above what a schema allows, and far from it."""
    if schema["type"] not in ("integer", "number"):
        return []
    least = schema.get("exclusiveMinimum", schema.get("minimum", 0) - 1)
    values = [least, schema["maximum"] + 1, 10**30, -(10**30)]
    return [f"{value:.0f}" for value in values] + [("9" * 5_000)]


async def test_whoever_needs_the_database_is_told_when_it_is_away(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for operation in operations():
        if operation.name not in WITHOUT_DATABASE:
            with monkeypatch.context() as patch:
                answer = await provoked(api, operation, patch, database=False)
            assert answer.status_code == 503, operation.name


async def provoked(
    api: Api,
    operation: Operation,
    patch: pytest.MonkeyPatch,
    *,
    ids: dict[str, str] | None = None,
    query: str = "",
    raw: Any = None,
    seconds: float | None = None,
    limits: Sequence[tuple[type, str]] = (),
    database: bool = True,
    **how: Any,
) -> httpx.Response:
    """The answer to a request that is sound but for what is asked for."""
    url = await address(api, operation, **ids or {})
    content = operation.described.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "application/json")
    if raw is None and content:
        sample = next(examples(content[kind]))
        raw = json.dumps(sample) if "json" in kind else sample
    if seconds is not None:
        hasty = api.app.state.settings.model_copy(update={"body_seconds": seconds})
        patch.setattr("app.http.body.get_settings", lambda _: hasty)
        raw = never()
    for limit in limits:
        patch.setattr(*limit, lambda *_: True)
    if not database:
        patch.setattr(Store, "read", without_database)
        patch.setattr(Store, "write", without_database)
    how = {"tag": "*", **how}
    how["headers"] = {"Content-Type": kind, **by_link(operation), **how.get("headers", {})}
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
        if operation.name != "set_own_wish":
            await schedules.publish(connection, added)
        await give_link(connection, event_id)
        webhook_id = await give_webhook(connection)
    if operation.name in ("give_feedback", "give_own_feedback"):
        started = {"id": "r-1", "kind": "round_started", "round": 1}
        await api.send("POST", f"{url}/incidents", {"incidents": [started]})
    place = (await api.send("POST", "/v1/series", {"name": "s"})).headers["Location"]
    key = (await api.send("POST", "/v1/keys", {"role": "reader"})).headers["Location"]
    known = {"event_id": event_id, "series_id": place.rpartition("/")[2]}
    known["webhook_id"] = webhook_id
    known["key_id"] = key.rpartition("/")[2]
    rest = {"attendee_id": "ada", "version": "1", "solve_id": "none"}
    rest["proposal_id"] = "none"
    return operation.path.format(**known | rest | ids)


async def give_webhook(connection: AsyncConnection) -> str:
    """The one webhook that there is."""
    for row in await webhooks.listing(connection, "acme"):
        await webhooks.remove(connection, row.id)
    added = await webhooks.add(connection, "acme", None, "https://example.org", KINDS, "whsec_YQ==")
    return added.id


async def give_link(connection: AsyncConnection, event_id: str) -> None:
    """Have the link of the examples be somebody's of this event alone."""
    digest = digest_of_secret(example("LinkSecret")["secret"])
    await connection.execute(attendee_links.delete().where(attendee_links.c.digest == digest))
    await renew(connection, event_id, {"bram": digest}, "link")


def by_link(operation: Operation) -> dict[str, str]:
    """The headers by which an attendee asks from a page of ours, where that is needed."""
    if not operation.path.startswith(ADDRESS):
        return {}
    return {"Cookie": f"{LINK_COOKIE}={example('LinkSecret')['secret']}", **OWN_PAGE}


OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


def test_everything_that_is_sent_has_a_kind_and_a_limit() -> None:
    unlimited = {
        where
        for operation in operations()
        for where, schema in sent_kinds(operation)
        if not LIMITS[schema["type"]](schema)
    }
    assert unlimited == set()


LIMITS: dict[str, Callable[[Any], Any]] = {
    "string": lambda schema: schema.keys() & {"pattern", "format", "enum", "const", "maxLength"},
    "array": lambda schema: "maxItems" in schema,
    "integer": lambda schema: {"minimum", "maximum"} <= schema.keys(),
    "number": lambda schema: (
        "maximum" in schema and schema.keys() & {"minimum", "exclusiveMinimum"}
    ),
    "object": lambda schema: (
        schema.keys() & {"properties", "maxProperties", "propertyNames"} or schema == ANYTHING
    ),
    "boolean": lambda _: True,
    "null": lambda _: True,
}
ANYTHING: dict[str, Any] = {"type": "object"}
"""A merge patch; what it makes is held to its schema."""


def sent_kinds(operation: Operation) -> Iterator[tuple[str, Any]]:
    """Every schema of what a caller sends, with where it stands."""
    for row in operation.described.get("parameters", ()):
        yield from kinds(f"{operation.name} {row['in']}:{row['name']}", row["schema"], set())
    for media in operation.described.get("requestBody", {}).get("content", {}).values():
        yield from kinds(operation.name, media["schema"], set())


def kinds(where: str, schema: Any, seen: set[str]) -> Iterator[tuple[str, Any]]:
    """A schema and every schema in it that says a type."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in seen:
            return
        seen.add(name)
        where, schema = name, document()["components"]["schemas"][name]
    if "type" in schema:
        yield where, schema
    inner = [(f"{where}.{name}", part) for name, part in schema.get("properties", {}).items()]
    for keyword in ("anyOf", "oneOf", "prefixItems"):
        inner += [(where, part) for part in schema.get(keyword, ())]
    for keyword in ("items", "additionalProperties", "propertyNames"):
        part = schema.get(keyword)
        inner += [(f"{where} {keyword}", part)] if isinstance(part, dict) else []
    for place, part in inner:
        yield from kinds(place, part, seen)


LIMITED_BY_SETTINGS = {(SolveRequest, "seconds")}
TEXTS = [
    "", " ", "a", "A b", ".", "..", "a/b", "a\nb", "a\x00", "a\u202e", "a\ufffe", "a\U000e0041",
    "\u200b", "\u3164", "a\ufeff", "a" + 4 * "\ufe0f", "\U0001f469\u200d\U0001f467", "\u00e9",
    "5", "true", "null", "a@b", "a@b@c", "@", "UTC", "Europe/London", "localtime", "Factory",
    "1764460800", "2027-03-04", "2027-03-04T09:30", "2027-03-04T09:30Z", "2027-03-04 09:30",
    "2027-03-04T09:30:00.1234567", "2027-02-30T09:30", "1999-01-01T00:00", "2200-01-01T00:00",
    "0" * 64, "g" * 64, "F" * 64, "forbid", "drop_out", "served",
    *("x" * (most + more) for most in (64, 100, 128, 200, 254, 500, 5_000) for more in (0, 1)),
    *("\U0001f469" * most for most in (64, 100, 200, 201, 500, 501)),
]  # fmt: skip
NUMBERS = [
    -1, 0, 1, 2, 99, 100, 101, 999, 1_000, 1_001, 1_440, 1_441, 10_000, 600, 601, 3_600, 3_601,
    10**9, 10**9 + 1, 2**31 - 1, 2**31, 10**12, 10**12 + 1, 10**15, 10**15 + 1, 2**63, 10**30,
    -0.5, 0.001, 0.5, 1.5, 1.5e15, 1e16, 1e300, -(10**15), -1e16,
]  # fmt: skip
LISTS: list[Any] = [
    [], [1], [0], [101], ["a"], ["a", "b"], ["a", "b", "c"], [["a"]], [[]], [None], ["a", 1],
    *([1] * n for n in (100, 101, 10_000, 10_001)),
    *(["x"] * n for n in (20, 21, 50, 51, 1_000, 1_001)),
]  # fmt: skip
OBJECTS: list[Any] = [
    {}, {"a": "b"}, {"a": 0.5}, {"a": 0.5, "b": 1, "c": 0}, {"served": 0.5}, {"id": "a"},
    {"text": "a"}, {"text": "a", "weight": 2}, {"count": 3}, {"count": 0}, {"": "b"},
    {"x" * 101: "b"}, {str(k): "b" for k in range(51)}, {"idle": "fill"}, {"triangles": 1_001},
]  # fmt: skip
VALUES = [None, True, False, *TEXTS, *NUMBERS, *LISTS, *OBJECTS]


def test_the_schemas_of_bodies_allow_what_is_taken_and_nothing_else() -> None:
    """But for what JSON Schema cannot say: that 1.0 is no whole number, and where space is cut off;
    nor does it say in a way that reckons with binary fractions that three places are enough."""
    names = {
        where.partition(".")[0].partition(" ")[0]
        for operation in operations()
        for where, _ in sent_kinds(operation)
    }
    models = [model_named(name) for name in names if name in document()["components"]["schemas"]]
    assert len(models) > 15
    differ = [
        (model.__name__, name, str(value)[:60])
        for model in models
        for name, field in model.model_fields.items()
        if (model, name) not in LIMITED_BY_SETTINGS
        for value in differences(model, name, field)
    ]
    assert differ == []


def differences(model: type[Wire], name: str, field: Any) -> Iterator[Any]:
    """The values of which a field's schema and its validator think differently."""
    fields: dict[str, Any] = {name: (field.annotation, field)}
    probe = create_model("Probe", __base__=Wire, **fields)
    known = document()["components"]["schemas"]
    schema = known[model.__name__]["properties"][field.alias or name]
    allows = jsonschema_rs.validator_for({**schema, "components": {"schemas": known}})
    for value in VALUES:
        try:
            probe.model_validate_json(json.dumps({field.alias or name: value}))
            taken = True
        except ValidationError:
            taken = False
        if allows.is_valid(value) != taken:
            yield value


async def test_the_document_says_for_how_long_a_solve_may_search_here(api: Api) -> None:
    hasty = create_app(api.app.state.settings.model_copy(update={"longest_solve_seconds": 7.0}))
    for app, most in ((api.app, 600), (hasty, 7)):
        said = app.openapi()
        schema = said["components"]["schemas"]["SolveRequest"]["properties"]["seconds"]["anyOf"][0]
        assert schema["maximum"] == most
        (row,) = [
            row["schema"]
            for row in said["paths"]["/v1/solve"]["post"]["parameters"]
            if row["name"] == "seconds"
        ]
        assert row["maximum"] == most


def test_what_a_parameter_may_be_is_what_is_looked_at() -> None:
    said = {
        (row["in"], row["name"]): row["schema"]
        for operation in operations()
        for row in operation.described.get("parameters", ())
    }
    assert not any("anyOf" in schema for schema in said.values())
    samples = {
        ("path", "event_id"): (new_id(), "x"),
        ("path", "attendee_id"): ("a", "a/b"),
        ("query", "cursor"): (seal_cursor("list", "7"), "a b"),
        ("header", "if-match"): ('"2.1", W/"x"', "2.1"),
        ("header", "idempotency-key"): ("k-1", "a b"),
        ("query", "attendee"): ("a", "a/b"),
    }
    for place, (good, bad) in samples.items():
        form = jsonschema_rs.validator_for(said[place])
        assert (form.is_valid(good), form.is_valid(bad)) == (True, False), place


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
