"""A client of the service as tests want it: short to write, and strict about every refusal."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings
from app.store.engine import Store
from tests.documented import check_documented

OWNER = "acme-owner-key-01"
ORGANISER = "acme-organiser-key"
READER = "acme-reader-key-1"
OTHER = "other-organiser-key"

TWO = {"rounds": [{}], "attendees": [{"id": "a"}, {"id": "b"}]}
"""An event for two."""


@dataclass(frozen=True)
class Api:
    """The service in this process, and one caller of it."""

    app: FastAPI
    client: httpx.AsyncClient
    key: str = ORGANISER

    @property
    def store(self) -> Store:
        store: Store = self.app.state.store
        return store

    def as_(self, key: str) -> "Api":
        """The same service for another caller."""
        return replace(self, key=key)

    async def send(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        raw: Any = None,
        tag: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A request with a JSON ``body`` or ``raw`` bytes, and ``tag`` as If-Match."""
        sent = {"Authorization": f"Bearer {self.key}"}
        content = raw
        if body is not None:
            content = body if _is_file(body, headers or {}) else json.dumps(body)
        if content is not None:
            sent["Content-Type"] = "application/json"
        if tag is not None:
            sent["If-Match"] = tag
        sent |= dict(headers or {})
        return await self.client.request(method, url, content=content, headers=sent)

    async def create(self, **fields: Any) -> str:
        """The address of a new event for two, with other ``fields``."""
        answer = await self.send("POST", "/v1/events", TWO | fields)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    async def tag(self, url: str) -> str:
        """The event's ETag."""
        return (await self.send("GET", url)).headers["ETag"]

    async def get(self, url: str) -> Any:
        """What an address answers."""
        answer = await self.send("GET", url)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def seen(self, url: str | None = None) -> list[Any]:
        """What a caller can see: the newest events, and all of the one at ``url``."""
        addresses = ["/v1/events?limit=5"]
        if url is not None:
            addresses += [url, f"{url}/schedules"]
        answers = [await self.send("GET", address) for address in addresses]
        return [(answer.text, answer.headers.get("ETag")) for answer in answers]

    async def refuses(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        status: int | tuple[int, ...] = 422,
        pointer: str | None = None,
        code: str | None = None,
        about: str | None = None,
        hides: str | None = None,
        **how: Any,
    ) -> dict[str, Any]:
        """Expect a refusal that keeps every rule: a small problem, no echo, no effect."""
        before = await self.seen(about)
        answer = await self.send(method, url, body, **how)
        allowed = (status,) if isinstance(status, int) else status
        assert answer.status_code in allowed, (answer.status_code, answer.text[:500])
        problem = problem_in(answer)
        pointers = [error["pointer"] for error in problem["errors"]]
        if pointer is not None:
            assert pointer in pointers, problem
        if code is not None:
            assert code in [error["code"] for error in problem["errors"]], problem
        if hides is not None:
            assert hides not in answer.text
        assert await self.seen(about) == before
        return problem


def problem_in(answer: httpx.Response) -> dict[str, Any]:
    """The problem that a refusal must hold: small, pure ASCII, complete."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text[:500]
    assert len(answer.content) <= 16 * 1024
    problem: dict[str, Any] = json.loads(answer.content.decode("ascii"))
    assert problem.keys() >= {"type", "title", "status", "errors"}
    assert problem["status"] == answer.status_code
    assert len(problem["errors"]) <= 20
    for error in problem["errors"]:
        assert error.keys() - {"id"} == {"pointer", "code", "message"}
        assert error["pointer"][:1] in ("", "/") or error["pointer"].partition(":")[0] in (
            "query",
            "header",
            "path",
        )
    return problem


def _is_file(body: Any, headers: Mapping[str, str]) -> bool:
    """Whether a body is sent as it is: a text that is no JSON."""
    return isinstance(body, str) and "json" not in headers.get("Content-Type", "json")


async def _check(answer: httpx.Response) -> None:
    check_documented(answer)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Api]:
    """The service, started, with a client that takes no answer which is not documented."""
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport,
            base_url="http://localhost",
            event_hooks={"response": [_check]},
        ) as client,
    ):
        yield Api(app, client)
