"""The evening before: what is published is worth something already, as the organiser says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from app.planning.plan import plan_schedule
from bench.generate import generate
from schemas.event import Event, PairRule, Policy
from schemas.schedule import Schedule
from schemas.solve import SolveRequest
from solver.budget import Budget
from solver.errors import Infeasible
from tests.checker import checker, needs_shared

WORK = Budget(work=400_000)
ROOM = generate(64, 3, rounds=8)


@pytest.fixture(scope="module")
def published() -> Schedule:
    return plan_schedule(ROOM, WORK)


def seats(schedule: Schedule) -> Mapping[tuple[str, int], str]:
    """Whom everybody meets in each round."""
    return {
        (v, block.round): next(p for p in meeting.attendees if p != v)
        for block in schedule.rounds
        for meeting in block.meetings
        for v in meeting.attendees
    }


def touched(before: Schedule, after: Schedule) -> set[str]:
    """Who meets somebody else, or nobody, in some round."""
    old, new = seats(before), seats(after)
    return {who for who, r in old.keys() | new.keys() if old.get((who, r)) != new.get((who, r))}


def strangers(published: Schedule) -> tuple[str, str]:
    """Two who may meet, are always there and do not meet."""
    met = {frozenset(m.attendees) for block in published.rounds for m in block.meetings}
    firm = {a.id: a.organisation for a in ROOM.attendees if not a.absent_rounds}
    return next(
        (a, b)
        for a in firm
        for b in firm
        if a < b and firm[a] != firm[b] and frozenset((a, b)) not in met
    )


def with_requirement(published: Schedule, *pairs: tuple[str, str], **policy: Any) -> Event:
    rules = tuple(PairRule(kind="require", pair=pair) for pair in pairs)
    told = {"pair_rules": rules, "published": published, "policy": Policy(**policy)}
    return ROOM.model_copy(update=told)


def test_one_requirement_touches_six_people_at_most_under_strict(published: Schedule) -> None:
    pair = strangers(published)
    after = plan_schedule(with_requirement(published, pair, stability="strict"), WORK)
    moved = touched(published, after)
    assert set(pair) <= moved
    assert len(moved) <= 6
    assert after.quality is not None
    assert (after.quality.broken.chosen, after.quality.broken.forced) == (2, 0)


@needs_shared
def test_the_independent_checker_passes_such_a_version(published: Schedule) -> None:
    event = with_requirement(published, strangers(published), stability="strict")
    after = plan_schedule(event, WORK)
    asked = event.model_copy(update={"published": None})
    document = json.loads(asked.model_dump_json(exclude_none=True))
    found = checker().check(checker().Event(document), json.loads(after.model_dump_json()))
    assert found["violations"] == []


def test_without_a_word_a_published_version_has_its_price(published: Schedule) -> None:
    event = with_requirement(published, strangers(published))
    assert len(touched(published, plan_schedule(event, WORK))) <= 20


def test_what_the_request_says_goes_before_the_policy(published: Schedule) -> None:
    event = with_requirement(published, strangers(published), stability="free")
    asked = SolveRequest(max_changes=10)
    quality = plan_schedule(event, WORK, asked=asked).quality
    assert quality is not None
    assert quality.broken.chosen <= 10
    strict = plan_schedule(event, WORK, asked=SolveRequest(stability="strict"))
    assert len(touched(published, strict)) <= 6


def test_rules_that_contradict_each_other_are_refused_before_anything_happened(
    published: Schedule,
) -> None:
    """On the day some give way; now the organiser can still say which."""
    ids = [a.id for a in ROOM.attendees if not a.absent_rounds]
    everybody = [(ids[0], v) for v in ids[1:12]]  # eleven meetings in eight rounds
    with pytest.raises(Infeasible) as refusal:
        plan_schedule(with_requirement(published, *everybody), WORK)
    assert refusal.value.conflict


def test_the_same_version_and_work_give_the_same_bytes(published: Schedule) -> None:
    event = with_requirement(published, strangers(published))
    first, second = (plan_schedule(event, WORK).model_dump_json(exclude={"quality"}) for _ in "ab")
    assert first == second
