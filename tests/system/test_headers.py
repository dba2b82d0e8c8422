"""Every answer narrows what a browser does with it: of all routes, and refusals of every kind."""

import re
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from app.http.guard import HEADERS, HSTS
from app.settings import Settings
from tests.api import ORGANISER, Api, running
from tests.processes import Client, site

pytestmark = pytest.mark.anyio

PLACES = {"event_id": "0" * 32, "series_id": "0" * 32, "solve_id": "0" * 32, "version": "1"}
"""What stands in an address; all else is some text."""


@pytest.fixture(scope="module")
async def api(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    keys = f"organiser:acme:{ORGANISER}"
    folder = tmp_path_factory.mktemp("data")
    settings = Settings(data=folder, keys=keys, wrong_keys=1_000)  # type: ignore[arg-type]
    async with running(settings) as api:
        yield api


def check_headers(headers: Mapping[str, str], *, secure: bool = False) -> None:
    """All of them are there, once; those of whoever may frame or run something are as strict."""
    told = httpx.Headers(dict(headers))
    for name, value in HEADERS:
        assert name.decode() in told, name
        loose = name in (b"content-security-policy", b"referrer-policy", b"cache-control")
        assert loose or told[name.decode()] == value.decode(), name
        assert "," not in told[name.decode()] or name != b"x-frame-options"
    policy = told["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert (HSTS[0].decode() in told) == secure


def addresses(api: Api) -> Iterator[tuple[str, str]]:
    """A request for every route of the service, described or not."""
    for route in iter_route_contexts(api.app.routes):
        path = re.sub(r"{(\w+)(:\w+)?}", lambda found: PLACES.get(found[1], "x"), str(route.path))
        for method in sorted(route.methods or ()):
            yield method, path


async def test_of_every_route(api: Api) -> None:
    asked = set(addresses(api))
    assert {("GET", "/healthz"), ("GET", "/metrics"), ("GET", "/docs"), ("GET", "/")} <= asked
    assert len(asked) > 100
    for method, path in sorted(asked):
        answer = await api.send(method, path)
        check_headers(answer.headers)


async def test_of_what_is_refused(api: Api) -> None:
    large = {"Content-Length": str(2**40)}
    for status, answer in (
        (400, await api.send("POST", "/v1/events", raw=b"{}", headers={"Content-Length": "x"})),
        (401, await api.as_("no-key-of-anybody").send("GET", "/v1/events")),
        (404, await api.send("GET", "/nowhere")),
        (404, await api.send("GET", "/v1/events/a%2Fb")),
        (405, await api.send("DELETE", "/v1/solve")),
        (413, await api.send("POST", "/v1/events", raw=b"{}", headers=large)),
        (414, await api.send("GET", "/" + "x" * 9000)),
        (415, await api.send("POST", "/v1/events", raw=b"{}", headers={"Content-Type": "a/b"})),
        (422, await api.send("POST", "/v1/events", {"rounds": -1})),
        (431, await api.send("GET", "/", headers={"X": "x" * 40_000})),
    ):
        assert answer.status_code == status
        check_headers(answer.headers)


async def test_of_files_and_pages(api: Api) -> None:
    for path in ("/static/style.css", "/static/nothing.css", "/service-worker.js", "/me"):
        answer = await api.send("GET", path)
        check_headers(answer.headers)
    answer = await api.send("GET", "/static/style.css")
    assert answer.status_code == 200


async def test_of_a_failure_of_ours(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.store.events.page", fail)
    answer = await api.send("GET", "/v1/events")
    assert answer.status_code == 500
    check_headers(answer.headers)


async def test_by_tls_a_browser_is_told_to_come_by_nothing_else(api: Api) -> None:
    transport = httpx.ASGITransport(api.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        check_headers((await client.get("/healthz")).headers, secure=True)


def test_of_what_is_no_request_and_of_what_a_proxy_passes_on(tmp_path: Path) -> None:
    with site(Settings(data=tmp_path)) as place:
        _, client = place.api("--workers", "0")
        check_headers(client.http.get("/healthz").headers)
        by_tls = client.http.get("/healthz", headers={"X-Forwarded-Proto": "https"})
        check_headers(by_tls.headers, secure=True)
        for sent in (b"\x00\x00\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000):
            check_headers(raw_answer(client, sent))


def raw_answer(client: Client, sent: bytes) -> dict[str, str]:
    """The headers of the answer to bytes."""
    port = client.http.base_url.port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        head = connection.recv(65_536).partition(b"\r\n\r\n")[0].decode()
    lines = [line.partition(": ") for line in head.splitlines()[1:]]
    return {name: value for name, _, value in lines}
