"""Verdicts of an organisation's events: the rows are what the documents say, and go with them."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import write_event
from app.store import events, verdicts
from app.store.engine import Store
from app.store.events import StoredEvent
from schemas.event import Matching
from schemas.matching import OfferedPair
from tests.builders import event_of

pytestmark = pytest.mark.anyio

ROOF, TAX = ("roof", "slates"), ("tax", "books")


async def add(connection: AsyncConnection, organisation: str, **matching: Any) -> StoredEvent:
    event = event_of("ab", 1, {}, matching=Matching(**matching))
    return await events.add(connection, organisation, write_event(event))


async def save(connection: AsyncConnection, stored: StoredEvent, **matching: Any) -> StoredEvent:
    event = event_of("ab", 1, {}, matching=Matching(**matching))
    return await events.save(connection, stored, write_event(event))


async def seen(connection: AsyncConnection, organisation: str, event_id: str = "") -> set[Any]:
    found = await verdicts.of_others(connection, organisation, event_id)
    return {(row.event, row.verdict, row.need, row.offer) for row in found}


async def test_an_organisation_sees_what_its_other_events_say(store: Store) -> None:
    async with store.write() as connection:
        one = await add(connection, "sees", confirmed=(ROOF,))
        other = await add(connection, "sees", denied=(TAX,))
        await add(connection, "another", confirmed=(TAX,))
        assert await seen(connection, "sees", other.id) == {(one.id, "confirmed", *ROOF)}
        assert await seen(connection, "sees", one.id) == {(other.id, "denied", *TAX)}


async def test_rows_change_as_the_document_does(store: Store) -> None:
    async with store.write() as connection:
        stored = await add(connection, "changes", confirmed=(ROOF, TAX))
        stored = await save(connection, stored, confirmed=(TAX,), denied=(ROOF,))
        assert await seen(connection, "changes") == {
            (stored.id, "confirmed", *TAX),
            (stored.id, "denied", *ROOF),
        }
        stored = await save(connection, stored, denied=((" ROOF", "Slates"),))
        assert await seen(connection, "changes") == {(stored.id, "denied", "ROOF", "Slates")}
        await save(connection, stored)
        assert await seen(connection, "changes") == set()


async def test_what_stays_keeps_its_time_and_the_newest_comes_first(store: Store) -> None:
    async def listed(connection: AsyncConnection) -> list[OfferedPair]:
        return list(await verdicts.of_others(connection, "times", ""))

    async with store.write() as connection:
        stored = await add(connection, "times", confirmed=(ROOF,))
        (roof,) = await listed(connection)
        await save(connection, stored, confirmed=(ROOF, TAX))
        assert [row.need for row in await listed(connection)] == ["tax", "roof"]
        assert (await listed(connection))[1] == roof
        assert roof.settled_at.tzinfo is not None


async def test_verdicts_go_with_their_event(store: Store) -> None:
    async with store.write() as connection:
        stored = await add(connection, "goes", confirmed=(ROOF,))
        await events.remove(connection, stored.id)
        assert await seen(connection, "goes") == set()


async def test_only_the_newest_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "MOST_READ", 1)
    async with store.write() as connection:
        stored = await add(connection, "many", confirmed=(ROOF,))
        await save(connection, stored, confirmed=(ROOF, TAX))
        assert await seen(connection, "many") == {(stored.id, "confirmed", *TAX)}
