"""What attendees report of themselves: as little as can do no harm, each under ids of their own.

Their ids never meet those of others, so that none can be probed for; and whoever has left for good
comes back by the organiser alone.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, StateConflict
from app.planning.document import digest_of
from app.service.incidents import accept_incidents
from app.store import incidents
from app.store.events import StoredEvent
from schemas.incident import Incident
from schemas.own_day import OwnIncident

MOST_INCIDENTS = 60
"""Of one attendee and event: each may ask for a repair, which moves others."""
GONE = ("dropped_out", "left_early")
ID_DIGITS = 24


def own_id(attendee_id: str, said: str) -> str:
    """What something that an attendee sent under an id of theirs is kept as."""
    return f"{_own_prefix(attendee_id)}{digest_of(said)[:ID_DIGITS]}"


def _own_prefix(attendee_id: str) -> str:
    return f"me-{digest_of(attendee_id)[:ID_DIGITS]}-"


async def accept_own_incidents(
    connection: AsyncConnection, stored: StoredEvent, attendee_id: str, batch: Sequence[OwnIncident]
) -> str | None:
    """Apply what an attendee reports to the locked event; the id of the repair, if any.

    Invalid or StateConflict with a pointer into the batch if it cannot be, and nothing is done.
    """
    told = [
        Incident(
            id=own_id(attendee_id, row.id), kind=row.kind, attendee=attendee_id, round=row.round
        )
        for row in batch
    ]
    known = await incidents.known(connection, stored.id, [incident.id for incident in told])
    fresh = [place for place, incident in enumerate(told) if incident.id not in known]
    if fresh:
        _check_still_here(stored, attendee_id)
    for place in fresh:
        _check_round(stored, place, told[place])
    before = await incidents.count_of(connection, stored.id, _own_prefix(attendee_id))
    if before + len(fresh) > MOST_INCIDENTS:
        message = "that was reported very often: please tell the organiser instead"
        raise StateConflict.at("", "too_many_incidents", message)
    return await accept_incidents(connection, stored, told)


def _check_still_here(stored: StoredEvent, attendee_id: str) -> None:
    away = stored.state.away.get(attendee_id)
    if away is not None and away.reason in GONE:
        message = "they have left for good: please tell the organiser"
        raise StateConflict.at("", "left", message)


def _check_round(stored: StoredEvent, place: int, incident: Incident) -> None:
    """Held rounds are history, and whoever pauses comes back by themselves."""
    at = f"/incidents/{place}/round"
    if incident.kind == "return":
        if incident.round is not None:
            raise Invalid.at(at, "not_taken", "return has no use for this field")
    elif incident.round is None:
        raise Invalid.at(at, "missing", f"{incident.kind} needs this field")
    elif incident.round <= stored.held_rounds:
        raise StateConflict.at(at, "round_over", "this round has started already")
