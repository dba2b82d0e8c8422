"""Lists of pairs among a few made-up people, read as they are imported."""

import json
from collections.abc import Mapping
from typing import Any

from app.imports.lists.list_import import ImportedList, import_list
from app.imports.order import ListOrder
from app.imports.read import read_table
from schemas.event import Event
from schemas.imports import ListKind

PEOPLE = (
    {"id": "a", "name": "Ada Ash", "email": "ada@ash.example"},
    {"id": "b", "name": "Ben Birch", "email": "ben@birch.example"},
    {"id": "c", "name": "Cem Cedar", "email": "cem@cedar.example"},
    {"id": "d", "name": "Dea Dogwood", "email": "dea@dogwood.example"},
    {"id": "e1", "name": "Eve Elm", "email": "eve@elm.example"},
    {"id": "e2", "name": "Eve Elm", "email": "eve2@elm.example"},
)


def event_of(**fields: Any) -> Event:
    """An event of these people in three rounds."""
    document = {"rounds": {"count": 3}, "attendees": PEOPLE, **fields}
    return Event.model_validate_json(json.dumps(document))


def taken(
    file: str | bytes,
    kind: ListKind,
    event: Event | None = None,
    *,
    scale: str | None = None,
    replace: bool = False,
    corrections: Mapping[str, str] | None = None,
) -> ImportedList:
    """The event with a list, and what is told of it."""
    raw = file.encode() if isinstance(file, str) else file
    order = ListOrder(kind, scale, replace)
    table = read_table(raw, of_pairs=True)
    return import_list(table, order, event or event_of(), corrections or {})


def problems_of(found: ImportedList) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each problem."""
    return [(p.row, p.column, p.code) for p in found.report.problems]


def counts_of(found: ImportedList) -> tuple[int, int, int, int]:
    """How many are new, changed, as they were, and taken out."""
    told = found.report
    return told.created, told.updated, told.unchanged, told.removed
