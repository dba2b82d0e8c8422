"""Verdicts on the needs and offers of an event."""

from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.large_documents import in_child_if_large
from app.planning.attendee_list import write_changed
from app.planning.document import WrittenEvent
from app.planning.verdicts import check_written, document_with_verdict
from app.service.editing import Edit, changes_to, save_edit
from app.store.events import StoredEvent
from schemas.matching import NeedAndOffer, PairVerdict


async def settle_pair(
    connection: AsyncConnection, stored: StoredEvent, sent: NeedAndOffer, verdict: PairVerdict
) -> Edit:
    """Confirm or deny a pair of the locked event, whatever was said of it before.

    Invalid if nobody wrote one of the texts.
    """
    size = len(stored.document)
    new = await in_child_if_large(size, _settled, stored.document, sent, verdict)
    changed = await changes_to(stored, new)
    return await save_edit(connection, stored, new, changed, _none_of_it)


def _settled(document: str, sent: NeedAndOffer, verdict: PairVerdict) -> WrittenEvent:
    whole = from_json(document)
    check_written(whole, sent)
    return write_changed(document_with_verdict(whole, sent, verdict), _none_of_it)


def _none_of_it(_: str) -> None:
    """Nothing in the event stands in what was sent: two texts that are written there."""
