"""Backup and restore as commands: what was done, or one sentence that says why not."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from app.settings import Settings
from app.store.backup import DATABASE
from app.store.engine import Store
from app.terminal.backups import back_up, restore_from
from app.terminal.failure import BAD_INPUT, Failure

pytestmark = pytest.mark.anyio


@pytest.fixture
async def data(anyio_backend: str, tmp_path: Path) -> Path:
    store = Store(Settings(data=tmp_path / "data"))
    await store.migrate()
    await store.close()
    return tmp_path / "data"


async def test_what_was_written_and_restored_is_told(data: Path, tmp_path: Path) -> None:
    told = back_up(data, tmp_path / "one.backup")
    assert told.startswith(f"{tmp_path / 'one.backup'}: the database as of 20")
    told = restore_from(tmp_path / "one.backup", tmp_path / "new", replace=False)
    assert told.startswith(f"{tmp_path / 'new'}: restored the database as of 20")
    assert (tmp_path / "new" / DATABASE).is_file()


async def test_a_server_is_left_to_its_own_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERTIUS_DATABASE_URL", "postgresql://somebody:hush@127.0.0.1:1/x")
    with pytest.raises(Failure, match="is backed up by pg_dump: see docs/"):
        back_up(None, tmp_path / "one.backup")
    with pytest.raises(Failure, match="is restored by pg_restore: see docs/"):
        restore_from(tmp_path / "one.backup", None, replace=True)


async def test_what_keeps_it_from_being_done_is_one_sentence(data: Path, tmp_path: Path) -> None:
    file, other, folder = tmp_path / "one.backup", tmp_path / "x.backup", tmp_path / "new"
    back_up(data, file)
    restore = partial(restore_from, replace=False)
    refused("already", back_up, data, file)
    refused("no database", back_up, tmp_path / "none", other)
    refused("there is no folder", back_up, data, tmp_path / "no" / "x.backup")
    refused("not empty", restore, file, data)
    refused("No such file", restore, tmp_path / "none.backup", folder)
    refused("Is a directory", restore, tmp_path, folder)
    (data / DATABASE).write_bytes(b"Dear diary, " * 500)
    refused("is no database", back_up, data, other)


def refused(words: str, command: Callable[[Path, Path], str], one: Path, other: Path) -> None:
    with pytest.raises(Failure, match=words) as failure:
        command(one, other)
    assert failure.value.exit_code == BAD_INPUT
    assert len(failure.value.lines) == 1
