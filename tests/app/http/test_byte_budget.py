"""Bytes of bodies at once: bounded for all, and shared fairly between organisations."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.errors import NoRoom
from app.http.byte_budget import ByteBudget

pytestmark = pytest.mark.anyio

MOST = 10


async def held(stack: AsyncExitStack, budget: ByteBudget, organisation: str, size: int) -> None:
    """Hold bytes until the stack is closed."""
    holding = await stack.enter_async_context(budget.hold(organisation))
    await holding.grow(size)


async def turns(rounds: int = 5) -> None:
    """Let whoever can go on do so."""
    for _ in range(rounds):
        await asyncio.sleep(0)


async def test_an_organisation_holds_so_many_bytes_and_all_together_twice_that() -> None:
    budget = ByteBudget(MOST, patience=0)
    async with AsyncExitStack() as stack:
        await held(stack, budget, "a", MOST)
        with pytest.raises(NoRoom):
            await held(stack, budget, "a", 1)
        await held(stack, budget, "b", MOST)
        with pytest.raises(NoRoom):
            await held(stack, budget, "c", 1)
    async with AsyncExitStack() as stack:  # all of it was given back, by those refused too
        await held(stack, budget, "a", MOST)
        await held(stack, budget, "c", MOST)


async def test_what_grows_is_counted_once() -> None:
    budget = ByteBudget(MOST, patience=0)
    async with budget.hold("a") as holding:
        await holding.grow(3)
        await holding.grow(MOST)
        assert holding.size == MOST
        with pytest.raises(NoRoom):
            await holding.grow(MOST + 1)
    async with budget.hold("a") as holding:
        await holding.grow(MOST)


async def test_whose_organisation_holds_least_is_next() -> None:
    budget, order = ByteBudget(MOST), list[str]()

    async def wait(organisation: str, size: int) -> None:
        async with budget.hold(organisation) as holding:
            await holding.grow(size)
            order.append(organisation)
            await asyncio.sleep(0)

    async with AsyncExitStack() as busy, AsyncExitStack() as others:
        await held(others, budget, "a", 4)
        await held(busy, budget, "b", MOST)
        await held(busy, budget, "c", 6)
        waiting = [asyncio.create_task(wait(name, 6)) for name in ("a", "a", "d")]
        await turns()
        assert order == []
        await busy.aclose()
        await asyncio.gather(*waiting)
    assert order == ["d", "a", "a"]


async def test_who_waits_for_its_own_bodies_keeps_nobody_waiting() -> None:
    budget = ByteBudget(MOST)
    async with AsyncExitStack() as stack:
        await held(stack, budget, "a", MOST)
        own = asyncio.create_task(budget.take("a", 1))
        await turns()
        await held(stack, budget, "b", MOST)
        own.cancel()


async def test_a_caller_who_leaves_gives_back_what_was_just_granted() -> None:
    budget = ByteBudget(MOST, patience=0)
    async with AsyncExitStack() as stack:
        await held(stack, budget, "a", MOST)
    patient = ByteBudget(MOST)
    async with AsyncExitStack() as stack:
        holding = await stack.enter_async_context(patient.hold("a"))
        await holding.grow(MOST)
        leaving = asyncio.create_task(patient.take("a", MOST))
        await turns()
        await stack.aclose()  # grants it
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        async with asyncio.timeout(1):
            await patient.take("a", MOST)
