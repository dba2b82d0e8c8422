"""What a new schedule changes for people: partners gained and lost, and tables."""

from collections.abc import Iterator

from schemas.incident import Change
from schemas.schedule import Meeting, Schedule

Seat = tuple[str, int]
"""An attendee and a round."""


def changes(before: Schedule, after: Schedule) -> tuple[Change, ...]:
    """Everybody's rounds with another partner than before, or with none, by id and round."""
    old, new = _partners(before), _partners(after)
    return tuple(
        Change.model_validate(
            {"attendee": seat[0], "round": seat[1], "from": old.get(seat), "to": new.get(seat)}
        )
        for seat in sorted(old.keys() | new.keys())
        if old.get(seat) != new.get(seat)
    )


def moved(before: Schedule, after: Schedule) -> tuple[Seat, ...]:
    """Who meets the same partner in the same round at another table, by id and round."""
    old, new = dict(_tables(before)), dict(_tables(after))
    return tuple(seat for seat in sorted(new) if seat in old and _other_table(old[seat], new[seat]))


def _partners(schedule: Schedule) -> dict[Seat, str]:
    return {
        (one, number): other
        for number, meeting in _meetings(schedule)
        for one, other in (meeting.attendees, meeting.attendees[::-1])
    }


def _meetings(schedule: Schedule) -> Iterator[tuple[int, Meeting]]:
    for block in schedule.rounds:
        for meeting in block.meetings:
            if meeting.outcome != "missed":
                yield block.round, meeting


def _tables(schedule: Schedule) -> Iterator[tuple[Seat, Meeting]]:
    for number, meeting in _meetings(schedule):
        for one in meeting.attendees:
            yield (one, number), meeting


def _other_table(old: Meeting, new: Meeting) -> bool:
    return set(old.attendees) == set(new.attendees) and old.table != new.table
