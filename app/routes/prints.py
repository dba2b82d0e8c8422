"""Prints: which cards are on paper, and which must be printed again."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, FileTasksDep, PrintTasksDep, check_size
from app.errors import NotFound, StateConflict
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import OptionalMatchDep, json_answer
from app.http.departure import RequestTasks
from app.http.idempotency import IdempotentDep
from app.http.openapi import refuses
from app.http.state import StoreDep
from app.paper.reprint import CardStock, compare_cards
from app.routes.schedule_files import MOST_ATTENDEES
from app.routes.schedules import find_version
from app.service.editing import lock_event
from app.store import prints, schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from app.workers.tasks import card_stock_of
from schemas.prints import CardPaper, CardPrint, PrintOrder, PrintState, Unprintable

router = APIRouter(prefix="/v1/events/{event_id}/prints", tags=["schedules"])

Paper = Annotated[CardPaper, Query(description="Which cards. Left out: badges.")]


async def find_stock(tasks: RequestTasks, event: StoredEvent, found: StoredSchedule) -> CardStock:
    """By what the cards of a version are told apart, as the event is now."""
    check_size(event, MOST_ATTENDEES, "cards are made of events")
    task = partial(
        card_stock_of, schedule=found.whole_document(), held=event.held_rounds, day=event.day
    )
    stock: CardStock = await tasks.run(task, event.outline)
    return stock


@router.post("", response_model=CardPrint, openapi_extra=openapi_body(PrintOrder))
@refuses(StateConflict)
async def report_print(
    event: EventDep,
    match: OptionalMatchDep,
    store: StoreDep,
    tasks: PrintTasksDep,
    once: IdempotentDep,
    sent: Annotated[Sent[PrintOrder], Depends(json_body(PrintOrder))],
) -> Response:
    """Say that the badges or cards of a version are on paper, as the event has them now.

    Said again, it changes nothing. `If-Match` with the tag that the event had when they were
    printed refuses if it has changed since.
    """
    match.check(event.etag)
    order = sent.document
    async with store.read() as connection:
        found = await find_version(connection, event, order.version)
    stock = await find_stock(tasks, event, found)

    async def keep(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        if stored.revision != event.revision:
            message = "the event has changed meanwhile: look whether the cards are still right"
            raise StateConflict.at("", "changed", message)
        told = await prints.add(connection, event.id, order.paper, order.version, stock.marks)
        return json_answer(told)

    return await once(sent, keep)


@router.get("", response_model=PrintState)
@refuses(StateConflict)
async def get_prints(
    tasks: FileTasksDep, event: EventDep, store: StoreDep, paper: Paper = "badges"
) -> Response:
    """Which cards must be printed again, as the schedule is now: with `only=changed` it is a file.

    The schedule is the published version, else the newest.
    """
    async with store.read() as connection:
        found = await schedules.current(connection, event.id)
        last = await prints.last(connection, event.id, paper)
    if found is None:
        raise NotFound
    stock = await find_stock(tasks, event, found)
    differs = compare_cards(last.marks if last else {}, stock.marks, event.held_rounds)
    state = PrintState(
        paper=paper,
        version=found.version,
        last=last.told if last else None,
        count=len(differs.needed),
        changed=tuple(differs.changed),
        new=tuple(differs.new),
        gone=tuple(differs.gone),
        unprintable=tuple(
            Unprintable(attendee=v, characters=codes)
            for v, codes in sorted(stock.unprintable.items())
        ),
    )
    return json_answer(state)
