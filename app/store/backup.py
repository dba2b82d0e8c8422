"""Backups of the embedded database: one file, made while the service runs, and put back from it.

Only ``tertius.db`` is in it, sealed as it is. The keys of events go to one file beside all backups,
which each of them replaces: a key that was wiped is then in no copy any more.

What the durable jobs' own database says of a solve, its row says too: solves that were under way
when the copy was made are begun again by the worker that finds the rows. A copy of both, made one
after the other, could say of a solve that it has ended and has not.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from pydantic import ValidationError

from app.store.engine import BUSY_SECONDS, NewerSchemaError, knows_revision
from app.store.folder_lock import LOCK, hold_folder
from app.store.key_ring import FILE as KEYS
from app.store.key_ring import NO_EVENT
from schemas.base import Wire

DATABASE = "tertius.db"
KEY_COPY = "tertius.keys"
"""What the copy of the keys is called, beside all backups."""
MANIFEST = "manifest.json"
FORMAT = 1
MOST_MANIFEST_BYTES = 4096
PACKING = 1
"""zlib's quickest: what is large in the database is packed already."""
BLOCK_BYTES = 2**20


class BackupError(Exception):
    """There is no backup, or none was restored: a sentence for people."""


class BackupManifest(Wire):
    """What a backup holds, as it is written beside it in the file."""

    format: int = FORMAT
    """How the file is laid out."""
    made_at: datetime
    """When the copy began: everything answered before is in it."""
    revision: str
    """Of which step of the migrations its tables are."""
    bytes: int
    """How large the database is."""
    sha256: str
    """The digest of the database, in hexadecimal."""


def make_backup(folder: Path, file: Path) -> BackupManifest:
    """Write the database in ``folder`` to ``file``, checked, whole or not at all.

    The keys of now, which open this backup and those before, replace those beside ``file``. The
    service may be running: its writers wait while pages are copied. BackupError if there is no
    database, if it is damaged, or if ``file`` is there already; OSError as it comes.
    """
    source = folder / DATABASE
    if not source.is_file():
        raise BackupError(f"{source}: there is no database to back up")
    _check_absent(file)
    _check_same_keys(folder / KEYS, file.parent / KEY_COPY)
    with TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as beside:
        made_at = datetime.now(UTC)
        copied = _copied(source, Path(beside) / DATABASE)
        manifest = BackupManifest(
            made_at=made_at,
            revision=_checked_revision(copied),
            bytes=copied.stat().st_size,
            sha256=_digest(copied),
        )
        packed = _packed(copied, manifest, Path(beside) / file.name)
        _check_absent(file)
        keys = _copied_keys(folder / KEYS, Path(beside) / KEYS)  # later than what they open
        packed.rename(file)
        if keys is not None:
            keys.replace(file.parent / KEY_COPY)
    _sync_folder(file.parent)
    return manifest


def restore_backup(file: Path, folder: Path, *, replace: bool = False) -> BackupManifest:
    """Put the database of a backup into ``folder``, once all of it was checked.

    What stood in a folder that is not empty is kept in a folder within, if it may ``replace`` it;
    but its keys stay in their place, being newer. A folder without has those beside the backup.
    BackupError if not, if the backup is none or damaged, or a service runs there;
    NewerSchemaError if this program is older than the backup.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(folder):
        if not replace and any(found.name != LOCK for found in folder.iterdir()):
            raise BackupError(f"{folder}: is not empty; name another folder, or say --replace")
        with TemporaryDirectory(dir=folder, prefix=".restoring-") as beside:
            manifest, database = _unpacked(file, Path(beside))
            _check_restored(file, manifest, database)
            _keep_aside(folder)
            _bring_keys(file.parent / KEY_COPY, folder / KEYS)
            database.replace(folder / DATABASE)
        _sync_folder(folder)
    return manifest


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    with hold_folder(folder, alone=True) as is_held:
        if not is_held:
            raise BackupError(f"{folder}: a service or a worker runs on it; stop it first")
        yield


def _check_absent(file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise BackupError(f"{file}: is there already; name another file")


def _check_same_keys(ours: Path, copy: Path) -> None:
    """Raise BackupError if the copy of keys that would be replaced is of others."""
    if copy.exists() and _first_key(copy) != _first_key(ours):
        raise BackupError(f"{copy}: holds the keys of another database; name another folder")


def _first_key(file: Path) -> object:
    if not file.exists():
        return None
    query = "SELECT wrapped FROM event_keys WHERE event_id = ?"
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        return connection.execute(query, (NO_EVENT,)).fetchone()


def _bring_keys(copy: Path, place: Path) -> None:
    if not place.exists():
        with TemporaryDirectory(dir=place.parent, prefix=".restoring-") as beside:
            keys = _copied_keys(copy, Path(beside) / KEYS)
            if keys is not None:
                keys.replace(place)


def _copied_keys(source: Path, copy: Path) -> Path | None:
    """The keys as they are at one moment; None where there are none yet."""
    if not source.exists():
        return None
    _copied(source, copy)
    with copy.open("rb") as opened:
        os.fsync(opened.fileno())
    return copy


def _copied(source: Path, copy: Path) -> Path:
    """The database as it is at one moment; all pages in one step, or each write would undo it."""
    copy.touch(mode=0o600)
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as ours,
        closing(sqlite3.connect(copy)) as theirs,
    ):
        theirs.execute("PRAGMA synchronous=OFF")  # what is packed of it is synced
        ours.backup(theirs)
    return copy


def _checked_revision(database: Path) -> str:
    """Of which step of the migrations a database is; BackupError unless all of it is sound."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        raise BackupError("the database is damaged, or none of Tertius") from None
    if found != [("ok",)] or dangling is not None:
        raise BackupError("the database is damaged")
    return str(revision)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _packed(database: Path, manifest: BackupManifest, file: Path) -> Path:
    with file.open("xb") as opened:
        file.chmod(0o600)
        with ZipFile(opened, "w", ZIP_DEFLATED, compresslevel=PACKING) as archive:
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
            archive.write(database, DATABASE)
        opened.flush()
        os.fsync(opened.fileno())
    return file


def _unpacked(file: Path, folder: Path) -> tuple[BackupManifest, Path]:
    """What a backup says of itself, and its database, unpacked into ``folder``."""
    database = folder / DATABASE
    try:
        with ZipFile(file) as archive:
            with archive.open(MANIFEST) as said:
                manifest = BackupManifest.model_validate_json(said.read(MOST_MANIFEST_BYTES))
            if archive.getinfo(DATABASE).file_size != manifest.bytes:
                raise BackupError(f"{file}: is damaged")
            database.touch(mode=0o600)
            with archive.open(DATABASE) as packed, database.open("wb") as opened:
                shutil.copyfileobj(packed, opened, BLOCK_BYTES)
                opened.flush()
                os.fsync(opened.fileno())
    except (BadZipFile, KeyError, ValidationError, ZlibError, EOFError, NotImplementedError):
        raise BackupError(f"{file}: is no backup of Tertius, or is damaged") from None
    return manifest, database


def _check_restored(file: Path, manifest: BackupManifest, database: Path) -> None:
    if manifest.format != FORMAT or not knows_revision(manifest.revision):
        raise NewerSchemaError
    if _digest(database) != manifest.sha256:
        raise BackupError(f"{file}: is damaged: its digest is another")
    if _checked_revision(database) != manifest.revision:
        raise BackupError(f"{file}: is not the backup that it says it is")


def _keep_aside(folder: Path) -> None:
    """Move what belongs to the old database into a folder of its own; itself stays till the end.

    The durable jobs go first: without them either database is sound, and with those of the other
    neither. The old database has a second name from then on, and loses its first to the new one.
    """
    old = folder / DATABASE
    files = [file for file in sorted(folder.glob("*.db*")) if not file.name.startswith(KEYS)]
    if not files:
        return
    aside = folder / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    aside.mkdir(mode=0o700)
    if old.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(old)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")  # undoes half a commit
        (aside / DATABASE).hardlink_to(old)
    for file in files:
        if file != old:
            file.rename(aside / file.name)
    _sync_folder(aside)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
