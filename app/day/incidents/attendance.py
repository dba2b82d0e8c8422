"""Who is there: people who come, go, pause, miss each other and change their minds."""

from pydantic import ValidationError

from app.day.incidents.absences import LATER, absent, line_of, mark, read, settle
from app.day.incidents.missed import meetings_of, miss
from app.day.incidents.state import TITLE, Day
from app.errors import Refused, pointer
from schemas import limits
from schemas.day import Line, Mark, Reason, Revoked
from schemas.event import UNKNOWN, Attendee, Event
from schemas.incident import Incident
from schemas.problem import ProblemError


def named(day: Day, incident: Incident) -> tuple[str, ...]:
    """Those whom the incident names, each once; Refused if one is not on the list."""
    if incident.attendee is not None:
        return (_known(day, "attendee", incident.attendee),)
    return tuple(
        dict.fromkeys(
            _known(day, ("attendees", k), v) for k, v in enumerate(incident.attendees or ())
        )
    )


def drop_out(day: Day, incident: Incident) -> None:
    """Gone from the first open round on, or from ``round`` if that is later."""
    (v,) = named(day, incident)
    mark(day, v, incident.id, "dropped_out", day.first_open(incident.round))


def left_early(day: Day, incident: Incident) -> None:
    """Gone like one who drops out; their meeting of the running round, if told, is missed."""
    (v,) = named(day, incident)
    first = day.first_open(incident.round)
    if incident.round is not None and incident.round == day.running:
        first = incident.round
        miss(day, incident.id, first, meetings_of(day, first, v))
    mark(day, v, incident.id, "left_early", first)


def not_here(day: Day, incident: Incident) -> None:
    """Not there in ``round`` alone, or until they are checked in."""
    for v in named(day, incident):
        _out(day, incident, v, "not_here")


def pause(day: Day, incident: Incident) -> None:
    """Sits out ``round`` alone, or all rounds until they return."""
    for v in named(day, incident):
        _out(day, incident, v, "paused")


def no_show(day: Day, incident: Incident) -> None:
    """Their meeting of a held round was missed; of the running one, and they are not there."""
    if incident.pair is not None:
        _missed_each_other(day, incident, incident.pair)
        return
    (v,) = named(day, incident)
    number = incident.round or day.running or day.held + 1
    if number <= day.held:
        miss(day, incident.id, number, meetings_of(day, number, v))
    if number > day.held or number == day.running:
        mark(day, v, incident.id, "no_show", number)


def come_back(day: Day, incident: Incident) -> None:
    """There again from ``round`` on, or from now on: ends what incidents did, and only that."""
    first = max(incident.round or 0, day.running or day.held + 1)
    for v in named(day, incident):
        if v in day.lines and max(read(line_of(day, v))[1], default=0) >= first:
            mark(day, v, incident.id, "back", first)


def checked_in(day: Day, incident: Incident) -> None:
    """Seen at the door, and there again if incidents said otherwise."""
    come_back(day, incident)
    day.check_ins[incident.id] = tuple(sorted(named(day, incident)))
    day.changed = True


def late_arrival(day: Day, incident: Incident) -> None:
    """Here from ``round`` (or the first open one) on, and absent from open rounds before it.

    The absence that reaches into that round ends; one declared for later in the day stays.
    """
    if incident.profile is not None:
        _walk_in(day, incident, incident.profile)
        return
    (v,) = named(day, incident)
    first = day.first_open(incident.round)
    if first > day.held + 1:
        mark(day, v, incident.id, "late", day.held + 1, first - 1)
    declared, taken = read(line_of(day, v))
    last = first
    while last in declared or last in taken:
        last += 1
    if last > first:
        mark(day, v, incident.id, "here", first, last - 1 if last <= LATER else None)


def consent_revoked(day: Day, incident: Incident) -> None:
    """Nobody may pitch to them any more; what they are offered for their own sake stays."""
    (v,) = named(day, incident)
    attendee = day.attendees[v]
    before = day.revoked.get(v)
    if before is None or attendee.welcomes_pitches is not False:
        before = Revoked(welcomes_pitches=attendee.welcomes_pitches)
    said = (*before.incidents, incident.id)
    day.revoked[v] = before.model_copy(update={"incidents": said})
    day.attendees[v] = attendee.model_copy(update={"welcomes_pitches": False})
    day.changed = True


def _out(day: Day, incident: Incident, v: str, reason: Reason) -> None:
    """Absent for good without ``round``; with it, there alone, and if it is held not met."""
    number = incident.round
    if number is None:
        mark(day, v, incident.id, reason, day.held + 1)
        return
    if number <= day.held:
        miss(day, incident.id, number, meetings_of(day, number, v))
    if number > day.held or number == day.running:
        mark(day, v, incident.id, reason, number, number)


def _missed_each_other(day: Day, incident: Incident, pair: tuple[str, str]) -> None:
    for place, v in enumerate(pair):
        _known(day, ("pair", place), v)
    number = incident.round or day.running
    if number is None:
        why = "no round is running: name the round of the meeting that was missed"
        raise day.refused(409, "pair", "no_meeting", why)
    if number > day.held:
        raise day.refused(409, "round", "no_meeting", "nobody has met in this round yet")
    found = [seat for seat in meetings_of(day, number, pair[0]) if set(seat) == set(pair)]
    if not found:
        raise day.refused(409, "pair", "no_meeting", "these two have no meeting in this round")
    miss(day, incident.id, number, found)


def _walk_in(day: Day, incident: Incident, profile: Attendee) -> None:
    """Somebody new at the end of the list, absent from what was before they came."""
    if profile.id != incident.attendee:
        why = "the profile must have the id of the incident's attendee"
        raise day.refused(422, ("profile", "id"), "other_attendee", why)
    if profile.id in day.attendees:
        why = "this attendee is on the list already; a profile is for somebody new"
        raise day.refused(409, "profile", "known_attendee", why)
    if len(day.attendees) == limits.ATTENDEES:
        why = f"an event has at most {limits.ATTENDEES} attendees"
        raise day.refused(422, "profile", "too_long", why)
    _check_profile(day, profile)
    first = day.first_open(incident.round)
    late = Mark(incident=incident.id, says="late", first=1, last=first - 1) if first > 1 else None
    past = {*profile.absent_rounds, *range(1, day.held + 1)}
    day.attendees[profile.id] = absent(profile, past)
    settle(day, profile.id, Line(declared=profile.absent_rounds, marks=(late,) if late else ()))
    day.changed = True


def _check_profile(day: Day, profile: Attendee) -> None:
    """Hold a walk-in to the rules of an event's attendee, without checking everybody again."""
    known = sorted(day.attendees.keys() & set(profile.avoid))
    people = (profile, *(Attendee(id=other) for other in known))
    try:
        Event(timezone=day.event.timezone, rounds=day.rounds, attendees=people)
    except ValidationError as refusal:
        found = refusal.errors(include_url=False, include_context=False, include_input=False)
        raise Refused(
            422,
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


def _known(day: Day, where: str | tuple[str | int, ...], v: str) -> str:
    if v not in day.attendees:
        raise day.refused(404, where, *UNKNOWN)
    return v
