"""Keys as a process knows them: read again after a second, and who holds a dead one is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.http import keys as module
from app.http.keys import LOCAL, Caller, Keys
from app.settings import Key
from app.store import access_keys
from app.store.access_keys import StoredKey, digest_of_key, key_of, new_secret
from app.store.engine import Store
from tests.databases import settings_on

pytestmark = pytest.mark.anyio

SET = Key("organiser", "acme", "a-key-that-was-set")


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database each time: it matters whether there ever was a key."""
    store = Store(settings_on(database, tmp_path))
    await store.migrate()
    yield store
    await store.close()


async def made(store: Store, role: str = "reader") -> tuple[StoredKey, str]:
    """A new key of acme, and its secret."""
    secret = new_secret()
    key = key_of(secret, "acme", role)  # type: ignore[arg-type]
    async with store.write() as connection:
        await access_keys.add(connection, key, secret)
    return key, secret


async def revoke(store: Store, key: StoredKey) -> None:
    async with store.write() as connection:
        await access_keys.revoke(connection, key)


async def test_until_it_is_known_that_there_never_was_a_key_nobody_is_let_in(store: Store) -> None:
    keys = Keys((), store)
    assert await keys.caller(None) is None
    await keys.begin()
    assert await keys.caller(None) is LOCAL
    await made(store)
    await keys.look(set())
    assert await keys.caller(None) is None


async def test_a_key_that_was_set_needs_no_database(store: Store) -> None:
    keys = Keys((SET,), store)
    await store.close()
    found = await keys.caller(SET.secret)
    assert found is not None
    assert found[:3] == ("acme", "organiser", None)
    assert await keys.caller("another-key-that-is-not") is None


async def test_a_key_is_read_again_when_a_second_has_passed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    keys = Keys((SET,), store)
    key, secret = await made(store)
    assert await keys.caller(secret) == Caller("acme", "reader", None, key.id)
    await revoke(store, key)
    now[0] += 0.9
    assert await keys.caller(secret) is not None
    now[0] += 0.2
    assert await keys.caller(secret) is None


async def test_whose_connection_is_open_with_a_revoked_key_is_told(store: Store) -> None:
    keys = Keys((SET,), store)
    key, secret = await made(store)
    _, other = await made(store)
    held = {digest_of_key(text) for text in (secret, other, "of-an-attendee", SET.secret)}
    for text in (secret, other):
        await keys.caller(text)
    assert await keys.look(held) == set()
    await revoke(store, key)
    await keys.caller(secret)
    assert await keys.look(held) == {digest_of_key(secret)}


async def test_a_key_that_is_no_more_in_the_file_is_told(store: Store) -> None:
    keys = Keys((SET,), store)
    assert keys.renew((SET._replace(role="reader"),)) == {digest_of_key(SET.secret)}
    assert keys.renew((SET._replace(role="reader"),)) == set()
    with pytest.raises(ValueError, match="no key is left"):
        keys.renew(())


async def test_a_use_is_noted_once_a_minute(store: Store) -> None:
    keys = Keys((SET,), store)
    key, secret = await made(store)
    await keys.caller(secret)
    await keys.look(set())
    first = await last_use(store, key)
    assert first is not None
    await keys.caller(secret)
    await keys.look(set())
    assert await last_use(store, key) == first


async def last_use(store: Store, key: StoredKey) -> object:
    async with store.read() as connection:
        found = await access_keys.find(connection, key.id)
    return found and found.last_used_at
