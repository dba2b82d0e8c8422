"""What is remembered is what was computed, whoever asks, and whatever happens to the file."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from solver.meaning.cache import CachingEncoder, VectorTable
from tests.solver.compatibility.words import HandEncoder
from tests.solver.meaning.encoders import DEAF

TEXTS = ["flowers", "a new web site", "Vans"]


def test_a_text_is_encoded_once_and_its_row_stays_the_same() -> None:
    words = HandEncoder()
    remembering = CachingEncoder(words, "words")
    first = remembering.encode(TEXTS)
    again = remembering.encode([*TEXTS, "FLOWERS ", *TEXTS])
    assert sorted(words.asked) == ["a new web site", "flowers", "vans"]
    assert (again[:3] == first).all()
    assert (again[3] == first[0]).all()
    assert (again[4:] == first).all()


def test_rows_come_back_from_the_file_without_the_encoder(tmp_path: Path) -> None:
    first = CachingEncoder(HandEncoder(), "words", tmp_path / "rows").encode(TEXTS)
    assert (CachingEncoder(DEAF, "words", tmp_path / "rows").encode(TEXTS) == first).all()


def test_rows_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    CachingEncoder(HandEncoder(), "words", tmp_path).encode(TEXTS)
    with pytest.raises(AssertionError, match="asked for 3 texts"):
        CachingEncoder(DEAF, "deaf", tmp_path).encode(TEXTS)


def test_the_file_holds_no_text(tmp_path: Path) -> None:
    CachingEncoder(HandEncoder(), "words", tmp_path).encode(["ransomware"])
    files = list(tmp_path.iterdir())
    assert files
    assert not any(b"ransomware" in file.read_bytes() for file in files)


def test_memory_keeps_the_texts_used_last() -> None:
    words = HandEncoder()
    remembering = CachingEncoder(words, "words", size=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        remembering.encode([text])
    assert words.asked == ["a", "b", "c", "b"]


def test_more_texts_than_memory_holds_are_still_answered() -> None:
    remembering = CachingEncoder(HandEncoder(), "words", size=2)
    rows = remembering.encode(list("abcdef"))
    assert (rows @ rows.T == np.eye(6)).all()
    assert (remembering.encode(list("fedcba")) @ rows.T == np.eye(6)[::-1]).all()


@pytest.mark.parametrize("content", [b"no database at all, but long enough " * 200, b"SQLite"])
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "embeddings.sqlite3").write_bytes(content)
    rows = CachingEncoder(HandEncoder(), "words", tmp_path).encode(TEXTS)
    assert (rows == CachingEncoder(HandEncoder(), "words").encode(TEXTS)).all()


def test_a_folder_that_cannot_be_made_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert len(CachingEncoder(HandEncoder(), "words", tmp_path / "file").encode(TEXTS)) == 3


def test_a_file_in_use_does_not_stop_anybody(tmp_path: Path) -> None:
    table = VectorTable(tmp_path / "embeddings.sqlite3", patience=0.1)
    table.write({b"key": b"row"})
    other = sqlite3.connect(tmp_path / "embeddings.sqlite3")
    other.execute("BEGIN EXCLUSIVE")
    table.write({b"other": b"row"})
    assert table.read([b"key"]) == {}
    other.close()
    assert table.read([b"key", b"other"]) == {b"key": b"row"}


def test_a_process_killed_while_writing_leaves_whole_rows_or_none(tmp_path: Path) -> None:
    file = tmp_path / "embeddings.sqlite3"
    VectorTable(file).write({b"before": b"row"})
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from solver.meaning.cache import VectorTable\n"
        "def rows():\n"
        "    for k in range(5000): yield k.to_bytes(4), bytes(1500)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "class Rows(dict):\n"
        "    def items(self): return rows()\n"
        "VectorTable(Path(sys.argv[1])).write(Rows())\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(file)], check=False, cwd=Path.cwd())
    assert run.returncode == -signal.SIGKILL
    table = VectorTable(file)
    assert table.read([b"before", (7).to_bytes(4)]) == {b"before": b"row"}
    table.write({b"after": b"row"})
    assert table.read([b"after"]) == {b"after": b"row"}
