"""The live view: the room as it is now, and all that happens in it as it happens."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from app.deps import EventDep, LiveFeedDep
from app.http.access import CallerDep
from app.http.conditional import json_answer, not_modified
from app.http.event_stream import VARIES, WATCHED, asks_for_stream, stream_answer
from app.http.policy import POLICY
from schemas.live import Live

router = APIRouter(prefix="/v1/events/{event_id}", tags=["live"])

POSITION = re.compile(r"[0-9]{1,9}")


@router.get("/live", response_model=Live, responses=WATCHED)
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
    if asks_for_stream(request):
        proposed = caller.role in POLICY["list_proposals"].roles
        return stream_answer(feed.watch(mark, _position(last_event_id), proposed=proposed))
    if same := not_modified(request, mark.etag):
        return same
    view = await feed.view(mark)
    return json_answer(view.at(datetime.now(UTC)), f"W/{mark.etag}", headers=VARIES)


def _position(event_id: str | None) -> int | None:
    """The place in the news of an event's id; None if it is none of ours."""
    return int(event_id) if event_id and POSITION.fullmatch(event_id) else None
