"""Around every request: one log line, headers that narrow what a browser does, no bare failure."""

import asyncio
import re
import time
from typing import Any

import structlog
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Closing, Defect, Unavailable
from app.http.metrics import Metrics
from app.http.problems import CLOSE, RETRY_AFTER, problem_answer, refusal_answer
from app.logs import safe_traceback
from schemas.problem import Problem

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, no-cache"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),  # for browsers that know no frame-ancestors
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""Of every answer, unless it says otherwise itself."""
HSTS = (b"strict-transport-security", b"max-age=31536000")
"""Of every answer that a proxy passes on by TLS: browsers come by nothing else for a year."""

LARGEST_HEADERS = 32 * 1024
LONGEST_ADDRESS = 8 * 1024
HEALTH = ("/healthz", "/readyz", "/metrics")
TOO_LARGE = (431, "the headers are too large")
HIDDEN = re.compile(rb"%2f|%00", re.IGNORECASE)
"""Never part of an id of ours or of a caller's; a proxy may read it in another way than we do."""

log = structlog.get_logger("tertius.http")


class Guard:
    """ASGI middleware; a failure of ours becomes a plain 500 and a log line without messages.

    Of more than ``most`` requests at a time, streams among them, the others are refused: but for
    those about health, for a busy process is not a sick one.
    """

    def __init__(self, app: ASGIApp, most: int, metrics: Metrics) -> None:
        self._app, self._most, self._metrics = app, most, metrics
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on and see to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        answered = _Answered(send, scope, self._metrics, started)
        refusal = _refusal(scope)
        if refusal is None and self.is_full() and scope["path"] not in HEALTH:
            refusal = _unavailable()
        self._requests += 1
        try:
            await (refusal or self._app)(scope, receive, answered)
        except asyncio.CancelledError:  # the service is told to end, and has waited long enough
            if answered.status is None:
                await refusal_answer(Closing())(scope, receive, answered)
            raise
        except Exception as error:
            log.error("defect", **_line(scope), **safe_traceback(error))
            if answered.status is None:
                await refusal_answer(Defect())(scope, receive, answered)
        finally:
            self._requests -= 1
            answered.end()
            milliseconds = round((time.monotonic() - started) * 1000)
            log.info("request", **_line(scope), status=answered.status, milliseconds=milliseconds)

    def is_full(self) -> bool:
        """Whether as many requests are under way as may be."""
        return self._requests >= self._most


def _refusal(scope: Scope) -> Response | None:
    """The answer to a request that no route should see."""
    names = [name for name, _ in scope["headers"]]
    if b"transfer-encoding" in names and b"content-length" in names:
        return last_answer(400, "a length and chunks together")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        return last_answer(*TOO_LARGE)
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    if len(path) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return last_answer(414, "the address is too long")
    if HIDDEN.search(path):
        return last_answer(404, "not found")
    return None


def last_answer(status: int, title: str) -> Response:
    """A refusal after which the connection ends: how it would go on cannot be told."""
    return problem_answer(Problem(title=title, status=status), CLOSE)


def _unavailable() -> Response:
    return problem_answer(Problem(title=Unavailable.title, status=503), RETRY_AFTER | CLOSE)


class _Answered:
    """A ``send`` that adds the headers, counts the answer and lets the next read begin."""

    def __init__(self, send: Send, scope: Scope, metrics: Metrics, started: float) -> None:
        self._send, self._scope, self._metrics, self._started = send, scope, metrics, started
        self.status: int | None = None
        self._is_stream = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            state = self._scope.get("state", {})
            if place := state.get("place"):
                place.pass_turn()
            present = {name.lower(): value for name, value in message.get("headers", ())}
            more = [pair for pair in _headers(self._scope) if pair[0] not in present]
            message = {
                **message,
                "headers": [*message.get("headers", ()), *more, *state.get("rate", ())],
            }
            self._count(message["status"], present.get(b"content-type", b""))
        await self._send(message)

    def end(self) -> None:
        """Note that nothing more is sent."""
        if self._is_stream:
            self._metrics.watchers.dec()

    def _count(self, status: int, content_type: bytes) -> None:
        operation = getattr(self._scope.get("route"), "name", None)
        self._metrics.count_answer(operation, status, time.monotonic() - self._started)
        if content_type.startswith(b"text/event-stream"):
            self._is_stream = True
            self._metrics.watchers.inc()


def _headers(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    return (*HEADERS, HSTS) if scope.get("scheme") == "https" else HEADERS


def _line(scope: Scope) -> dict[str, Any]:
    """The verb and the route's pattern: a real path may hold an attendee's id."""
    route = scope.get("route")
    return {"method": scope["method"], "route": getattr(route, "path", None)}
