"""Contradicting rules are found, named, and none of those named is one too many."""

import re
from typing import Any

import pytest

from app.planning.plan import plan_schedule
from schemas.breaks import breaks_of
from schemas.event import Attendee, Event, PairRule, Policy, Round
from schemas.solve import Conflict
from solver.budget import Budget
from solver.errors import Infeasible
from tests.brute_force import best_points
from tests.builders import event_of, random_event


def conflict_in(event: Event) -> tuple[Conflict, ...]:
    with pytest.raises(Infeasible) as raised:
        plan_schedule(event, Budget(seconds=10))
    return raised.value.conflict


LIFTED = re.compile(
    r"/(policy/(idle|same_organisation|per_organisation)|pair_rules/\d+|rounds/\d+/.*"
    r"|attendees/\d+/(min_meetings|max_meetings|absent_rounds|breaks|max_in_a_row|avoid.*))"
)


@pytest.mark.parametrize("block", range(6))
def test_without_any_one_of_the_rules_named_the_others_can_hold(block: int) -> None:
    told = 0
    for seed in range(block, 180, 6):
        event = random_event(seed, 6, 3)
        if best_points(event) is not None:
            continue
        conflict = conflict_in(event)
        assert conflict
        if not all(LIFTED.fullmatch(rule.pointer) for rule in conflict):
            continue  # no single field lifts one of the rules
        assert best_points(only(event, conflict)) is None
        for k, rule in enumerate(conflict):
            others = conflict[:k] + conflict[k + 1 :]
            assert best_points(only(event, others)) is not None, f"seed {seed}: {rule}"
        told += 1
    assert told


def only(event: Event, conflict: tuple[Conflict, ...]) -> Event:
    """The event with no other rules than those named."""
    named = {rule.pointer for rule in conflict}
    attendees = tuple(
        _only_of(a, event.policy, f"/attendees/{k}", named) for k, a in enumerate(event.attendees)
    )
    rounds = tuple(
        r if f"/rounds/{k}/tables" in named else Round(tables=50)
        for k, r in enumerate(event.rounds)
    )
    rules = tuple(r for k, r in enumerate(event.pair_rules) if f"/pair_rules/{k}" in named)
    policy = Policy(
        idle="leave" if "/policy/idle" in named else "fill",
        same_organisation="forbid" if "/policy/same_organisation" in named else "allow",
        per_organisation=(
            event.policy.per_organisation if "/policy/per_organisation" in named else "any"
        ),
        min_benefit=event.policy.min_benefit,
    )
    return event.model_copy(
        update={"attendees": attendees, "rounds": rounds, "pair_rules": rules, "policy": policy}
    )


def _only_of(attendee: Attendee, policy: Policy, at: str, named: set[str]) -> Attendee:
    avoid = tuple(v for k, v in enumerate(attendee.avoid) if f"{at}/avoid/{k}" in named)
    lifted: dict[str, Any] = {"min_meetings": 0, "max_meetings": None, "absent_rounds": ()}
    change = {name: value for name, value in lifted.items() if f"{at}/{name}" not in named}
    resting = not named.isdisjoint((f"{at}/breaks", f"{at}/max_in_a_row"))
    in_a_row, breaks = breaks_of(attendee, policy) if resting else (None, ())
    change |= {"max_in_a_row": in_a_row, "breaks": breaks}  # one rule, whichever is told
    return attendee.model_copy(update=change | {"avoid": avoid, "languages": ()})


def test_three_who_must_all_meet_in_two_rounds_cannot() -> None:
    rules = tuple(PairRule(kind="require", pair=p) for p in (("a", "b"), ("b", "c"), ("a", "c")))
    conflict = conflict_in(event_of("abcd", 2, {}, pair_rules=rules))
    assert [rule.code for rule in conflict] == ["require"] * 3
    assert [rule.message for rule in conflict] == [
        "a and b must meet", "a and c must meet", "b and c must meet",
    ]  # fmt: skip


def test_a_minimum_above_the_partners_left_names_who_is_in_the_way() -> None:
    a = Attendee(id="a", min_meetings=2, avoid=("b",))
    conflict = conflict_in(event_of((a, Attendee(id="b"), Attendee(id="c")), 2, {}))
    assert {rule.code for rule in conflict} == {"min", "forbid"}


def test_too_few_tables_for_what_is_required() -> None:
    rules = tuple(PairRule(kind="require", pair=p) for p in (("a", "b"), ("c", "d")))
    event = event_of("abcd", (Round(tables=1),), {}, pair_rules=rules)
    conflict = conflict_in(event)
    assert {rule.code for rule in conflict} == {"require", "tables"}
    assert len(conflict) == 3


def test_a_meeting_worth_nothing_does_not_count_for_a_minimum_where_idle_seats_stay_idle() -> None:
    a = Attendee(id="a", min_meetings=1)
    people = (a, Attendee(id="b"))
    assert conflict_in(event_of(people, 1, {}, policy=Policy(idle="leave")))
    assert plan_schedule(event_of(people, 1, {}), Budget(seconds=5)).rounds[0].meetings


@pytest.mark.parametrize("n", [60, 300])
def test_many_requirements_and_minimums_are_met_in_a_large_event(n: int) -> None:
    ids = [f"v{k:03}" for k in range(n)]
    people = tuple(Attendee(id=v, min_meetings=3) for v in ids)
    rules = tuple(
        PairRule(kind="require", pair=(ids[k], ids[(k * 7 + 11) % n]))
        for k in range(0, n, 5)
        if k != (k * 7 + 11) % n
    )
    event = Event(rounds=(Round(),) * 10, attendees=people, pair_rules=rules)
    schedule = plan_schedule(event, Budget(seconds=2))
    met = {frozenset(m.attendees) for block in schedule.rounds for m in block.meetings}
    assert all(frozenset(rule.pair) in met for rule in rules)
    assert all(share.meetings >= 3 for share in schedule.attendees)
