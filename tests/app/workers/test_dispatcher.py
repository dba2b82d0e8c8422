"""Places of workers: whose turn it is, each solve once, and so many at once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from app.store import solves
from app.store.engine import Store
from app.store.solves import Kind
from app.workers import poller
from app.workers.dispatcher import Dispatcher
from app.workers.waiting import in_background
from tests.databases import settings_on
from tests.stored import opened, queued, state_of, update

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
ONE: Mapping[Kind, int] = {"solve": 1, "repair": 1, "improvement": 1}


class CarriedOut:
    """What is carried out, and for how long: until it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.at_work = 0
        self.most_at_work = 0
        self.change = asyncio.Condition()
        self.free = asyncio.Event()

    async def __call__(self, solve_id: str) -> None:
        async with self.change:
            self.begun.append(solve_id)
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            self.change.notify_all()
        await self.free.wait()
        self.at_work -= 1

    async def until_begun(self, count: int) -> list[str]:
        async with asyncio.timeout(PATIENCE), self.change:
            await self.change.wait_for(lambda: len(self.begun) >= count)
        return self.begun


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(settings_on(database, tmp_path)) as store:
        yield store


@pytest.fixture
def carried_out() -> CarriedOut:
    return CarriedOut()


async def test_what_is_queued_while_nobody_looks_is_begun_at_once(
    store: Store, carried_out: CarriedOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 3600.0)
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        first = await queued(store)
        assert await carried_out.until_begun(1) == [first.id]
        assert await state_of(store, first) == "running"


async def test_a_solve_is_found_though_the_signal_is_lost(
    store: Store, carried_out: CarriedOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 0.05)
    monkeypatch.setattr(store.committed, "send", lambda: None)
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        first = await queued(store)
        assert await carried_out.until_begun(1) == [first.id]


async def test_a_place_takes_the_oldest_and_then_the_next(
    store: Store, carried_out: CarriedOut
) -> None:
    waiting = [(await queued(store)).id for _ in range(3)]
    carried_out.free.set()
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        assert await carried_out.until_begun(3) == waiting
    assert carried_out.most_at_work == 1


async def test_many_solves_of_one_organisation_delay_another_by_one(
    store: Store, carried_out: CarriedOut
) -> None:
    many = [(await queued(store, organisation="many")).id for _ in range(4)]
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        await carried_out.until_begun(1)
        other = await queued(store, organisation="other")
        carried_out.free.set()
        assert (await carried_out.until_begun(5))[:2] == [many[0], other.id]


async def test_a_hundred_solves_on_three_workers_delay_another_by_one_turn(
    store: Store, carried_out: CarriedOut
) -> None:
    """Whoever has a place gives it to the other organisation when it is free, and not later."""
    for _ in range(100):
        await queued(store, organisation="many")
    crowd = [Dispatcher(store, ONE, carried_out).work() for _ in range(3)]
    async with in_background(crowd[0]), in_background(crowd[1]), in_background(crowd[2]):
        at_work = len(await carried_out.until_begun(3))
        other = await queued(store, organisation="other")
        carried_out.free.set()
        begun = await carried_out.until_begun(at_work + 3)
        assert other.id in begun[at_work : at_work + 3]


async def test_kinds_do_not_wait_for_each_other(store: Store, carried_out: CarriedOut) -> None:
    one, next_one = await queued(store), await queued(store)
    other = await queued(store, "improvement")
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        assert set(await carried_out.until_begun(2)) == {one.id, other.id}
        assert await state_of(store, next_one) == "queued"


async def test_each_solve_is_begun_by_one_of_many(
    store: Store, carried_out: CarriedOut, database: str
) -> None:
    carried_out.free.set()
    waiting = [(await queued(store)).id for _ in range(12)]
    crowd = [Dispatcher(store, {"solve": 2}, carried_out).work() for _ in range(3)]
    async with in_background(crowd[0]), in_background(crowd[1]), in_background(crowd[2]):
        assert sorted(await carried_out.until_begun(12)) == sorted(waiting)
        while not await _nobody_waits(store):
            await asyncio.sleep(0.01)
    assert len(carried_out.begun) == 12


async def _nobody_waits(store: Store) -> bool:
    async with store.read() as connection:
        return not await solves.oldest_queued(connection)


async def test_a_repair_is_left_to_the_process_that_took_the_incidents(
    store: Store, carried_out: CarriedOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 0.05)
    repair, solve = await queued(store, "repair"), await queued(store)
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        assert await carried_out.until_begun(1) == [solve.id]
        assert await state_of(store, repair) == "queued"
        await update(store, repair, created_at=repair.created_at - timedelta(seconds=6))
        assert await carried_out.until_begun(2) == [solve.id, repair.id]


async def test_a_stopped_solve_is_not_begun(store: Store, carried_out: CarriedOut) -> None:
    stopped, other = await queued(store), await queued(store)
    await update(store, stopped, state="stopped")
    async with in_background(Dispatcher(store, ONE, carried_out).work()):
        assert await carried_out.until_begun(1) == [other.id]
