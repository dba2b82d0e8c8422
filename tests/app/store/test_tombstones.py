"""Tombstones: who was erased from an event, once, and gone with the event."""

import pytest

from app.planning.document import write_event
from app.store import events, tombstones
from app.store.engine import Store
from tests.builders import event_of

pytestmark = pytest.mark.anyio


async def test_who_was_erased_is_known_of_one_event_and_goes_with_it(store: Store) -> None:
    async with store.write() as connection:
        here, there = [
            await events.add(connection, "acme", write_event(event_of("ab", 1, {}))) for _ in "12"
        ]
        assert await tombstones.add(connection, here.id, "a")
        assert not await tombstones.add(connection, here.id, "a")
        assert await tombstones.of_event(connection, here.id) == {"a"}
        assert await tombstones.of_event(connection, there.id) == set()
        await events.remove(connection, here.id)
        assert await tombstones.of_event(connection, here.id) == set()
