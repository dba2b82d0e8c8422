"""Strict repairs over whole days: nothing published is broken without need, whatever happens."""

import json
import os
from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import Any

import pytest

from app.day.incidents.apply import Logged, apply_incidents, seats_of
from app.errors import Refused
from app.planning.plan import plan_schedule
from app.planning.repair import Repaired, repair_schedule
from schemas.day import DayState
from schemas.event import Attendee, Event
from schemas.incident import Incident
from schemas.schedule import Schedule, ScheduledRound
from solver.budget import Budget
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from tests.builders import random_event
from tests.checker import checker, needs_shared

SEQUENCES = 5_000 if os.environ.get("TERTIUS_SOAK") else 100
AT_ONCE = 20
"""Sequences in one test, so that two processes share them."""
STEPS = 8
KINDS = (
    *("drop_out", "no_show", "left_early", "pause", "return", "late_arrival", "not_here") * 2,
    *("checked_in", "table_closed", "table_opened", "round_cancelled", "round_added", "delay"),
    *("round_started", "round_finished") * 4,
    *("undo", "consent_revoked", "wish", "unwish"),
)
HAPPENING = ("no_show", "no_show", "left_early", "pause", "return", "late_arrival", "checked_in")
"""What happens while a round runs more often than at other times."""
ARRIVING = {"return", "late_arrival", "checked_in"}
MISSING = {"no_show", "not_here", "left_early", "pause", "round_started", "round_cancelled"}
"""Taken back, these let a planned meeting count that was missed: for the judge, who knows one
version before, that is another meeting in a held round."""


@needs_shared
@pytest.mark.parametrize("first", range(0, SEQUENCES, AT_ONCE))
def test_no_repair_breaks_what_it_need_not(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        for event, before, done in _repairs(seed):
            _judge(event, before, done)


def _judge(event: Event, before: Schedule, done: Repaired) -> None:
    document = event.model_dump(mode="json", exclude_none=True, exclude={"published"})
    held = event.held_rounds
    made, was = (each.model_dump(mode="json") for each in (done.schedule, before))
    graph = json.loads("".join(node_link(build_graph(event))))
    found = checker().check(checker().Event(document, graph), made, was, held)
    assert found["violations"] == []
    broken = done.repair.broken
    assert found["broken_without_need"] == broken.chosen
    assert found["broken_by_need"] == broken.forced
    assert done.repair.least_broken <= broken.forced + broken.chosen
    if not _demanding(event):
        assert broken.chosen == 0
        assert done.repair.least_broken == broken.forced
        assert _binds_seats(event) or list(_needlessly_idle(event, done.schedule)) == []
    for r in range(held):
        old, new = before.rounds[r], done.schedule.rounds[r]
        came = _people(new) - _people(old)
        assert set(old.absent) - set(new.absent) <= came
        assert came <= {a.id for a in event.attendees if r + 1 not in a.absent_rounds}
        if not came and not any(m.added or not _counts(m) for m in (*old.meetings, *new.meetings)):
            assert new.model_dump_json() == old.model_dump_json()


def _people(block: ScheduledRound) -> set[str]:
    """Who sits or waits in a round, or missed somebody in it."""
    return {*block.byes, *(v for meeting in block.meetings for v in meeting.attendees)}


def _demanding(event: Event) -> bool:
    """Whether some rule may ask that a promise is broken."""
    required = any(rule.kind == "require" for rule in event.pair_rules)
    return required or event.policy.idle == "leave" or any(a.min_meetings for a in event.attendees)


def _binds_seats(event: Event) -> bool:
    """Whether breaks, companies, places or rules of one round may keep two idle people apart."""
    policy = event.policy
    everybody = policy.max_in_a_row or policy.breaks or policy.per_organisation != "any"
    own = any(a.max_in_a_row or a.breaks or a.places for a in event.attendees)
    return bool(everybody or own or any(rule.round for rule in event.pair_rules))


def _needlessly_idle(event: Event, schedule: Schedule) -> Iterator[tuple[int, str, str]]:
    """Pairs who sit out an open round though they may meet in it, with seats and capacity left."""
    met = {frozenset(m.attendees) for b in schedule.rounds for m in b.meetings if _counts(m)}
    full = {
        share.id
        for share, attendee in zip(
            schedule.attendees, sorted(event.attendees, key=lambda a: a.id), strict=True
        )
        if attendee.max_meetings is not None and share.meetings >= attendee.max_meetings
    }
    document = checker().Event(event.model_dump(mode="json", exclude_none=True))
    for block in schedule.rounds[event.held_rounds :]:
        if len(block.meetings) >= len(document.tables[block.round - 1]) or not document.E:
            continue
        for i, j in combinations(sorted(set(block.byes) - full), 2):
            if frozenset((i, j)) not in met | document.forbidden:
                yield block.round, i, j


def _counts(meeting: Any) -> bool:
    return bool(meeting.outcome != "missed")


def _repairs(seed: int) -> Iterator[tuple[Event, Schedule, Repaired]]:
    """A small day: the event, what was published, and the repair, after each batch."""
    rng, day, log = Random(seed), DayState(), dict[str, Logged]()
    event = random_event(seed, 12, 6)
    try:
        schedule = plan_schedule(event, Budget(work=20_000))
    except Infeasible:
        return
    for step in range(STEPS):
        asked = event.model_copy(update={"published": schedule})
        many = range(rng.choice((1, 1, 2, 3)))
        batch = [_incident(rng, event, day, log, f"{step}-{k}") for k in many]
        try:
            after = apply_incidents(asked, day, batch, seats_of(schedule), log)
        except Refused:
            continue
        event, day = after.event, after.day
        for each, effect in zip(batch, after.effects, strict=True):
            log[each.id] = Logged(each, effect, undone=False)
            if each.incident:
                log[each.incident] = log[each.incident]._replace(undone=True)
        done = repair_schedule(event, day, build_graph(event))
        yield event, schedule, done
        schedule = done.schedule


def _incident(
    rng: Random, event: Event, day: DayState, log: dict[str, Logged], name: str
) -> Incident:
    """Any incident, sensible or not, that has the fields of its kind."""
    runs = event.held_rounds > day.finished_rounds
    kind = rng.choice(HAPPENING if runs and rng.random() < 0.4 else KINDS)
    ids = [attendee.id for attendee in event.attendees]
    rounds, held = len(event.rounds), event.held_rounds
    some_round: dict[str, Any] = rng.choice(({}, {"round": rng.randint(1, rounds)}))
    one = {"attendee": rng.choice(sorted(day.away) if kind in ARRIVING and day.away else ids)}
    match kind:
        case "round_started":
            fields: dict[str, Any] = {"round": min(rounds, held + 1)}
        case "round_finished":
            fields = {"round": max(1, held)}
        case "round_cancelled":
            fields = {"round": rng.randint(max(1, held), rounds)}
        case "round_added":
            fields = {} if rounds < 8 else {"minutes": 5}
        case "delay":
            fields = {"minutes": 5}
        case "table_closed" | "table_opened":
            fields = some_round | {"table": rng.randint(1, 6)}
        case "undo":
            known = [each for each, row in log.items() if row.incident.kind not in MISSING]
            fields = {"incident": rng.choice([*known, "never"])}
        case "late_arrival" if rng.random() < 0.5:
            fresh = f"w{name}"
            fields = {"attendee": fresh, "profile": Attendee(id=fresh)}
        case "consent_revoked" | "wish" | "unwish":
            fields = one if kind == "consent_revoked" else {"pair": tuple(rng.sample(ids, 2))}
        case _:
            fields = some_round | one
    return Incident.model_validate({"id": name, "kind": kind} | fields)
