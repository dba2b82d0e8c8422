"""Stored solves: what was asked for, whose turn it is, and what became of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.planning.document import write_event
from app.store import events, solves
from app.store.engine import Store
from app.store.solves import CONFLICT, Kind, StoredSolve
from schemas.solve import Advice, Conflict, Remedy, Shortage, SolveRequest
from tests.builders import event_of
from tests.databases import settings_on
from tests.stored import opened, queued

pytestmark = pytest.mark.anyio


@pytest.fixture
async def event_id(store: Store) -> str:
    async with store.write() as connection:
        return (await events.add(connection, "acme", write_event(event_of("ab", 1, {})))).id


ADVICE = Advice(
    shortages=(
        Shortage(
            kind="rounds", needed=2, available=1, attendees=("a",), message="a needs 2 rounds"
        ),
    ),
    remedies=(Remedy(kind="give_up", message="cancel it", cancel=(("a", "b"),), fewest=True),),
)


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
        conflict=CONFLICT.dump_json((rule,)).decode(), advice=ADVICE.model_dump_json(),
    )  # fmt: skip
    async with store.read() as connection:
        found = await solves.find(connection, solve.id)
    assert found is not None
    told = found.solve()
    assert (told.state, told.version, told.conflict) == ("infeasible", 4, (rule,))
    assert told.advice == ADVICE
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


@pytest.fixture
async def empty(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store in which nobody else queues anything."""
    async with opened(settings_on(database, tmp_path)) as store:
        yield store


async def claimed(store: Store, kind: Kind = "solve") -> str | None:
    async with store.write() as connection:
        return await solves.claim(connection, kind, datetime.now(UTC))


async def carried_out(store: Store) -> list[str]:
    """All that is queued, in the order in which one worker takes it."""
    order = []
    while (taken := await claimed(store)) is not None:
        order.append(taken)
        async with store.write() as connection:
            await solves.update(connection, taken, state="done")
    return order


async def of(store: Store, organisation: str, count: int, kind: Kind = "solve") -> list[str]:
    """So many solves of an organisation, queued one after the other."""
    return [(await queued(store, kind, organisation)).id for _ in range(count)]


async def test_a_hundred_solves_of_one_delay_the_first_of_another_by_one(empty: Store) -> None:
    many = await of(empty, "many", 20)
    assert await claimed(empty) == many[0]
    (one,) = await of(empty, "one", 1)
    async with empty.write() as connection:
        await solves.update(connection, many[0], state="done")
    assert await carried_out(empty) == [one, *many[1:]]


async def test_organisations_take_turns_and_each_its_oldest_first(empty: Store) -> None:
    a, b, c = [await of(empty, name, count) for name, count in (("a", 4), ("b", 2), ("c", 1))]
    assert await carried_out(empty) == [a[0], b[0], c[0], a[1], b[1], a[2], a[3]]


async def test_who_has_none_at_work_comes_before_who_has(empty: Store) -> None:
    long, *more = await of(empty, "long", 3)
    quick = await of(empty, "quick", 3)
    assert await claimed(empty) == long
    assert await carried_out(empty) == [*quick, *more]


async def test_turns_in_one_kind_are_none_in_another(empty: Store) -> None:
    a, _ = await of(empty, "a", 2)
    (b,) = await of(empty, "b", 1)
    repairs = [*await of(empty, "b", 1, "repair"), *await of(empty, "a", 1, "repair")]
    assert await claimed(empty) == a
    assert await claimed(empty, "repair") == repairs[0]
    assert await claimed(empty) == b
    assert await claimed(empty, "repair") == repairs[1]


async def test_workers_that_claim_at_once_get_one_each_and_none_is_left(
    empty: Store,
) -> None:
    waiting = [*await of(empty, "a", 6), *await of(empty, "b", 6)]
    taken = list[str | None]()

    async def work() -> None:
        while (found := await claimed(empty)) is not None:
            taken.append(found)

    await asyncio.gather(*(work() for _ in range(4)))
    assert sorted(filter(None, taken)) == sorted(waiting)


async def test_the_open_solves_of_an_organisation_are_counted(empty: Store) -> None:
    await of(empty, "a", 3)
    await of(empty, "a", 1, "repair")
    await of(empty, "b", 1)
    assert await claimed(empty) is not None
    async with empty.write() as connection:
        assert await solves.count_open(connection, "a", "solve") == 3
        done = await solves.claim(connection, "solve", datetime.now(UTC))
        await solves.update(connection, str(done), state="done")
        assert await solves.count_open(connection, "b", "solve") == 0
