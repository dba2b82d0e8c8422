"""Stored solves: what was asked for, what is still open, and what became of it."""

import pytest

from app.store import events, solves
from app.store.engine import Store
from app.store.solves import CONFLICT, Kind, StoredSolve
from schemas.solve import Conflict, SolveRequest
from tests.builders import event_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def event_id(store: Store) -> str:
    async with store.write() as connection:
        return (await events.add(connection, "acme", event_of("ab", 1, {}))).id


async def added(store: Store, event_id: str, kind: Kind = "solve") -> StoredSolve:
    async with store.write() as connection:
        return await solves.add(connection, event_id, kind, SolveRequest(work=5, seed=2), 3)


async def updated(store: Store, solve: StoredSolve, **values: object) -> None:
    async with store.write() as connection:
        assert await solves.update(connection, solve.id, **values)


async def test_a_solve_is_queued_as_it_was_asked_for(store: Store, event_id: str) -> None:
    solve = await added(store, event_id)
    async with store.read() as connection:
        assert await solves.find(connection, solve.id) == solve
    assert solve.asked() == SolveRequest(work=5, seed=2)
    told = solve.solve()
    assert (told.id, told.state, told.version, told.conflict) == (solve.id, "queued", None, ())
    assert (solve.revision, solve.stop) == (3, False)


async def test_a_solve_of_another_event_is_not_found(store: Store, event_id: str) -> None:
    solve = await added(store, event_id)
    async with store.read() as connection:
        assert await solves.find(connection, solve.id, event_id) == solve
        assert await solves.find(connection, solve.id, "0" * 32) is None
        assert await solves.find(connection, "nonsense") is None


async def test_what_became_of_it_is_told(store: Store, event_id: str) -> None:
    solve = await added(store, event_id)
    rule = Conflict(pointer="/attendees/0", code="min", message="a must have a meeting")
    await updated(
        store, solve, state="infeasible", version=4, objective=1.5, upper_bound=2.0, gap=0.25,
        conflict=CONFLICT.dump_json((rule,)).decode(),
    )  # fmt: skip
    async with store.read() as connection:
        found = await solves.find(connection, solve.id)
    assert found is not None
    told = found.solve()
    assert (told.state, told.version, told.conflict) == ("infeasible", 4, (rule,))
    assert (told.objective, told.upper_bound, told.gap) == (1.5, 2.0, 0.25)


async def test_what_is_queued_or_running_is_open(store: Store, event_id: str) -> None:
    states = ("queued", "running", "done", "stopped", "infeasible", "failed")
    made = [await added(store, event_id) for _ in states]
    for solve, state in zip(made, states, strict=True):
        await updated(store, solve, state=state)
    repair = await added(store, event_id, "repair")
    ids = [solve.id for solve in made]
    async with store.read() as connection:
        found = await solves.open_of_event(connection, event_id, "solve")
        assert {solve.id for solve in found} == set(ids[:2])
        assert await solves.still_open(connection, ids) == set(ids[:2])
        unfinished = {solve.id for solve in await solves.unfinished(connection)}
        assert unfinished & {*ids, repair.id} == {*ids[:2], repair.id}
        everything = await solves.of_event(connection, event_id)
    listed = [solve.id for solve in everything]
    assert listed == sorted([*ids, repair.id], reverse=True)


async def test_the_last_repair_is_known_by_its_id(store: Store, event_id: str) -> None:
    async with store.read() as connection:
        assert await solves.newest_repair(connection, event_id) is None
    repairs = [await added(store, event_id, "repair") for _ in range(2)]
    await added(store, event_id)
    async with store.read() as connection:
        newest = await solves.newest_repair(connection, event_id)
    assert newest == max(repair.id for repair in repairs)


async def test_a_solve_whose_event_is_gone_is_not_updated(store: Store, event_id: str) -> None:
    solve = await added(store, event_id)
    async with store.write() as connection:
        await events.remove(connection, event_id)
        assert not await solves.update(connection, solve.id, state="done")
