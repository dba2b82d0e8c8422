"""Pins: the event after pinned edits holds the draft, and older pins give way to newer ones."""

from random import Random
from typing import Any

import pytest

from app.errors import Refused
from app.planning.edits import EditedSchedule, edit_schedule
from app.planning.plan import complaints_about, plan_schedule
from schemas.edit import ScheduleEdit
from schemas.event import Event, PairRule
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from tests.app.planning.test_edits import some_edit
from tests.builders import event_of, random_event

ALL = {i + j: 0.6 for i in "abcdef" for j in "abcdef" if i != j}
RING = (("a", "b"), ("c", "d"), ("e", "f")), (("b", "c"), ("d", "e"), ("a", "f"))


def rule(kind: Any, two: str, number: int | None = None, table: int | None = None) -> PairRule:
    return PairRule(kind=kind, pair=(two[0], two[1]), round=number, table=table)


def with_rules(event: Event, *rules: PairRule) -> Event:
    return event.model_copy(update={"pair_rules": rules})


@pytest.fixture(scope="module")
def ring() -> Schedule:
    """Six in two rounds: ab cd ef, then bc de af."""
    event = event_of("abcdef", 2, ALL)
    pins = (rule("require", a + b, r + 1) for r, row in enumerate(RING) for a, b in row)
    return plan_schedule(with_rules(event, *pins), Budget(work=10_000))


def pinned(event: Event, schedule: Schedule, *edits: ScheduleEdit) -> EditedSchedule:
    return edit_schedule(event, build_graph(event), schedule, edits, pin=True)


def edit(kind: Any, two: str, **fields: Any) -> ScheduleEdit:
    return ScheduleEdit(kind=kind, attendees=(two[0], two[1]), **fields)


def met(schedule: Schedule, r: int) -> set[str]:
    return {"".join(sorted(m.attendees)) for m in schedule.rounds[r - 1].meetings}


def changes(done: EditedSchedule) -> tuple[set[PairRule], set[PairRule]]:
    pins = done.told.pins
    assert pins is not None
    return {*pins.added}, {*pins.replaced}


def test_a_swap_is_kept_by_a_rule_for_each_of_its_new_meetings(ring: Schedule) -> None:
    done = pinned(event_of("abcdef", 2, ALL), ring, edit("swap", "ad", round=1))
    both = {rule("require", "bd", 1), rule("require", "ac", 1)}
    assert changes(done) == (both, set())
    assert {*done.event.pair_rules} == both
    later = plan_schedule(done.event, Budget(work=10_000))
    assert {"ac", "bd"} <= met(later, 1)


def test_the_draft_is_of_the_event_with_its_pins(ring: Schedule) -> None:
    done = pinned(event_of("abcdef", 2, ALL), ring, edit("part", "ab"))
    assert changes(done)[0] == {rule("forbid", "ab", 1)}
    assert complaints_about(done.event, build_graph(done.event), done.schedule) == []
    assert "ab" not in met(plan_schedule(done.event, Budget(work=10_000)), 1)


def test_a_newer_pin_takes_the_place_of_the_one_it_contradicts(ring: Schedule) -> None:
    other, here = rule("forbid", "ab", 2), rule("require", "ab", 1)
    event = with_rules(event_of("abcdef", 2, ALL), here, other)
    done = pinned(event, ring, edit("part", "ab"))
    assert changes(done) == ({rule("forbid", "ab", 1)}, {here})
    assert {*done.event.pair_rules} == {rule("forbid", "ab", 1), other}
    again = pinned(done.event, done.schedule, edit("pair", "ab", round=1))
    assert changes(again) == ({here}, {rule("forbid", "ab", 1)})


def test_a_pinned_meeting_moves_with_its_pin_and_without_it_the_pin_refuses(
    ring: Schedule,
) -> None:
    event = with_rules(event_of("abcdef", 2, ALL), rule("require", "ab", 1, 1))
    free = edit("part", "bc"), edit("part", "af")
    move = edit("move", "ab", to_round=2, table=3)
    done = pinned(event, ring, *free, move)
    assert rule("require", "ab", 2, 3) in done.event.pair_rules
    assert changes(done)[1] == {rule("require", "ab", 1, 1)}
    with pytest.raises(Refused) as refusal:
        edit_schedule(event, build_graph(event), ring, [*free, move])
    assert refusal.value.errors[0].code == "pinned"


def test_what_is_pinned_already_stays_as_it_is(ring: Schedule) -> None:
    event = with_rules(event_of("abcdef", 2, ALL), rule("require", "ba", 1))
    done = pinned(event, ring, edit("pair", "ab", round=1))
    assert changes(done) == (set(), set())
    assert done.event.pair_rules == event.pair_rules


def test_a_rule_without_a_round_is_no_pin_and_holds_against_edits(ring: Schedule) -> None:
    event = with_rules(event_of("abcdef", 2, ALL), rule("require", "ab"))
    with pytest.raises(Refused) as refusal:
        pinned(event, ring, edit("part", "ab"))
    assert refusal.value.errors[0].code == "require"


def test_two_whom_only_a_pin_lets_meet_may_still_meet_when_it_moves(ring: Schedule) -> None:
    event = event_of("abcdef", 2, ALL)
    people = tuple(
        one.model_copy(update={"organisation": "Acme"}) if one.id in "ab" else one
        for one in event.attendees
    )
    event = with_rules(event, rule("require", "ab", 1)).model_copy(update={"attendees": people})
    done = pinned(
        event, ring, edit("part", "bc"), edit("part", "af"), edit("move", "ab", to_round=2)
    )
    assert rule("require", "ab", 2) in done.event.pair_rules
    apart = pinned(event, ring, edit("part", "cd"), edit("part", "ab"))
    assert changes(apart)[1] == {rule("require", "ab", 1)}


def test_the_pin_of_another_pair_at_a_table_is_not_taken_away(ring: Schedule) -> None:
    event = with_rules(event_of("abcdef", 2, ALL), rule("require", "cd", 1, 2))
    for pin in (False, True):
        with pytest.raises(Refused) as refusal:
            edit_schedule(event, build_graph(event), ring, [edit("move", "ab", table=2)], pin)
        (error,) = refusal.value.errors
        assert (error.pointer, error.code) == ("/edits/0/table", "table_pinned")
        assert error.message == "a rule of the organiser puts c and d at table 2 in round 1"


def test_of_two_that_want_one_table_the_last_has_it_and_its_pin(ring: Schedule) -> None:
    both = edit("move", "ab", table=2), edit("move", "cd", table=2)
    done = pinned(event_of("abcdef", 2, ALL), ring, *both)
    assert changes(done)[0] == {rule("require", "ab", 1), rule("require", "cd", 1, 2)}
    tables = {"".join(m.attendees): m.table for m in done.schedule.rounds[0].meetings}
    assert tables["cd"] == 2


def test_edits_that_lose_what_an_older_pin_wants_are_refused(ring: Schedule) -> None:
    event = with_rules(event_of("abcdef", 2, ALL), rule("require", "ab", 1))
    with pytest.raises(Refused) as refusal:
        pinned(event, ring, edit("swap", "ad", round=1))
    assert refusal.value.errors[0].code in ("pinned", "require")


@pytest.mark.parametrize("seed", range(40))
def test_no_draft_breaks_a_rule_of_the_event_that_its_pins_make(seed: int) -> None:
    rng, event = Random(seed), random_event(seed, 8, 4)
    try:
        schedule = plan_schedule(event, Budget(work=10_000))
    except Infeasible:
        return
    for _ in range(8):
        one = some_edit(rng, event)
        meetings = rng.choice(schedule.rounds).meetings
        if one.kind in ("part", "move") and meetings:
            one = one.model_copy(update={"attendees": rng.choice(meetings).attendees})
        try:
            done = pinned(event, schedule, one)
        except Refused:
            continue
        event, schedule = Event.model_validate_json(done.event.model_dump_json()), done.schedule
        assert complaints_about(event, build_graph(event), schedule) == []
