"""Series: what the events before tell the next one."""

from collections.abc import Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import OURS, ContradictionTasksDep, EventDep, RepairsDep, TextPrefetchDep
from app.errors import NotFound, StateConflict
from app.feedback.history import add_history, history_of, join_history, write_next_event
from app.feedback.meetings import current_feedback, held_meetings
from app.http.access import CallerDep
from app.http.body import BodyReaderDep, Sent, event_body, json_body, no_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import CREATED, headed, refuses
from app.http.state import StoreDep
from app.large_documents import in_thread_if_large
from app.planning.document import WrittenEvent, server_owned
from app.routes.attendees import AttendeeId
from app.routes.events import receipt
from app.service.editing import Edit, lock_event, lock_event_of, refuse_contradictions
from app.service.removal import remove_attendee
from app.store import events, feedback, schedules, series, tombstones
from app.store.events import StoredEvent
from app.store.series import StoredMember, StoredSeries
from schemas import limits
from schemas.day import DayState
from schemas.event import Event, PairRule
from schemas.feedback import Feedback
from schemas.listing import Departure, EventReceipt
from schemas.schedule import Schedule
from schemas.series import (
    Erasure,
    History,
    NewSeries,
    Series,
    SeriesErasure,
    SeriesEvent,
    SeriesList,
)

router = APIRouter(prefix="/v1/series", tags=["series"])

SeriesId = Annotated[
    str, Path(description="The id that the server gave the series.", json_schema_extra=OURS)
]


@refuses(NotFound)
async def series_in_path(series_id: SeriesId, caller: CallerDep, store: StoreDep) -> StoredSeries:
    """The series of the path, if it is the caller's organisation's."""
    async with store.read() as connection:
        stored = await series.find(connection, series_id, caller.organisation)
    if stored is None:
        raise NotFound
    return stored


SeriesDep = Annotated[StoredSeries, Depends(series_in_path)]


@router.post(
    "",
    status_code=201,
    response_model=Series,
    responses={201: headed("Location")},
    openapi_extra=openapi_body(NewSeries),
)
async def begin_series(
    caller: CallerDep,
    once: IdempotentDep,
    sent: Annotated[Sent[NewSeries], Depends(json_body(NewSeries))],
) -> Response:
    """Begin a series of events."""

    async def add(connection: AsyncConnection) -> Response:
        stored = await series.add(connection, caller.organisation, sent.document.name)
        place = {"Location": f"/v1/series/{stored.id}"}
        return json_answer(await _shown(connection, stored), status=201, headers=place)

    return await once(sent, add)


@router.get("", response_model=SeriesList)
async def list_series(caller: CallerDep, store: StoreDep) -> Response:
    """The organisation's series, newest first."""
    async with store.read() as connection:
        rows = await series.listing(connection, caller.organisation)
    return json_answer(SeriesList(series=tuple(rows)))


@router.get("/{series_id}", response_model=Series)
async def get_series(stored: SeriesDep, store: StoreDep) -> Response:
    """A series with its events."""
    async with store.read() as connection:
        return json_answer(await _shown(connection, stored))


@router.get("/{series_id}/history", response_model=History)
async def get_history(stored: SeriesDep, store: StoreDep) -> Response:
    """Who met at the events added, as `pair_rules` of a next event; for the organiser."""
    async with store.read() as connection:
        rules = await _history(connection, stored)
    return json_answer(History(pair_rules=rules).model_dump_json(exclude_none=True))


@router.delete("/{series_id}", status_code=204)
async def delete_series(stored: SeriesDep, store: StoreDep) -> Response:
    """Delete the series with all that was added to it; its events stay as they are."""
    async with store.write() as connection:
        await series.remove(connection, stored.id)
    return Response(status_code=204)


@router.delete("/{series_id}/attendees/{attendee_id}", response_model=SeriesErasure)
async def erase_attendee(
    stored: SeriesDep, attendee_id: AttendeeId, store: StoreDep, repairs: RepairsDep
) -> Response:
    """Erase an attendee from every event of the series, one event after the other."""
    async with store.read() as connection:
        rows = await series.members(connection, stored.id)
    told = []
    for row in rows:
        erase = partial(_erase, row.event_id, stored.organisation, attendee_id)
        with suppress(NotFound):
            left = await store.transact(erase, row.event_id)
            if left.solve is not None:
                repairs.begin(left.solve, row.event_id)
            told.append(Erasure(event=row.event_id, solve=left.solve))
    if not told:
        raise NotFound
    return json_answer(SeriesErasure(attendee=attendee_id, events=tuple(told)))


async def _erase(
    event_id: str, organisation: str, attendee_id: str, connection: AsyncConnection
) -> Departure:
    event = await lock_event_of(connection, event_id, organisation)
    return await remove_attendee(connection, event, attendee_id, erase=True)


@router.put("/{series_id}/events/{event_id}", response_model=Series)
@refuses(StateConflict)
async def add_event(
    stored: SeriesDep,
    event: EventDep,
    store: StoreDep,
    _sent: Annotated[Sent[None], Depends(no_body)],
) -> Response:
    """Add what an event's held rounds and feedback tell as they are now; again, to renew it."""

    async def add(connection: AsyncConnection) -> None:
        told = await _told(connection, await lock_event(connection, event))
        await _lock(connection, stored)
        await series.join(connection, stored.id, event.id)
        await series.tell(connection, stored.id, event.id, told)

    await store.transact(add, event.id)
    return await get_series(stored, store)


@router.post(
    "/{series_id}/events",
    status_code=201,
    response_model=EventReceipt,
    responses={201: CREATED},
    openapi_extra=openapi_body(Event),
)
@refuses(StateConflict)
async def create_next_event(
    stored: SeriesDep,
    caller: CallerDep,
    store: StoreDep,
    tasks: ContradictionTasksDep,
    prefetch: TextPrefetchDep,
    once: IdempotentDep,
    reader: BodyReaderDep,
    sent: Annotated[Sent[WrittenEvent], Depends(event_body(write_next_event))],
) -> Response:
    """Keep the next event of a series, with the history of its attendees in its `pair_rules`.

    Where its policy does not say, `rematch` is `seldom`.
    """
    if sent.document.published_version is not None:
        raise server_owned("published")
    async with store.read() as connection:
        known = await series.members(connection, stored.id)
    history = await _joined(known)
    new = sent.document
    if history:
        new = await reader.read(partial(add_history, history), new.document.encode())
    if new.pair_rules > limits.PAIR_RULES:
        message = f"with the history of the series they are more than {limits.PAIR_RULES}"
        raise StateConflict.at("/pair_rules", "too_long", message)
    await refuse_contradictions(tasks, new)

    async def add(connection: AsyncConnection) -> Response:
        await _lock(connection, stored)
        if await series.members(connection, stored.id) != known:
            message = "the series was changed meanwhile: send the event again"
            raise StateConflict.at("", "series_changed", message)
        kept = await events.add(connection, caller.organisation, new)
        await series.join(connection, stored.id, kept.id)
        prefetch.expect(kept)
        return receipt(Edit(kept, None), 201)

    return await once(sent, add)


async def _told(connection: AsyncConnection, event: StoredEvent) -> tuple[PairRule, ...]:
    """The history of the locked event, by its published schedule."""
    published = await schedules.published(connection, event.id)
    if published is None:
        message = "publish a schedule first: who met is told by it"
        raise StateConflict.at("", "no_published", message)
    return await in_thread_if_large(
        len(published.document),
        _history_of,
        published.whole_document(),
        event.held_rounds,
        event.day,
        tuple(await feedback.log(connection, event.id)),
        frozenset(await tombstones.of_event(connection, event.id)),
    )


def _history_of(
    schedule: str, held: int, day: str, said: Sequence[Feedback], erased: Set[str]
) -> tuple[PairRule, ...]:
    published, state = Schedule.model_validate_json(schedule), DayState.model_validate_json(day)
    return history_of(held_meetings(published, held, state), current_feedback(said), erased)


async def _lock(connection: AsyncConnection, stored: StoredSeries) -> None:
    """Keep the series until the transaction ends; NotFound if it is deleted already."""
    if await series.find(connection, stored.id, stored.organisation, lock=True) is None:
        raise NotFound


async def _history(connection: AsyncConnection, stored: StoredSeries) -> tuple[PairRule, ...]:
    return await _joined(await series.members(connection, stored.id))


async def _joined(rows: Sequence[StoredMember]) -> tuple[PairRule, ...]:
    told = [row for row in rows if row.history is not None]  # others have not taken place yet
    return await in_thread_if_large(
        series.size(rows), lambda: join_history([row.rules() for row in told])
    )


async def _shown(connection: AsyncConnection, stored: StoredSeries) -> Series:
    rows = tuple(await series.members(connection, stored.id))
    return await in_thread_if_large(series.size(rows), _described, stored, rows)


def _described(stored: StoredSeries, rows: Sequence[StoredMember]) -> Series:
    rules = [row.rules() for row in rows]
    return Series(
        id=stored.id,
        name=stored.name,
        created_at=stored.created_at,
        events=tuple(
            SeriesEvent(
                event=row.event_id, name=row.name, added=row.history is not None, pairs=len(told)
            )
            for row, told in zip(rows, rules, strict=True)
        ),
        pairs=len(join_history(rules)),
    )
