"""Rules and tables that change under a published schedule: every repair keeps what can be kept."""

from random import Random

import pytest

from app.planning.plan import plan_schedule
from app.planning.repair import repair_schedule
from schemas.day import DayState
from schemas.event import Event, PairRule
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from tests.builders import random_event


@pytest.mark.parametrize("seed", range(40))
def test_what_an_edit_pins_is_met_or_waived_and_never_refused(seed: int) -> None:
    event = random_event(seed, 9, 4)
    try:
        published = plan_schedule(event, Budget(work=20_000))
    except Infeasible:
        pytest.skip("this event cannot be scheduled")
    now = edited(Random(seed), event, published)
    day = DayState(finished_rounds=now.held_rounds)
    done = repair_schedule(now, day, build_graph(now))
    met = {frozenset(m.attendees) for block in done.schedule.rounds for m in block.meetings}
    waived = {frozenset(waiver.pair) for waiver in done.repair.waived if waiver.pair}
    assert {frozenset(r.pair) for r in now.pair_rules if r.kind == "require"} <= met | waived
    assert plan_schedule(now, Budget(work=20_000), day=day).rounds


def edited(rng: Random, event: Event, published: Schedule) -> Event:
    """Some rounds held; pairs pinned, tables gone, and people away in the rounds that are open."""
    held = rng.randrange(len(event.rounds))
    rounds = tuple(
        one if k < held else one.model_copy(update={"tables": rng.choice((one.tables, 1, 2))})
        for k, one in enumerate(event.rounds)
    )
    people = tuple(
        a.model_copy(update={"absent_rounds": tuple(sorted({*a.absent_rounds, held + 1}))})
        if rng.random() < 0.15
        else a
        for a in event.attendees
    )
    changed = {"rounds": rounds, "attendees": people}
    asked = {"pair_rules": (*event.pair_rules, *_pins(rng, event, held))}
    sound = Event.model_validate(dict(event) | changed | asked)
    return sound.model_copy(update={"published": published, "held_rounds": held})


def _pins(rng: Random, event: Event, held: int) -> list[PairRule]:
    """Up to three pairs of whom no rule speaks, each in an open round."""
    named = {frozenset(rule.pair) for rule in event.pair_rules}
    named |= {frozenset((a.id, other)) for a in event.attendees for other in a.avoided}
    found: dict[frozenset[str], PairRule] = {}
    for _ in range(3):
        one, other = rng.sample(event.attendees, 2)
        pair = frozenset((one.id, other.id))
        apart = one.places and other.places and not one.places & other.places
        if pair not in named and not apart:
            number = rng.randint(held + 1, len(event.rounds))
            found[pair] = PairRule(kind="require", pair=(one.id, other.id), round=number)
    return list(found.values())
