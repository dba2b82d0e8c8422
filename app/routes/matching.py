"""How texts are matched: pairs of a need and an offer that somebody confirms or denies."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, RepairsDep
from app.errors import StateConflict
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import OptionalMatchDep, json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import TAGGED, refuses
from app.http.state import StoreDep
from app.large_documents import in_child_if_large
from app.planning.verdicts import matching_of
from app.routes.events import receipt
from app.service.editing import lock_event
from app.service.matching import settle_pair
from app.store import verdicts
from schemas.listing import EventReceipt
from schemas.matching import EventMatching, NeedAndOffer, PairVerdict

router = APIRouter(prefix="/v1/events/{event_id}/matching", tags=["matching"])

PairBody = Annotated[Sent[NeedAndOffer], Depends(json_body(NeedAndOffer))]


@refuses(StateConflict)
class Settlement:
    """A verdict on the texts that were sent, and the repair it asks for."""

    def __init__(
        self,
        event: EventDep,
        match: OptionalMatchDep,
        repairs: RepairsDep,
        once: IdempotentDep,
        sent: PairBody,
    ) -> None:
        self._event, self._match, self._sent = event, match, sent
        self._repairs, self._once = repairs, once

    async def store(self, verdict: PairVerdict) -> Response:
        """Store the verdict; the receipt is that of an edit."""
        asked: list[str] = []

        async def settle(connection: AsyncConnection) -> Response:
            stored = await lock_event(connection, self._event)
            self._match.check(stored.etag)
            edit = await settle_pair(connection, stored, self._sent.document, verdict)
            asked.extend([edit.repair] if edit.repair else [])
            return receipt(edit)

        response = await self._once(self._sent, settle)
        for solve_id in asked:  # from here on it is committed
            self._repairs.begin(solve_id, self._event.id)
        return response


SettlementDep = Annotated[Settlement, Depends()]


@router.get("", response_model=EventMatching)
async def get_matching(event: EventDep, store: StoreDep) -> Response:
    """What was settled about the event's texts, and what other events of yours have to offer."""
    async with store.read() as connection:
        others = await verdicts.of_others(connection, event.organisation, event.id)
    size = len(event.outline)
    return json_answer(await in_child_if_large(size, matching_of, event.outline, others))


@router.post(
    "/confirm",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_body(NeedAndOffer),
)
async def confirm_pair(settlement: SettlementDep) -> Response:
    """Say that an offer meets a need: from now on they count as fully alike."""
    return await settlement.store("confirmed")


@router.post(
    "/deny",
    response_model=EventReceipt,
    responses={200: TAGGED},
    openapi_extra=openapi_body(NeedAndOffer),
)
async def deny_pair(settlement: SettlementDep) -> Response:
    """Say that an offer does not meet a need, however alike they look."""
    return await settlement.store("denied")
