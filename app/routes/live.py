"""The live view: the room as it is now, and all that happens in it as it happens."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.sse import EventSourceResponse

from app.deps import EventDep, LiveFeedDep
from app.http.access import CallerDep
from app.http.conditional import json_answer, not_modified
from app.http.openapi import REVALIDATED
from app.http.policy import POLICY
from schemas.live import Live

router = APIRouter(prefix="/v1/events/{event_id}", tags=["live"])

STREAM = "text/event-stream"
POSITION = re.compile(r"[0-9]{1,9}")
HEADERS = {"Vary": "Accept"}
STREAMED = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""What keeps a proxy from holding back events."""
SHOWN: dict[int | str, dict[str, Any]] = {
    **REVALIDATED,
    200: {**REVALIDATED[200], "content": {STREAM: {"schema": {"type": "string"}}}},
}


@router.get("/live", response_model=Live, responses=SHOWN)
async def get_live(
    request: Request,
    event: EventDep,
    feed: LiveFeedDep,
    caller: CallerDep,
    last_event_id: Annotated[
        str | None, Header(description="The id of the last event that was received.")
    ] = None,
) -> Response:
    """The round that runs and the next: who sits where, who stands by, and what changed last.

    Before anything is published there are no rounds to show, and the room can be watched already.
    With `Accept: text/event-stream` the answer is a stream: `change` for every version that is
    published, all incidents that are accepted and all that is proposed, and `now` with the room
    after each of them and when a round is to start. A reconnect with `Last-Event-ID` misses
    nothing and repeats nothing.
    """
    mark = await feed.position(event.id)
    if STREAM in request.headers.get("Accept", ""):
        proposed = caller.role in POLICY["list_proposals"].roles
        stream = feed.watch(mark, _position(last_event_id), proposed=proposed)
        return EventSourceResponse(stream, headers=HEADERS | STREAMED)
    if same := not_modified(request, mark.etag):
        return same
    view = await feed.view(mark)
    return json_answer(view.at(datetime.now(UTC)), f"W/{mark.etag}", headers=HEADERS)


def _position(event_id: str | None) -> int | None:
    """The place in the news of an event's id; None if it is none of ours."""
    return int(event_id) if event_id and POSITION.fullmatch(event_id) else None
