"""Backups: whole or not at all, checked before anything is put in place, the old kept aside."""

import asyncio
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.planning.document import write_event
from app.settings import Settings
from app.store import events
from app.store.backup import (
    DATABASE,
    KEY_COPY,
    MANIFEST,
    BackupError,
    make_backup,
    restore_backup,
)
from app.store.engine import NewerSchemaError, Store
from app.store.folder_lock import LOCK, hold_folder
from app.store.key_ring import FILE as KEYS
from schemas.event import Event
from tests.api import TWO


async def stored(folder: Path, name: str) -> None:
    """A folder with a database, and one event more in it."""
    store = Store(Settings(data=folder))
    await store.migrate()
    async with store.write() as connection:
        event = Event.model_validate(TWO | {"name": name}, strict=False)
        await events.add(connection, "acme", write_event(event))
    await store.close()


def names_in(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM events ORDER BY id")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(stored(tmp_path / "data", "first"))
    return tmp_path / "data"


@pytest.fixture
def file(data: Path, tmp_path: Path) -> Path:
    make_backup(data, tmp_path / "one.backup")
    return tmp_path / "one.backup"


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != LOCK
    }


def test_a_backup_holds_what_was_there_and_not_what_came_later(
    data: Path, file: Path, tmp_path: Path
) -> None:
    asyncio.run(stored(data, "second"))
    restore_backup(file, tmp_path / "new")
    assert names_in(tmp_path / "new" / DATABASE) == ["first"]
    assert names_in(data / DATABASE) == ["first", "second"]


def test_a_backup_is_one_private_file_and_nothing_is_left_beside_it(
    file: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / KEY_COPY).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"data", file.name, KEY_COPY}
    restore_backup(file, tmp_path / "new")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {DATABASE, KEYS, LOCK}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_keys_are_in_one_copy_beside_all_backups(data: Path, file: Path, tmp_path: Path) -> None:
    before = (tmp_path / KEY_COPY).read_bytes()
    asyncio.run(stored(data, "second"))
    make_backup(data, tmp_path / "two.backup")
    assert (tmp_path / KEY_COPY).read_bytes() != before
    kept = (data / KEYS).read_bytes()
    restore_backup(file, data, replace=True)
    assert (data / KEYS).read_bytes() == kept


def test_the_copy_of_the_keys_of_another_database_is_left_alone(file: Path, tmp_path: Path) -> None:
    asyncio.run(stored(tmp_path / "other", "first"))
    before = (tmp_path / KEY_COPY).read_bytes()
    with pytest.raises(BackupError, match="keys of another database"):
        make_backup(tmp_path / "other", tmp_path / "two.backup")
    assert (tmp_path / KEY_COPY).read_bytes() == before
    assert not (tmp_path / "two.backup").exists()


def test_a_file_that_is_there_is_never_overwritten(data: Path, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(BackupError, match="is there already"):
        make_backup(data, file)
    assert file.read_bytes() == before


def test_a_folder_without_a_database_cannot_be_backed_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no database"):
        make_backup(tmp_path, tmp_path / "x.backup")
    assert not any(tmp_path.iterdir())


def test_a_damaged_database_is_told_of_when_it_is_backed_up(data: Path, tmp_path: Path) -> None:
    database = data / DATABASE
    content = bytearray(database.read_bytes())
    content[8192:40960] = b"\xff" * (40960 - 8192)
    database.write_bytes(content)
    with pytest.raises((BackupError, sqlite3.DatabaseError), match=r"damaged|malformed"):
        make_backup(data, tmp_path / "x.backup")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


def test_a_folder_with_something_in_it_is_left_as_it_is(data: Path, file: Path) -> None:
    before = everything(data)
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(file, data)
    assert everything(data) == before


def test_what_is_replaced_is_kept_aside_with_its_jobs(data: Path, file: Path) -> None:
    asyncio.run(stored(data, "second"))
    (data / "dbos.db").write_bytes(b"jobs")
    (data / "notes.txt").write_text("mine")
    before = (data / DATABASE).read_bytes()
    restore_backup(file, data, replace=True)
    (aside,) = data.glob("replaced-*")
    assert (aside / DATABASE).read_bytes() == before
    assert (aside / "dbos.db").read_bytes() == b"jobs"
    assert names_in(data / DATABASE) == ["first"]
    assert not (data / "dbos.db").exists()
    assert (data / "notes.txt").read_text() == "mine"


def test_jobs_without_a_database_are_kept_aside_too(data: Path, file: Path) -> None:
    (data / DATABASE).rename(data / "dbos.db")
    restore_backup(file, data, replace=True)
    assert not (data / "dbos.db").exists()
    assert names_in(data / DATABASE) == ["first"]


@pytest.mark.parametrize("replace", [False, True])
def test_nothing_is_restored_below_a_running_service(data: Path, file: Path, replace: bool) -> None:
    before = everything(data)
    with hold_folder(data), pytest.raises(BackupError, match="runs on it"):
        restore_backup(file, data, replace=replace)
    assert everything(data) == before


def test_no_service_starts_below_a_restore(data: Path) -> None:
    with hold_folder(data, alone=True), hold_folder(data) as is_held:
        assert not is_held
    with hold_folder(data) as first, hold_folder(data) as second:
        assert first
        assert second


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def one_byte_changed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def no_archive(file: Path) -> None:
    file.write_text("Dear diary")


def with_database(change: str) -> Callable[[Path], None]:
    """Spoil the database within, and leave the manifest as it is."""

    def spoil(file: Path) -> None:
        folder = file.parent / "unpacked"
        with ZipFile(file) as archive:
            archive.extractall(folder)
        with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
            connection.execute(change)
        packed_again(file, folder)

    return spoil


def packed_again(file: Path, folder: Path) -> None:
    with ZipFile(file, "w") as archive:
        for name in (MANIFEST, DATABASE):
            archive.write(folder / name, name)
    shutil.rmtree(folder)


def without_manifest(file: Path) -> None:
    with ZipFile(file, "w") as archive:
        archive.writestr(DATABASE, b"")


SPOILT = (
    cut_short,
    one_byte_changed,
    no_archive,
    without_manifest,
    with_database("UPDATE events SET organisation = 'others'"),
)


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("replace", [False, True])
def test_a_backup_that_is_damaged_changes_nothing(
    data: Path, file: Path, tmp_path: Path, spoil: Callable[[Path], None], replace: bool
) -> None:
    spoil(file)
    folder = data if replace else tmp_path / "new"
    before = everything(folder)
    with pytest.raises(BackupError, match="damaged"):
        restore_backup(file, folder, replace=replace)
    assert everything(folder) == before


@pytest.mark.parametrize(
    ("said", "instead"), [('"format": 1', '"format": 2'), ('"revision": "', '"revision": "9')]
)
def test_a_backup_of_a_newer_program_is_refused(
    file: Path, tmp_path: Path, said: str, instead: str
) -> None:
    folder = tmp_path / "unpacked"
    with ZipFile(file) as archive:
        archive.extractall(folder)
    text = (folder / MANIFEST).read_text()
    assert said in text
    (folder / MANIFEST).write_text(text.replace(said, instead))
    packed_again(file, folder)
    with pytest.raises(NewerSchemaError):
        restore_backup(file, tmp_path / "new")
    assert everything(tmp_path / "new") == {}
