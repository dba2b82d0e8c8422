"""What a file is read for, and what comes of it: all that the api knows of imports.

Reading itself is done by a child: a file can be hostile, and takes time and memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.errors import Invalid
from app.planning.document import WrittenEvent
from schemas.imports import ImportKind, ImportReport, ListKind
from schemas.incident import Incident

Corrections = Mapping[str, Any]
"""What columns are, by header or by number from 1: a field, or a ``GivenColumn`` as plain data."""


class ListOrder(NamedTuple):
    """How a list of pairs is taken: what it says, on which scale, and whether it replaces all.

    A ``scale`` is the worst and the best value, ``1..5``; None if nothing is said of it.
    """

    kind: ListKind
    scale: str | None = None
    replace: bool = False


def order_list(kind: ImportKind, scale: str | None, replace: bool) -> ListOrder | None:
    """How a list is taken, None for people; Invalid where something is said that is not of it."""
    if scale is not None and kind != "benefits":
        raise Invalid.at("query:scale", "not_of_kind", "only benefits have a scale: leave it out")
    if kind != "people":
        return ListOrder(kind, scale, replace)
    if replace:
        message = "people are never taken out by a file: leave it out"
        raise Invalid.at("query:replace", "not_of_kind", message)
    return None


@dataclass(frozen=True)
class ImportOrder:
    """What a file is read for: a stored event, or a new one of so many ``rounds``.

    It holds people unless ``pairs`` says otherwise.

    ``corrections`` are those of the request, None if it says nothing: then the ``remembered`` ones
    of the file's header hold, by ``header_of``.
    """

    corrections: Corrections | None
    remembered: Mapping[str, Corrections]
    document: str | None = None
    held_rounds: int = 0
    day: str = "{}"
    rounds: int | None = None
    pairs: ListOrder | None = None


class ReadFile(NamedTuple):
    """What came of a file: what is told, the event with its people, and what it is known by.

    ``event`` is None once the day has begun: then ``incidents`` are what there is to report.
    """

    report: ImportReport
    event: WrittenEvent | None
    incidents: tuple[Incident, ...]
    header: str


def read_file(raw: bytes, order: ImportOrder) -> ReadFile:
    """What comes of a file; Invalid where it is none that can be read."""
    from app.imports.importing import import_file  # slow to load, and for children alone

    return import_file(raw, order)
