"""What is proposed for an event's schedule: the answer of the last search, one of each event."""

from dataclasses import dataclass

import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import OWNED, Written, digest_of, pack_text, whole_document
from app.store import events
from app.store.sealed import EventText
from app.store.tables import proposals
from schemas.incident import Proposal
from schemas.schedule import Quality


@dataclass(frozen=True)
class StoredProposal:
    """A proposal as stored: made of ``basis``, the version that was published at a ``revision``.

    ``told`` is what organisers are told of it, in JSON, ``document`` the schedule without what the
    server owns. ``version`` is what it was published as, None before that.
    """

    event_id: str
    id: str
    basis: int
    revision: int
    version: int | None
    told: str
    document: str

    def proposal(self) -> Proposal:
        """What organisers are told."""
        return Proposal.model_validate_json(self.told)

    def whole_document(self) -> str:
        """The schedule's JSON, a draft without a number."""
        owned = dict.fromkeys(OWNED) | {"event_id": self.event_id, "status": "draft", "stale": ()}
        return whole_document(self.document, owned)

    def written(self, known_incidents: int) -> Written:
        """The schedule as it becomes a version while the log holds so many incidents."""
        digest = digest_of(self.document)
        quality = Quality.model_validate(from_json(self.document)["quality"])
        return Written(
            document=self.document,
            digest=digest,
            made=digest,  # it took no measured time
            quality=quality,
            packed=pack_text(self.document),
            cause="proposal",
            incidents=known_incidents,
        )


async def keep(connection: AsyncConnection, proposal: StoredProposal) -> None:
    """Store a proposal in the place of the one before; the caller holds the event's lock."""
    await forget(connection, proposal.event_id)
    texts = {
        name: EventText(proposal.event_id, getattr(proposal, name)) for name in ("told", "document")
    }
    await connection.execute(proposals.insert(), vars(proposal) | texts)


async def mark_published(connection: AsyncConnection, event_id: str, version: int) -> None:
    """Say which version the event's proposal was published as."""
    ours = proposals.c.event_id == event_id
    await connection.execute(proposals.update().where(ours).values(version=version))


async def forget(connection: AsyncConnection, event_id: str) -> None:
    """Delete what is proposed for an event: it tells of people and quotes them."""
    await connection.execute(proposals.delete().where(proposals.c.event_id == event_id))


async def find(connection: AsyncConnection, event_id: str) -> StoredProposal | None:
    """The last proposal of the event, published or outdated though it may be."""
    query = sa.select(proposals).where(proposals.c.event_id == event_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredProposal(**row._mapping)


async def current(connection: AsyncConnection, event_id: str) -> StoredProposal | None:
    """What is proposed for the event as it stands now; None if nothing is."""
    found = await find(connection, event_id)
    now = await events.progress(connection, event_id)
    if found is None or now is None or found.version is not None:
        return None
    same = (found.basis, found.revision) == (now.published_version, now.revision)
    return found if same else None
