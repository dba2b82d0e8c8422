"""The OpenAPI document: the framework's own, and what the framework cannot know.

What a request may be refused with is said where it is refused, by ``@refuses(...)`` at a route or
at something that routes depend on; which status that is, ``problems.ANSWERS`` says. Examples are
in ``examples.json`` under the name of their schema, or under an operation and a status.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from importlib import resources
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic.json_schema import models_json_schema
from pydantic_core import from_json

from app.errors import Refused
from app.http.guard import LARGEST_HEADERS
from app.http.policy import POLICY
from app.http.problems import ANSWERS, PROBLEM_JSON, answer_to
from app.http.sample_requests import PARAMETERS, curl_of, sample_request
from schemas.access_key import NewKey
from schemas.attendee_link import LinkSecret
from schemas.edit import ScheduleEdits
from schemas.event import Attendee, Event
from schemas.feedback import FeedbackBatch
from schemas.incident import Incidents
from schemas.listing import Attendees
from schemas.matching import NeedAndOffer
from schemas.own_day import OwnFeedbackBatch, OwnIncidents, OwnWish
from schemas.prints import PrintOrder
from schemas.problem import Problem
from schemas.series import NewSeries
from schemas.solve import SolveRequest
from schemas.tick import Ticks
from schemas.webhook import MESSAGES, NewWebhook, WebhookChange

Document = dict[str, Any]
Callee = TypeVar("Callee", bound=Callable[..., Any])

DESCRIPTION = """Event in, schedule out: rounds of one-to-one meetings in which both gain.

Every refusal is `application/problem+json` and points at what was wrong."""

TAGS = [
    {"name": "health", "description": "Whether the process lives, and can do its work."},
    {"name": "solve", "description": "Event in, schedule out; nothing is kept."},
    {"name": "events", "description": "Keep an event, read it, change it, delete it."},
    {"name": "attendees", "description": "Who comes to an event, all of them or one."},
    {"name": "me", "description": "What an attendee may ask and say by their own link."},
    {"name": "agendas", "description": "One person's day with its briefs, or everybody's."},
    {"name": "graph", "description": "Who gains what from whom, why, and who may not meet."},
    {"name": "diagnosis", "description": "How an event stands before it is solved."},
    {
        "name": "matching",
        "description": "What was made of people's texts, and pairs settled by hand.",
    },
    {"name": "solves", "description": "Start a solve, watch it improve, stop it, keep the best."},
    {"name": "schedules", "description": "Versions of a schedule: read, compared, published."},
    {"name": "incidents", "description": "What happens on the day, and the repairs it asks for."},
    {"name": "live", "description": "The room as it is now, and every change as it comes."},
    {"name": "feedback", "description": "What the two of a meeting say of it, and what follows."},
    {"name": "series", "description": "Events in a row, and what they tell the next one."},
    {"name": "webhooks", "description": "Urls that are told of what happens, and what was sent."},
    {"name": "keys", "description": "Who may do what: keys, made and revoked by an owner."},
]

ABOUT: dict[str, Any] = {
    "title": "Tertius",
    "version": "1",
    "description": DESCRIPTION,
    "license_info": {"name": "MIT", "identifier": "MIT"},
    "servers": [{"url": "/", "description": "The service that gave this document."}],
    "openapi_tags": TAGS,
}
"""What the document says of the service as a whole."""

BODIES = (
    Attendee,
    Attendees,
    Event,
    FeedbackBatch,
    Incidents,
    LinkSecret,
    NeedAndOffer,
    NewKey,
    NewSeries,
    NewWebhook,
    OwnFeedbackBatch,
    OwnIncidents,
    OwnWish,
    PrintOrder,
    ScheduleEdits,
    SolveRequest,
    Ticks,
    WebhookChange,
)
"""Documents that bodies hold; they are read raw, so the framework does not know them."""

PROBLEMS: Mapping[int, str] = {
    400: "The request cannot be read.",
    401: "No key, or none that is known.",
    403: "The caller is known, and may not do this.",
    404: "No such thing, or not the caller's.",
    408: "The body did not come in time.",
    409: "The request is sound, but not as things stand.",
    410: "The request had its effect before; its answer was erased since.",
    412: "It has changed since it was read: read it again.",
    413: "The body has more bytes than are taken.",
    414: "The address is too long.",
    415: "A media type or an encoding that is not taken.",
    422: "Not what it must be; `conflict` names rules that clash.",
    428: "`If-Match` must say which state is to be changed.",
    429: "More than one caller may have under way, or more wrong keys than one may try.",
    431: "The headers are too large.",
    500: "Something is wrong on the side of the service.",
    503: "Not now; the same request may do in a moment.",
}
"""What the refusals of each status mean."""

NAMES: Mapping[int, str] = {
    414: "AddressTooLong",
    431: "HeadersTooLarge",
    **{status: kind.__name__ for kind, (status, _) in reversed([*ANSWERS.items()])},
}
"""What the refusals of each status are called: as the errors are, but for the guard's own."""

NEEDS_MATCH = 428
OF_ANY_REQUEST = frozenset({400, 414, 431, 500})
"""What the guard before and behind every route answers."""

HEADERS: Mapping[str, tuple[str, str]] = {
    "Content-Disposition": ("string", "The name to save it under, where it comes as a file."),
    "ETag": ("string", "The state that was read or made: for `If-Match` and `If-None-Match`."),
    "Location": ("string", "Where to read what was made."),
    "Retry-After": ("integer", "How many seconds to wait before the same request."),
    "WWW-Authenticate": ("string", "How to say who is asking."),
}

IF_NONE_MATCH = {
    "name": "if-none-match",
    "in": "header",
    "required": False,
    "description": "The ETag that the caller has; 304 if nothing has changed since.",
    "schema": {"type": "string"},
}

EVENT = {"event_id": "$request.path.event_id"}
SOLVE = {**EVENT, "solve_id": "$response.body#/id"}
VERSION = {**EVENT, "version": "$response.body#/version"}
LINKS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "create_event.201": {
        "get_event": {"event_id": "$response.body#/id"},
        "start_solve": {"event_id": "$response.body#/id"},
    },
    "start_solve.202": {"get_solve": SOLVE, "watch_progress": SOLVE, "stop_solve": SOLVE},
    "get_solve.200": {"get_schedule": VERSION, "publish_schedule": VERSION},
    "stop_solve.200": {"get_schedule": VERSION},
    "edit_schedule.201": {"get_schedule": VERSION, "publish_schedule": VERSION},
    "report_incidents.200": {"get_schedule": VERSION, "get_repair": VERSION},
    "report_incidents.202": {"get_solve": EVENT},
    "delete_attendee.200": {"get_solve": {**EVENT, "solve_id": "$response.body#/solve"}},
    "create_key.201": {
        "get_key": {"key_id": "$response.body#/id"},
        "revoke_key": {"key_id": "$response.body#/id"},
    },
    "begin_series.201": {"get_series": {"series_id": "$response.body#/id"}},
    "create_webhook.201": {"get_webhook": {"webhook_id": "$response.body#/id"}},
}
"""Where an answer leads: operations, and what of theirs is known from it."""
LINK_NOTES = {"report_incidents.202": "`solve_id` is the last part of the `Location` header."}


MESSAGE_HEADERS = {
    "webhook-id": "The id of the message, the same at every try.",
    "webhook-timestamp": "When this try was made, in seconds of Unix time.",
    "webhook-signature": "`v1,` and a signature in base64; a space between two of them.",
}
"""The headers of every message to a webhook."""
ANSWERED = {
    "2XX": "The message has come.",
    "default": "The message is sent again later; but 410 ends the webhook.",
}
"""What the answers to a message mean."""


def refuses(*kinds: type[Refused]) -> Callable[[Callee], Callee]:
    """Say with what a route, or something it depends on, refuses a request."""

    def say(callee: Callee) -> Callee:
        callee.refusals = kinds  # type: ignore[attr-defined]
        return callee

    return say


def headed(*names: str, description: str | None = None) -> Document:
    """The part of an answer that says which headers it has."""
    said: Document = {"description": description} if description else {}
    return said | {"headers": {name: _ref("headers", name) for name in names}}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


TAGGED = headed("ETag")
CREATED = headed("Location", "ETag")
REVALIDATED: dict[int | str, Document] = {
    200: TAGGED,
    304: headed("ETag", description="Nothing has changed"),
}
"""The answers of a read that may say what the caller has."""


def describe_api(app: FastAPI) -> Document:
    """The OpenAPI document of ``app``; made once."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        parts = _parts(document["components"]["schemas"])
        for route in described_routes(app):
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                _complete(operation)
                _add_refusals(operation, route.dependant)
                _add_links(operation)
                _add_examples(operation, parts["examples"])
                sample = sample_request(method, route.path_format, operation, parts["examples"])
                operation["x-roles"] = list(POLICY[route.name].roles)
                operation["x-codeSamples"] = [{"lang": "Shell", "source": curl_of(sample)}]
        document["webhooks"] = _messages(parts["examples"])
        document["components"] |= parts
        _unwrap_descriptions(parts["schemas"])
        _limit_seconds(document, app.state.settings.longest_solve_seconds)
    return app.openapi_schema or {}


def _unwrap_descriptions(schemas: Document) -> None:
    """Write what is said of each field in one line, however the code had to break it."""
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            if "description" in field:
                field["description"] = " ".join(field["description"].split())


def _limit_seconds(document: Document, longest: float) -> None:
    """Say for how long a solve may search here, in a body and in an address."""
    request = document["components"]["schemas"]["SolveRequest"]["properties"]["seconds"]["anyOf"][0]
    (asked,) = (
        parameter["schema"]
        for parameter in document["paths"]["/v1/solve"]["post"]["parameters"]
        if parameter["name"] == "seconds"
    )
    for schema in (request, asked):
        schema["maximum"] = min(schema["maximum"], longest)


def described_routes(app: FastAPI) -> Iterator[Any]:
    """Every route that is described, as it is mounted."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.original_route.include_in_schema:
            yield route


def _parts(schemas: Document) -> dict[str, Document]:
    """What operations refer to; ``schemas`` are those that the framework has found."""
    modes: list[Any] = [(model, "validation") for model in (*BODIES, *MESSAGES, Problem)]
    _, definitions = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    ours = {name: row for name, row in schemas.items() if "ValidationError" not in name}
    examples: Document = from_json(resources.files("app.http").joinpath(EXAMPLES).read_bytes())
    return {
        "schemas": definitions["$defs"] | ours,
        "responses": {NAMES[status]: _problem(status) for status in PROBLEMS},
        "headers": {
            name: {"description": text, "schema": {"type": kind}}
            for name, (kind, text) in HEADERS.items()
        },
        "examples": {name: {"value": value} for name, value in examples.items()},
    }


EXAMPLES = "examples.json"


def _problem(status: int) -> Document:
    """The answer of refusals with this status."""
    name, description = NAMES[status], PROBLEMS[status]
    names = {name for kind, headers in ANSWERS.values() if kind == status for name in headers}
    content = {"schema": _ref("schemas", "Problem"), "examples": {name: _ref("examples", name)}}
    return headed(*sorted(names & HEADERS.keys()), description=description) | {
        "content": {PROBLEM_JSON: content}
    }


def _complete(operation: Document) -> None:
    """Say what the framework leaves out or gets wrong."""
    operation.setdefault("security", [])
    operation["responses"].pop("422", None)
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _without_null(parameter["schema"])
    if "304" in operation["responses"]:
        operation.setdefault("parameters", []).append(deepcopy(IF_NONE_MATCH))
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header" and "pattern" not in parameter["schema"]:
            parameter["schema"]["maxLength"] = LARGEST_HEADERS
    for content in operation["responses"].values():
        for media in content.get("content", {}).values():
            if media.pop("itemSchema", None):  # of OpenAPI 3.2
                media["schema"] = {"type": "string"}


def _messages(examples: Document) -> Document:
    """What webhooks are sent: a POST of each kind, and what the answers to it mean."""
    found: Document = {}
    for model in MESSAGES:
        headers = [
            {"name": name, "in": "header", "required": True, "description": text}
            | {"schema": {"type": "string"}}
            for name, text in MESSAGE_HEADERS.items()
        ]
        operation = {
            "operationId": f"receive_{model.__name__}",
            "tags": ["webhooks"],
            "summary": model.model_fields["type"].default,
            "description": model.__doc__,
            "security": [],
            "parameters": headers,
            "responses": {status: {"description": text} for status, text in ANSWERED.items()},
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _ref("schemas", model.__name__)}},
            },
        }
        _add_examples(operation, examples)
        found[model.model_fields["type"].default] = {"post": operation}
    return found


def _without_null(schema: Document) -> Document:
    """What a parameter may be when it is there; the framework takes one left out for null."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return rest | options[0] if len(options) == 1 else schema


def _add_refusals(operation: Document, dependant: Dependant) -> None:
    """Document every status with which the route, or what it depends on, refuses."""
    statuses = OF_ANY_REQUEST | {answer_to(kind)[0] for kind in _refusals(dependant)}
    for status in statuses:
        operation["responses"].setdefault(str(status), _ref("responses", NAMES[status]))
    for parameter in operation.get("parameters", ()):
        parameter["required"] |= parameter["name"] == "if-match" and NEEDS_MATCH in statuses
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _refusals(dependant: Dependant) -> Iterator[type[Refused]]:
    yield from getattr(dependant.call, "refusals", ())
    for inner in dependant.dependencies:
        yield from _refusals(inner)


def _add_links(operation: Document) -> None:
    for status, answer in operation["responses"].items():
        place = f"{operation['operationId']}.{status}"
        for target, parameters in LINKS.get(place, {}).items():
            link = {"operationId": target, "parameters": dict(parameters)}
            link |= {"description": LINK_NOTES[place]} if place in LINK_NOTES else {}
            answer.setdefault("links", {})[target] = link


def _example_of(parameter: Document) -> Any:
    """The value of its name, or the last of a few that alone are allowed."""
    value, allowed = PARAMETERS[parameter["name"]], parameter["schema"].get("enum")
    return value if not allowed or value in allowed else allowed[-1]


def _add_examples(operation: Document, examples: Document) -> None:
    """Show an example of each parameter, of the body and of each answer."""
    name = operation["operationId"]
    for parameter in operation.get("parameters", ()):
        parameter["example"] = _example_of(parameter)
    for place, part in {"body": operation.get("requestBody", {}), **operation["responses"]}.items():
        for kind, media in part.get("content", {}).items():
            special = f"{name}.{place if kind in JSON_KINDS else kind.partition('/')[2]}"
            schema = media["schema"].get("$ref", "").rpartition("/")[2]
            found = special if special in examples else schema
            media["examples"] = {found: _ref("examples", found)}


JSON_KINDS = ("application/json", "application/merge-patch+json")
