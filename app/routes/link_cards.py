"""Cards that open the page of whoever wears them: printed with links that nobody else is told."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, PrintTasksDep, check_size
from app.errors import NotFound, StateConflict
from app.exports.schedule_file import KINDS, FileRequest, Only
from app.http.attendee_access import PAGE, digest_of_secret, new_secret
from app.http.openapi import headed, refuses
from app.http.state import StoreDep
from app.large_documents import in_child_if_large
from app.paper.reprint import Paper
from app.planning.attendee_list import ids_in_order
from app.routes.links import NO_BODY
from app.routes.schedule_files import (
    MOST_ATTENDEES,
    WantedFile,
    attachment,
    file_name,
    find_earlier,
)
from app.routes.schedules import find_version
from app.service.editing import lock_event
from app.store import attendee_links, schedules
from app.store.events import StoredEvent
from app.workers.tasks import link_cards_of
from schemas import limits
from schemas.prints import CardPaper

router = APIRouter(prefix="/v1/events/{event_id}", tags=["attendees"])

PDF = KINDS["pdf"].media_type
Address = Annotated[
    str,
    Query(
        pattern=r"^https?://[^\s/?#]+/?$",
        max_length=limits.LINK,
        description="Where attendees reach this service, as their telephones do: https and its"
        " name, without a path.",
    ),
]


@router.post(
    "/links/cards",
    response_class=Response,
    responses={
        200: headed("Content-Disposition")
        | {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}
    },
)
@refuses(StateConflict)
async def print_link_cards(
    event: EventDep,
    store: StoreDep,
    tasks: PrintTasksDep,
    _sent: NO_BODY,
    address: Address,
    paper: Annotated[CardPaper, Query(description="Which cards. Left out: badges.")] = "badges",
    version: Annotated[
        int | None,
        Query(
            ge=1,
            le=limits.VERSIONS,
            description="Which version. Left out: the published one, else the newest.",
        ),
    ] = None,
    only: Annotated[
        Only | None,
        Query(description="Only those cards that differ from the last print."),
    ] = None,
) -> Response:
    """Badges or cards as a PDF, with a code on each that opens the page of its attendee.

    The links are made with them and told nowhere else. Of whoever has a card in the PDF the codes
    on cards before are good no more; other links are, and those of cards that are not printed.
    """
    check_size(event, MOST_ATTENDEES, "cards are made of events")
    request = FileRequest("pdf", paper=paper, only=only)
    async with store.read() as connection:
        if version is None:
            found = await schedules.current(connection, event.id)
        else:
            found = await find_version(connection, event, version)
        earlier = await find_earlier(connection, WantedFile(request, tasks), event, found)
    if found is None:
        raise NotFound
    people = await in_child_if_large(len(event.outline), ids_in_order, event.outline)
    secrets = {who: new_secret() for who in people}
    place = f"{address.removesuffix('/')}{PAGE}#"
    task = partial(
        link_cards_of,
        schedule=found.whole_document(),
        request=request,
        held=event.held_rounds,
        day=event.day,
        printed=earlier.printed.marks if earlier.printed else None,
        links={who: place + secret for who, secret in secrets.items()},
    )
    made = await tasks.run(task, event.outline)
    if not isinstance(made, Paper):
        raise StateConflict(errors=made)
    digests = {who: digest_of_secret(secrets[who]) for who in made.printed}
    await store.transact(partial(_keep, event, digests), event.id)
    name = attachment(f"{file_name(event, found)} {request.title}", KINDS["pdf"].suffix)
    return Response(made.content, headers={"Content-Disposition": name}, media_type=PDF)


async def _keep(
    event: StoredEvent, digests: Mapping[str, str], connection: AsyncConnection
) -> None:
    """Have what is on the cards be good, unless the event is another one by now."""
    stored = await lock_event(connection, event)
    if stored.revision != event.revision:
        message = "the event has changed meanwhile: print again"
        raise StateConflict.at("", "changed", message)
    await attendee_links.renew(connection, event.id, digests, "card")
