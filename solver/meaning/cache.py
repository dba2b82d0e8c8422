"""Rows of texts remembered by hash, in memory and, if asked, in a file; texts are never kept.

The file is one SQLite table that any number of processes may share. It is a help and no more:
whatever is wrong with it, rows are computed again.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import Lock

import numpy as np

from solver.meaning.similarity import Encoder, Rows, plain_text

Known = dict[bytes, bytes]
"""Rows by hash, as bytes of float32."""


class CachingEncoder:
    """An encoder that asks ``encoder`` only for texts it has not met; ``name`` tells rows apart."""

    def __init__(
        self, encoder: Encoder, name: str, folder: Path | None = None, size: int = 50_000
    ) -> None:
        self._encoder, self._name, self._size = encoder, name, size
        self._table = VectorTable(folder / "embeddings.sqlite3") if folder else None
        self._memory: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Rows:
        """Give each text its row, as ``encoder`` would."""
        spelled = [plain_text(text) for text in texts]
        wanted = {self._key(text): text for text in spelled}
        with self._lock:
            known = self._recall(wanted)
            known |= self._learn({key: wanted[key] for key in wanted.keys() - known.keys()})
            self._keep(known)
        rows = [np.frombuffer(known[self._key(text)], np.float32) for text in spelled]
        return np.array(rows, np.float32)

    def load(self) -> None:
        """Have the encoder at hand before a text comes that it has not met; nothing is kept."""
        self._encoder.encode(["loaded"])

    def _key(self, text: str) -> bytes:
        return sha256(f"{self._name}\n{text}".encode()).digest()

    def _recall(self, wanted: Iterable[bytes]) -> Known:
        known = {key: self._memory[key] for key in wanted if key in self._memory}
        unknown = [key for key in wanted if key not in known]
        if self._table and unknown:
            known |= self._table.read(unknown)
        return known

    def _learn(self, unknown: Mapping[bytes, str]) -> Known:
        if not unknown:
            return {}
        keys = sorted(unknown)
        rows = self._encoder.encode([unknown[key] for key in keys])
        learned = {key: row.tobytes() for key, row in zip(keys, rows, strict=True)}
        if self._table:
            self._table.write(learned)
        return learned

    def _keep(self, known: Known) -> None:
        for key, row in known.items():
            self._memory[key] = row
            self._memory.move_to_end(key)
        while len(self._memory) > self._size:
            self._memory.popitem(last=False)


class VectorTable:
    """Rows by hash in an SQLite file; a file that cannot be used is as good as an empty one."""

    # The rollback journal, SQLite's default, is the one that several processes share safely with
    # every release: write-ahead logs could be damaged by concurrent checkpoints before 3.51.3.

    BATCH = 500

    def __init__(self, path: Path, patience: float = 5.0) -> None:
        self._path, self._patience = path, patience

    def read(self, keys: Iterable[bytes]) -> Known:
        """Give the rows of the keys that are there."""
        wanted, known = list(keys), Known()
        with suppress(sqlite3.Error, OSError), self._open() as connection:
            for start in range(0, len(wanted), self.BATCH):
                batch = wanted[start : start + self.BATCH]
                marks = ",".join("?" * len(batch))
                rows = connection.execute(
                    f"SELECT hash, row FROM embedding WHERE hash IN ({marks})",  # noqa: S608
                    batch,
                )
                known.update(rows)
        return known

    def write(self, rows: Known) -> None:
        """Add rows; what is there already stays."""
        with suppress(sqlite3.Error, OSError), self._open() as connection, connection:
            connection.executemany("INSERT OR IGNORE INTO embedding VALUES (?, ?)", rows.items())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=self._patience)) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS embedding (hash BLOB PRIMARY KEY, row BLOB NOT NULL)"
                " WITHOUT ROWID"
            )
            yield connection
