"""The data folder: private where it is ours to make, told of where it is not, or refused."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import configure_logging
from app.terminal.data_folder import open_data_folder
from app.terminal.failure import Failure


@pytest.fixture(autouse=True)
def _as_started() -> Iterator[None]:
    """The umask that most systems have, and warnings that are told; given back afterwards."""
    before = os.umask(0o022)
    configure_logging("warning")
    yield
    configure_logging("error")
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_is_made_is_private(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_data_folder(tmp_path / "some" / "where")
    assert mode(tmp_path / "some") == mode(tmp_path / "some" / "where") == 0o700
    assert capsys.readouterr().err == ""


def test_what_is_written_later_is_private(tmp_path: Path) -> None:
    open_data_folder(tmp_path / "data")
    (tmp_path / "data" / "later").touch()
    assert mode(tmp_path / "data" / "later") == 0o600


def test_what_an_earlier_release_left_open_is_closed_and_the_rest_left_alone(
    tmp_path: Path,
) -> None:
    ours = ("tertius.db", "dbos.db", "tertius.db-journal", "worker-1.lock", "embeddings.sqlite3")
    for name in (*ours, "notes.txt"):
        (tmp_path / name).touch()
    open_data_folder(tmp_path)
    assert {mode(tmp_path / name) for name in ours} == {0o600}
    assert mode(tmp_path / "notes.txt") == 0o644


def test_a_folder_that_others_may_look_into_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o755)
    open_data_folder(tmp_path)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["advice"] == f"chmod 700 {tmp_path}"
    assert mode(tmp_path) == 0o755


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "data"):
        with pytest.raises(Failure, match="name a folder"):
            open_data_folder(place)


def test_a_place_where_nothing_can_be_written_is_refused() -> None:
    for place in ("/proc", "/proc/tertius", f"/tmp/{'x' * 300}"):
        with pytest.raises(Failure, match=r"TERTIUS_DATA: .* cannot be written"):
            open_data_folder(Path(place))
