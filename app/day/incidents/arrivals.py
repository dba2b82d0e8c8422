"""Who comes to a round while it runs, and is there to be seated at once."""

from collections.abc import Sequence

from app.day.incidents.absences import ANY_LATER_ROUND, absences_in, record_of, with_absences
from app.day.incidents.missed import forgive, mark_missed
from app.day.incidents.state import EventDay
from schemas.day import Arrival


def people_to_come(day: EventDay, people: Sequence[str]) -> list[str]:
    """Those of ``people`` who are away from the running round, if one runs."""
    number = day.running
    return [v for v in people if number and _is_away(day, v, number)]


def note_arrivals(day: EventDay, incident: str, away: Sequence[str]) -> None:
    """Write down who of those who were ``away`` is there by now, and has them present."""
    number = day.running or 0
    came = tuple(v for v in away if number and not _is_kept(day, v, number))
    if not came:
        return
    absent = tuple(v for v in came if number in day.attendees[v].absent_rounds)
    for v in absent:
        rounds = set(day.attendees[v].absent_rounds) - {number}
        day.attendees[v] = with_absences(day.attendees[v], rounds)
    for v in came:
        forgive(day, v, number, {mark.incident for mark in record_of(day, v).marks})
    day.arrivals[incident] = Arrival(round=number, attendees=came, absent=absent)
    day.changed = True


def take_back_arrivals(day: EventDay, incident: str) -> bool:
    """Who came by an incident did not, as long as the round runs; whether it does.

    They are away as they were before, and whom they were seated with has missed them.
    """
    arrival = day.arrivals.get(incident)
    if arrival is None or arrival.round != day.running:
        return False
    del day.arrivals[incident]
    for v in arrival.attendees:
        if v in arrival.absent and v in day.attendees:
            rounds = {*day.attendees[v].absent_rounds, arrival.round}
            day.attendees[v] = with_absences(day.attendees[v], rounds)
        if v in day.attendees and _is_away(day, v, arrival.round):
            _miss_again(day, v, arrival.round)
    return True


def _miss_again(day: EventDay, v: str, number: int) -> None:
    """The meeting of somebody who is not there is missed, as those say who have them away."""
    seats = [meeting for meeting in day.meetings(number) if v in meeting.pair]
    for incident in _reporters(day, v, number) or [day.incident or ""]:
        mark_missed(day, incident, number, seats)


def _reporters(day: EventDay, v: str, number: int) -> list[str]:
    """The incidents that have somebody away from a round, and that no other has ended."""
    found: list[str] = []
    for mark in record_of(day, v).marks:
        if mark.first <= number <= (mark.last or ANY_LATER_ROUND):
            found = [] if mark.says in ("back", "here") else [*found, mark.incident]
    return found


def _is_away(day: EventDay, v: str, number: int) -> bool:
    return number in day.attendees[v].absent_rounds or _is_kept(day, v, number)


def _is_kept(day: EventDay, v: str, number: int) -> bool:
    """Whether somebody's record keeps them from a round."""
    declared, taken = absences_in(record_of(day, v))
    return number in declared or number in taken
