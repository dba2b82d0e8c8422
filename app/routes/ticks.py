"""Ticks: whom stewards have told what a version changes for them, so that all of them know."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep
from app.errors import StateConflict
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import refuses
from app.http.state import StoreDep
from app.service.ticks import take_ticks
from app.store import ticks
from schemas.tick import TickReceipt, Ticks, ToldList

router = APIRouter(prefix="/v1/events/{event_id}/ticks", tags=["live"])


@router.post("", response_model=TickReceipt, openapi_extra=openapi_body(Ticks))
@refuses(StateConflict)
async def tick_people(
    event: EventDep,
    once: IdempotentDep,
    sent: Annotated[Sent[Ticks], Depends(json_body(Ticks))],
) -> Response:
    """Say who was told what a version changes for them, or was not after all.

    Nothing of the event and its schedules changes. Ticks sent again under their ids change
    nothing either. Whoever watches the room is told that there are some.
    """
    batch = sent.document.ticks

    async def take(connection: AsyncConnection) -> Response:
        await take_ticks(connection, event, batch)
        return json_answer(TickReceipt(accepted=len(batch)))

    return await once(sent, take)


@router.get("", response_model=ToldList)
async def list_told(event: EventDep, store: StoreDep) -> Response:
    """Who was told of which version, by whom and when.

    Who is told of a version is told of what those before it changed.
    """
    async with store.read() as connection:
        told = await ticks.told(connection, event.id)
    return json_answer(ToldList(told=tuple(told)))
