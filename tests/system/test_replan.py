"""Replans: held rounds stay, promises are kept, and what became impossible is waived."""

import json
from itertools import pairwise

import pytest

from app.day.incidents.apply import apply_incidents, day_of
from app.planning.plan import plan_schedule
from bench.generate import generate
from schemas.event import Attendee, Event, PairRule, Policy, Round
from schemas.incident import Incident
from schemas.schedule import Schedule, ScheduledRound
from solver.budget import Budget
from solver.errors import Infeasible
from tests.builders import event_of, random_event
from tests.checker import checker, needs_shared

HELD = 4


def after(event: Event, published: Schedule, held: int, *incidents: Incident) -> Event:
    """The event once so many rounds were held and these incidents came in."""
    event = event.model_copy(update={"held_rounds": held})
    changed = apply_incidents(event, day_of(published, held), incidents).event
    return changed.model_copy(update={"published": published})


def drop_out(v: str) -> Incident:
    return Incident(id=f"drop-{v}", kind="drop_out", attendee=v)


def partners(block: ScheduledRound) -> dict[str, str]:
    both = [m.attendees for m in block.meetings]
    return dict(both) | {b: a for a, b in both}


@pytest.fixture(scope="module")
def room() -> tuple[Event, Schedule]:
    event = generate(100, 5)
    return event, plan_schedule(event, Budget(seconds=3))


def test_one_who_drops_out_takes_nothing_from_anybody_else(room: tuple[Event, Schedule]) -> None:
    event, published = room
    gone = event.attendees[17].id
    changed = after(event, published, HELD, drop_out(gone))
    repaired = plan_schedule(changed, Budget(seconds=2))
    assert repaired.quality is not None
    assert repaired.quality.broken.chosen == 0
    for r, (was, now) in enumerate(zip(published.rounds, repaired.rounds, strict=True)):
        if r < HELD:
            assert was.model_dump_json() == now.model_dump_json()
            continue
        assert gone not in partners(now)
        left = {v: p for v, p in partners(was).items() if gone not in (v, p)}
        assert left.items() <= partners(now).items()
        tables = {m.attendees: m.table for m in now.meetings}
        kept = [m for m in was.meetings if gone not in m.attendees]
        assert all(tables[m.attendees] == m.table for m in kept)
    assert published.quality is not None
    assert repaired.quality.upper_bound is not None


@needs_shared
@pytest.mark.parametrize("stability", ["strict", "balanced", "free"])
def test_the_independent_checker_passes_repairs(
    room: tuple[Event, Schedule], stability: str
) -> None:
    event, published = room
    policy = Policy(stability=stability)  # type: ignore[arg-type]
    gone = [drop_out(event.attendees[k].id) for k in (3, 30, 60)]
    changed = after(event.model_copy(update={"policy": policy}), published, HELD, *gone)
    repaired = plan_schedule(changed, Budget(seconds=2))
    document = changed.model_copy(update={"published": None, "held_rounds": 0})
    found = checker().check(
        checker().Event(json.loads(document.model_dump_json(exclude_none=True))),
        json.loads(repaired.model_dump_json()),
        json.loads(published.model_dump_json()),
        HELD,
    )
    assert found["violations"] == []
    assert repaired.quality is not None
    assert found["broken_without_need"] == repaired.quality.broken.chosen
    assert found["broken_by_need"] == repaired.quality.broken.forced
    if stability == "strict":
        assert found["broken_without_need"] == 0


def test_more_freedom_gives_more_points(room: tuple[Event, Schedule]) -> None:
    event, published = room
    objectives = []
    for stability in ("strict", "balanced", "free"):
        policy = Policy(stability=stability)
        changed = after(
            event.model_copy(update={"policy": policy}),
            published,
            HELD,
            *(drop_out(event.attendees[k].id) for k in (3, 30, 60, 61)),
        )
        quality = plan_schedule(changed, Budget(work=4_000_000)).quality
        assert quality is not None
        objectives.append(quality.objective)
    assert all(less <= more for less, more in pairwise(objectives))


def test_no_more_promises_are_broken_than_allowed(room: tuple[Event, Schedule]) -> None:
    event, published = room
    policy = Policy(stability="balanced", max_changes=2)
    gone = [drop_out(event.attendees[k].id) for k in (3, 30, 60, 61)]
    changed = after(event.model_copy(update={"policy": policy}), published, HELD, *gone)
    quality = plan_schedule(changed, Budget(seconds=3)).quality
    assert quality is not None
    assert quality.broken.chosen <= 2


def test_what_an_incident_made_impossible_is_waived() -> None:
    event = event_of(
        "abcd",
        2,
        {"ab": 0.5, "ba": 0.5, "cd": 0.9, "dc": 0.9},
        pair_rules=(PairRule(kind="require", pair=("a", "b")),),
    )
    event = event.model_copy(
        update={
            "attendees": tuple(
                a.model_copy(update={"min_meetings": 2}) if a.id == "c" else a
                for a in event.attendees
            )
        }
    )
    published = plan_schedule(event, Budget(seconds=5))
    changed = after(event, published, 0, drop_out("b"), drop_out("d"))
    repaired = plan_schedule(changed, Budget(seconds=5))
    assert [w.pair for w in repaired.waived if w.pair] == [("a", "b")]
    assert [w.attendee for w in repaired.waived if w.attendee] == ["c"]
    assert [w.reason for w in repaired.waived]


def test_a_closed_table_costs_one_meeting_and_the_bound_leaves_the_choice_open() -> None:
    gains = {"ab": 0.9, "ba": 0.9, "cd": 0.2, "dc": 0.2}
    event = event_of("abcd", (Round(tables=2), Round(tables=2)), gains)
    published = plan_schedule(event, Budget(seconds=5))
    closed = (event.rounds[0], Round(tables=2, closed_tables=(1,)))
    changed = after(event, published, 1).model_copy(update={"rounds": closed})
    quality = plan_schedule(changed, Budget(seconds=5)).quality
    assert quality is not None
    assert (quality.broken.forced, quality.broken.chosen) == (1, 0)
    assert quality.upper_bound is not None
    assert quality.upper_bound >= quality.objective


def test_a_requirement_comes_before_a_promise() -> None:
    gains = {"ab": 0.9, "ba": 0.9, "cd": 0.9, "dc": 0.9}
    event = event_of("abcd", 2, gains)
    published = plan_schedule(event, Budget(seconds=5))
    required = (
        PairRule(kind="require", pair=("a", "c")),
        PairRule(kind="require", pair=("a", "d")),
    )
    changed = after(event, published, 1).model_copy(update={"pair_rules": required[:1]})
    repaired = plan_schedule(changed, Budget(seconds=5))
    met = {frozenset(m.attendees) for block in repaired.rounds for m in block.meetings}
    assert frozenset("ac") in met or repaired.waived


def test_everybody_may_drop_out() -> None:
    event = event_of("abcd", 3, {"ab": 1, "ba": 1})
    published = plan_schedule(event, Budget(seconds=5))
    repaired = plan_schedule(after(event, published, 1, *map(drop_out, "abcd")), Budget(seconds=5))
    assert [len(block.meetings) for block in repaired.rounds[1:]] == [0, 0]
    assert repaired.rounds[0] == published.rounds[0]


@pytest.mark.parametrize("seed", range(30))
def test_random_events_survive_random_drop_outs(seed: int) -> None:
    event = random_event(seed, 9, 4)
    try:
        published = plan_schedule(event, Budget(work=20_000))
    except Infeasible:
        pytest.skip("this event cannot be scheduled")
    held = seed % len(event.rounds)
    changed = after(event, published, held, drop_out(event.attendees[seed % 5].id))
    repaired = plan_schedule(changed, Budget(work=20_000))
    assert repaired.rounds[:held] == published.rounds[:held]


def test_somebody_new_is_seated_without_moving_anybody(room: tuple[Event, Schedule]) -> None:
    event, published = room
    walk_in = Incident(
        id="walk-in", kind="late_arrival", attendee="late", round=6, profile=Attendee(id="late")
    )
    repaired = plan_schedule(after(event, published, HELD, walk_in), Budget(seconds=2))
    assert repaired.quality is not None
    assert repaired.quality.broken.chosen == 0
    assert "late" in repaired.rounds[4].absent
