"""Cursors: where the next page starts, opaque to callers, refused when altered.

They bear a mark, not a signature. Whoever reads this page can make one up, but only for a list that
they may read from end to end, and at a place of the form that `open_cursor` asks for: they see what
`limit` and `next` would have shown them. A secret would have to be kept, and would hide nothing.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2s
from typing import Annotated

from fastapi import Query

from app.errors import Invalid

MARK_BYTES = 8
LONGEST = 400

Cursor = Annotated[
    str | None,
    Query(
        description="`next` of the page before.",
        max_length=LONGEST,
        json_schema_extra={"pattern": "^[A-Za-z0-9_-]+$"},
    ),
]


def seal_cursor(scope: str, place: str) -> str:
    """A cursor for ``place`` in the list that ``scope`` names."""
    return urlsafe_b64encode(_mark(scope, place) + place.encode()).decode().rstrip("=")


def open_cursor(scope: str, cursor: str, form: re.Pattern[str]) -> str:
    """The place a cursor stands for; Invalid for one of another list, altered, or made up.

    ``form`` is what a place of the list looks like: whoever makes a cursor up can name anything.
    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        place = urlsafe_b64decode(padded)[MARK_BYTES:].decode()
    except ValueError:
        place = ""
    if seal_cursor(scope, place) != cursor or not form.fullmatch(place):
        raise Invalid.at("query:cursor", "invalid_cursor", "not a cursor of this list")
    return place


def _mark(scope: str, place: str) -> bytes:
    """Tells slips, and cursors of other lists, from cursors of this one."""
    return blake2s(f"{scope}\0{place}".encode(), digest_size=MARK_BYTES).digest()
