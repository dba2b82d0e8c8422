"""Taking back what an incident did, as far as the rounds held since allow."""

from collections.abc import Callable, Mapping

from app.day.incidents.absences import add_mark, apply_record, record_of, remove_mark
from app.day.incidents.arrivals import take_back_arrivals
from app.day.incidents.missed import unmark_missed
from app.day.incidents.rounds import set_cancelled
from app.day.incidents.state import EventDay
from app.day.incidents.timetable import marks_of, settle_rounds, unmark_rounds
from app.day.incidents.wishes import take_back_wish
from app.errors import NotFound, Refused, StateConflict
from schemas.day import Effect
from schemas.incident import Incident, Kind


def undo_incident(day: EventDay, incident: Incident) -> None:
    """As if the other incident had not come, but for rounds that are held by now."""
    known = day.done.get(incident.incident or "")
    if known is None:
        why = "no incident before this one has this id"
        raise day.refused(NotFound, "incident", "unknown_incident", why)
    if known.undone:
        why = "this incident was taken back before"
        raise day.refused(StateConflict, "incident", "already_undone", why)
    before, effect, _ = known
    if before.kind == "undo":
        raise _final(day, "an undo stands: report the incident again under another id")
    take_back = _UNDO.get(before.kind, _attendance)
    if effect.changed and not take_back(day, before, effect):
        raise _final(day, "what it did is held by now, or was changed by hand since")
    day.done[before.id] = known._replace(undone=True)
    day.changed = True


def _attendance(day: EventDay, before: Incident, _: Effect) -> bool:
    """Who is away, which meetings were missed, and who was seen at the door."""
    people = dict.fromkeys((before.attendee, *(before.attendees or ())))
    went = [remove_mark(day, v, before.id) for v in people if v is not None and v in day.attendees]
    seen = day.check_ins.pop(before.id, None)
    missed, came = unmark_missed(day, before.id), take_back_arrivals(day, before.id)
    return missed or came or any(went) or seen is not None


def _late_arrival(day: EventDay, before: Incident, effect: Effect) -> bool:
    """Somebody new stays on the list: a schedule may name them. They are away until checked in."""
    v = before.attendee or ""
    if before.profile is None or v not in day.attendees:
        return _attendance(day, before, effect)
    remove_mark(day, v, before.id)
    add_mark(day, v, before.id, "not_here", 1)
    return take_back_arrivals(day, before.id) or day.held < len(day.rounds)


def _consent_revoked(day: EventDay, before: Incident, _: Effect) -> bool:
    """Pitches are welcome as before, unless revoked by another incident too or edited since.

    Topics are kept nowhere: who had consented to some must be asked again.
    """
    v = before.attendee or ""
    row, attendee = day.revoked.pop(v, None), day.attendees.get(v)
    if row is None or attendee is None or attendee.welcomes_pitches is not False:
        return False
    others = tuple(name for name in row.incidents if name != before.id)
    if others:
        day.revoked[v] = row.model_copy(update={"incidents": others})
    elif row.by_topic:
        raise _final(day, "the topics that were consented to are kept no more: send them anew")
    else:
        welcome = {"welcomes_pitches": row.welcomes_pitches}
        day.attendees[v] = attendee.model_copy(update=welcome)
    return len(others) < len(row.incidents)


def _wish(day: EventDay, before: Incident, _: Effect) -> bool:
    return take_back_wish(day, before)


def _of_rounds(day: EventDay, before: Incident, _: Effect) -> bool:
    return unmark_rounds(day, before.id)


def _round_added(day: EventDay, before: Incident, _: Effect) -> bool:
    """The last round goes, as long as it is open."""
    added = next((mark for mark in marks_of(day) if mark.incident == before.id), None)
    if added is not None and added.first < len(day.rounds):
        raise _final(day, "another round was added after it: take that back first")
    return unmark_rounds(day, before.id)


def _round_cancelled(day: EventDay, before: Incident, effect: Effect) -> bool:
    """An open round takes place again; meetings of one that ran count as if they had been held."""
    number = before.round or 0
    if number > effect.held_rounds:
        if number <= day.held or before.id not in day.cancellations:
            return False
        others = {name: r for name, r in day.cancellations.items() if name != before.id}
        set_cancelled(day, others, number)
        return True
    counts = unmark_missed(day, before.id)
    if day.held > number:
        return counts
    day.finished = effect.finished_rounds
    return True


def _round_started(day: EventDay, before: Incident, effect: Effect) -> bool:
    """Open again, as long as nothing has followed; nobody has missed anything in it."""
    number = before.round or 0
    if day.held != number or day.finished >= number:
        raise _final(day, "a round has started or finished since")
    lines, marks = {v: record_of(day, v) for v in day.lines}, marks_of(day)
    day.held, day.finished = effect.held_rounds, effect.finished_rounds
    day.missed = {key: row for key, row in day.missed.items() if row.round <= day.held}
    day.arrivals = {name: row for name, row in day.arrivals.items() if row.round <= day.held}
    settle_rounds(day, marks)
    for v, line in lines.items():
        apply_record(day, v, line)
    return True


def _round_finished(day: EventDay, before: Incident, effect: Effect) -> bool:
    """Running again, as long as no round has started since."""
    if day.held > effect.held_rounds or day.finished != before.round:
        raise _final(day, "a round has started or finished since")
    day.finished = effect.finished_rounds
    return True


_UNDO: Mapping[Kind, Callable[[EventDay, Incident, Effect], bool]] = {
    "late_arrival": _late_arrival,
    "consent_revoked": _consent_revoked,
    "wish": _wish,
    "unwish": _wish,
    "table_closed": _of_rounds,
    "table_opened": _of_rounds,
    "delay": _of_rounds,
    "round_added": _round_added,
    "round_cancelled": _round_cancelled,
    "round_started": _round_started,
    "round_finished": _round_finished,
}


def _final(day: EventDay, why: str) -> Refused:
    return day.refused(StateConflict, "incident", "not_undoable", why)
