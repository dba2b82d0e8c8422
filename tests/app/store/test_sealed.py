"""What is stored is sealed for its place: whatever is changed or moved is not opened."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from app.errors import NotFound
from app.planning.document import write_event
from app.settings import Settings
from app.store import events
from app.store.engine import LostKeysError, Store
from app.store.events import StoredEvent
from app.store.key_ring import FILE as KEYS
from app.store.key_ring import BrokenSealError
from app.store.sealed import SealedBytes
from app.store.tables import events as rows
from app.store.tables import metadata
from schemas.event import Event
from tests.api import TWO

pytestmark = pytest.mark.anyio

EVENT = Event.model_validate(TWO, strict=False)


async def added(store: Store) -> StoredEvent:
    async with store.write() as connection:
        return await events.add(connection, "acme", write_event(EVENT))


async def found(store: Store, event_id: str) -> StoredEvent | None:
    async with store.read() as connection:
        return await events.find(connection, event_id)


async def raw(store: Store, event_id: str, column: sa.Column[str] = rows.c.document) -> bytes:
    query = sa.select(sa.type_coerce(column, sa.LargeBinary)).where(rows.c.id == event_id)
    async with store.read() as connection:
        return bytes((await connection.execute(query)).scalar_one())


async def put(store: Store, event_id: str, value: object) -> None:
    """Store a value as it is."""
    bare = sa.table("events", sa.column("id"), sa.column("document", sa.LargeBinary))
    async with store.write() as connection:
        one = bare.update().where(bare.c.id == event_id)
        await connection.execute(one.values(document=value))


def test_every_sealed_column_is_a_place_of_its_own() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    places = {str(c): c.type.place for c in columns if isinstance(c.type, SealedBytes)}
    assert places.pop("webhooks.old_secret") == "webhooks.secret"  # it becomes the old one there
    assert places
    assert {name: place for name, place in places.items() if name != place} == {}


async def test_a_text_that_names_no_event_is_refused(store: Store) -> None:
    stored = await added(store)
    one = rows.update().where(rows.c.id == stored.id).values(document=stored.outline)
    async with store.write() as connection:
        with pytest.raises(StatementError, match=r"events\.document is sealed"):
            await connection.execute(one)
    assert await found(store, stored.id) == stored


async def test_what_is_stored_is_other_bytes_each_time(store: Store) -> None:
    first, second = await added(store), await added(store)
    assert first.outline == second.outline
    one, other = await raw(store, first.id), await raw(store, second.id)
    assert one != other
    assert first.outline.encode()[:40] not in one


@pytest.mark.parametrize("place", [0, 1, 12, 13, 40, -1])
async def test_a_changed_byte_is_noticed_and_nothing_told(store: Store, place: int) -> None:
    stored = await added(store)
    changed = bytearray(await raw(store, stored.id))
    changed[place] ^= 1
    await put(store, stored.id, bytes(changed))
    with pytest.raises(BrokenSealError) as defect:
        await found(store, stored.id)
    assert str(defect.value).startswith("a value of events.document ")


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x01" + bytes(12), b"{}"])
async def test_what_was_never_sealed_is_not_opened(store: Store, value: bytes) -> None:
    stored = await added(store)
    await put(store, stored.id, value)
    with pytest.raises(BrokenSealError):
        await found(store, stored.id)


async def test_what_was_moved_to_another_event_or_column_is_not_opened(store: Store) -> None:
    first, second = await added(store), await added(store)
    await put(store, first.id, await raw(store, second.id))
    await put(store, second.id, await raw(store, second.id, rows.c.day))
    for stored in (first, second):
        with pytest.raises(BrokenSealError):
            await found(store, stored.id)


async def test_without_its_key_an_event_is_not_found(store: Store) -> None:
    stored, other = await added(store), await added(store)
    await asyncio.to_thread(store.keys.wipe, [stored.id])
    with pytest.raises(NotFound):
        await found(store, stored.id)
    assert await found(store, other.id) == other


async def opened(folder: Path) -> Store:
    store = Store(Settings(data=folder))
    await store.migrate()
    return store


async def deleted(store: Store, event_id: str) -> None:
    async with store.write() as connection:
        await events.remove(connection, event_id)
    await store.wipe_keys()


async def test_a_copy_from_before_an_event_was_deleted_shows_nothing_of_it(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    gone, stays = await added(store), await added(store)
    copy = (tmp_path / "tertius.db").read_bytes()
    await deleted(store, gone.id)
    await store.close()
    (tmp_path / "tertius.db").write_bytes(copy)
    ring = Store(Settings(data=tmp_path))
    with pytest.raises(NotFound):
        await found(ring, gone.id)
    await ring.close()
    again = await opened(tmp_path)
    async with again.read() as connection:
        listed = await events.page(connection, "acme", None, 10)
    assert [row.id for row in listed] == [stays.id]
    assert await found(again, stays.id) == stays
    await again.close()


async def test_a_deletion_that_was_cut_short_is_finished_by_the_next_start(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    stored = await added(store)
    async with store.write() as connection:
        await events.remove(connection, stored.id)
    assert store.keys.known()[stored.id]
    await store.close()
    again = await opened(tmp_path)
    assert not again.keys.known()[stored.id]
    await again.close()


async def test_without_the_keys_nothing_is_changed_and_the_service_does_not_start(
    tmp_path: Path,
) -> None:
    store = await opened(tmp_path)
    await added(store)
    await store.close()
    before = (tmp_path / "tertius.db").read_bytes()
    keys = (tmp_path / KEYS).read_bytes()
    (tmp_path / KEYS).unlink()
    without = Store(Settings(data=tmp_path))
    with pytest.raises(LostKeysError, match="the keys of 1 events are missing"):
        await without.migrate()
    await without.close()
    assert (tmp_path / "tertius.db").read_bytes() == before
    assert not (tmp_path / KEYS).exists()
    (tmp_path / KEYS).write_bytes(keys)
    await (await opened(tmp_path)).close()
