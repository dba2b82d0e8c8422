"""The fonts that paper is set in, and the characters that they have.

They are named in ``package.json``, and the build copies them beside it. What a font has is read of
its ``cmap`` table: one of format 12, or of format 4, which holds the first 65,536 characters.
"""

import struct
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import BinaryIO

from app.errors import StateConflict
from schemas.event import Event

FOLDER = Path(__file__).parent / "fonts"
REPLACEMENT = "\ufffd"
"""What stands for a character that no font has: a question mark in a black square on its tip."""
FORMATS = (12, 4)
"""Of tables of characters, the larger first."""


def check_fonts() -> None:
    """Raise StateConflict if there is nothing to set paper in."""
    if not any(FOLDER.glob("*.ttf")):
        message = "the fonts of paper are not installed: build the package, which brings them in"
        raise StateConflict.at("", "no_fonts", message)


def printable(text: str) -> str:
    """The text with a replacement for every character that no font has."""
    return text.translate(dict.fromkeys(map(ord, missing_in(text)), REPLACEMENT))


def missing_in(text: str) -> Iterable[str]:
    """The characters of a text that no font has, each once, in their order in Unicode."""
    return sorted(c for c in set(text) if ord(c) not in characters() and not _is_unseen(c))


def unprintable_people(event: Event) -> Mapping[str, str]:
    """Whose name or organisation has characters that no font has, and which, by id: ``U+E000``."""
    found = {}
    for attendee in event.attendees:
        if missing := missing_in(
            f"{attendee.name or ''}{attendee.organisation or ''}{attendee.id}"
        ):
            found[attendee.id] = ", ".join(f"U+{ord(c):04X}" for c in missing)
    return dict(sorted(found.items()))


def _is_unseen(character: str) -> bool:
    """Whether a character has no picture: joiners, marks of direction, selectors of variants."""
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return is_selector or unicodedata.category(character) == "Cf" or character == "\u034f"


@cache
def characters() -> frozenset[int]:
    """The code points of which some font has a glyph."""
    fonts = sorted(FOLDER.glob("*.ttf"))
    return frozenset(code for font in fonts for code in characters_of(font))


def characters_of(font: Path) -> set[int]:
    """The code points of which a font has a glyph."""
    with font.open("rb") as file:
        table = _table(file, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    places = (struct.unpack_from(">HHI", table, 4 + 8 * k)[2] for k in range(count))
    parts = {struct.unpack_from(">H", table, place)[0]: table[place:] for place in places}
    kind = next(kind for kind in FORMATS if kind in parts)
    return {*(_groups if kind == 12 else _segments)(parts[kind])}


def _table(file: BinaryIO, name: bytes) -> bytes:
    """A table of an OpenType file."""
    (count,) = struct.unpack(">4xH6x", file.read(12))
    for _ in range(count):
        tag, place, length = struct.unpack(">4s4xII", file.read(16))
        if tag == name:
            file.seek(place)
            return file.read(length)
    raise ValueError(f"no table {name!r}")


def _groups(part: bytes) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", part, 12)
    for k in range(count):
        first, last = struct.unpack_from(">II", part, 16 + 12 * k)
        yield from range(first, last + 1)


def _segments(part: bytes) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", part, 6)
    lasts = struct.unpack_from(f">{twice // 2}H", part, 14)
    firsts = struct.unpack_from(f">{twice // 2}H", part, 16 + twice)
    for first, last in zip(firsts, lasts, strict=True):
        yield from range(first, min(last, 0xFFFE) + 1)
