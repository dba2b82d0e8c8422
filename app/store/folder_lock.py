"""The lock of a data folder: held by all who run on it, and alone by whoever exchanges it.

The system gives it back when its holder ends, however that came about.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "folder.lock"


@contextmanager
def hold_folder(folder: Path, *, alone: bool = False) -> Iterator[bool]:
    """Hold the folder while the context lasts, beside others or ``alone``; False if it is taken."""
    file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(file)
