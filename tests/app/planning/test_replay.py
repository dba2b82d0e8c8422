"""A day lived twice: the same log leads to the same versions, to the byte."""

import json
from random import Random
from typing import Any

import pytest

from app.day.incidents.apply import apply_incidents, seats_of
from app.errors import Refused
from app.planning.document import to_written
from app.planning.plan import plan_schedule
from app.planning.replay import replay_day
from app.workers.repair_memory import RepairAnswer, RepairMemory, RepairOrder
from bench.latency import incidents
from schemas.day import DayState
from schemas.event import Event
from schemas.incident import Incident
from schemas.listing import IncidentLog, Made, Publication
from schemas.schedule import Schedule
from solver.budget import Budget
from tests.builders import random_event


def published(seed: int) -> Event:
    """A small event with what was published for it."""
    event = random_event(seed, 12, 5)
    event = event.model_copy(update={"pair_rules": (), "held_rounds": 0})
    schedule = plan_schedule(event, Budget(work=5_000)).model_copy(update={"version": 1})
    return event.model_copy(update={"published": schedule})


def lived(event: Event, seed: int, many: int) -> IncidentLog:
    """The log of a day that a desk has mended, incident by incident."""
    desk, rng = RepairMemory(), Random(seed)
    assert event.published is not None
    known: list[Incident] = []
    made, told = [], [Publication(version=1, incidents=0)]
    now, day, schedule = event, DayState(), event.published
    text, digest = to_written(schedule).document, to_written(schedule).digest
    for fact, _ in zip(incidents(event, rng.randint(0, 99)), range(many), strict=False):
        incident = Incident.model_validate_json(json.dumps(fact))
        try:
            after = apply_incidents(now, day, [incident], seats_of(schedule))
        except Refused:
            continue
        now, day = after.event, after.day
        known.append(incident)
        if incident.kind == "round_started":
            continue
        answer = desk.repair(_order(now, day, digest, text))
        assert isinstance(answer, RepairAnswer)
        text, digest = answer.written.document, answer.written.digest
        schedule = Schedule.model_validate_json(text)
        version = len(told) + 1
        made.append(
            Made(
                version=version,
                cause="repair",
                incidents=len(known),
                sha256=answer.written.made,
            )
        )
        told.append(Publication(version=version, incidents=len(known)))
    return IncidentLog(incidents=tuple(known), made=tuple(made), published=tuple(told))


def _order(event: Event, day: DayState, digest: str, text: str) -> RepairOrder:
    given = event.model_dump_json(include={"benefits"})[len('{"benefits":') : -1]
    outline = event.model_dump_json(exclude={"benefits", "published", "held_rounds"})
    return RepairOrder(
        event_id="e",
        day=day.model_dump_json(),
        held_rounds=event.held_rounds,
        benefits_digest="all",
        version_digest=digest,
        outline=outline,
        benefits_json=given,
        version_json=text,
    )


@pytest.mark.parametrize("seed", [3, 4, 8])
def test_a_replay_makes_the_same_versions(seed: int) -> None:
    event = published(seed)
    log = lived(event, seed, 25)
    again = list(replay_day(event, log))
    assert [row.made for row in again] == list(log.made)
    assert len(again) > 5
    assert all(row.same for row in again)


def test_another_event_gives_other_versions_and_the_replay_says_so() -> None:
    event = published(3)
    log = lived(event, 3, 10)
    other = event.model_copy(update={"seed": event.seed + 1})
    assert not all(row.same for row in replay_day(other, log))


def test_a_bare_list_of_incidents_is_replayed_one_by_one() -> None:
    event = published(3)
    full = lived(event, 3, 10)
    bare = list(replay_day(event, IncidentLog(incidents=full.incidents)))
    assert [row.same for row in bare] == [None] * len(full.made)
    assert [to_written(row.schedule).made for row in bare] == [row.sha256 for row in full.made]


def test_a_version_that_was_solved_on_the_day_has_to_be_given() -> None:
    event = published(3)
    assert event.published is not None
    solved = Made(version=2, cause="solve", incidents=0, sha256="")
    told = (Publication(version=1, incidents=0), Publication(version=2, incidents=0))
    log = IncidentLog(incidents=(), made=(solved,), published=told)
    with pytest.raises(Refused) as refusal:
        list(replay_day(event, log))
    assert [error.code for error in refusal.value.errors] == ["unknown_version"]
    given: dict[int, Any] = {2: event.published}
    assert list(replay_day(event, log, given)) == []
