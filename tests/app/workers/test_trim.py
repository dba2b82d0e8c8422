"""What large documents have taken is given back while nothing happens."""

import asyncio
from pathlib import Path

import pytest

from app.store import text_cache
from app.store.text_cache import TextCache
from app.workers import trim
from app.workers.trim import trim_memory
from app.workers.waiting import in_background
from tests.databases import settings_on
from tests.stored import opened, queued, state_of

pytestmark = pytest.mark.anyio


async def test_texts_and_connections_go_and_the_store_still_answers(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trim, "SECONDS_BETWEEN_TRIMS", 0.01)
    monkeypatch.setattr(text_cache, "SECONDS_KEPT", 0.0)
    cache = TextCache(most=10)
    async with opened(settings_on(database, tmp_path)) as store:
        solve = await queued(store)
        cache.keep("a", "text")
        pool = store._engine.pool
        async with asyncio.timeout(30), in_background(trim_memory(store)):
            while cache.get("a") is not None or store._engine.pool is pool:
                await asyncio.sleep(0.01)
        assert await state_of(store, solve) == "queued"


async def test_a_connection_in_use_is_left_alone(database: str, tmp_path: Path) -> None:
    async with opened(settings_on(database, tmp_path)) as store:
        pool = store._engine.pool
        async with store.read():
            await store.close_idle()
            assert store._engine.pool is pool
        await store.close_idle()
        assert store._engine.pool is not pool
