"""Settings and databases as a command finds them: what is wrong with them is told in words."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app.settings import Settings
from app.store.engine import LostKeysError, NewerSchemaError, Store
from app.store.master_key import MasterKeyError
from app.terminal.failure import Failure


def settings_or_failure(data: Path | None = None) -> Settings:
    """The settings of the environment, with ``data`` instead of its folder."""
    try:
        settings = Settings() if data is None else Settings(data=data)
        settings.access  # noqa: B018 - reads the keys, which may be ill-formed
    except ValidationError as error:
        rows = error.errors(include_input=False, include_url=False, include_context=False)
        raise Failure(*(f"TERTIUS_{_name(row['loc'])}: {row['msg']}" for row in rows)) from None
    except UnicodeDecodeError:
        raise Failure("TERTIUS_KEYS_FILE: is not in UTF-8") from None
    except (OSError, ValueError) as error:
        raise Failure(f"TERTIUS_KEYS: {error}") from None
    return settings


async def check_store(settings: Settings) -> None:
    """Bring the tables of the service up to date; Failure if its database cannot be used."""
    async with opened_store(settings):
        pass


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[Store]:
    """The store of the service, its tables brought up to date, while the context lasts.

    Failure if its database cannot be used.
    """
    store = Store(settings)
    try:
        with database_or_failure(settings, "tertius.db"):
            await store.migrate()
            yield store
    finally:
        await store.close()


@contextmanager
def database_or_failure(settings: Settings, file: str) -> Iterator[None]:
    """Turn what keeps a database from being opened into a Failure with what to do.

    ``file`` is the embedded one, where no server is named. It is looked at beforehand, plainly: an
    asynchronous connection that cannot be opened leaves a thread, which may tell of it as well.
    """
    place = "TERTIUS_DATABASE_URL" if settings.database_url else str(settings.data / file)
    try:
        if settings.database_url is None:
            _look_at(settings.data / file)
        yield
    except NewerSchemaError:
        message = "written by a newer Tertius: run that one, or restore a backup made before it"
        raise Failure(f"{place}: {message}") from None
    except MasterKeyError as error:
        raise Failure(str(error)) from None
    except LostKeysError as error:
        message = f"{error}: put back the newest copy of the keys (docs/operations.md)"
        raise Failure(f"{place}: {message}") from None
    except sqlite3.Error as error:
        raise Failure(f"{place}: {database_advice(error)}") from None
    except DBAPIError as error:
        raise Failure(f"{place}: {database_advice(error.orig)}") from None


def _look_at(file: Path) -> None:
    """Raise what SQLite says of a file that is no database of its own."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")


ADVICE = {
    "SQLITE_NOTADB": "is no database: move it away, or name another folder",
    "SQLITE_CORRUPT": "is damaged: restore a backup",
    "SQLITE_CANTOPEN": "cannot be opened: its owner must be who runs this",
    "SQLITE_READONLY": "cannot be written: its owner must be who runs this",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk fails, or is full",
    "SQLITE_BUSY": "another program keeps it locked",
}
"""By the first two parts of SQLite's own name of an error."""


def database_advice(error: BaseException | None) -> str:
    """What keeps a database from being opened; never the driver's words, which can name users."""
    if not isinstance(error, sqlite3.Error):
        return "the server does not answer, or not to this user"
    name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
    return ADVICE.get(name, f"cannot be used ({name or type(error).__name__})")


def _name(where: tuple[int | str, ...]) -> str:
    return "_".join(str(step) for step in where).upper()
