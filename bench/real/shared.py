"""Where the shared data lie, and their tables row by row."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


class SharedDataAbsent(Exception):  # noqa: N818 - a fact about this machine
    """The folder of real data is not on this machine."""


def shared(*parts: str) -> Path:
    """The path of a shared file; refused where it is not to be found."""
    path = (ROOT / os.environ.get("TERTIUS_SHARED", "../shared")).joinpath(*parts)
    if not path.exists():
        raise SharedDataAbsent(f"{'/'.join(parts)}: no such shared file; see TERTIUS_SHARED")
    return path


def absent() -> bool:
    """Whether this machine has no shared data."""
    try:
        shared("data")
    except SharedDataAbsent:
        return True
    return False


def table(*parts: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file under `data` that names its columns."""
    with shared("data", *parts).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def records(*parts: str) -> Iterator[list[str]]:
    """The rows of a CSV file under `data` without a header."""
    with shared("data", *parts).open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
