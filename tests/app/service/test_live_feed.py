"""The live feed looks when something was written, and waits without looking otherwise."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.service import live_feed
from app.service.live_feed import LiveFeed
from app.store import news
from app.store.engine import Store
from app.store.tables import events
from app.workers import poller
from app.workers.child_pool import LIMITS
from app.workers.tasks import TaskRunner
from schemas.incident import Change
from tests.databases import settings_on
from tests.stored import opened, queued

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(settings_on(database, tmp_path)) as store:
        yield store


@pytest.fixture
async def feed(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LiveFeed]:
    """A feed that looks only after a commit."""
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 3600.0)
    feed = LiveFeed(store, TaskRunner(LIMITS))
    yield feed
    await feed.close()


async def move(store: Store, event_id: str, revision: int) -> None:
    async with store.write() as connection:
        await connection.execute(
            sa.update(events).where(events.c.id == event_id).values(revision=revision)
        )


async def test_a_watcher_is_told_as_soon_as_an_event_moves_on(store: Store, feed: LiveFeed) -> None:
    mark = await feed.position((await queued(store)).event_id)
    watching = [asyncio.ensure_future(feed._changed(mark, 60)) for _ in range(3)]
    await asyncio.sleep(0)
    await move(store, mark.event_id, 2)
    assert await asyncio.gather(*watching) == [mark._replace(revision=2)] * 3


async def test_a_watcher_is_told_that_an_event_is_gone(store: Store, feed: LiveFeed) -> None:
    mark = await feed.position((await queued(store)).event_id)
    watching = asyncio.ensure_future(feed._changed(mark, 60))
    async with store.write() as connection:
        await connection.execute(sa.delete(events).where(events.c.id == mark.event_id))
    assert await watching is None


async def test_who_waits_in_vain_stays_where_it_is(store: Store, feed: LiveFeed) -> None:
    mark = await feed.position((await queued(store)).event_id)
    assert await feed._changed(mark, 0.01) == mark
    assert feed._moves.idle


async def test_what_happens_elsewhere_is_looked_at_and_kept_to_oneself(
    store: Store, feed: LiveFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, position = list[str](), live_feed._position

    async def counted(connection: Any, event_id: str) -> Any:
        looks.append(event_id)
        return await position(connection, event_id)

    here, there = [await feed.position((await queued(store)).event_id) for _ in range(2)]
    monkeypatch.setattr(live_feed, "_position", counted)
    watching = asyncio.ensure_future(feed._changed(here, 60))
    await move(store, there.event_id, 2)
    await move(store, here.event_id, 3)
    assert (await watching) == here._replace(revision=3)
    assert set(looks) == {here.event_id}


async def test_how_far_an_event_has_come_is_read_of_one_moment(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(settings_on(postgres, tmp_path)) as store:
        event_id, last = (await queued(store)).event_id, news.last

        async def overtaken(connection: Any, asked: str) -> int:
            found = await last(connection, asked)
            await move(store, event_id, 2)
            return found

        monkeypatch.setattr(news, "last", overtaken)
        feed = LiveFeed(store, TaskRunner(LIMITS))
        assert (await feed.position(event_id)).revision == 1
        monkeypatch.setattr(news, "last", last)
        assert (await feed.position(event_id)).revision == 2
        await feed.close()


async def published(store: Store, event_id: str, revision: int, *attendees: str) -> None:
    """Have a version come out that changes the first round of these."""
    changes = [Change(attendee=who, round=1) for who in attendees]
    row = sa.update(events).where(events.c.id == event_id)
    async with store.write() as connection:
        await connection.execute(row.values(revision=revision))
        await news.append(connection, event_id, "published", {"version": 1}, 1, changes)


async def test_an_attendee_is_told_whether_their_own_rounds_changed(
    store: Store, feed: LiveFeed
) -> None:
    mark = await feed.position((await queued(store)).event_id)
    told = feed.watch_own(mark, "a")
    coming = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    await published(store, mark.event_id, 2, "a", "b")
    assert await coming == b'event: change\ndata: {"mine":true}\n\n'
    coming = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    await published(store, mark.event_id, 3, "b")
    assert await coming == b'event: change\ndata: {"mine":false}\n\n'
    coming = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    async with store.write() as connection:
        await news.append(connection, mark.event_id, "incidents", {"incidents": []})
    await asyncio.sleep(2 * live_feed.SECONDS_BETWEEN_LOOKS)
    assert not coming.done()  # nothing of it shows on an attendee's page
    await move(store, mark.event_id, 4)
    assert await coming == b'event: change\ndata: {"mine":false}\n\n'
    async with store.write() as connection:
        await connection.execute(sa.delete(events).where(events.c.id == mark.event_id))
    with pytest.raises(StopAsyncIteration):
        await anext(told)
