"""Wishes that an attendee tells by name: they know nobody's id, and no list is shown to them.

Who looks for somebody has to write the whole name, so that nobody reads the list by guessing at it.
"""

from collections.abc import Iterator
from typing import Any
from unicodedata import combining, normalize

from pydantic_core import from_json

from app.errors import Invalid, StateConflict
from app.planning.attendee_list import write_changed
from app.planning.document import WrittenEvent
from schemas.own_day import OwnWish


class UnknownName(StateConflict):
    """Nobody on the list is called this."""


def with_wish(outline: str, attendee_id: str, wish: OwnWish) -> WrittenEvent:
    """The event in which the attendee says this of somebody.

    UnknownName if nobody is called so, StateConflict if several are, or if it cannot be taken: why
    would tell of rules that are not theirs to know.
    """
    event = from_json(outline)
    own = next(row for row in event["attendees"] if row["id"] == attendee_id)
    other = _find(event["attendees"], own, wish)
    _set(own, "wants", other, {"id": other} if wish.wish == "meet" else None)
    _set(own, "avoid", other, other if wish.wish == "avoid" else None)
    try:
        return write_changed(event)
    except Invalid:
        message = "this cannot be taken here: please tell the organiser"
        raise StateConflict.at("/wish", "not_taken", message) from None


def _set(own: Any, field: str, other: str, row: Any) -> None:
    """Have a list of the attendee's name somebody by this row, or not at all by None.

    Whom it names already stays where they are, with all that is said of it.
    """
    rows = own.get(field, ())
    if row is None:
        own[field] = [one for one in rows if _id_of(one) != other]
    elif all(_id_of(one) != other for one in rows):
        own[field] = [*rows, row]


def _find(people: list[Any], own: Any, wish: OwnWish) -> str:
    """The id of whom a wish is about."""
    listed = {_id_of(row) for field in ("wants", "avoid") for row in own.get(field, ())}
    found = list(_called(people, own, wish, listed)) or list(_called(people, own, wish))
    if not found:
        message = "nobody on the list is called this: write the whole name, as on a name badge"
        raise UnknownName.at("/name", "unknown_name", message)
    if len(found) > 1:
        message = "several people are called this: say where theirs is from"
        raise StateConflict.at("/organisation", "several", message)
    return found[0]


def _called(
    people: list[Any], own: Any, wish: OwnWish, among: set[str] | None = None
) -> Iterator[str]:
    """Everybody else of this name, and of this organisation if one is said.

    Of those ``among`` whom the attendee named before, an id does where there is no name.
    """
    name, organisation = _words(wish.name), wish.organisation and _words(wish.organisation)
    for row in people:
        if row["id"] == own["id"] or (among is not None and row["id"] not in among):
            continue
        called = row.get("name")
        is_id = among is not None and not called and row["id"] == wish.name
        if not is_id and not (name and _words(called or "") == name):
            continue
        if not organisation or _words(row.get("organisation") or "") == organisation:
            yield row["id"]


def _id_of(row: Any) -> str:
    """Whom a row of a list names: an id, or an object with one."""
    return row if isinstance(row, str) else str(row["id"])


def _words(text: str) -> list[str]:
    """The words of a name in any order and case, without accents."""
    plain = (c for c in normalize("NFKD", text.casefold()) if not combining(c))
    return sorted("".join(plain).replace(",", " ").split())
