"""Addresses whose answer is a stream of events where that is asked for, else a document."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request, Response
from fastapi.sse import EventSourceResponse

from app.http.openapi import REVALIDATED

STREAM = "text/event-stream"
VARIES = {"Vary": "Accept"}
UNBUFFERED = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""What keeps a proxy from holding back events."""
WATCHED: dict[int | str, dict[str, Any]] = {
    **REVALIDATED,
    200: {**REVALIDATED[200], "content": {STREAM: {"schema": {"type": "string"}}}},
}
"""The answers of such an address."""


def asks_for_stream(request: Request) -> bool:
    """Whether the caller wants events as they come."""
    return STREAM in request.headers.get("Accept", "")


def stream_answer(events: AsyncIterator[bytes]) -> Response:
    """An answer that goes on as long as there are events, or somebody who listens."""
    return EventSourceResponse(events, headers=VARIES | UNBUFFERED)
