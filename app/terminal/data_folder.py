"""The data folder as a process finds it when it starts: to be written, and read by nobody else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

import structlog

from app.store.folder_lock import hold_folder
from app.terminal.failure import Failure

OTHERS = 0o077
"""What the mode of a file grants to anybody but its owner."""
OURS = ("*.db", "*.db-journal", "embeddings.sqlite3*", "worker-*")

log = structlog.get_logger(__name__)


def open_data_folder(folder: Path) -> None:
    """Make the folder if there is none; all that this process writes from now on is private.

    So is what an earlier release has left there. A folder into which others may look is told of,
    and used. Raises Failure if there can be no folder, or nothing be written to it.
    """
    os.umask(OTHERS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except (FileExistsError, NotADirectoryError):
        raise Failure(f"TERTIUS_DATA: {folder} is or lies in a file: name a folder") from None
    except OSError as error:
        reason = f"{folder} cannot be written: {os.strerror(error.errno or 0)}"
        raise Failure(f"TERTIUS_DATA: {reason}: its owner must be who runs this") from None
    for pattern in OURS:
        for file in folder.glob(pattern):
            with suppress(OSError):  # another user's, who has to see to it
                file.chmod(file.stat().st_mode & ~OTHERS)
    if folder.stat().st_mode & OTHERS:
        log.warning("others may look into the data folder", advice=f"chmod 700 {folder.absolute()}")


@contextmanager
def folder_in_use(folder: Path) -> Iterator[None]:
    """Keep others from exchanging what is in the folder; Failure while somebody does."""
    with hold_folder(folder) as is_held:
        if not is_held:
            raise Failure(
                f"TERTIUS_DATA: {folder} is being restored: start again when that is done"
            )
        yield
