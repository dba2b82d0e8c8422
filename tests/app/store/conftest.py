"""A store for these tests, and its process' memory of texts, emptied before each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store import events, schedules
from app.store.engine import Store
from app.store.text_cache import TextCache
from tests.databases import settings_on


@pytest.fixture(scope="module")
async def store(
    anyio_backend: str, database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Store]:
    """An empty database with its tables."""
    folder: Path = tmp_path_factory.mktemp("store")
    store = Store(settings_on(database, folder).store_url)
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text is remembered from another test."""
    monkeypatch.setattr(events, "_GIVEN", TextCache(most=10**6))
    monkeypatch.setattr(schedules, "_DOCUMENTS", TextCache(most=10**6))
