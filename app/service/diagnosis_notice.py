"""Telling webhooks of a diagnosis that found something critical."""

from pydantic_core import from_json

from app.store import events, outbox
from app.store.engine import Store
from app.store.events import StoredEvent
from schemas.webhook import CriticalDiagnosis


async def tell_of_diagnosis(store: Store, event: StoredEvent, diagnosis: str) -> None:
    """Have webhooks told of what is critical, once a revision of the event.

    ``diagnosis`` is the JSON of one of this event as it was read.
    """
    findings = from_json(diagnosis)["findings"]
    codes = sorted({row["code"] for row in findings if row["severity"] == "critical"})
    if not codes:
        return
    async with store.read() as connection:
        if not await outbox.is_awaited(connection, event.id, "diagnosis.critical"):
            return
    told = CriticalDiagnosis(event=event.id, revision=event.revision, codes=tuple(codes))
    cause = f"diagnosis:{event.revision}"
    async with store.write() as connection:
        await events.lock(connection, event.id)
        await outbox.append(connection, event.id, "diagnosis.critical", cause, told)
