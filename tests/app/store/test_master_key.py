"""The master key: one that is set, one in a private file, one that is made; nothing else."""

from base64 import b64encode
from pathlib import Path

import pytest

from app.settings import Settings
from app.store.engine import Store
from app.store.master_key import FILE, MasterKeyError, make_master_key, read_master_key

KEY = bytes(range(32))
TEXT = b64encode(KEY).decode()


def settings(folder: Path, **values: object) -> Settings:
    return Settings(data=folder, **values)  # type: ignore[arg-type]


def test_it_is_read_from_the_environment_or_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{TEXT}\n")
    file.chmod(0o600)
    assert read_master_key(settings(tmp_path, master_key=TEXT)) == KEY
    assert read_master_key(settings(tmp_path, master_key_file=file)) == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(TEXT)
    file.chmod(mode)
    with pytest.raises(MasterKeyError, match="can be read by others: chmod 600"):
        read_master_key(settings(tmp_path, master_key_file=file))


@pytest.mark.parametrize(
    "text", ["", "hush", TEXT[:-4], f"{TEXT}{TEXT}", "ü" * 43, TEXT[:-2] + "!="]
)
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    file.chmod(0o600)
    for wrong in (settings(tmp_path, master_key=text), settings(tmp_path, master_key_file=file)):
        with pytest.raises(MasterKeyError) as refused:
            read_master_key(wrong)
        assert not text or text not in str(refused.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="none cannot be read"):
        read_master_key(settings(tmp_path, master_key_file=tmp_path / "none"))
    with pytest.raises(MasterKeyError, match="is missing: put it back"):
        read_master_key(settings(tmp_path))


def test_one_is_made_beside_the_embedded_database_once(tmp_path: Path) -> None:
    ours = settings(tmp_path / "data")
    make_master_key(ours)
    made = read_master_key(ours)
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
    make_master_key(ours)
    assert read_master_key(ours) == made
    assert [path.name for path in (tmp_path / "data").iterdir()] == [FILE]
    make_master_key(settings(tmp_path / "other"))
    assert read_master_key(settings(tmp_path / "other")) != made


def test_with_a_server_it_must_be_set(tmp_path: Path) -> None:
    ours = settings(tmp_path, database_url="postgresql://x@127.0.0.1:1/x")
    make_master_key(ours)
    with pytest.raises(MasterKeyError, match="must be set with TERTIUS_DATABASE_URL"):
        read_master_key(ours)
    assert not (tmp_path / FILE).exists()


@pytest.mark.anyio
async def test_another_master_key_is_told_of_and_nothing_is_changed(tmp_path: Path) -> None:
    store = Store(settings(tmp_path))
    await store.migrate()
    await store.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = Store(settings(tmp_path, master_key=TEXT))
    with pytest.raises(MasterKeyError, match="is not the master key"):
        await other.migrate()
    await other.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
