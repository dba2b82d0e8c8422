"""What a new schedule changes for people: partners gained and lost, and tables.

Most meetings are the same in both: they are told apart as sets, before anybody is looked at.
"""

from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from schemas.base import Pair
from schemas.incident import Change
from schemas.schedule import Schedule

Seat = tuple[str, int]
"""An attendee and a round."""
Place = tuple[int, Pair, int]
"""A meeting: round, pair and table; whether it was planned or added makes no difference."""


class SeatNotice(NamedTuple):
    """Whom somebody meets and where.

    Nobody, at table 0, is met by who stands by, or has no open table (``shut_out``).
    """

    partner: str
    table: int
    shut_out: bool = False


Sittings = dict[Seat, SeatNotice]


def changes_between(before: Schedule, after: Schedule) -> tuple[Change, ...]:
    """Everybody's rounds with another partner than before, or with none, by id and round."""
    return partner_changes(*changed_seats(before, after))


def partner_changes(old: Sittings, new: Sittings) -> tuple[Change, ...]:
    """The changes of partner among sittings."""
    return tuple(
        Change.model_validate({"attendee": seat[0], "round": seat[1], "from": one, "to": other})
        for seat in sorted(old.keys() | new.keys())
        if (one := _partner(old, seat)) != (other := _partner(new, seat))
    )


def meetings_moved(before: Schedule, after: Schedule) -> tuple[Seat, ...]:
    """Who meets the same partner in the same round at another table, by id and round."""
    return table_changes(*changed_seats(before, after))


def table_changes(old: Sittings, new: Sittings) -> tuple[Seat, ...]:
    """The changes of table among sittings, where the partner is the same."""
    return tuple(
        seat
        for seat in sorted(old.keys() & new.keys())
        if old[seat].partner == new[seat].partner and old[seat].table != new[seat].table
    )


def changed_seats(before: Schedule, after: Schedule) -> tuple[Sittings, Sittings]:
    """Who sits where by the meetings that are not in both schedules; a missed one is in none."""
    old, new = _meetings(before, after), _meetings(after, before)
    return _by_seat(old - new), _by_seat(new - old)


def _meetings(schedule: Schedule, other: Schedule) -> set[Place]:
    """The meetings of a schedule but those that the other has too, as the very same objects.

    What a repair leaves alone stays the same object.
    """
    found: set[Place] = set()
    for block, beside in zip_longest(schedule.rounds, other.rounds):
        if block is None or block is beside:
            continue
        shared = set(map(id, beside.meetings)) if beside else set()
        found.update(
            (block.round, meeting.attendees, meeting.table)
            for meeting in block.meetings
            if id(meeting) not in shared and meeting.outcome != "missed"
        )
    return found


def _by_seat(places: Iterable[Place]) -> Sittings:
    return {
        (one, number): SeatNotice(other, table)
        for number, pair, table in places
        for one, other in (pair, pair[::-1])
    }


def _partner(where: Sittings, seat: Seat) -> str | None:
    return where[seat].partner if seat in where else None
