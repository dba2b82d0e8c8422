"""Who is there: people who come, go, pause, miss each other and change their minds."""

from collections.abc import Iterator

from pydantic import ValidationError

from app.day.incidents.absences import (
    ANY_LATER_ROUND,
    absences_in,
    add_mark,
    apply_record,
    record_of,
    with_absences,
)
from app.day.incidents.arrivals import note_arrivals, people_to_come
from app.day.incidents.missed import mark_missed, meetings_of
from app.day.incidents.state import TITLE, EventDay
from app.errors import Invalid, NotFound, StateConflict, pointer
from schemas import limits
from schemas.day import AbsenceMark, AbsenceRecord, Reason, Revoked
from schemas.event import UNKNOWN, Attendee, Event, each_avoided
from schemas.incident import Incident
from schemas.problem import ProblemError


def attendees_named(day: EventDay, incident: Incident) -> tuple[str, ...]:
    """Those whom the incident names, each once; Refused if one is not on the list."""
    if incident.attendee is not None:
        return (_known(day, "attendee", incident.attendee),)
    return tuple(
        dict.fromkeys(
            _known(day, ("attendees", k), v) for k, v in enumerate(incident.attendees or ())
        )
    )


def drop_out(day: EventDay, incident: Incident) -> None:
    """Gone from the first open round on, or from ``round`` if that is later."""
    (v,) = attendees_named(day, incident)
    add_mark(day, v, incident.id, "dropped_out", day.first_open(incident.round))


def left_early(day: EventDay, incident: Incident) -> None:
    """Gone like one who drops out; their meeting of the running round, if told, is missed."""
    (v,) = attendees_named(day, incident)
    first = day.first_open(incident.round)
    if incident.round is not None and incident.round == day.running:
        first = incident.round
        mark_missed(day, incident.id, first, meetings_of(day, first, v))
    add_mark(day, v, incident.id, "left_early", first)


def not_here(day: EventDay, incident: Incident) -> None:
    """Not there in ``round`` alone, or until they are checked in."""
    for v in attendees_named(day, incident):
        _out(day, incident, v, "not_here")


def pause(day: EventDay, incident: Incident) -> None:
    """Sits out ``round`` alone, or all rounds until they return."""
    for v in attendees_named(day, incident):
        _out(day, incident, v, "paused")


def no_show(day: EventDay, incident: Incident) -> None:
    """Their meeting of a held round was missed; of the running one, and they are not there."""
    if incident.pair is not None:
        _missed_each_other(day, incident, incident.pair)
        return
    (v,) = attendees_named(day, incident)
    number = incident.round or day.running or day.held + 1
    if number <= day.held:
        mark_missed(day, incident.id, number, meetings_of(day, number, v))
    if number > day.held or number == day.running:
        add_mark(day, v, incident.id, "no_show", number)


def come_back(day: EventDay, incident: Incident) -> None:
    """There again from ``round`` on, or from now on: ends what incidents did, and only that."""
    first = _first_attended(day, incident)
    people = attendees_named(day, incident)
    away = people_to_come(day, people)
    for v in people:
        if v in day.lines and max(absences_in(record_of(day, v))[1], default=0) >= first:
            add_mark(day, v, incident.id, "back", first)
    note_arrivals(day, incident.id, away)


def checked_in(day: EventDay, incident: Incident) -> None:
    """Seen at the door, and there again if incidents said otherwise."""
    come_back(day, incident)
    day.check_ins[incident.id] = tuple(sorted(attendees_named(day, incident)))
    day.changed = True


def late_arrival(day: EventDay, incident: Incident) -> None:
    """Here from ``round`` on, or from now on, and absent from open rounds before it.

    The absence that reaches into that round ends; one declared for later in the day stays.
    """
    if incident.profile is not None:
        _walk_in(day, incident, incident.profile)
        return
    (v,) = attendees_named(day, incident)
    away = people_to_come(day, (v,))
    first = _first_attended(day, incident) if away else day.first_open(incident.round)
    if first > day.held + 1:
        add_mark(day, v, incident.id, "late", day.held + 1, first - 1)
    declared, taken = absences_in(record_of(day, v))
    last = first
    while last in declared or last in taken:
        last += 1
    if last > first:
        add_mark(day, v, incident.id, "here", first, last - 1 if last <= ANY_LATER_ROUND else None)
    note_arrivals(day, incident.id, away)


def consent_revoked(day: EventDay, incident: Incident) -> None:
    """Nobody may pitch to them any more; what they are offered for their own sake stays."""
    (v,) = attendees_named(day, incident)
    attendee = day.attendees[v]
    before = day.revoked.get(v)
    if before is None or attendee.welcomes_pitches is not False:
        before = _revoked(attendee.welcomes_pitches)
    said = (*before.incidents, incident.id)
    day.revoked[v] = before.model_copy(update={"incidents": said})
    day.attendees[v] = attendee.model_copy(update={"welcomes_pitches": False})
    day.changed = True


def _revoked(consent: tuple[str, ...] | bool | None) -> Revoked:
    """What is kept of a consent that is revoked: never its topics."""
    if isinstance(consent, tuple):
        return Revoked(by_topic=True)
    return Revoked(welcomes_pitches=consent)


def _out(day: EventDay, incident: Incident, v: str, reason: Reason) -> None:
    """Absent for good without ``round``; with it, there alone, and if it is held not met."""
    number = incident.round
    if number is None:
        add_mark(day, v, incident.id, reason, day.held + 1)
        return
    if number <= day.held:
        mark_missed(day, incident.id, number, meetings_of(day, number, v))
    if number > day.held or number == day.running:
        add_mark(day, v, incident.id, reason, number, number)


def _missed_each_other(day: EventDay, incident: Incident, pair: tuple[str, str]) -> None:
    for place, v in enumerate(pair):
        _known(day, ("pair", place), v)
    number = incident.round or day.running
    if number is None:
        why = "no round is running: name the round of the meeting that was missed"
        raise day.refused(StateConflict, "pair", "no_meeting", why)
    if number > day.held:
        raise day.refused(StateConflict, "round", "no_meeting", "nobody has met in this round yet")
    found = [seat for seat in meetings_of(day, number, pair[0]) if set(seat.pair) == set(pair)]
    if not found:
        raise day.refused(
            StateConflict, "pair", "no_meeting", "these two have no meeting in this round"
        )
    mark_missed(day, incident.id, number, found, both_there=True)


def _walk_in(day: EventDay, incident: Incident, profile: Attendee) -> None:
    """Somebody new at the end of the list, absent from what was before they came."""
    if profile.id != incident.attendee:
        why = "the profile must have the id of the incident's attendee"
        raise day.refused(Invalid, ("profile", "id"), "other_attendee", why)
    if profile.id in day.attendees:
        why = "this attendee is on the list already; a profile is for somebody new"
        raise day.refused(StateConflict, "profile", "known_attendee", why)
    if len(day.attendees) == limits.ATTENDEES:
        why = f"an event has at most {limits.ATTENDEES} attendees"
        raise day.refused(Invalid, "profile", "too_long", why)
    _check_profile(day, profile)
    first, v = _first_attended(day, incident), profile.id
    past = {*profile.absent_rounds, *range(1, day.held + 1)}
    day.attendees[v] = with_absences(profile, past)
    marks = tuple(_walk_in_marks(day, incident, first, profile))
    apply_record(day, v, AbsenceRecord(declared=profile.absent_rounds, marks=marks))
    note_arrivals(day, incident.id, people_to_come(day, (v,)))
    day.changed = True


def _walk_in_marks(
    day: EventDay, incident: Incident, first: int, profile: Attendee
) -> Iterator[AbsenceMark]:
    """Late for what was before they came; there in the running round, unless they say otherwise."""
    if first > 1:
        yield AbsenceMark(incident=incident.id, says="late", first=1, last=first - 1)
    if first == day.running and first not in profile.absent_rounds:
        yield AbsenceMark(incident=incident.id, says="here", first=first, last=first)


def _first_attended(day: EventDay, incident: Incident) -> int:
    """The round from which on somebody who arrives is there: the running one, or a later one."""
    return max(incident.round or 0, day.running or day.held + 1)


def _check_profile(day: EventDay, profile: Attendee) -> None:
    """Hold a walk-in to the rules of an event's attendee, without checking everybody again."""
    named = {*each_avoided(profile), *(want.id for want in profile.wants)}
    known = sorted(day.attendees.keys() & named)
    people = (profile, *(Attendee(id=other) for other in known))
    try:
        Event(timezone=day.event.timezone, rounds=day.rounds, attendees=people)
    except ValidationError as refusal:
        found = refusal.errors(include_url=False, include_context=False, include_input=False)
        raise Invalid(
            TITLE,
            (
                ProblemError(
                    pointer=pointer(("incidents", day.place, "profile", *row["loc"][2:])),
                    code=row["type"],
                    message=row["msg"],
                )
                for row in found
            ),
        ) from None


def _known(day: EventDay, where: str | tuple[str | int, ...], v: str) -> str:
    if v not in day.attendees:
        raise day.refused(NotFound, where, *UNKNOWN)
    return v
