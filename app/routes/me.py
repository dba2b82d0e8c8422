"""What attendees may ask by their own link: this is all of it, and each is about themselves alone.

No address here names an event or a person, for both are those of the link.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated
from zlib import crc32

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import LiveFeedDep, ProposalsDep, RepairsDep
from app.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    OutOfMemory,
    StateConflict,
    TooMany,
    Unauthorised,
    Unavailable,
)
from app.http.access import check_own_page
from app.http.attendee_access import (
    ADDRESS,
    AttendeeDep,
    find_holder,
    forget_secret,
    keep_secret,
)
from app.http.body import openapi_body, small_body
from app.http.conditional import json_answer, not_modified
from app.http.departure import RequestTasks, in_turn
from app.http.event_stream import VARIES, WATCHED, asks_for_stream, stream_answer
from app.http.openapi import REVALIDATED, refuses
from app.http.parameters import check_open_parameters
from app.http.state import SettingsDep, StoreDep
from app.http.wrong_keys import WrongKeys
from app.large_documents import in_child_if_large
from app.planning.attendee_list import is_listed
from app.planning.document import digest_of
from app.planning.event_change import EventChange, pointers_to
from app.planning.own_wishes import UnknownName, with_wish
from app.routes.agenda import Calendar, calendar_answer
from app.service.editing import lock_event_of, save_edit
from app.service.feedback import find_follow_ups_of, meetings_told_of, take_feedback
from app.service.own_incidents import accept_own_incidents, own_id
from app.store import events, feedback, schedules
from app.store.attendee_links import LinkHolder
from app.store.engine import Store
from app.store.events import StoredEvent, with_benefits_of
from app.workers.tasks import own_day_of
from schemas.attendee_link import LinkPage, LinkSecret
from schemas.feedback import Feedback, FollowUps
from schemas.own_day import (
    OwnDay,
    OwnFeedback,
    OwnFeedbackBatch,
    OwnIncidents,
    OwnReceipt,
    OwnWish,
)

door = APIRouter(prefix=ADDRESS, tags=["me"])
"""To come in and to leave; the rest is for those who are in."""
router = APIRouter(prefix=ADDRESS, tags=["me"])


@refuses(NotAllowed, Invalid, Unavailable)
async def check_page(request: Request) -> None:
    """Raise NotAllowed unless a page of ours asks."""
    check_own_page(request)
    await check_open_parameters(request)


@refuses(NotFound)
async def get_own_event(attendee: AttendeeDep, store: StoreDep) -> StoredEvent:
    """The event of the link as it is now."""
    async with store.read() as connection:
        stored = await events.find(connection, attendee.event_id, attendee.organisation)
    if stored is None:
        raise NotFound
    size = len(stored.outline)
    if not await in_child_if_large(size, is_listed, stored.outline, attendee.attendee):
        raise NotFound
    return stored


@refuses(OutOfMemory)
async def get_own_tasks(request: Request, attendee: AttendeeDep) -> RequestTasks:
    """What runs tasks for an attendee, in the turn of their organisation."""
    return RequestTasks(request.app.state.agenda_tasks, request, attendee.organisation)


OwnEventDep = Annotated[StoredEvent, Depends(get_own_event)]
OwnTasksDep = Annotated[RequestTasks, Depends(get_own_tasks)]


@door.post(
    "",
    response_model=LinkPage,
    dependencies=[Depends(check_page)],
    openapi_extra=openapi_body(LinkSecret),
)
@refuses(Unauthorised, TooMany)
async def open_link(
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    sent: Annotated[LinkSecret, Depends(small_body(LinkSecret))],
) -> Response:
    """Exchange the secret of a link for a cookie that no script can read."""
    holder = await find_holder(request, store, settings, sent.secret)
    answer = json_answer(LinkPage(page=digest_of(f"{holder.event_id} {holder.attendee}")[:32]))
    keep_secret(request, answer, sent.secret, settings.link_days)
    return answer


@door.delete("", status_code=204, dependencies=[Depends(check_page)])
async def leave_link() -> Response:
    """Have this browser forget the link; others keep it."""
    answer = Response(status_code=204)
    forget_secret(answer)
    return answer


@refuses(TooMany)
async def take_watcher_place(request: Request, attendee: AttendeeDep) -> AsyncIterator[None]:
    """Hold a place as long as the request is answered, if it asks for a stream."""
    if not asks_for_stream(request):
        yield
        return
    state = request.app.state
    with state.own_watchers.take("all"), state.watchers_of_one.take(attendee):
        yield


@router.get(
    "", response_model=OwnDay, responses=WATCHED, dependencies=[Depends(take_watcher_place)]
)
@refuses(NotFound)
async def get_own_day(
    request: Request, attendee: AttendeeDep, store: StoreDep, tasks: OwnTasksDep, feed: LiveFeedDep
) -> Response:
    """The attendee's day by what is published, and what they have said.

    With `Accept: text/event-stream` the answer is a stream: `change` whenever something moved of
    which the day may show something, `{"mine": true}` if the attendee's own meetings did. At most
    half of all places are for such streams: of one more, 429, and its reader asks now and then.
    """
    if asks_for_stream(request):
        mark = await feed.position(attendee.event_id)
        return stream_answer(feed.watch_own(mark, attendee.attendee))
    etag = await _etag(store, attendee)
    if same := not_modified(request, etag):
        return same
    async with in_turn(tasks):
        event = await get_own_event(attendee, store)
        async with store.read() as connection:
            found = await schedules.published(connection, event.id)
            log = await feedback.about(connection, event.id, attendee.attendee)
        mine = {said.partner: said for said in log if said.attendee == attendee.attendee}
        wish = partial(
            own_day_of,
            schedule=found.whole_document() if found else None,
            held=event.held_rounds,
            day=event.day,
            attendee=attendee.attendee,
            said=tuple(mine.values()),
        )
        return json_answer(await tasks.run(wish, event.outline), etag, headers=VARIES)


async def _etag(store: Store, attendee: LinkHolder) -> str:
    """A page changes with the event and its day, what is published, and what its reader says."""
    async with store.read() as connection:
        now = await events.progress(connection, attendee.event_id)
        said = await feedback.last_of(connection, attendee.event_id, attendee.attendee)
    if now is None:
        raise NotFound
    whose = f"{crc32(attendee.attendee.encode()):08x}"
    return f'"{now.revision}.{now.published_version or 0}.{said}.{whose}"'


@router.get("/agenda.ics", response_class=Calendar, responses=REVALIDATED)
@refuses(NotFound, StateConflict)
async def get_own_calendar(
    request: Request, attendee: AttendeeDep, store: StoreDep, tasks: OwnTasksDep
) -> Response:
    """The attendee's meetings for their calendar."""
    async with in_turn(tasks):
        event = await get_own_event(attendee, store)
        return await calendar_answer(request, tasks, event, attendee.attendee, store)


@router.get("/follow-ups", response_model=FollowUps)
@refuses(NotFound)
async def get_own_follow_ups(
    attendee: AttendeeDep, store: StoreDep, tasks: OwnTasksDep
) -> Response:
    """Whom the attendee met, who of the two can help whom, and whom to be introduced to."""
    async with in_turn(tasks):
        event = await get_own_event(attendee, store)
        return json_answer(await find_follow_ups_of(tasks, store, event, attendee.attendee))


@router.post("/incidents", response_model=OwnReceipt, openapi_extra=openapi_body(OwnIncidents))
@refuses(StateConflict)
async def report_own_incidents(
    attendee: AttendeeDep,
    event: OwnEventDep,
    store: StoreDep,
    repairs: RepairsDep,
    search: ProposalsDep,
    sent: Annotated[OwnIncidents, Depends(small_body(OwnIncidents))],
) -> Response:
    """Say that one is late, skips a round, or is there after all; the schedule is repaired."""

    async def take(connection: AsyncConnection) -> str | None:
        stored = await lock_event_of(connection, event.id, event.organisation)
        return await accept_own_incidents(connection, stored, attendee.attendee, sent.incidents)

    solve_id = await store.transact(take, event.id)
    if solve_id is not None:
        repairs.begin(solve_id, event.id)
    search.expect(event.id)
    return json_answer(OwnReceipt(accepted=len(sent.incidents)))


@router.post("/feedback", response_model=OwnReceipt, openapi_extra=openapi_body(OwnFeedbackBatch))
@refuses(StateConflict)
async def give_own_feedback(
    attendee: AttendeeDep,
    event: OwnEventDep,
    store: StoreDep,
    sent: Annotated[OwnFeedbackBatch, Depends(small_body(OwnFeedbackBatch))],
) -> Response:
    """Say how meetings were that have begun; what is said later of the same partner replaces it."""
    batch = _feedback_of(attendee.attendee, sent.feedback)
    meetings = await meetings_told_of(store, event, batch)

    async def take(connection: AsyncConnection) -> None:
        await take_feedback(connection, event, batch, meetings)

    await store.transact(take, event.id)
    return json_answer(OwnReceipt(accepted=len(batch)))


def _feedback_of(attendee_id: str, sent: Sequence[OwnFeedback]) -> Sequence[Feedback]:
    """What an attendee said as feedback of theirs; of themselves nobody can say anything."""
    for place, said in enumerate(sent):
        if said.partner == attendee_id:
            message = "no published schedule lets these two meet"
            raise StateConflict.at(f"/feedback/{place}/partner", "no_meeting", message)
    return [
        Feedback(
            **said.model_dump() | {"id": own_id(attendee_id, said.id), "attendee": attendee_id}
        )
        for said in sent
    ]


@router.post("/wishes", response_model=OwnReceipt, openapi_extra=openapi_body(OwnWish))
@refuses(StateConflict, TooMany)
async def set_own_wish(
    request: Request,
    attendee: AttendeeDep,
    event: OwnEventDep,
    store: StoreDep,
    sent: Annotated[OwnWish, Depends(small_body(OwnWish))],
) -> Response:
    """Say whom one would like to meet, or not, before anything is published; nobody is told."""

    async def take(connection: AsyncConnection) -> None:
        stored = await lock_event_of(connection, event.id, event.organisation)
        if stored.published_version is not None:
            message = "the schedule is out: please tell the organiser"
            raise StateConflict.at("", "published", message)
        size, who = len(stored.outline), attendee.attendee
        made = await in_child_if_large(size, with_wish, stored.outline, who, sent)
        change = EventChange(pointers_to([who]))
        await save_edit(connection, stored, with_benefits_of(stored, made), change)

    try:
        await store.transact(take, event.id)
    except UnknownName:
        _count_guess(request, attendee)
        raise
    return json_answer(OwnReceipt(accepted=1))


def _count_guess(request: Request, attendee: LinkHolder) -> None:
    """Raise TooMany where somebody tries name after name to learn who comes."""
    wrong_names: WrongKeys = request.app.state.wrong_names
    if wrong_names.add_of(f"{attendee.event_id} {attendee.attendee}"):
        raise TooMany("many names were tried that nobody has: wait a minute")
