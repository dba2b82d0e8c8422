"""Incidents of a stored event: taken whole, once, and the repair that they ask for."""

from typing import Any

import pytest

from app.errors import Defect, Invalid, NotFound, StateConflict
from app.service.incidents import accept_incidents, no_repair, repair_answer
from app.store import incidents, solves
from app.store.engine import Store
from app.store.solves import CONFLICT
from schemas.incident import Incident, Repair
from schemas.solve import Conflict, SolveRequest
from tests.app.service.stored import FOUR, again, event_in, published_event

pytestmark = pytest.mark.anyio


def incident(kind: str, name: str = "i-1", **fields: Any) -> Incident:
    return Incident.model_validate({"id": name, "kind": kind} | fields)


def leaves(v: str, name: str | None = None) -> Incident:
    return incident("drop_out", name or f"{v}-leaves", attendee=v)


async def test_who_drops_out_asks_for_a_repair(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        solve_id = await accept_incidents(connection, stored, [leaves("a")])
        now = await again(connection, stored)
        log = await incidents.known(connection, stored.id, ["a-leaves"])
        (solve,) = await solves.of_event(connection, stored.id)
    assert solve_id == solve.id == log["a-leaves"].solve_id
    assert (solve.kind, solve.revision) == ("repair", stored.revision)
    assert (await now.event()).attendees[0].absent_rounds == (1, 2)


async def test_a_burst_of_incidents_asks_for_one_repair(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        first = await accept_incidents(connection, stored, [leaves("a")])
        now = await again(connection, stored)
        assert await accept_incidents(connection, now, [leaves("b")]) == first


async def test_what_came_before_changes_nothing_and_has_the_answer_it_had(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        first = await accept_incidents(connection, stored, [leaves("a")])
        assert first is not None
        await solves.update(connection, first, state="done")
        now = await again(connection, stored)
        assert await accept_incidents(connection, now, [leaves("a")]) == first
        assert await again(connection, stored) == now
        assert len(await solves.of_event(connection, stored.id)) == 1


async def test_a_batch_is_taken_whole_or_not_at_all(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        with pytest.raises(NotFound):
            await accept_incidents(connection, stored, [leaves("a"), leaves("nobody")])
        assert await again(connection, stored) == stored
        assert await incidents.known(connection, stored.id, ["a-leaves"]) == {}


async def test_an_id_stands_for_one_incident(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        with pytest.raises(Invalid) as twice:
            await accept_incidents(connection, stored, [leaves("a"), leaves("a")])
        await accept_incidents(connection, stored, [leaves("a")])
        now = await again(connection, stored)
        with pytest.raises(StateConflict) as other:
            await accept_incidents(connection, now, [leaves("b"), leaves("c", "a-leaves")])
    assert twice.value.errors[0].pointer == "/incidents/1/id"
    assert twice.value.errors[0].code == "duplicate_id"
    assert other.value.errors[0].pointer == "/incidents/1/id"
    assert other.value.errors[0].code == "id_of_another_incident"


async def test_a_round_is_held_by_a_schedule(store: Store) -> None:
    started = incident("round_started", round=1)
    async with store.write() as connection:
        bare = await event_in(connection)
        with pytest.raises(StateConflict) as refused:
            await accept_incidents(connection, bare, [leaves("a"), started])
        assert refused.value.errors[0].pointer == "/incidents/1/kind"
        stored = await published_event(connection)
        await accept_incidents(connection, stored, [started])
        assert (await again(connection, stored)).held_rounds == 1


async def test_a_round_that_was_added_since_cannot_be_held_yet(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        added = incident("round_added", "i-0")
        await accept_incidents(connection, stored, [added])
        now = await again(connection, stored)
        rounds = [incident("round_started", f"r-{r}", round=r) for r in (1, 2, 3)]
        with pytest.raises(StateConflict) as refused:
            await accept_incidents(connection, now, rounds)
    error = refused.value.errors[0]
    assert (error.pointer, error.code) == ("/incidents/2/round", "round_not_scheduled")


async def test_before_anything_is_published_no_repair_is_asked_for(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection)
        assert await accept_incidents(connection, stored, [leaves("a")]) is None
        assert (await again(connection, stored)).revision == stored.revision + 1


async def test_what_changes_nothing_of_the_schedule_asks_for_none(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        seen = incident("checked_in", attendee="a")
        assert await accept_incidents(connection, stored, [seen]) is None


async def test_who_leaves_twice_has_the_answer_of_the_last_repair(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        first = await accept_incidents(connection, stored, [leaves("a")])
        assert first is not None
        await solves.update(connection, first, state="done")
        now = await again(connection, stored)
        assert await accept_incidents(connection, now, [leaves("a", "again")]) == first
        now = await again(connection, stored)
        seen = [leaves("a", "thrice"), incident("checked_in", attendee="b")]
        assert await accept_incidents(connection, now, seen) is None


async def test_when_every_round_is_held_nothing_is_left_to_repair(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection, FOUR.model_copy(update={"held_rounds": 2}))
        late = incident("pause", attendee="a")
        assert await accept_incidents(connection, stored, [late]) is None


async def test_a_meeting_that_was_missed_asks_for_a_repair(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        await accept_incidents(connection, stored, [incident("round_started", round=1)])
        now = await again(connection, stored)
        missing = incident("no_show", "i-2", attendee="a", round=1)
        assert await accept_incidents(connection, now, [missing]) is not None
        (missed,) = (await again(connection, stored)).state.missed
    assert (missed.round, missed.pair) == (1, ("a", "b"))


# What is answered


def test_without_a_repair_the_published_version_is_the_answer() -> None:
    assert no_repair(None) == Repair(version=None, status="unscheduled")
    assert no_repair(3) == Repair(version=3, status="published")


async def test_the_answer_is_what_the_repair_has_come_to(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection)
        solve = await solves.add(connection, stored.id, "repair", SolveRequest(), 1)
        assert repair_answer(solve) == Repair(version=None, status="pending")
        done = Repair(version=2, status="published")
        rule = Conflict(pointer="/attendees/0", code="min", message="a must have a meeting")

        async def becomes(**values: Any) -> Repair:
            await solves.update(connection, solve.id, **values)
            found = await solves.find(connection, solve.id)
            assert found is not None
            return repair_answer(found)

        with pytest.raises(Defect):
            await becomes(state="failed")
        with pytest.raises(StateConflict) as refused:
            await becomes(state="infeasible", conflict=CONFLICT.dump_json((rule,)).decode())
        assert refused.value.conflict == (rule,)
        assert await becomes(state="done", repair=done.model_dump_json()) == done
