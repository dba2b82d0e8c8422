"""Whether the service answers as its OpenAPI document says it may."""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from app.main import create_app
from app.settings import Settings

HEADERS = {"etag", "location", "retry-after", "www-authenticate"}


class Operation(NamedTuple):
    """One operation of the document: its name, verb, address, and what is said of it."""

    name: str
    method: str
    path: str
    described: dict[str, Any]

    def answer(self, status: int) -> dict[str, Any]:
        """What the document says of a status; undocumented ones fail."""
        answers = self.described["responses"]
        assert str(status) in answers, (self.name, status, sorted(answers))
        said: dict[str, Any] = answers[str(status)]
        reference = said.get("$ref", "").rpartition("/")[2]
        return document()["components"]["responses"][reference] if reference else said

    def successes(self) -> list[dict[str, Any]]:
        """What is said of every answer that is no refusal."""
        answers: dict[str, dict[str, Any]] = self.described["responses"]
        return [said for said in answers.values() if "$ref" not in said]

    @property
    def is_for_attendees(self) -> bool:
        """Whether an attendee's link lets in, and nothing else does."""
        return bool(self.described["security"] == [{"AttendeeLink": []}])

    def parameters(self, where: str) -> list[dict[str, Any]]:
        """The parameters in the path, the query or the header."""
        return [row for row in self.described.get("parameters", ()) if row["in"] == where]


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document; it is the same for every service."""
    return create_app(Settings(data=Path("nowhere"))).openapi()


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation; those whose addresses leave less open come first."""
    rows = [
        Operation(described["operationId"], method.upper(), path, described)
        for path, methods in document()["paths"].items()
        for method, described in methods.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.path.count("{"), row.name)))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(path)))


def operation_of(request: httpx.Request) -> Operation | None:
    """The operation that a request is one of, if any."""
    path = request.url.raw_path.decode().partition("?")[0]
    for operation in operations():
        if operation.method == request.method and _pattern(operation.path).fullmatch(path):
            return operation
    return None


def check_documented(response: httpx.Response) -> None:
    """Fail unless the status, the media type and the headers are documented for the operation."""
    operation = operation_of(response.request)
    if operation is None:
        return
    said = operation.answer(response.status_code)
    media = response.headers.get("Content-Type", "").partition(";")[0]
    where = (operation.name, response.status_code)
    assert media in (said.get("content") or {"": {}}), (*where, media)
    present = HEADERS & {name.lower() for name in response.headers}
    assert present <= {name.lower() for name in said.get("headers", {})}, (*where, present)
