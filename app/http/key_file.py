"""The file of keys: read again when it has changed."""

import asyncio
from collections.abc import Set
from pathlib import Path

import structlog

from app.http.keys import Keys
from app.http.visitors import Visitors
from app.settings import Settings

SECONDS_BETWEEN_LOOKS = 1.0

Mark = tuple[int, int, int]

log = structlog.get_logger(__name__)


async def watch_keys(settings: Settings, keys: Keys, visitors: Visitors) -> None:
    """Have ``keys`` as the file has them; connections of those that are gone are closed.

    A file that has just changed may be half written: it is read when it has rested for one look.
    One that cannot be read, or holds no key, changes nothing.
    """
    if settings.keys_file is None:
        return
    seen = taken = None
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        before, seen = seen, _mark(settings.keys_file)
        if seen == before != taken:
            taken = seen
            visitors.dismiss(_renew(settings, keys))


def _renew(settings: Settings, keys: Keys) -> Set[bytes]:
    """Read the file; tells the digests of keys that are good no more."""
    try:
        gone = keys.renew(settings.read_keys())
    except (OSError, ValueError) as error:  # of which the text could show what the file holds
        told = "the file of keys cannot be taken: the last good keys stay"
        log.warning(told, error=type(error).__name__)
        return set()
    log.info("the file of keys was read again")
    return gone


def _mark(file: Path) -> Mark | None:
    """What changes whenever the file does; None if it is not there."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
