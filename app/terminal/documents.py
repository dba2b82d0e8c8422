"""Documents as files: read with every fault told in words, written whole or not at all.

``-`` is standard input and standard output. What is told never repeats a value of a document.
"""

import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json

from app.errors import Refused
from app.strict_json import parse_document
from app.terminal.failure import Failure
from schemas.edit import ScheduleEdits
from schemas.event import Event
from schemas.incident import Incidents
from schemas.problem import ProblemError
from schemas.schedule import Schedule

Document = TypeVar("Document", bound=BaseModel)
STANDARD = Path("-")


def read_file(model: type[Document], path: Path) -> Document:
    """The document in ``path``, valid."""
    raw = file_bytes(path).removeprefix(BOM_UTF8)
    try:
        return parse_document(TypeAdapter(model), raw)
    except Refused as refusal:
        if other := _other_kind(model, raw):
            needed = next((told for told, kind in KINDS.items() if kind is model), "another file")
            raise Failure(f"{place_in(path)}: this is {other}; {needed} is needed here") from None
        raise failure_of(path, refusal) from None


KINDS: Mapping[str, type[BaseModel]] = {
    "an event": Event,
    "a schedule": Schedule,
    "a list of incidents": Incidents,
    "a list of edits": ScheduleEdits,
}
"""Documents that commands read, and could be taken for each other."""


def _other_kind(model: type[BaseModel], raw: bytes) -> str | None:
    """What a document is that has fields which no ``model`` has: the kind that has all of them."""
    with suppress(ValueError):
        names = {*from_json(raw)} if raw.lstrip()[:1] == b"{" else set[str]()
        for told, kind in KINDS.items():
            if not names <= model.model_fields.keys() and names <= kind.model_fields.keys():
                return told
    return None


def failure_of(path: Path, refusal: Refused) -> Failure:
    """What is wrong with the document in ``path``, a line for each error."""
    lines = [f"{place_in(path)}: {_line(error)}" for error in refusal.errors]
    return Failure(*lines)


def place_in(path: Path) -> str:
    """A file as people call it."""
    return "standard input" if path == STANDARD else str(path)


def check_writable(path: Path) -> None:
    """Refuse a place that cannot be written before any work is done for it."""
    if path == STANDARD:
        return
    target = path.resolve()
    folder = target.parent
    if target.is_dir():
        raise Failure(f"{path}: is a folder; a file is needed")
    if not folder.is_dir():
        raise Failure(f"{path}: there is no folder {folder}")
    if not os.access(target if target.exists() else folder, os.W_OK):
        raise Failure(f"{path}: may not be written")


def write_file(document: BaseModel, path: Path, as_given: bool = False) -> None:
    """Write ``document`` as JSON; a reader of ``path`` sees the old file or the whole new one.

    With ``as_given`` defaults that nobody stated are left out.
    """
    text = document.model_dump_json(by_alias=True, indent=2, exclude_unset=as_given) + "\n"
    write_parts((text,), path)


def write_parts(parts: Iterable[str], path: Path) -> None:
    """Write a text that comes in parts, as ``write_file`` does."""
    if path == STANDARD:
        sys.stdout.writelines(parts)
        sys.stdout.flush()
    else:
        _replace_or_fail(path, (part.encode() for part in parts))


def write_bytes(content: bytes, path: Path) -> None:
    """Write what is no text of ours, as ``write_file`` does."""
    if path == STANDARD:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        _replace_or_fail(path, (content,))


def _replace_or_fail(path: Path, parts: Iterable[bytes]) -> None:
    try:
        _replace(path.resolve(), parts)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None


def file_bytes(path: Path) -> bytes:
    """What is in a file, or comes on standard input."""
    if path == STANDARD:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None


def _replace(target: Path, parts: Iterable[bytes]) -> None:
    """Write beside the target and rename; what is no plain file (a pipe) is written in place."""
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            file.writelines(parts)
        return
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with new.open("xb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _line(error: ProblemError) -> str:
    told = f"{error.pointer}: {error.message}" if error.pointer else error.message
    return f"{told} ({error.id})" if error.id else told
