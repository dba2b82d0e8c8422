"""A schedule as it is stored: its bytes, two digests, and what the server says before them."""

import json
from typing import Any

import pytest
from pydantic_core import from_json

from app.errors import Invalid
from app.planning.document import (
    OWNED,
    add_fresh_objective,
    digest_of,
    patch_document,
    to_written,
    whole_document,
)
from schemas.incident import Objectives, Repair
from schemas.schedule import Meeting, Quality, Schedule, ScheduledRound

ROUNDS = (ScheduledRound(round=1, meetings=(Meeting(table=1, attendees=("a", "b")),)),)


def schedule(seconds: float | None = None, **fields: Any) -> Schedule:
    quality = None if seconds is None else Quality(
        objective=1.0, mutual=1.0, triangles=0.0, fairness=0.0, byes_cost=0.0, byes=0,
        upper_bound=2.0, gap=0.5, proof="bounded", seconds=seconds, work=7, stopped_by="work",
    )  # fmt: skip
    return Schedule(rounds=ROUNDS, quality=quality, **fields)


def test_what_the_server_owns_is_no_part_of_it() -> None:
    owned = schedule(event_id="0" * 32, version=3, status="published")
    assert to_written(owned) == to_written(schedule())
    assert not set(OWNED) & set(from_json(to_written(owned).document))


def test_equal_searches_of_unequal_speed_are_told_apart_and_known_as_equal() -> None:
    slow, quick = to_written(schedule(2.0)), to_written(schedule(1.0))
    assert slow.digest != quick.digest
    assert slow.made == quick.made == to_written(schedule(0.0)).digest
    assert slow.digest == digest_of(slow.document)


def test_without_a_time_both_digests_are_one() -> None:
    for plain in (schedule(), schedule(0.0)):
        written = to_written(plain)
        assert written.made == written.digest
    assert to_written(schedule()).quality is None


def test_alone_it_is_a_whole_draft() -> None:
    whole = to_written(schedule(1.0), "repair")
    assert Schedule.model_validate_json(whole.alone()) == schedule(1.0)
    assert whole.cause == "repair"


def test_what_the_server_says_comes_first() -> None:
    text = whole_document('{"rounds":[]}', {"event_id": "x", "version": 2})
    assert text == '{"event_id":"x","version":2,"rounds":[]}'


def test_a_repair_learns_what_a_fresh_solve_would_reach() -> None:
    repair = Repair(version=2, status="published", objective=Objectives(before=1.0, after=0.5))
    told = Repair.model_validate_json(add_fresh_objective(repair.model_dump_json(), 0.75))
    assert told.objective == Objectives(before=1.0, after=0.5, fresh=0.75)
    assert told.model_copy(update={"objective": repair.objective}) == repair


def test_a_repair_without_objectives_stays_as_it_is() -> None:
    bare = Repair(version=2, status="draft").model_dump_json(by_alias=True)
    assert add_fresh_objective(bare, 0.75) == bare


def test_a_patch_is_held_to_the_rules_of_what_it_brings() -> None:
    """The rest may have been stored before there was a rule."""
    rounds = [{"starts_at": f"2027-03-04T09:{k}0", "minutes": 30} for k in range(2)]
    stored = json.dumps({"rounds": rounds, "language": "Klingonish"})
    patch_document(stored, b'{"name": "Spring"}')
    patches = (b'{"timezone": "Europe/Berlin"}', b'{"attendees": []}')
    for patch, code in zip(patches, ("overlap", "language"), strict=True):
        with pytest.raises(Invalid) as refused:
            patch_document(stored, patch)
        assert [error.code for error in refused.value.errors] == [code]
