"""Proposals: what a few moves would give those whom the day leaves short."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import EventDep, ProposalsDep, RepairsDep
from app.errors import NotFound, StateConflict
from app.http.body import Sent, no_body
from app.http.conditional import json_answer
from app.http.idempotency import IdempotentDep
from app.http.openapi import TAGGED, refuses
from app.http.state import StoreDep
from app.routes.incidents import PreferDep
from app.routes.schedules import find_version
from app.service.editing import lock_event
from app.store import incidents, proposals, schedules
from app.store.events import StoredEvent
from app.store.proposals import StoredProposal
from schemas.listing import ProposalList
from schemas.schedule import Schedule

router = APIRouter(prefix="/v1/events/{event_id}/proposals", tags=["incidents"])

ProposalId = Annotated[
    str,
    Path(
        description="The id of a proposal.",
        json_schema_extra={"pattern": "^[0-9a-f]{12}$"},
    ),
]


@router.get("", response_model=ProposalList)
async def list_proposals(
    event: EventDep, store: StoreDep, search: ProposalsDep, prefer: PreferDep
) -> Response:
    """What few moves would do for those whom the day leaves short, as things stand now.

    It is looked for after every batch of incidents and takes a moment: `Prefer: wait=N` waits for
    it. At most eight people move beside those for whom it is done.
    """
    await search.ended(event.id, prefer.seconds or 0)
    async with store.read() as connection:
        found = await proposals.current(connection, event.id)
    listed = ProposalList(
        proposals=(found.proposal(),) if found else (), searching=search.goes_on(event.id)
    )
    return json_answer(listed.model_dump_json(by_alias=True))


@router.get("/{proposal_id}", response_model=Schedule)
async def get_proposal(event: EventDep, proposal_id: ProposalId, store: StoreDep) -> Response:
    """The whole schedule that is proposed, a draft that has no number yet."""
    async with store.read() as connection:
        found = await proposals.current(connection, event.id)
    if found is None or found.id != proposal_id:
        raise NotFound
    return json_answer(found.whole_document())


@router.post("/{proposal_id}/publish", response_model=Schedule, responses={200: TAGGED})
@refuses(StateConflict)
async def publish_proposal(
    event: EventDep,
    proposal_id: ProposalId,
    once: IdempotentDep,
    repairs: RepairsDep,
    search: ProposalsDep,
    sent: Annotated[Sent[None], Depends(no_body)],
) -> Response:
    """Make a proposal the published version. Publishing it again changes nothing.

    Refused once the event or its schedule is another than the one it was made for.
    """

    async def publish_it(connection: AsyncConnection) -> Response:
        stored = await lock_event(connection, event)
        found = await proposals.find(connection, event.id)
        if found is None or found.id != proposal_id:
            raise NotFound
        version = found.version or await _publish(connection, stored, found)
        now = await find_version(connection, event, version)
        return json_answer(now.whole_document(), now.etag)

    response = await once(sent, publish_it)
    repairs.prepare(event.id)
    search.expect(event.id)
    return response


async def _publish(
    connection: AsyncConnection, stored: StoredEvent, proposal: StoredProposal
) -> int:
    """The number of the version that a proposal has become."""
    if proposal != await proposals.current(connection, stored.id):
        message = "the event or its schedule is another since: look at what is proposed now"
        raise StateConflict.at("", "outdated", message)
    made = proposal.written(await incidents.length(connection, stored.id))
    draft = await schedules.add(connection, stored.id, made, stored.revision)
    await schedules.publish(connection, draft, proposal.proposal().changes)
    await proposals.mark_published(connection, stored.id, draft.version)
    return draft.version
