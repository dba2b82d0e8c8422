"""Edits by hand: what each does, what it costs, and which rule refuses it."""

import os
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from app.errors import Refused
from app.planning.edits import EditedSchedule, edit_schedule, offer_pair
from app.planning.plan import complaints_about, plan_schedule
from schemas.edit import ScheduleEdit
from schemas.event import Event
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from tests.brute_force import worth
from tests.builders import event_of, random_event

RANDOM_EDITS = 2_000 if os.environ.get("TERTIUS_SOAK") else 300
ALL = {i + j: 0.6 for i in "abcdef" for j in "abcdef" if i != j}


def solved(event: Event) -> Schedule:
    return plan_schedule(event, Budget(work=50_000))


def edited(event: Event, schedule: Schedule, *edits: ScheduleEdit) -> EditedSchedule:
    return edit_schedule(event, build_graph(event), schedule, edits)


def row(schedule: Schedule, r: int) -> set[frozenset[str]]:
    return {frozenset(m.attendees) for m in schedule.rounds[r - 1].meetings}


def two_rounds(**fields: Any) -> tuple[Event, Schedule]:
    event = event_of("abcdef", 2, ALL, **fields)
    return event, solved(event)


def of_round(schedule: Schedule, r: int) -> Sequence[tuple[str, str]]:
    return [m.attendees for m in schedule.rounds[r - 1].meetings]


def test_two_exchange_partners() -> None:
    event = event_of("abcdef", 1, ALL)
    before = solved(event)
    (a, x), (b, y), _ = of_round(before, 1)
    done = edited(event, before, ScheduleEdit(kind="swap", attendees=(a, y), round=1))
    assert {frozenset((b, a)), frozenset((x, y))} <= row(done.schedule, 1)
    assert set(done.told.touched) == {a, b, x, y}


def test_part_and_pair_are_each_others_opposite() -> None:
    event, before = two_rounds()
    a, b = of_round(before, 1)[0]
    apart = edited(event, before, ScheduleEdit(kind="part", attendees=(a, b)))
    assert frozenset((a, b)) not in row(apart.schedule, 1)
    assert apart.told.touched == (a, b)
    assert apart.told.cost > 0
    again = edited(event, apart.schedule, ScheduleEdit(kind="pair", attendees=(a, b), round=1))
    assert again.told.cost == -apart.told.cost
    assert row(again.schedule, 1) == row(before, 1)


def test_a_meeting_moves_to_a_round_in_which_both_are_free() -> None:
    event, before = two_rounds()
    a, b = of_round(before, 1)[0]
    (with_a,) = (m.attendees for m in before.rounds[1].meetings if a in m.attendees)
    (with_b,) = (m.attendees for m in before.rounds[1].meetings if b in m.attendees)
    with pytest.raises(Refused) as refusal:
        edited(event, before, ScheduleEdit(kind="move", attendees=(a, b), to_round=2))
    assert refusal.value.errors[0].code == "busy"
    free = [
        ScheduleEdit(kind="part", attendees=with_a),
        ScheduleEdit(kind="part", attendees=with_b),
        ScheduleEdit(kind="move", attendees=(a, b), to_round=2),
    ]
    done = edited(event, before, *free)
    assert frozenset((a, b)) in row(done.schedule, 2)
    assert frozenset((a, b)) not in row(done.schedule, 1)
    assert sum(one.cost for one in done.told.edits) == pytest.approx(done.told.cost)


def test_a_meeting_takes_the_table_of_another() -> None:
    event, before = two_rounds()
    meeting = next(m for m in before.rounds[0].meetings if m.table != 1)
    done = edited(event, before, ScheduleEdit(kind="move", attendees=meeting.attendees, table=1))
    tables = {frozenset(m.attendees): m.table for m in done.schedule.rounds[0].meetings}
    assert tables[frozenset(meeting.attendees)] == 1
    assert sorted(tables.values()) == [1, 2, 3]
    assert done.told.cost == 0
    assert row(done.schedule, 1) == row(before, 1)


BLOCKED = {"pair_rules": [{"kind": "forbid", "pair": ["a", "b"]}]}


def test_the_rule_that_an_edit_breaks_is_named() -> None:
    event = Event.model_validate(
        event_of("abcdef", 2, ALL).model_dump(exclude={"pair_rules"}) | BLOCKED, strict=False
    )
    before = solved(event)
    with pytest.raises(Refused) as refusal:
        edited(event, before, ScheduleEdit(kind="pair", attendees=("a", "b"), round=1))
    (error,) = refusal.value.errors
    assert (error.pointer, error.code) == ("/edits/0", "forbid")
    assert error.message == "a rule of the organiser keeps a and b apart"


def test_a_held_round_stays() -> None:
    event, before = two_rounds()
    running = event.model_copy(update={"held_rounds": 1})
    a, b = of_round(before, 1)[0]
    for one in (
        ScheduleEdit(kind="part", attendees=(a, b)),
        ScheduleEdit(kind="pair", attendees=(a, "f" if b != "f" else "e"), round=1),
        ScheduleEdit(kind="move", attendees=(a, b), to_round=2),
    ):
        with pytest.raises(Refused) as refusal:
            edited(running, before, one)
        assert refusal.value.errors[0].code == "held"


def test_rules_that_are_handed_back_keep_a_later_solve_from_undoing_it() -> None:
    event, before = two_rounds()
    a, b = of_round(before, 1)[0]
    pair = next(
        (a, v)
        for v in "abcdef"
        if v not in (a, b) and frozenset((a, v)) not in row(before, 1) | row(before, 2)
    )
    done = edited(event, before, ScheduleEdit(kind="pair", attendees=pair, round=2))
    pinned = event.model_copy(update={"pair_rules": done.told.rules})
    assert frozenset(pair) in row(solved(pinned), 2)
    parted = edited(event, before, ScheduleEdit(kind="part", attendees=(a, b)))
    never = event.model_copy(update={"pair_rules": parted.told.rules})
    assert frozenset((a, b)) not in row(solved(never), 1)


def test_an_offer_is_what_the_edit_does() -> None:
    event, before = two_rounds()
    a, _ = of_round(before, 1)[0]
    v = next(
        v for v in "abcdef" if v != a and frozenset((a, v)) not in row(before, 1) | row(before, 2)
    )
    offer = offer_pair(event, build_graph(event), before, (a, v))
    assert offer is not None
    done = edited(event, before, ScheduleEdit(kind="pair", attendees=(a, v), round=offer.round))
    assert (done.told.cost, done.told.touched) == (offer.cost, offer.touched)


def some_edit(rng: Random, event: Event) -> ScheduleEdit:
    ids, rounds = [a.id for a in event.attendees], len(event.rounds)
    kind = rng.choice(("swap", "pair", "part", "move"))
    a, b = rng.sample(ids, 2)
    r = rng.randint(1, rounds)
    fields: dict[str, Any] = {"kind": kind, "attendees": (a, b)}
    if kind in ("swap", "pair"):
        fields["round"] = r
    if kind == "move":
        fields |= rng.choice(({"to_round": r}, {"table": rng.randint(1, 4)}))
    if kind == "pair" and rng.random() < 0.2:
        fields["table"] = rng.randint(1, 4)
    return ScheduleEdit(**fields)


@pytest.mark.parametrize("block", range(10))
def test_no_edit_makes_what_the_verifier_refuses_and_each_costs_what_enumeration_says(
    block: int,
) -> None:
    rng, done, refused = Random(block), 0, 0
    for seed in range(block, 10_000, 10):
        event = random_event(seed, 8, 4)
        try:
            schedule = solved(event)
        except Infeasible:
            continue
        graph, held = build_graph(event), rng.choice((0, 0, 1)) if len(event.rounds) > 1 else 0
        now = event.model_copy(update={"held_rounds": held})
        for _ in range(12):
            one = some_edit(rng, event)
            if one.kind in ("part", "move") and rng.random() < 0.7:
                at = rng.choice(schedule.rounds)
                if at.meetings:
                    meeting = rng.choice(at.meetings)
                    one = one.model_copy(update={"attendees": meeting.attendees})
            try:
                after = edit_schedule(now, graph, schedule, [one])
            except Refused as refusal:
                named = [error.code for error in refusal.errors if error.message]
                refused += 1 if named else 10**9
                continue
            done += 1
            asked = now.model_copy(update={"published": schedule})
            assert complaints_about(asked, graph, after.schedule) == []
            assert after.schedule.rounds[:held] == schedule.rounds[:held]
            assert _points(event, schedule) - _points(event, after.schedule) == round(
                100_000 * after.told.cost
            )
            schedule = after.schedule if rng.random() < 0.5 else schedule
        if done + refused >= RANDOM_EDITS // 10:
            break
    assert done > refused // 8


def _points(event: Event, schedule: Schedule) -> int:
    """By enumeration's own sums; limits apart, of which held rounds have their own."""
    met = [m.attendees for block in schedule.rounds for m in block.meetings]
    found = worth(event, met, limits=False)
    assert found is not None
    return found
