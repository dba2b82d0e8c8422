"""Incidents: what a fact of the day changes in the event; the schedule is mended elsewhere.

Held rounds are history: no incident changes who was absent from them, their tables or times.
Somebody known stays on the list for good, so that schedules made before still name only attendees.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from app.day.incidents import attendance, rounds, timetable, wishes
from app.day.incidents.state import EventDay, Logged, Seating, Seats, day_at
from app.day.incidents.undo import undo_incident
from app.errors import Invalid
from schemas.day import DayState, Effect, MissedMeeting
from schemas.event import Event
from schemas.incident import Incident, Kind
from schemas.schedule import Schedule

__all__ = ["Applied", "Logged", "apply_incidents", "day_of", "event_to_replan", "seats_of"]

NOTHING: Mapping[str, Logged] = MappingProxyType({})


class Applied(NamedTuple):
    """The event and its day with a batch applied, and what each new incident of it did."""

    event: Event
    day: DayState
    effects: tuple[Effect, ...]


def no_seats(_: int) -> Sequence[Seating]:
    """Nobody sits with anybody: there is no schedule."""
    return ()


def apply_incidents(
    event: Event,
    day: DayState,
    batch: Sequence[Incident],
    seats: Seats = no_seats,
    log: Mapping[str, Logged] = NOTHING,
) -> Applied:
    """The event and its day after ``batch``, taken whole; the first that cannot be refuses.

    ``seats`` gives who sits together in a round and counts. ``log`` holds the incidents
    accepted before that the batch repeats, which are passed over, or takes back.
    """
    now = day_at(event, day, seats, dict(log))
    effects = []
    for place, incident in enumerate(batch):
        if incident.id in now.done:
            continue
        now.place, now.incident, now.changed = place, incident.id, False
        held, finished = now.held, now.finished
        _rule(now, incident).apply(now, incident)
        effect = Effect(held_rounds=held, finished_rounds=finished, changed=now.changed)
        now.done[incident.id] = Logged(incident, effect, undone=False)
        effects.append(effect)
    return Applied(*now.after(), tuple(effects))


def day_of(schedule: Schedule, held: int) -> DayState:
    """The day by a schedule alone: all held rounds are over, and what was missed is marked in it.

    A round runs only if an incident starts it.
    """
    missed = (
        MissedMeeting(round=block.round, pair=meeting.attendees, added=meeting.added)
        for block in schedule.rounds[:held]
        for meeting in block.meetings
        if meeting.outcome == "missed"
    )
    return DayState(finished_rounds=held, missed=tuple(missed))


def seats_of(schedule: Schedule) -> Seats:
    """Who sits together in each round of a schedule, in meetings that count."""

    def seats(number: int) -> Sequence[Seating]:
        blocks = schedule.rounds[number - 1 : number]
        counted = (m for b in blocks for m in b.meetings if m.outcome != "missed")
        return [Seating(m.attendees, m.added) for m in counted]

    return seats


def event_to_replan(event: Event, schedule: Schedule, held: int) -> Event:
    """The event as it asks for a replan of ``schedule``, whose first ``held`` rounds are held."""
    fields = {name: getattr(event, name) for name in Event.model_fields}
    return Event(**fields | {"published": schedule, "held_rounds": held})


class _Rule(NamedTuple):
    """What a kind does, the fields it cannot do without, may carry, and needs just one of."""

    apply: Callable[[EventDay, Incident], None]
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    one_of: tuple[str, ...] = ()


_ROUND = frozenset({"round"})
_SOMEBODY = ("attendee", "attendees")

_RULES: Mapping[Kind, _Rule] = {
    "checked_in": _Rule(attendance.checked_in, takes=_ROUND, one_of=_SOMEBODY),
    "not_here": _Rule(attendance.not_here, takes=_ROUND, one_of=_SOMEBODY),
    "drop_out": _Rule(attendance.drop_out, frozenset({"attendee"}), _ROUND),
    "left_early": _Rule(attendance.left_early, frozenset({"attendee"}), _ROUND),
    "late_arrival": _Rule(
        attendance.late_arrival, frozenset({"attendee"}), frozenset({"round", "profile"})
    ),
    "no_show": _Rule(attendance.no_show, takes=_ROUND, one_of=("attendee", "pair")),
    "pause": _Rule(attendance.pause, frozenset({"attendee"}), _ROUND),
    "return": _Rule(attendance.come_back, takes=_ROUND, one_of=_SOMEBODY),
    "table_closed": _Rule(timetable.table_closed, frozenset({"table"}), _ROUND),
    "table_opened": _Rule(timetable.table_opened, frozenset({"table"}), _ROUND),
    "round_started": _Rule(rounds.round_started, _ROUND),
    "round_finished": _Rule(rounds.round_finished, _ROUND),
    "round_cancelled": _Rule(rounds.round_cancelled, _ROUND),
    "round_added": _Rule(timetable.round_added, takes=frozenset({"minutes"})),
    "delay": _Rule(timetable.delay, frozenset({"minutes"}), _ROUND),
    "consent_revoked": _Rule(attendance.consent_revoked, frozenset({"attendee"})),
    "wish": _Rule(wishes.wish, frozenset({"pair"}), frozenset({"attendee"})),
    "unwish": _Rule(wishes.unwish, frozenset({"pair"}), frozenset({"attendee"})),
    "undo": _Rule(undo_incident, frozenset({"incident"})),
}


def _rule(day: EventDay, incident: Incident) -> _Rule:
    """The rule of the incident's kind, once the incident has the fields that the kind takes."""
    rule = _RULES[incident.kind]
    given = {name for name in incident.model_fields_set if getattr(incident, name) is not None}
    for name in sorted(rule.needs - given):
        raise day.refused(Invalid, name, "missing", f"{incident.kind} needs this field")
    either = [name for name in rule.one_of if name in given]
    if rule.one_of and len(either) != 1:
        name, code = (either[1], "not_taken") if either else (rule.one_of[0], "missing")
        why = f"{incident.kind} needs one of {' and '.join(rule.one_of)}"
        raise day.refused(Invalid, name, code, why)
    for name in sorted(given - {"id", "kind", *rule.needs, *rule.takes, *rule.one_of}):
        raise day.refused(Invalid, name, "not_taken", f"{incident.kind} has no use for this field")
    if incident.round is not None and incident.round > len(day.rounds):
        raise day.refused(Invalid, "round", "unknown_round", f"there are {len(day.rounds)} rounds")
    return rule
