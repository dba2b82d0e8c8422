"""Stored series: their events in the order they came, and the history each has added."""

import pytest

from app.planning.document import write_event
from app.store import events, series
from app.store.engine import Store
from schemas.event import PairRule
from tests.builders import event_of

pytestmark = pytest.mark.anyio

MET = tuple(PairRule(kind="met", pair=pair) for pair in (("a", "b"), ("b", "c")))


@pytest.fixture
async def event_ids(store: Store) -> list[str]:
    async with store.write() as connection:
        event = write_event(event_of("abc", 1, {}))
        made = [await events.add(connection, "acme", event) for _ in range(3)]
    return [event.id for event in made]


async def test_a_series_is_of_one_organisation(store: Store) -> None:
    async with store.write() as connection:
        ours = await series.add(connection, "series-1", "Breakfasts")
        theirs = await series.add(connection, "series-2", "Dinners")
        assert await series.find(connection, ours.id, "series-1") == ours
        assert await series.find(connection, theirs.id, "series-1") is None
        assert await series.find(connection, "nonsense", "series-1") is None
        rows = await series.listing(connection, "series-1")
    assert [(row.id, row.name, row.events) for row in rows] == [(ours.id, "Breakfasts", 0)]


async def test_events_keep_the_place_at_which_they_came(store: Store, event_ids: list[str]) -> None:
    first, second, third = event_ids
    async with store.write() as connection:
        ours = await series.add(connection, "series-3", "Breakfasts")
        for event_id in (third, first, second, third):
            await series.join(connection, ours.id, event_id)
        members = await series.members(connection, ours.id)
        (row,) = await series.listing(connection, "series-3")
    assert [member.event_id for member in members] == [third, first, second]
    assert row.events == 3


async def test_history_is_replaced_and_read_back(store: Store, event_ids: list[str]) -> None:
    async with store.write() as connection:
        ours = await series.add(connection, "acme", "Breakfasts")
        for event_id in event_ids[:2]:
            await series.join(connection, ours.id, event_id)
        for history in ((), MET):
            await series.tell(connection, ours.id, event_ids[0], history)
        told, untold = await series.members(connection, ours.id)
    assert told.rules() == MET
    assert (untold.history, untold.rules()) == (None, ())
    assert series.size([told, untold]) == len(told.history or "") > 0


async def test_every_pair_of_somebody_erased_goes_and_no_other(
    store: Store, event_ids: list[str]
) -> None:
    here, elsewhere, untold = event_ids
    async with store.write() as connection:
        ours = await series.add(connection, "acme", "Breakfasts")
        for event_id in event_ids:
            await series.join(connection, ours.id, event_id)
        for event_id in (here, elsewhere):
            await series.tell(connection, ours.id, event_id, MET)
        await series.forget(connection, here, "a")
        await series.forget(connection, untold, "a")
        members = await series.members(connection, ours.id)
    assert [member.rules() for member in members] == [MET[1:], MET, ()]
    assert members[2].history is None
