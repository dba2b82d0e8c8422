"""The fonts that paper is set in, and the characters that they have.

They are named in ``package.json``, and the build copies them beside it.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Set
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from app.errors import StateConflict
from schemas.event import Event

FOLDER = Path(__file__).parent / "fonts"
REPLACEMENT = "\ufffd"
"""What stands for a character that no font has: a question mark in a black square on its tip."""


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


def characters_of(font: Path) -> Set[int]:
    """The code points of which a font has a glyph."""
    with TTFont(font, lazy=True) as read:
        return frozenset(read.getBestCmap())
