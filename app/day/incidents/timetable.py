"""The rounds themselves: tables that close and open, rounds that are added or run late.

What incidents say is written over the rounds as they were planned, in turn, so that taking one back
leaves all others in force. Rounds that are held stay as they are.
"""

from datetime import datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from app.day.incidents.absences import apply_record, record_of, with_absences
from app.day.incidents.state import EventDay
from app.errors import Invalid, StateConflict, from_validation
from schemas import limits
from schemas.clock import instant, misplaced
from schemas.day import RoundMark
from schemas.event import Event, Round, too_many_rounds
from schemas.incident import Incident


def table_closed(day: EventDay, incident: Incident) -> None:
    """Closed in the open rounds from ``round`` on."""
    _mark_table(day, incident, "table_closed", known=_most_tables(day, incident))


def table_opened(day: EventDay, incident: Incident) -> None:
    """Open in the open rounds from ``round`` on; added to those it is the next table of."""
    _mark_table(day, incident, "table_opened", known=_most_tables(day, incident) + 1)


def delay(day: EventDay, incident: Incident) -> None:
    """The open rounds from ``round`` on start so many minutes later, if they have times."""
    first = day.first_open(incident.round)
    if any(r.starts_at for r in day.rounds[first - 1 :]):
        said = RoundMark(incident=incident.id, kind="delay", first=first, minutes=incident.minutes)
        _mark(day, said)


def round_added(day: EventDay, incident: Incident) -> None:
    """One more round like the last, after the usual break; whoever is away for good misses it."""
    first = len(day.rounds) + 1
    why = f"an event has at most {limits.ROUNDS} rounds" if first > limits.ROUNDS else None
    if why := why or too_many_rounds(first, len(day.attendees)):
        raise day.refused(Invalid, "kind", "too_long", why)
    _mark(
        day,
        RoundMark(incident=incident.id, kind="round_added", first=first, minutes=incident.minutes),
    )


def unmark_rounds(day: EventDay, incident: str) -> bool:
    """Take back what an incident did to the rounds; whether that can change an open one."""
    marks, still_open = marks_of(day), day.held < len(day.rounds)
    kept = tuple(mark for mark in marks if mark.incident != incident)
    settle_rounds(day, kept)
    return still_open and len(kept) < len(marks)


def marks_of(day: EventDay) -> tuple[RoundMark, ...]:
    """The marks on the rounds; once the rounds were edited to differ, they are the plan."""
    if not day.round_marks or _rounds(day, day.round_marks) != day.rounds:
        day.planned, day.round_marks = day.rounds, ()
    return day.round_marks


def settle_rounds(day: EventDay, marks: tuple[RoundMark, ...]) -> None:
    """Give the day these marks, and everybody the absences of the rounds that they come to."""
    rounds, before = _rounds(day, marks), len(day.rounds)
    _check(day, rounds)
    lines = {v: record_of(day, v) for v in day.lines} if len(rounds) != before else {}
    day.rounds, day.round_marks = rounds, marks
    day.planned = day.planned if marks else ()
    if len(rounds) < before:
        _forget(day, before)
    for v, line in lines.items():
        apply_record(day, v, line)


def _most_tables(day: EventDay, incident: Incident) -> int:
    """The most tables that a round concerned has."""
    concerned = day.rounds[day.first_open(incident.round) - 1 :] or day.rounds[-1:]
    half = len(day.attendees) // 2
    return max(half if r.tables is None else r.tables for r in concerned)


def _mark_table(
    day: EventDay, incident: Incident, kind: Literal["table_closed", "table_opened"], known: int
) -> None:
    if (incident.table or 0) > known:
        why = f"there are {_most_tables(day, incident)} tables"
        raise day.refused(Invalid, "table", "unknown_table", why)
    first = day.first_open(incident.round)
    if first <= len(day.rounds):
        said = RoundMark(incident=incident.id, kind=kind, first=first, table=incident.table)
        _mark(day, said.model_copy(update={"tables": len(day.attendees) // 2}))


def _mark(day: EventDay, said: RoundMark) -> None:
    settle_rounds(day, (*marks_of(day), said))
    day.changed = True


def _forget(day: EventDay, number: int) -> None:
    """Nobody is absent from the last round any more, and nobody cancelled it: it is gone."""
    day.cancellations = {name: r for name, r in day.cancellations.items() if r != number}
    for v, attendee in day.attendees.items():
        if number in attendee.absent_rounds:
            day.attendees[v] = with_absences(attendee, set(attendee.absent_rounds) - {number})


def _rounds(day: EventDay, marks: tuple[RoundMark, ...]) -> tuple[Round, ...]:
    """The held rounds as they are, and then the planned ones with the marks on them."""
    rounds, zone = list(day.planned), day.event.timezone
    for mark in marks:
        if mark.kind == "round_added":
            rounds.append(_added(rounds, mark.minutes, zone))
        else:
            rounds[mark.first - 1 :] = [_changed(r, mark, zone) for r in rounds[mark.first - 1 :]]
    return (*day.rounds[: day.held], *rounds[day.held :])


def _changed(one: Round, mark: RoundMark, zone: str) -> Round:
    if mark.kind == "delay":
        start = one.starts_at and _later(one.starts_at, mark.minutes or 0, zone)
        return one.model_copy(update={"starts_at": start})
    tables = (mark.tables or 0) if one.tables is None else one.tables
    table, closed = mark.table or 0, set(one.closed_tables)
    if mark.kind == "table_closed" and table <= tables:
        closed.add(table)
    if mark.kind == "table_opened":
        tables = table if table == tables + 1 else tables
        closed.discard(table)
    return one.model_copy(update={"tables": tables, "closed_tables": tuple(sorted(closed))})


def _added(rounds: list[Round], minutes: int | None, zone: str) -> Round:
    """A round after the last one: as long, and with the break before it, where nothing is said."""
    last = rounds[-1]
    start = last.starts_at and _later(last.starts_at, last.minutes + _break(rounds, zone), zone)
    return last.model_copy(update={"starts_at": start, "minutes": minutes or last.minutes})


def _break(rounds: list[Round], zone: str) -> int:
    """The minutes between the last two rounds; 0 if unknown."""
    starts = [one.starts_at for one in rounds[-2:]]
    if len(starts) < 2 or starts[0] is None or starts[1] is None:
        return 0
    apart = instant(starts[1], zone) - instant(starts[0], zone)
    return max(0, apart // timedelta(minutes=1) - rounds[-2].minutes)


def _later(time: datetime, minutes: int, zone: str) -> datetime:
    """So many minutes of real time later; with its offset where the local time is none or two."""
    if time.tzinfo is not None:
        return time + timedelta(minutes=minutes)
    there = (instant(time, zone) + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    local = there.replace(tzinfo=None, fold=0)
    offset = there.utcoffset()
    return (
        local
        if offset is None or not misplaced(local, zone)
        else there.replace(tzinfo=timezone(offset), fold=0)
    )


def _check(day: EventDay, rounds: tuple[Round, ...]) -> None:
    """Hold the rounds to the rules of an event, whose times rise."""
    try:
        Event(timezone=day.event.timezone, rounds=tuple(Round(**dict(r)) for r in rounds))
    except ValidationError as refusal:
        wrong = from_validation(refusal).errors[0]
        raise day.refused(
            StateConflict, "kind", "times", f"{wrong.pointer}: {wrong.message}"
        ) from None
