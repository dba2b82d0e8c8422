"""Breakout rooms: the tables of one round as Zoom's list of people who are assigned beforehand.

Zoom knows people by the address of their account, takes a hundred rooms and a thousand people, and
one list a meeting: a list is of one round.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.errors import StateConflict
from app.exports.csv_file import LIKE_FORMULA, plain_csv_of
from app.exports.schedule_rows import SheetRows
from schemas.event import Event
from schemas.problem import ProblemError
from schemas.schedule import Meeting, Schedule

HEADER = ("Pre-assign Room Name", "Email Address")
MOST_ROOMS = 100


def breakout_rooms_of(event: Event, schedule: Schedule, number: int) -> bytes:
    """Who goes to which room in a round, as CSV; a room has the number of its table.

    Raises StateConflict if nobody meets in the round, or somebody cannot be assigned.
    """
    meetings = _meetings_in(schedule, number)
    addresses = {a.id: a.email for a in event.attendees if a.email}
    errors = [*_objections(event, meetings, addresses)]
    if errors:
        raise StateConflict(f"{len(errors)} reasons against such rooms", errors)
    width = max(2, len(str(max(meeting.table for meeting in meetings))))
    rows = [
        (f"Room {meeting.table:0{width}}", addresses[v])
        for meeting in meetings
        for v in meeting.attendees
    ]
    return plain_csv_of(SheetRows(HEADER, rows))


def _meetings_in(schedule: Schedule, number: int) -> Sequence[Meeting]:
    """The meetings of a round that take place, by table; there are some."""
    rounds = len(schedule.rounds)
    if number > rounds:
        message = f"there is no round {number}: this version has {rounds}"
        raise StateConflict.at("", "no_round", message)
    meetings = [m for m in schedule.rounds[number - 1].meetings if m.outcome != "missed"]
    if not meetings:
        raise StateConflict.at("", "no_meetings", f"nobody meets in round {number}")
    return sorted(meetings, key=lambda meeting: meeting.table)


def _objections(
    event: Event, meetings: Sequence[Meeting], addresses: dict[str, str]
) -> Iterator[ProblemError]:
    """Why people, told by id alone, cannot be assigned."""
    if len(meetings) > MOST_ROOMS:
        message = f"Zoom takes {MOST_ROOMS} rooms, and this round needs {len(meetings)}"
        yield ProblemError(pointer="", code="too_many_rooms", message=message)
    places = {a.id: k for k, a in enumerate(event.attendees)}
    seated = sorted(v for meeting in meetings for v in meeting.attendees)
    times = Counter(addresses[v].casefold() for v in seated if v in addresses)
    for v in seated:
        if reason := _reason_against(addresses.get(v), times):
            where = f"/attendees/{places[v]}/email" if v in places else ""
            code, message = reason
            yield ProblemError(pointer=where, code=code, message=f"{v} {message}", id=v)


def _reason_against(address: str | None, times: Counter[str]) -> tuple[str, str] | None:
    if address is None:
        return "no_email", "has no e-mail address, by which alone Zoom knows people"
    if address.startswith(LIKE_FORMULA):
        return "email", "has an e-mail address that a spreadsheet takes for a formula"
    if times[address.casefold()] > 1:
        return "same_email", "has the e-mail address of somebody else in this round"
    return None
