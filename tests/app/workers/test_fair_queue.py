"""Places are given in turn: nobody who asks for many keeps others from one."""

import asyncio
from contextlib import suppress

import pytest

from app.workers.fair_queue import FairQueue

pytestmark = pytest.mark.anyio


class Callers:
    """A queue, and who was served in which order."""

    def __init__(self, places: int, share: int) -> None:
        self.queue = FairQueue(places, share)
        self.served: list[str] = []

    async def ask(self, *owners: str) -> list[asyncio.Task[None]]:
        """Have each wait for a place, one after the other."""
        asking = [asyncio.create_task(self._take(owner)) for owner in owners]
        await settled()
        return asking

    async def give_back(self, *owners: str) -> None:
        for owner in owners:
            self.queue.give_back(owner)
            await settled()

    async def _take(self, owner: str) -> None:
        await self.queue.take(owner)
        self.served.append(owner)


async def settled() -> None:
    """Every task has gone as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_who_asks_for_many_places_waits_for_the_second_as_others_for_the_first() -> None:
    line = Callers(1, 1)
    await line.ask("a", "a", "a", "a", "b", "c", "b")
    for _ in range(6):
        await line.give_back(line.served[-1])
    assert "".join(line.served) == "abcabaa"


async def test_one_owner_leaves_the_spare_place_to_others() -> None:
    line = Callers(2, 1)
    await line.ask("a", "a", "b")
    assert line.served == ["a", "b"]
    await line.give_back("b")
    assert line.served == ["a", "b"]
    await line.give_back("a")
    assert line.served == ["a", "b", "a"]


async def test_whoever_holds_fewest_is_served_before_who_waits_for_longer() -> None:
    line = Callers(3, 3)
    await line.ask("a", "a", "b", "a", "b")
    await line.give_back("b")
    assert line.served == ["a", "a", "b", "b"]


async def test_a_place_that_is_free_is_had_at_once() -> None:
    line = Callers(2, 2)
    await line.ask("a", "a")
    assert line.served == ["a", "a"]


async def test_who_leaves_the_queue_is_not_served() -> None:
    line = Callers(1, 1)
    _, leaving, _ = await line.ask("a", "b", "c")
    await cancel(leaving)
    await line.give_back("a")
    assert line.served == ["a", "c"]
    assert line.queue._waiting == {}


async def test_who_leaves_as_a_place_is_given_hands_it_on() -> None:
    line = Callers(1, 1)
    _, leaving, _ = await line.ask("a", "b", "c")
    line.queue.give_back("a")
    await cancel(leaving)
    await settled()
    assert line.served == ["a", "c"]


async def test_who_leaves_before_a_place_is_given_does_not_take_it_along() -> None:
    line = Callers(1, 1)
    _, leaving, _ = await line.ask("a", "b", "c")
    leaving.cancel()
    line.queue.give_back("a")
    await settled()
    assert line.served == ["a", "c"]
