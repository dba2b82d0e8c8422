"""What a list changes of an event, counted as a report tells it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class ListChange(NamedTuple):
    """Fields of the event as they are with a list, none if nothing changes, and counts.

    ``wished`` are wishes that are new: who, and whom for.
    """

    fields: Mapping[str, Any]
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    notes: tuple[str, ...] = ()
    wished: tuple[tuple[str, str], ...] = ()
