"""One person's data of an event, collected from everywhere they are kept."""

from collections.abc import Iterable, Iterator

from sqlalchemy.ext.asyncio import AsyncConnection

from app.large_documents import in_child_if_large
from app.planning.personal_parts import MEETINGS, meetings_of, own_side, profile_of
from app.store import attendee_links, feedback, incidents, prints, schedules, series
from app.store.events import StoredEvent
from schemas.incident import Incident
from schemas.personal_data import KeptMeeting, KeptProfile, PersonalData


async def collect_personal_data(
    connection: AsyncConnection, stored: StoredEvent, attendee_id: str
) -> PersonalData:
    """All that is kept about an attendee of the event; NotFound if there is none of this id."""
    document, day = stored.document, stored.state
    kept = await in_child_if_large(len(document), profile_of, document, attendee_id)
    profile = KeptProfile.model_validate_json(kept)
    away = day.away.get(attendee_id)
    said = await feedback.about(connection, stored.id, attendee_id)
    history = await series.told_of(connection, stored.id, attendee_id)
    return PersonalData(
        **dict(profile),
        meetings=await _meetings(connection, stored.id, attendee_id),
        incidents=tuple(_of_one(await incidents.log(connection, stored.id), attendee_id)),
        checked_in=attendee_id in day.checked_in,
        away=away.rounds if away else (),
        feedback=tuple(each for each in said if each.attendee == attendee_id),
        links_since=await attendee_links.made_at(connection, stored.id, attendee_id),
        prints=await prints.of_attendee(connection, stored.id, attendee_id),
        series=tuple(own_side(rule, attendee_id) for rule in history),
    )


async def _meetings(
    connection: AsyncConnection, event_id: str, attendee_id: str
) -> tuple[KeptMeeting, ...]:
    """Version by version: all of them together can be very large."""
    found: list[KeptMeeting] = []
    for row in reversed(await schedules.listing(connection, event_id)):
        version = await schedules.find(connection, event_id, row.version)
        if version is not None:
            whole = version.whole_document()
            told = await in_child_if_large(len(whole), meetings_of, (whole,), attendee_id)
            found += MEETINGS.validate_json(told)
    return tuple(found)


def _of_one(log: Iterable[Incident], attendee_id: str) -> Iterator[Incident]:
    """What of the log is about somebody; of a wish, only who wished may know it."""
    for incident in log:
        profile = incident.profile.id if incident.profile else None
        if attendee_id in (incident.attendee, profile) or _wishes(incident, attendee_id):
            yield incident
        elif attendee_id in (incident.attendees or ()):
            yield incident.model_copy(update={"attendees": (attendee_id,)})


def _wishes(incident: Incident, attendee_id: str) -> bool:
    return incident.pair is not None and (incident.attendee or incident.pair[0]) == attendee_id
