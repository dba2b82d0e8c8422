"""What documents hold about one attendee, as JSON: read in a child, for they can be large."""

from collections.abc import Iterator, Sequence

from pydantic import TypeAdapter

from app.errors import NotFound
from schemas.benefits import triples_of
from schemas.event import SAID_OF_MEETING, Event, PairRule
from schemas.personal_data import KeptBenefit, KeptMeeting, KeptProfile
from schemas.schedule import Schedule

MEETINGS = TypeAdapter(tuple[KeptMeeting, ...])


def profile_of(document: str, attendee_id: str) -> str:
    """A KeptProfile of the JSON of an event; NotFound if nobody has this id."""
    event = Event.model_validate_json(document)
    attendee = next((row for row in event.attendees if row.id == attendee_id), None)
    if attendee is None:
        raise NotFound
    rules = (
        own_side(rule, attendee_id)
        for rule in event.pair_rules
        if rule.kind != "forbid" and attendee_id in rule.pair
    )
    gains = (
        KeptBenefit(partner=partner, value=permille / 1000)
        for who, partner, permille in triples_of(event.benefits)
        if who == attendee_id
    )
    kept = KeptProfile(attendee=attendee, rules=tuple(rules), benefits=tuple(gains))
    return kept.model_dump_json()


def own_side(rule: PairRule, attendee_id: str) -> PairRule:
    """A rule without what the other of the two said of a meeting."""
    said = {
        name: tuple(who for who in getattr(rule, name) if who == attendee_id)
        for name in SAID_OF_MEETING
    }
    return rule.model_copy(update=said)


def meetings_of(documents: Sequence[str], attendee_id: str) -> str:
    """A list of KeptMeeting of whole schedules in JSON."""
    found = (_meetings_in(Schedule.model_validate_json(text), attendee_id) for text in documents)
    return MEETINGS.dump_json(tuple(row for rows in found for row in rows)).decode()


def _meetings_in(schedule: Schedule, attendee_id: str) -> Iterator[KeptMeeting]:
    for block in schedule.rounds:
        for meeting in block.meetings:
            if attendee_id in meeting.attendees:
                one, other = meeting.attendees
                yield KeptMeeting(
                    version=schedule.version or 0,
                    status=schedule.status,
                    round=block.round,
                    table=meeting.table,
                    partner=other if one == attendee_id else one,
                    purpose_line=meeting.purpose_line,
                )
