"""What columns and cells of lists of pairs are called; the words stand in ``words.toml``."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from app.imports.aliases import (
    LONGEST_HEADER,
    LONGEST_NAME,
    key_of,
    known_words,
    spellings_of,
    words_of,
)

ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th|er|ere|re|e|a|o|de|ste)?")
"""A number in a header, with what languages put after it."""


class ListHeading(NamedTuple):
    """The fields that a header may mean, by its words without numbers, and the number in it."""

    fields: tuple[str, ...]
    key: str = ""
    number: int | None = None


@cache
def _names(section: str) -> Mapping[str, tuple[str, ...]]:
    """What each word of a section stands for, by key."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in known_words(__package__)[section].items():
        for key in dict.fromkeys(spellings_of(words)):
            found[key] = (*found.get(key, ()), name)
    return found


def read_list_heading(header: str) -> ListHeading:
    """What a header of a list may mean."""
    header = header[:LONGEST_HEADER]
    key = key_of(header)
    if known := _names("headings").get(key):
        return ListHeading(known, key)
    words = words_of(header)
    if not words or len(words) > LONGEST_NAME:
        return ListHeading(())
    numbers = [k for word in words if (k := _number(word)) is not None]
    rest = "".join(word for word in words if _number(word) is None)
    fields = _names("headings").get(rest, ()) if rest else ("choice",) if numbers else ()
    return ListHeading(fields, rest, numbers[0] if numbers else None)


def _number(word: str) -> int | None:
    digits = ORDINAL.fullmatch(word)
    if digits:
        return int(digits[1])
    named = _names("ordinals").get(word)
    return int(named[0]) if named else None


def read_rule_kind(cell: str) -> str | None:
    """``require``, ``forbid`` or ``may``; None for what is none of them."""
    found = _names("kinds").get(key_of(cell), ())
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=65_536)
def is_nothing(cell: str) -> bool:
    """Whether a cell says that there is no value: empty, a dash, or a word for it."""
    return not key_of(cell) or key_of(cell) in _names("values")
