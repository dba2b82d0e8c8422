"""The list of attendees of a sound event, read and changed in its JSON; whoever asks gets JSON.

Where nobody leaves the list, the benefits stay as they were, and only the outline is read.
"""

import re
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Annotated, Any, NamedTuple

from pydantic import Discriminator, Tag, TypeAdapter
from pydantic_core import from_json, to_json

from app.errors import Invalid, NotFound, Refused, StateConflict
from app.planning.document import WrittenEvent, read_changed
from app.planning.verdicts import document_without_orphans
from app.strict_json import (
    apply_merge_patch,
    parse_any_json,
    parse_as,
    parse_document,
    to_lenient_json,
)
from schemas.event import OBJECT, PLAIN, Attendee
from schemas.listing import Attendees
from schemas.problem import ProblemError

Blame = Callable[[str], str | None]
"""Turns a pointer into the whole event into one into what was sent; None: not sent."""
Rows = list[dict[str, Any]]


def _one_or_list(value: Any) -> str:
    return OBJECT if isinstance(value, dict) and "id" in value else PLAIN


ONE_OR_LIST: TypeAdapter[Attendee | Attendees] = TypeAdapter(
    Annotated[
        Annotated[Attendee, Tag(OBJECT)] | Annotated[Attendees, Tag(PLAIN)],
        Discriminator(_one_or_list),
    ]
)


# Looking


def is_listed(outline: str, attendee_id: str) -> bool:
    """Whether the event has this attendee."""
    return any(row["id"] == attendee_id for row in _rows_of(outline))


def listed_in(outline: str) -> set[str]:
    """The ids of everybody on the list."""
    return set(ids_in_order(outline))


def ids_in_order(outline: str) -> list[str]:
    """The ids of everybody, in the event's order."""
    return [row["id"] for row in _rows_of(outline)]


def row_of(outline: str, attendee_id: str) -> str:
    """One attendee; NotFound if there is none of this id."""
    rows = _rows_of(outline)
    return to_json(rows[_place(rows, attendee_id)]).decode()


def rows_between(outline: str, first: int, end: int) -> str:
    """The list of some attendees, in the event's order."""
    return to_json(_rows_of(outline)[first:end]).decode()


def _rows_of(outline: str) -> Rows:
    rows: Rows = from_json(outline)["attendees"]
    return rows


def _place(rows: Rows, attendee_id: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == attendee_id:
            return place
    raise NotFound


# Changing


class GrownList(NamedTuple):
    """The event with attendees at the end of its list, who they are, and whether one was sent.

    ``demanding``: one of them brings a rule that may contradict the others.
    """

    event: WrittenEvent
    added: Sequence[str]
    alone: bool
    demanding: bool


def add_rows(outline: str, raw: bytes) -> GrownList:
    """Add the one or the list that was sent; StateConflict names each that is there already."""
    sent = parse_document(ONE_OR_LIST, raw)
    alone = isinstance(sent, Attendee)
    new = (sent,) if isinstance(sent, Attendee) else sent.attendees
    event = from_json(outline)
    ids = {row["id"] for row in event["attendees"]}
    if known := _known(new, ids, alone=alone):
        raise StateConflict(errors=known)
    blame = blame_added(len(event["attendees"]), alone=alone)
    event["attendees"] += _dumped(new)
    demanding = any(attendee.min_meetings for attendee in new)
    added = [attendee.id for attendee in new]
    return GrownList(write_changed(event, blame), added, alone, demanding)


def _known(sent: Iterable[Attendee], ids: Set[str], *, alone: bool) -> list[ProblemError]:
    """An error for each id that the event has already."""
    return [
        ProblemError(
            pointer="/id" if alone else f"/attendees/{k}/id",
            code="known_attendee",
            message="an attendee of this event has this id already",
        )
        for k, attendee in enumerate(sent)
        if attendee.id in ids
    ]


def replace_list(document: str, raw: bytes) -> WrittenEvent:
    """The event with the list that was sent instead of its own."""
    sent = parse_as(Attendees, raw)
    return write_changed(from_json(document) | {"attendees": _dumped(sent.attendees)}, blame_list)


def put_row(outline: str, attendee_id: str, sent: Attendee) -> WrittenEvent:
    """Replace an attendee, or add one at the end."""
    event = from_json(outline)
    ids = [row["id"] for row in event["attendees"]]
    place = ids.index(attendee_id) if attendee_id in ids else len(ids)
    event["attendees"][place : place + 1] = _dumped((sent,))
    return _revised(event, place, attendee_id)


def patch_row(outline: str, attendee_id: str, raw: bytes) -> WrittenEvent:
    """Change an attendee by a JSON Merge Patch."""
    patch, event = parse_any_json(raw), from_json(outline)
    rows = event["attendees"]
    place = _place(rows, attendee_id)
    _check_languages(attendee_id, patch)
    rows[place] = apply_merge_patch(_freed(rows[place], patch), patch)
    return _revised(event, place, attendee_id)


def _freed(row: dict[str, Any], patch: Any) -> dict[str, Any]:
    """Somebody who missed every round for being restricted alone misses none when that ends."""
    ends = isinstance(patch, dict) and "restricted" in patch and not patch["restricted"]
    return {**row, "absent_rounds": []} if row.get("restricted") and ends else row


def _check_languages(attendee_id: str, patch: Any) -> None:
    """Raise Invalid for languages that must not be sent; such may only be stored."""
    if isinstance(patch, dict) and patch.get("languages") is not None:
        parse_as(Attendee, to_lenient_json({"id": attendee_id, "languages": patch["languages"]}))


def _revised(event: Any, place: int, attendee_id: str) -> WrittenEvent:
    """The event whose attendee at ``place`` was changed, but for the id."""
    row = event["attendees"][place]
    if isinstance(row, dict) and row.get("id", attendee_id) != attendee_id:
        raise Invalid.at("/id", "other_id", "an id stays: it must be the one in the path")
    return write_changed(event, blame_one(place))


def _dumped(attendees: Iterable[Attendee]) -> Rows:
    return [attendee.model_dump(mode="json") for attendee in attendees]


# Leaving


def without_attendee(document: str, attendee_id: str) -> WrittenEvent:
    """The event without the attendee and without every rule that names them.

    Verdicts on texts that nobody has any more go too: who knows whose they were.
    """
    return write_changed(_without(from_json(document), attendee_id))


def with_bare_id(document: str, attendee_id: str) -> WrittenEvent:
    """The event with nothing left of the attendee but the id and the absence."""
    event = from_json(document)
    place = _place(event["attendees"], attendee_id)
    absent = event["attendees"][place]["absent_rounds"]
    rest = _without(event, attendee_id)
    rest["attendees"].insert(place, {"id": attendee_id, "absent_rounds": absent})
    return write_changed(rest)


def _without(document: Any, attendee_id: str) -> Any:
    rest = {
        **document,
        "attendees": [
            _row_without(row, attendee_id)
            for row in document["attendees"]
            if row["id"] != attendee_id
        ],
        "benefits": [
            row
            for row in document["benefits"]
            if attendee_id not in (row["attendee"], row["partner"])
        ],
        "pair_rules": [row for row in document["pair_rules"] if attendee_id not in row["pair"]],
    }
    return document_without_orphans(rest)


def _row_without(row: dict[str, Any], attendee_id: str) -> dict[str, Any]:
    """Somebody who neither avoids nor wishes for the attendee."""
    wants = [want for want in row.get("wants", ()) if want["id"] != attendee_id]
    return {**row, "avoid": [v for v in row["avoid"] if v != attendee_id], "wants": wants}


ARITHMETIC = (
    "id", "absent_rounds", "min_meetings", "max_meetings", "max_in_a_row", "breaks", "priority",
    "table", "known_share",
)  # fmt: skip
"""What of a person is no more than an id and numbers."""


def without_personal_data(document: str) -> WrittenEvent:
    """The event with ids and numbers alone: nothing that people wrote, are called, or wish."""
    event = from_json(document)
    rows = [{name: row[name] for name in ARITHMETIC if name in row} for row in event["attendees"]]
    rest = {
        **event,
        "attendees": rows,
        "pair_rules": [],
        "matching": {},
        "policy": {**event["policy"], "meet": None},
    }
    return write_changed(rest)


# Whose fault it is


def write_changed(document: Any, blame: Blame = str) -> WrittenEvent:
    """The event that a changed ``document`` is; Refused if none, in the words of ``blame``."""
    try:
        return read_changed(to_lenient_json(document))
    except Invalid as refusal:
        raise _blamed(refusal, blame) from None


def _blamed(refusal: Invalid, blame: Blame) -> Refused:
    """The refusal in the sender's terms; what they did not send clashes with what they did."""
    moved = [(blame(error.pointer), error) for error in refusal.errors]
    sent = [
        error.model_copy(update={"pointer": pointer})
        for pointer, error in moved
        if pointer is not None
    ]
    if sent:
        return Invalid(errors=sent)
    return StateConflict(
        errors=[
            ProblemError(
                pointer="",
                code=error.code,
                message=f"this does not fit {error.pointer} of the event: {error.message}",
            )
            for _, error in moved
        ]
    )


def blame_list(pointer: str) -> str | None:
    """A pointer into a whole list that was sent."""
    return pointer if pointer.startswith("/attendees") else None


def blame_one(place: int) -> Blame:
    """Pointers into the one attendee that was sent."""

    def blame(pointer: str) -> str | None:
        found = IN_LIST.match(pointer)
        return pointer[found.end() :] if found and int(found[1]) == place else None

    return blame


def blame_added(first: int, *, alone: bool) -> Blame:
    """Pointers into attendees that were added at ``first``."""
    if alone:
        return blame_one(first)

    def blame(pointer: str) -> str | None:
        found = IN_LIST.match(pointer)
        if found is None:
            return pointer if pointer == "/attendees" else None
        place = int(found[1]) - first
        return f"/attendees/{place}{pointer[found.end() :]}" if place >= 0 else None

    return blame


IN_LIST = re.compile(r"/attendees/([0-9]+)")
