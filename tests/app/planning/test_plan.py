"""Event in, schedule out: what the whole promises, on events whose answer is known."""

import json
import os
from itertools import combinations
from random import Random

import pytest

from app.day.incidents.apply import day_of
from app.planning.plan import find_contradictions, plan_schedule
from bench.generate import generate
from bench.real.shared import shared
from schemas.benefits import Benefit
from schemas.day import MissedMeeting
from schemas.event import Attendee, Event, Policy, Round, RoundSeries, Want, Weights
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from tests.brute_force import best_points
from tests.builders import event_of, random_event
from tests.checker import judged, needs_shared

SOAK = bool(os.environ.get("TERTIUS_SOAK"))
SMALL = 1_500 if SOAK else 100
JUDGED = 1_000 if SOAK else 200


def reached(event: Event, budget: Budget) -> int | None:
    """Points proven optimal, or None if the rules contradict each other."""
    try:
        quality = plan_schedule(event, budget).quality
    except Infeasible as contradiction:
        return None if contradiction.conflict else 0
    assert quality is not None
    assert quality.proof == "optimal"
    return round(quality.objective * 100_000)


def test_what_a_missed_meeting_was_worth_stands_no_more() -> None:
    """The organiser takes all benefits back after round 1; then one of its meetings is missed."""
    people = tuple(Attendee(id=v) for v in "abcd")
    worth = tuple(
        Benefit(attendee=one, partner=other, value=0.8)
        for pair in combinations("abcd", 2)
        for one, other in (pair, pair[::-1])
    )
    event = Event(rounds=(Round(),) * 2, attendees=people, benefits=worth)
    published = plan_schedule(event, Budget())
    missed, held = (meeting.attendees for meeting in published.rounds[0].meetings)
    now = event.model_copy(update={"benefits": (), "published": published, "held_rounds": 1})
    day = day_of(published, 1).model_copy(
        update={"missed": (MissedMeeting(round=1, pair=missed, incidents=("late",)),)}
    )
    best = {share.id: share.best for share in plan_schedule(now, Budget(), day=day).attendees}
    assert best == dict.fromkeys(missed, 0.0) | dict.fromkeys(held, 0.8)


@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize(("attendees", "rounds"), [(6, 3), (8, 2)])
def test_the_proven_optimum_is_what_enumeration_finds(
    attendees: int, rounds: int, block: int
) -> None:
    for seed in range(block, SMALL, 10):
        event = random_event(1_000 * attendees + seed, attendees, rounds)
        assert reached(event, Budget(seconds=60)) == best_points(event), f"seed {seed}"


@needs_shared
@pytest.mark.parametrize("block", range(10))
def test_the_independent_checker_passes_every_schedule(block: int) -> None:
    passed = 0
    for seed in range(block, JUDGED, 10):
        event = random_event(seed, 9 + seed % 14, 6)
        try:
            schedule = plan_schedule(event, Budget(work=60_000))
        except Infeasible:
            continue
        found = judged(event, json.loads(schedule.model_dump_json()))
        assert found["violations"] == [], f"seed {seed}"
        passed += 1
    assert passed > 0


@needs_shared
@pytest.mark.parametrize("block", range(4))
def test_the_independent_checker_counts_the_same_wishes(block: int) -> None:
    counted = 0
    for seed in range(block, JUDGED // 4, 4):
        event = wishing(random_event(seed, 9, 4))
        try:
            schedule = plan_schedule(event, Budget(work=40_000))
        except Infeasible:
            continue
        graph = json.loads("".join(node_link(build_graph(event))))
        found = judged(event, json.loads(schedule.model_dump_json()), graph)
        assert found["violations"] == [], f"seed {seed}"
        counted += "wishes" in found
    assert counted > 0


def wishing(event: Event) -> Event:
    """The event with lists of wishes; what is made of silence is left to chance."""
    rng, ids = Random(event.seed), [a.id for a in event.attendees]
    lists = {v: rng.sample(ids, rng.randint(0, 4)) for v in ids}
    people = tuple(
        a.model_copy(update={"wants": tuple(Want(id=v) for v in lists[a.id] if v != a.id)})
        for a in event.attendees
    )
    policy = event.policy.model_copy(update={"silent": rng.choice(("wanted", "none"))})
    return event.model_copy(update={"attendees": people, "policy": policy})


@needs_shared
def test_where_one_side_alone_gave_preferences_they_count() -> None:
    event = Event.model_validate_json(shared("cases", "7", "event.json").read_bytes())
    schedule = plan_schedule(event, Budget(work=20_000))
    (block,) = schedule.rounds
    assert {(m.table, m.attendees, m.purpose) for m in block.meetings} == {
        (1, ("g2", "h1"), "mutual"), (2, ("g1", "h2"), "mutual"),
    }  # fmt: skip


def everybody_alike(n: int, rounds: int) -> Event:
    ids = [f"v{k:02}" for k in range(n)]
    return Event(
        rounds=RoundSeries(count=rounds),  # type: ignore[arg-type]
        attendees=tuple(Attendee(id=v) for v in ids),
        benefits=tuple(
            Benefit(attendee=i, partner=j, value=0.5) for i in ids for j in ids if i != j
        ),
    )


@pytest.mark.parametrize("n", range(4, 41) if SOAK else (4, 5, 7, 10, 13, 24, 39, 40))
def test_everybody_meets_everybody_in_the_fewest_rounds(n: int) -> None:
    rounds = n - 1 if n % 2 == 0 else n
    schedule = plan_schedule(everybody_alike(n, rounds), Budget(seconds=20))
    assert schedule.quality is not None
    assert schedule.quality.proof == "optimal"
    met = [frozenset(m.attendees) for block in schedule.rounds for m in block.meetings]
    assert len(met) == len(set(met)) == n * (n - 1) // 2
    assert [share.byes for share in schedule.attendees] == [0] * n  # nobody could have more


def test_the_order_of_a_document_plays_no_part() -> None:
    event = random_event(4, 12, 5)
    turned = event.model_copy(
        update={
            "attendees": event.attendees[::-1],
            "benefits": event.benefits[::-1],
            "pair_rules": event.pair_rules[::-1],
        }
    )
    assert same_bytes(plan_schedule(event, Budget(work=30_000))) == same_bytes(
        plan_schedule(turned, Budget(work=30_000))
    )


def same_bytes(schedule: Schedule) -> str:
    """A schedule without what may differ: the clock."""
    assert schedule.quality is not None
    quality = schedule.quality.model_copy(update={"seconds": 0.0})
    return schedule.model_copy(update={"quality": quality}).model_dump_json()


def test_the_same_seed_and_work_give_the_same_bytes() -> None:
    event = generate(30, 3)
    answers = {same_bytes(plan_schedule(event, Budget(work=300_000))) for _ in range(2)}
    assert len(answers) == 1


def test_a_requirement_that_cannot_be_met_is_named_with_what_stands_against_it() -> None:
    a = Attendee(id="a", absent_rounds=(1,))
    b = Attendee(id="b", absent_rounds=(2,))
    event = Event(
        rounds=RoundSeries(count=2),  # type: ignore[arg-type]
        attendees=(a, b, Attendee(id="c")),
        pair_rules=({"kind": "require", "pair": ("a", "b")},),  # type: ignore[arg-type]
    )
    told = find_contradictions(event).conflict
    assert {rule.pointer for rule in told} == {
        "/pair_rules/0", "/attendees/0/absent_rounds", "/attendees/1/absent_rounds",
    }  # fmt: skip
    with pytest.raises(Infeasible) as raised:
        plan_schedule(event, Budget(seconds=5))
    assert raised.value.conflict == told


def test_when_everybody_forbids_everybody_all_byes_are_optimal() -> None:
    rules = tuple({"kind": "forbid", "pair": pair} for pair in combinations("abcd", 2))
    event = event_of("abcd", 3, {"ab": 1, "ba": 1}).model_dump() | {"pair_rules": rules}
    schedule = plan_schedule(Event.model_validate(event), Budget(seconds=5))
    assert schedule.quality is not None
    assert (schedule.quality.proof, schedule.quality.byes) == ("optimal", 0)
    assert all(len(block.byes) == 4 for block in schedule.rounds)


@pytest.mark.parametrize("idle", ["fill", "leave"])
def test_a_star_is_full_in_every_round(idle: str) -> None:
    gains = {f"a{v}": 0.9 for v in "bcdef"} | {f"{v}a": 0.9 for v in "bcdef"}
    event = event_of("abcdef", 4, gains, policy=Policy(idle=idle))  # type: ignore[arg-type]
    schedule = plan_schedule(event, Budget(seconds=10))
    assert [share.meetings for share in schedule.attendees if share.id == "a"] == [4]


@pytest.mark.parametrize("attendees", [0, 1, 2, 3])
def test_the_smallest_events_have_schedules(attendees: int) -> None:
    event = event_of("abc"[:attendees], 2, {})
    schedule = plan_schedule(event, Budget(seconds=5))
    assert schedule.quality is not None
    assert schedule.quality.proof == "optimal"
    assert sum(len(block.meetings) for block in schedule.rounds) == (0, 0, 1, 2)[attendees]


def test_largest_weights_and_benefits_stay_exact() -> None:
    people = "abcdefgh"
    gains = {x + y: 1.0 for x in people for y in people if x != y}
    weights = Weights(triangles=1000, fairness=1000, byes=1000)
    event = event_of(people, 2, gains, weights=weights)
    schedule = plan_schedule(event, Budget(seconds=10))
    assert schedule.quality is not None
    assert round(schedule.quality.objective * 100_000) == best_points(event)
