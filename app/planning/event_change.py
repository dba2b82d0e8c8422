"""What an edit of an event has changed, told by the JSON of before and after."""

from collections.abc import Sequence, Set
from typing import Any, NamedTuple

from pydantic_core import from_json

from app.errors import pointer

MOST_NAMED = 20
"""Attendees that are named one by one among what an edit changed."""
UNRELATED = {"name", "email", "labels"}
"""Fields of an event or an attendee that no schedule is made from."""


class EventChange(NamedTuple):
    """Pointers to what changed and bears on schedules, but for benefits, and who left the list."""

    parts: Sequence[str]
    gone: Set[str] = frozenset()


def compare_outlines(before: str, now: str) -> EventChange:
    """What the outline ``now`` has changed."""
    old, new = from_json(before), from_json(now)
    names = sorted((old.keys() | new.keys()) - UNRELATED - {"attendees"})
    parts = [f"/{name}" for name in names if old.get(name) != new.get(name)]
    people, others = _profiles(old), _profiles(new)
    who = sorted(v for v in people.keys() | others.keys() if people.get(v) != others.get(v))
    return EventChange(parts + pointers_to(who), people.keys() - others.keys())


def pointers_to(people: Sequence[str]) -> list[str]:
    """What an edit changed that was one of these attendees; all of them, if they are many."""
    if len(people) > MOST_NAMED:
        return ["/attendees"]
    return [pointer(("attendees", v)) for v in people]


def _profiles(outline: Any) -> dict[str, Any]:
    """What schedules are made from, of everybody."""
    return {
        row["id"]: {name: value for name, value in row.items() if name not in UNRELATED}
        for row in outline["attendees"]
    }
