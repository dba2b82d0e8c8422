"""Links of attendees: made, renewed and ended by the organiser, for mails to carry.

Those on cards are made with them (``app.routes.link_cards``) and renewed apart.

An answer shows secrets, and is kept nowhere: so these requests take no Idempotency-Key. Sent again
they make other links, and the last ones are good.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, check_size
from app.errors import StateConflict
from app.http.attendee_access import PAGE, digest_of_secret, new_secret
from app.http.body import Sent, no_body
from app.http.conditional import json_answer
from app.http.openapi import refuses
from app.http.state import SettingsDep, StoreDep
from app.large_documents import in_child_if_large
from app.planning.attendee_list import ids_in_order
from app.routes.attendees import AttendeeId
from app.service.editing import check_listed, lock_event
from app.store import attendee_links
from app.store.engine import Store
from app.store.events import StoredEvent
from schemas.attendee_link import AttendeeLink, AttendeeLinks

router = APIRouter(prefix="/v1/events/{event_id}", tags=["attendees"])

MOST_ATTENDEES = 20_000
"""Links that are made at once: all of them are written in one transaction."""
NO_BODY = Annotated[Sent[None], Depends(no_body)]


@router.post("/attendees/{attendee_id}/link", response_model=AttendeeLink)
async def make_link(
    event: EventDep,
    attendee_id: AttendeeId,
    store: StoreDep,
    settings: SettingsDep,
    _sent: NO_BODY,
) -> Response:
    """Make the link to somebody's own page; the one before is good no more, that on a card is."""

    async def make(connection: AsyncConnection) -> tuple[Mapping[str, str], datetime]:
        stored = await lock_event(connection, event)
        await check_listed(stored, attendee_id)
        return await _renew(connection, stored, [attendee_id])

    made, made_at = await store.transact(make, event.id)
    (link,) = _links(made, made_at + timedelta(days=settings.link_days))
    return json_answer(link)


@router.delete("/attendees/{attendee_id}/link", status_code=204)
async def end_link(event: EventDep, attendee_id: AttendeeId, store: StoreDep) -> Response:
    """End somebody's links, that on their card among them, if there are any."""

    async def end(connection: AsyncConnection) -> None:
        stored = await lock_event(connection, event)
        await check_listed(stored, attendee_id)
        await attendee_links.forget(connection, event.id, [attendee_id])

    await store.transact(end, event.id)
    return Response(status_code=204)


@router.post("/links", response_model=AttendeeLinks)
@refuses(StateConflict)
async def make_links(
    event: EventDep, store: StoreDep, settings: SettingsDep, _sent: NO_BODY
) -> Response:
    """Make new links for everybody on the list; all before are good no more, but those on cards."""
    check_size(event, MOST_ATTENDEES, f"links are made for up to {MOST_ATTENDEES} attendees")
    made, made_at = await _renew_all(store, event)
    links = _links(made, made_at + timedelta(days=settings.link_days))
    return json_answer(AttendeeLinks(links=tuple(links)))


async def _renew_all(store: Store, event: StoredEvent) -> tuple[Mapping[str, str], datetime]:
    async def make(connection: AsyncConnection) -> tuple[Mapping[str, str], datetime]:
        stored = await lock_event(connection, event)
        size = len(stored.outline)
        people = await in_child_if_large(size, ids_in_order, stored.outline)
        return await _renew(connection, stored, people)

    return await store.transact(make, event.id)


async def _renew(
    connection: AsyncConnection, event: StoredEvent, people: Sequence[str]
) -> tuple[Mapping[str, str], datetime]:
    """New secrets by attendee, and when they were made."""
    made = {who: new_secret() for who in people}
    digests = {who: digest_of_secret(secret) for who, secret in made.items()}
    return made, await attendee_links.renew(connection, event.id, digests, "link")


def _links(made: Mapping[str, str], expires_at: datetime) -> Sequence[AttendeeLink]:
    return [
        AttendeeLink(attendee=who, path=f"{PAGE}#{secret}", secret=secret, expires_at=expires_at)
        for who, secret in made.items()
    ]
