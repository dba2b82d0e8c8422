"""Incidents: what a fact of the day changes in the event; the schedule is mended elsewhere.

Held rounds are history: no incident changes who was absent from them. Somebody known stays on the
list for good, so that schedules made before still name only attendees of the event.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from app.errors import Refused, pointer
from schemas import limits
from schemas.event import UNKNOWN, Attendee, Event
from schemas.incident import Incident, Kind
from schemas.problem import ProblemError
from schemas.schedule import Schedule


def apply_incidents(
    event: Event, incidents: Sequence[Incident], known: Collection[str] = ()
) -> Event:
    """The event after ``incidents``, taken in order and whole; the first that cannot be refuses.

    ``event`` says how many rounds are held. Whether there is a schedule to hold is the caller's
    to know; incidents with ``known`` ids were applied before and are passed over.
    """
    day = _Day(event, {attendee.id: attendee for attendee in event.attendees}, event.held_rounds)
    for place, incident in enumerate(incidents):
        if incident.id not in known:
            _rule(day, incident, place).apply(day, incident, place)
    return event.model_copy(
        update={"attendees": tuple(day.attendees.values()), "held_rounds": day.held}
    )


def to_replan(event: Event, schedule: Schedule, held: int) -> Event:
    """The event as it asks for a replan of ``schedule``, whose first ``held`` rounds are held."""
    fields = {name: getattr(event, name) for name in Event.model_fields}
    return Event(**fields | {"published": schedule, "held_rounds": held})


@dataclass
class _Day:
    """The event while a batch is applied to it."""

    event: Event
    attendees: dict[str, Attendee]
    held: int

    @property
    def rounds(self) -> int:
        return len(self.event.rounds)

    def first_round(self, incident: Incident) -> int:
        """The first round the incident can touch: what is held stays as it was."""
        return max(incident.round or 0, self.held + 1)


def _rule(day: _Day, incident: Incident, place: int) -> "_Rule":
    """The rule of the incident's kind, once the incident has the fields that the kind takes."""
    rule = _RULES.get(incident.kind)
    if rule is None:
        message = f"not supported yet; supported are {', '.join(sorted(_RULES))}"
        raise _refused(422, place, "kind", "not_supported_yet", message)
    given = {name for name in incident.model_fields_set if getattr(incident, name) is not None}
    for name in sorted(rule.needs - given):
        raise _refused(422, place, name, "missing", f"{incident.kind} needs this field")
    for name in sorted(given - {"id", "kind"} - rule.needs - rule.takes):
        raise _refused(422, place, name, "not_taken", f"{incident.kind} has no use for this field")
    if incident.round is not None and incident.round > day.rounds:
        message = f"there are {day.rounds} rounds"
        raise _refused(422, place, "round", "unknown_round", message)
    return rule


def _drop_out(day: _Day, incident: Incident, place: int) -> None:
    """Absent from the first open round on, or from ``round`` if that is later."""
    attendee = _attendee(day, incident, place)
    gone = range(day.first_round(incident), day.rounds + 1)
    day.attendees[attendee.id] = _absent(attendee, {*attendee.absent_rounds, *gone})


def _late_arrival(day: _Day, incident: Incident, place: int) -> None:
    """Here from ``round`` (or the first open one) on, and absent from open rounds before it.

    The absence that reaches into that round ends; one declared for later in the day stays.
    """
    if incident.profile is not None:
        _walk_in(day, incident, incident.profile, place)
        return
    attendee = _attendee(day, incident, place)
    first = day.first_round(incident)
    absent = {*attendee.absent_rounds, *range(day.held + 1, first)}
    day.attendees[attendee.id] = _absent(attendee, absent - set(_run(absent, first)))


def _walk_in(day: _Day, incident: Incident, profile: Attendee, place: int) -> None:
    """Somebody new at the end of the list, absent from what was before they came."""
    if profile.id != incident.attendee:
        message = "the profile must have the id of the incident's attendee"
        raise Refused(422, TITLE, [_error(place, ("profile", "id"), "other_attendee", message)])
    if profile.id in day.attendees:
        message = "this attendee is on the list already; a profile is for somebody new"
        raise _refused(409, place, "profile", "known_attendee", message)
    if len(day.attendees) == limits.ATTENDEES:
        message = f"an event has at most {limits.ATTENDEES} attendees"
        raise _refused(422, place, "profile", "too_long", message)
    _check_profile(day, profile, place)
    missed = range(1, day.first_round(incident))
    day.attendees[profile.id] = _absent(profile, {*profile.absent_rounds, *missed})


def _consent_revoked(day: _Day, incident: Incident, place: int) -> None:
    """Nobody may pitch to them any more; what they are offered for their own sake stays."""
    attendee = _attendee(day, incident, place)
    day.attendees[attendee.id] = attendee.model_copy(update={"welcomes_pitches": False})


def _round_started(day: _Day, incident: Incident, place: int) -> None:
    """Round by round; a round that is held already has nothing left to start."""
    number = incident.round or 0
    if number > day.held + 1:
        message = f"the next round to start is round {day.held + 1}"
        raise _refused(409, place, "round", "round_order", message)
    day.held = max(day.held, number)


def _round_finished(day: _Day, incident: Incident, place: int) -> None:
    """Held since it started, so that nothing is left to change."""
    if (incident.round or 0) > day.held:
        raise _refused(409, place, "round", "round_not_started", "this round has not started")


class _Rule(NamedTuple):
    """What a kind does, the fields it cannot do without and those it may carry."""

    apply: Callable[[_Day, Incident, int], None]
    needs: frozenset[str]
    takes: frozenset[str] = frozenset()


_RULES: Mapping[Kind, _Rule] = {
    "drop_out": _Rule(_drop_out, frozenset({"attendee"}), frozenset({"round"})),
    "late_arrival": _Rule(_late_arrival, frozenset({"attendee"}), frozenset({"round", "profile"})),
    "consent_revoked": _Rule(_consent_revoked, frozenset({"attendee"})),
    "round_started": _Rule(_round_started, frozenset({"round"})),
    "round_finished": _Rule(_round_finished, frozenset({"round"})),
}


def _attendee(day: _Day, incident: Incident, place: int) -> Attendee:
    found = day.attendees.get(incident.attendee or "")
    if found is None:
        raise _refused(404, place, "attendee", *UNKNOWN)
    return found


def _run(absent: set[int], first: int) -> Iterator[int]:
    """The rounds of ``absent`` without a break from ``first`` on."""
    while first in absent:
        yield first
        first += 1


def _absent(attendee: Attendee, rounds: Iterable[int]) -> Attendee:
    return attendee.model_copy(update={"absent_rounds": tuple(sorted(rounds))})


def _check_profile(day: _Day, profile: Attendee, place: int) -> None:
    """Hold a walk-in to the rules of an event's attendee, without checking everybody again."""
    known = sorted(day.attendees.keys() & set(profile.avoid))
    people = (profile, *(Attendee(id=other) for other in known))
    try:
        Event(timezone=day.event.timezone, rounds=day.event.rounds, attendees=people)
    except ValidationError as refusal:
        found = refusal.errors(include_url=False, include_context=False, include_input=False)
        errors = (
            _error(place, ("profile", *row["loc"][2:]), row["type"], row["msg"]) for row in found
        )
        raise Refused(422, TITLE, errors) from None


TITLE = "an incident cannot be applied"


def _refused(status: int, place: int, field: str, code: str, message: str) -> Refused:
    return Refused(status, TITLE, [_error(place, (field,), code, message)])


def _error(place: int, where: Sequence[str | int], code: str, message: str) -> ProblemError:
    at = pointer(("incidents", place, *where))
    return ProblemError(pointer=at, code=code, message=message)
