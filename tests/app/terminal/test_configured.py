"""Databases that cannot be used are told of in words, with what to do."""

import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.terminal.configured import check_store
from app.terminal.failure import BAD_INPUT, Failure
from tests.databases import settings_on
from tests.processes import site, until

pytestmark = pytest.mark.anyio


def newer(file: Path) -> None:
    """Have the tables of a release to come."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
        connection.execute("DELETE FROM alembic_version")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def no_database(file: Path) -> None:
    file.write_bytes(b"Dear diary, " * 500)


def damaged(file: Path) -> None:
    """Keep the head and lose the rest."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


def folder(file: Path) -> None:
    file.mkdir()


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "newer": (newer, "newer Tertius"),
    "no database": (no_database, "is no database"),
    "damaged": (damaged, "restore a backup"),
    "a folder": (folder, "cannot be opened"),
}


@pytest.mark.parametrize(("spoil", "words"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_database_that_cannot_be_used_is_told_of(
    spoil: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    spoil(tmp_path / "tertius.db")
    with pytest.raises(Failure, match=words) as failure:
        await check_store(Settings(data=tmp_path))
    assert str(failure.value).startswith(f"{tmp_path / 'tertius.db'}: ")
    assert failure.value.exit_code == BAD_INPUT


async def test_a_newer_database_is_left_as_it_is(tmp_path: Path) -> None:
    newer(tmp_path / "tertius.db")
    before = (tmp_path / "tertius.db").read_bytes()
    with pytest.raises(Failure):
        await check_store(Settings(data=tmp_path))
    assert (tmp_path / "tertius.db").read_bytes() == before


async def test_a_newer_postgres_is_refused_too(postgres: str, tmp_path: Path) -> None:
    settings = settings_on(postgres, tmp_path)
    await check_store(settings)
    with psycopg.connect(settings.jobs_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Failure, match="TERTIUS_DATABASE_URL: written by a newer"):
        await check_store(settings)


async def test_a_server_that_is_not_there_is_told_of_without_its_secrets(tmp_path: Path) -> None:
    url = "postgresql://somebody:hush-hush@127.0.0.1:1/x"
    with pytest.raises(Failure, match="does not answer") as failure:
        await check_store(Settings(data=tmp_path, database_url=url))  # type: ignore[arg-type]
    assert "hush" not in str(failure.value)
    assert "somebody" not in str(failure.value)


async def test_a_server_needs_a_master_key_and_always_the_same(
    postgres: str, tmp_path: Path
) -> None:
    settings = settings_on(postgres, tmp_path)
    without = settings.model_copy(update={"master_key": None})
    with pytest.raises(Failure, match="TERTIUS_MASTER_KEY_FILE: must be set"):
        await check_store(without)
    with psycopg.connect(settings.jobs_url) as connection:
        schemas = connection.execute("SELECT schema_name FROM information_schema.schemata")
        assert "tertius_keys" not in {name for (name,) in schemas}
    await check_store(settings)
    other = settings.model_copy(update={"master_key": SecretStr(b64encode(bytes(32)).decode())})
    with pytest.raises(Failure, match="is not the master key that this data was sealed with"):
        await check_store(other)
    await check_store(settings)


async def test_keys_that_are_missing_are_told_of(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    await check_store(settings)
    (tmp_path / "keys.db").rename(tmp_path / "moved.db")
    with pytest.raises(Failure, match=r"put back the newest copy of the keys"):
        await check_store(settings)
    (tmp_path / "moved.db").rename(tmp_path / "keys.db")
    (tmp_path / "master.key").rename(tmp_path / "moved.key")
    with pytest.raises(Failure, match=r"master\.key is missing: put it back"):
        await check_store(settings)
    assert not (tmp_path / "master.key").exists()


COMMANDS = {"serve": ("serve", "--port", "0", "--workers", "0"), "worker": ("worker",)}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
@pytest.mark.parametrize("fault", ["newer", "no database"])
def test_no_process_starts_on_it_and_none_shows_a_traceback(
    command: tuple[str, ...], fault: str, tmp_path: Path
) -> None:
    spoil, words = FAULTS[fault]
    spoil(tmp_path / "tertius.db")
    with site(Settings(data=tmp_path)) as place:
        process = place.start(*command)
        assert until(lambda: process.process.poll() is not None)
        told = process.log.read_text()
    assert process.process.returncode == BAD_INPUT, told
    assert words in told
    assert "Traceback" not in told
    assert len([line for line in told.splitlines() if "data folder" not in line]) == 1


def test_a_worker_that_cannot_begin_is_tried_ever_more_rarely_and_the_api_says_so(
    tmp_path: Path,
) -> None:
    no_database(tmp_path / "dbos.db")
    with site(Settings(data=tmp_path)) as place:
        api, client = place.api()
        until(lambda: len(api.logged(event="worker ended", code=BAD_INPUT)) >= 2)
        reason = api.logged(event="worker cannot begin")[0]["reason"]
        assert f"{tmp_path / 'dbos.db'}: is no database" in reason
        answer = client.http.get("/readyz")
        assert (answer.status_code, answer.json()["worker"]) == (503, False)
        assert "Traceback" not in api.log.read_text()
