"""``tertius backup`` and ``tertius restore``: what was done, or what kept it from being done."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings
from app.store.backup import BackupError, BackupManifest, make_backup, restore_backup
from app.store.engine import NewerSchemaError
from app.terminal.configured import database_advice, settings_or_failure
from app.terminal.documents import check_writable
from app.terminal.failure import Failure


def back_up(data: Path | None, file: Path) -> str:
    """Write the database of a data folder to ``file``; returns what was written, or Failure."""
    settings = _embedded(data, "backed up by pg_dump")
    check_writable(file)
    with _told(file):
        return f"{file}: {_described(make_backup(settings.data, file))}"


def restore_from(file: Path, data: Path | None, *, replace: bool) -> str:
    """Put a backup into a data folder; returns what was restored, or Failure."""
    settings = _embedded(data, "restored by pg_restore")
    with _told(file):
        manifest = restore_backup(file, settings.data, replace=replace)
    return f"{settings.data}: restored {_described(manifest)}"


def _embedded(data: Path | None, what: str) -> Settings:
    settings = settings_or_failure(data)
    if settings.database_url is not None:
        raise Failure(f"TERTIUS_DATABASE_URL: a Postgres server is {what}: see docs/operations.md")
    return settings


def _described(manifest: BackupManifest) -> str:
    made = f"{manifest.made_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"the database as of {made}, {manifest.bytes:,} bytes, schema {manifest.revision}"


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        raise Failure(str(error)) from None
    except NewerSchemaError:
        raise Failure(f"{file}: written by a newer Tertius: restore it with that one") from None
    except sqlite3.Error as error:
        raise Failure(f"{file}: the database {database_advice(error)}") from None
    except OSError as error:
        raise Failure(f"{error.filename or file}: {os.strerror(error.errno or 0)}") from None
