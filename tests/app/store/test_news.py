"""News of an event: in order, counted from 1, each event by itself."""

import pytest
from pydantic_core import from_json

from app.planning.document import write_event
from app.store import events, news
from app.store.engine import Store
from schemas.incident import Change
from schemas.listing import Publication
from tests.builders import event_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def event_id(store: Store) -> str:
    async with store.write() as connection:
        return (await events.add(connection, "acme", write_event(event_of("ab", 1, {})))).id


async def test_news_are_counted_within_their_event(store: Store, event_id: str) -> None:
    async with store.write() as connection:
        other = (await events.add(connection, "acme", write_event(event_of("ab", 1, {})))).id
        for name in (event_id, other, event_id):
            await news.append(connection, name, "incidents", {"incidents": []})
        assert [row.position for row in await news.after(connection, event_id, 0, 9)] == [1, 2]
        assert await news.last(connection, event_id) == 2
        assert await news.last(connection, other) == 1
        assert await news.last(connection, "0" * 32) == 0


async def test_a_watcher_hears_what_came_after_and_no_more_than_asked(
    store: Store, event_id: str
) -> None:
    async with store.write() as connection:
        for number in range(1, 5):
            await news.append(connection, event_id, "published", {"n": number}, number)
        heard = await news.after(connection, event_id, 1, 2)
    assert [(row.position, row.version, from_json(row.document)) for row in heard] == [
        (2, 2, {"n": 2}), (3, 3, {"n": 3}),
    ]  # fmt: skip


async def test_the_newest_of_a_kind_is_found(store: Store, event_id: str) -> None:
    async with store.write() as connection:
        assert await news.newest(connection, event_id, "published") is None
        for version in (1, 2):
            await news.append(connection, event_id, "published", {}, version)
        await news.append(connection, event_id, "incidents", {"incidents": []})
        newest = await news.newest(connection, event_id, "published")
    assert newest is not None
    assert (newest.position, newest.version) == (2, 2)


async def test_a_publication_knows_the_incidents_before_it(store: Store, event_id: str) -> None:
    async with store.write() as connection:
        await news.append(connection, event_id, "published", {}, 1)
        for told in (["i", "j"], ["k"]):
            await news.append(connection, event_id, "incidents", {"incidents": told})
        await news.append(connection, event_id, "published", {}, 2)
        await news.append(connection, event_id, "incidents", {"incidents": ["l"]})
        found = await news.publications(connection, event_id)
    assert found == [Publication(version=1, incidents=0), Publication(version=2, incidents=3)]


async def test_what_publications_changed_is_kept_as_it_is_sent(store: Store, event_id: str) -> None:
    change = Change(attendee="a", round=1, to="b")
    async with store.write() as connection:
        await news.append(connection, event_id, "published", {}, 1, [change])
        await news.append(connection, event_id, "incidents", {"incidents": []})
        await news.append(connection, event_id, "published", {}, 2)
        kept = await news.changes(connection, event_id)
    assert [from_json(text) for text in kept] == [
        [{"attendee": "a", "round": 1, "from": None, "to": "b"}], [],
    ]  # fmt: skip
