"""A schedule as attendees may read it: as if no wish that was not returned had been made."""

from collections.abc import Mapping

from schemas.schedule import Meeting, MeetingAsTold, Schedule, ScheduledRound


def as_told(schedule: Schedule) -> Schedule:
    """The schedule with what it keeps to itself taken out; the same object if that is nothing."""
    told = schedule.told
    if told is None:
        return schedule
    meetings = {frozenset(each.attendees): each for each in told.meetings}
    shares = {row.id: row for row in told.attendees}
    return schedule.model_copy(
        update={
            "rounds": tuple(_round_as_told(block, meetings) for block in schedule.rounds),
            "triangles": told.triangles,
            "attendees": tuple(shares.get(row.id, row) for row in schedule.attendees),
            "told": None,
        }
    )


def _round_as_told(
    block: ScheduledRound, told: Mapping[frozenset[str], MeetingAsTold]
) -> ScheduledRound:
    if not any(frozenset(meeting.attendees) in told for meeting in block.meetings):
        return block
    meetings = tuple(
        _meeting_as_told(meeting, told.get(frozenset(meeting.attendees)))
        for meeting in block.meetings
    )
    return block.model_copy(update={"meetings": meetings})


def _meeting_as_told(meeting: Meeting, told: MeetingAsTold | None) -> Meeting:
    if told is None:
        return meeting
    return meeting.model_copy(
        update={"benefits": told.benefits, "value": told.value, "purpose": told.purpose}
    )
