"""A store for tests that need no service around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.store.engine import Store
from tests.databases import settings_on


@pytest.fixture(scope="module")
async def store(
    anyio_backend: str, database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Store]:
    """An empty database with its tables."""
    folder: Path = tmp_path_factory.mktemp("store")
    store = Store(settings_on(database, folder))
    await store.migrate()
    yield store
    await store.close()
