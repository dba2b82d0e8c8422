"""The master key: from the environment, from a file, or made where the embedded database lies."""

import os
import secrets
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.settings import Settings

BYTES = 32
FILE = "master.key"
OTHERS = 0o077
"""What the mode of a file grants to anybody but its owner."""


class MasterKeyError(Exception):
    """There is no usable master key: the message says why, and never shows one."""


def read_master_key(settings: Settings) -> bytes:
    """The 32 bytes that every key of an event is wrapped with; MasterKeyError without them.

    Where nothing is set, the embedded database has a file ``master.key`` beside it. A server does
    not: several machines share it, and each would make a key of its own.
    """
    if settings.master_key is not None:
        return _decoded(settings.master_key.get_secret_value(), "TERTIUS_MASTER_KEY")
    if settings.master_key_file is not None:
        return _in_file(settings.master_key_file)
    if settings.database_url is not None:
        raise MasterKeyError(
            "TERTIUS_MASTER_KEY or TERTIUS_MASTER_KEY_FILE: must be set with TERTIUS_DATABASE_URL, "
            "the same for all processes: 32 random bytes in base64 (openssl rand -base64 32)"
        )
    file = settings.data / FILE
    if not file.exists():
        raise MasterKeyError(
            f"{file} is missing: put it back, or set TERTIUS_MASTER_KEY or TERTIUS_MASTER_KEY_FILE"
        )
    return _in_file(file)


def make_master_key(settings: Settings) -> None:
    """Make the file beside the embedded database, if that is where the key is to be."""
    is_set = settings.master_key is not None or settings.master_key_file is not None
    file = settings.data / FILE
    if not is_set and settings.database_url is None and not file.exists():
        _make(file)


def _in_file(file: Path) -> bytes:
    place = f"the master key {file}"
    try:
        if file.stat().st_mode & OTHERS:
            raise MasterKeyError(f"{place} can be read by others: chmod 600 {file}")
        return _decoded(file.read_text(encoding="ascii"), place)
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyError(f"{place} cannot be read ({type(error).__name__})") from None


def _decoded(text: str, place: str) -> bytes:
    try:
        key = b64decode(text.strip(), validate=True)
    except (NoBase64, ValueError):
        key = b""
    if len(key) != BYTES:
        raise MasterKeyError(f"{place} must be 32 random bytes in base64 (openssl rand -base64 32)")
    return key


def _make(file: Path) -> None:
    """A new key, in the file at once and whole; whoever starts at the same time uses the same."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix="master-", mode="wb") as new:  # of mode 0600
        new.write(b64encode(secrets.token_bytes(BYTES)) + b"\n")
        new.flush()
        os.fsync(new.fileno())
        with suppress(FileExistsError):
            os.link(new.name, file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
