"""Lines: from what a profile declares and what incidents say to the rounds somebody is absent from.

Every incident leaves its own mark, so that taking one back leaves all others in force. Rounds that
are held stay as the event has them, whatever the marks come to.
"""

from typing import Literal

from app.day.incidents.state import EventDay
from schemas import limits
from schemas.day import AbsenceMark, AbsenceRecord, Away, Reason
from schemas.event import Attendee

Ends = Literal["back", "here"]

ANY_LATER_ROUND = limits.ROUNDS + 1
"""Stands for every round that may be added."""


def absences_in(record: AbsenceRecord) -> tuple[set[int], dict[int, Reason]]:
    """The declared absences that still hold, and why incidents take them out of which rounds."""
    declared, taken = set(record.declared), dict[int, Reason]()
    for mark in record.marks:
        span = range(mark.first, (mark.last or ANY_LATER_ROUND) + 1)
        if mark.says == "here":
            declared -= set(span)
        if mark.says == "back" or mark.says == "here":
            taken = {r: why for r, why in taken.items() if r not in span}
        else:
            taken |= dict.fromkeys(span, mark.says)
    return declared, taken


def absences(day: EventDay, record: AbsenceRecord) -> set[int]:
    """The open rounds that somebody with this record is absent from."""
    declared, taken = absences_in(record)
    open_rounds = set(range(day.held + 1, len(day.rounds) + 1))
    return (declared | taken.keys() | day.cancelled) & open_rounds


def record_of(day: EventDay, v: str) -> AbsenceRecord:
    """What is recorded of somebody; once their profile was edited, what that says alone counts."""
    record, cancelled = day.lines.get(v), day.cancelled
    absent = day.attendees[v].absent_rounds
    if record is not None and absences(day, record) == {r for r in absent if r > day.held}:
        return record
    hidden = cancelled.intersection(record.declared if record else ())
    return AbsenceRecord(declared=tuple(sorted({r for r in absent if r not in cancelled} | hidden)))


def add_mark(
    day: EventDay, v: str, incident: str, says: Reason | Ends, first: int, last: int | None = None
) -> None:
    """Write on somebody's record what an incident says of their rounds."""
    if first > limits.ROUNDS:
        return  # nothing can come any more
    record = record_of(day, v)
    said = AbsenceMark(incident=incident, says=says, first=first, last=last)
    apply_record(day, v, record.model_copy(update={"marks": (*record.marks, said)}))
    day.changed = True


def remove_mark(day: EventDay, v: str, incident: str) -> bool:
    """Take an incident's marks off somebody's record; whether that can change an open round."""
    record = record_of(day, v)
    kept = tuple(mark for mark in record.marks if mark.incident != incident)
    apply_record(day, v, record.model_copy(update={"marks": kept}))
    return any(
        (mark.last or ANY_LATER_ROUND) > day.held for mark in record.marks if mark not in kept
    )


def apply_record(day: EventDay, v: str, record: AbsenceRecord) -> None:
    """Give somebody this record, and the absences that it comes to."""
    _keep_away(day, v, record)
    hidden = day.cancelled.intersection(record.declared)
    if record.marks or hidden:
        day.lines[v] = record
    else:
        day.lines.pop(v, None)
    attendee = day.attendees[v]
    past = {r for r in attendee.absent_rounds if r <= day.held}
    day.attendees[v] = with_absences(attendee, past | absences(day, record))


def with_absences(attendee: Attendee, rounds: set[int]) -> Attendee:
    """Somebody who is absent from just these rounds."""
    if rounds == set(attendee.absent_rounds):
        return attendee
    return attendee.model_copy(update={"absent_rounds": tuple(sorted(rounds))})


def _keep_away(day: EventDay, v: str, record: AbsenceRecord) -> None:
    declared, taken = absences_in(record)
    rounds = tuple(r for r in range(1, len(day.rounds) + 1) if r in taken and r not in declared)
    if rounds or ANY_LATER_ROUND in taken:
        reason = taken[max(taken)]
        day.away[v] = Away(reason=reason, rounds=rounds, until_return=ANY_LATER_ROUND in taken)
    else:
        day.away.pop(v, None)
