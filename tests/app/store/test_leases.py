"""Leases: a name is held by one at a time, for a while."""

import pytest

from app.store import leases
from app.store.engine import Store

pytestmark = pytest.mark.anyio


async def test_a_lease_is_held_by_one_until_it_ends(store: Store) -> None:
    async with store.write() as connection:
        assert await leases.take(connection, "sweep:1", "me", 60)
        assert not await leases.take(connection, "sweep:1", "you", 60)
        assert await leases.take(connection, "sweep:1", "me", 60)
        assert await leases.live(connection, "sweep:") == ["sweep:1"]
        await leases.give_back(connection, "sweep:1", "you")
        assert not await leases.take(connection, "sweep:1", "you", 60)
        assert await leases.take(connection, "sweep:1", "me", -1)
        assert await leases.live(connection, "sweep:") == []
        assert await leases.take(connection, "sweep:1", "you", 60)


async def test_only_names_that_start_so_are_told_and_only_as_it_is_written(store: Store) -> None:
    async with store.write() as connection:
        for name in ("worker:2", "worker:1", "workerx1", "xworker:1", "w%r:1"):
            assert await leases.take(connection, name, "me", 60)
        assert await leases.live(connection, "worker:") == ["worker:1", "worker:2"]
        assert await leases.live(connection, "w%r:") == ["w%r:1"]


async def test_a_name_is_given_back_by_its_holder_alone(store: Store) -> None:
    async with store.write() as connection:
        assert await leases.take(connection, "desk", "me", 60)
        await leases.give_back(connection, "desk", "you")
        assert not await leases.take(connection, "desk", "you", 60)
        await leases.give_back(connection, "desk", "me")
        assert await leases.take(connection, "desk", "you", 60)


async def test_what_one_takes_leaves_other_names_alone(store: Store) -> None:
    async with store.write() as connection:
        assert await leases.take(connection, "one", "me", 60)
        assert await leases.take(connection, "two", "me", 60)
        assert await leases.live(connection, "one") == ["one"]
