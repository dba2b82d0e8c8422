"""A schedule as attendees may read it: as if no wish that was not returned had been made."""

from collections.abc import Mapping

from schemas.schedule import Meeting, MeetingAsTold, Schedule, ScheduledRound, Share


def as_told(schedule: Schedule) -> Schedule:
    """The schedule with what it keeps to itself taken out; the same object if that is nothing."""
    told = schedule.told
    if told is None:
        return schedule
    meetings = {frozenset(each.attendees): each for each in told.meetings}
    return schedule.model_copy(
        update={
            "rounds": tuple(_round_as_told(block, meetings) for block in schedule.rounds),
            "triangles": told.triangles,
            "attendees": shares_as_told(schedule),
            "told": None,
        }
    )


def shares_as_told(schedule: Schedule) -> tuple[Share, ...]:
    """What each gets of the schedule as attendees may read it."""
    told = {row.id: row for row in schedule.told.attendees} if schedule.told else {}
    return tuple(told.get(row.id, row) for row in schedule.attendees)


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
