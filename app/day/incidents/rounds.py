"""The clock of the day: rounds start, finish and are cancelled, one after the other."""

from app.day.incidents.absences import apply_record, record_of, with_absences
from app.day.incidents.missed import mark_missed
from app.day.incidents.state import EventDay, Seating
from app.errors import StateConflict
from schemas.incident import Incident


def round_started(day: EventDay, incident: Incident) -> None:
    """Held from now on, and those before it over; cancelled rounds are passed by.

    Who is absent from it may still be seated by what is published, when a repair is under way or
    waits for the organiser: their meetings are missed.
    """
    number = incident.round or 0
    if number <= day.held:
        return
    if number in day.cancelled:
        raise day.refused(StateConflict, "round", "round_cancelled", "this round is cancelled")
    due = next(r for r in range(day.held + 1, number + 1) if r not in day.cancelled)
    if due < number:
        raise day.refused(
            StateConflict, "round", "round_order", f"the next round to start is round {due}"
        )
    begun = range(day.held + 1, number + 1)
    day.held, day.finished, day.changed = number, number - 1, True
    for r in begun:
        mark_missed(day, incident.id, r, _not_there(day, r))


def _not_there(day: EventDay, number: int) -> list[Seating]:
    """Meetings of a round from which one of the two is absent."""
    absent = {v for v, attendee in day.attendees.items() if number in attendee.absent_rounds}
    return [each for each in day.meetings(number) if not absent.isdisjoint(each.pair)]


def round_finished(day: EventDay, incident: Incident) -> None:
    """Over, if it was running."""
    number = incident.round or 0
    if number > day.held:
        raise day.refused(StateConflict, "round", "round_not_started", "this round has not started")
    if number > day.finished:
        day.finished, day.changed = number, True


def round_cancelled(day: EventDay, incident: Incident) -> None:
    """Nobody is present in an open round; whoever met in the running one, missed each other."""
    number = incident.round or 0
    if number > day.held:
        set_cancelled(day, {**day.cancellations, incident.id: number}, number)
    elif number == day.running:
        mark_missed(day, incident.id, number, day.meetings(number))
        day.finished = number
    else:
        raise day.refused(StateConflict, "round", "round_over", "this round is over")
    day.changed = True


def set_cancelled(day: EventDay, cancellations: dict[str, int], number: int) -> None:
    """Cancel an open round, or no longer, for everybody."""
    lines = {
        v: record_of(day, v)
        for v, attendee in day.attendees.items()
        if v in day.lines or (number in attendee.absent_rounds and number not in day.cancelled)
    }
    day.cancellations = cancellations
    cancelled = {number} & day.cancelled
    for v, attendee in day.attendees.items():
        if v in lines:
            apply_record(day, v, lines[v])
        else:
            day.attendees[v] = with_absences(
                attendee, set(attendee.absent_rounds) - {number} | cancelled
            )
