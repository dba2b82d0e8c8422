"""Texts that people read: nothing in them breaks a line, hides, or is no character at all.

Emoji with their joiners and selectors, marks, and the joiners, spaces and fillers that scripts are
written with stay; they only may not come in rows, or with nothing to be seen beside them.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError

BREAKING = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069"
"""Control characters and direction overrides: they break logs, rows and screens."""

HIDDEN = (
    "\\u2060-\\u2065\\u206a-\\u206f\\ufdd0-\\ufdef\\ufeff\\ufff0-\\ufffb\\ufffe\\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
) + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(2**16, 17 * 2**16, 2**16)
)
"""Invisible characters that no script needs, tags, and code points that never are a character."""

FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
"""The one place of tags: flags of England, Scotland, Wales and other regions."""

UNSEEN = (
    "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2800\\u3164"
    "\\ufe00-\\ufe0f\\uffa0\U000e0100-\U000e01ef"
)
"""What nobody sees by itself, and scripts and emoji need beside something."""

IN_A_ROW = 4
"""So many unseen characters in a row are no way of writing; emoji have two."""

SOUND = f"(?:{FLAG}|[^{BREAKING}{HIDDEN}])*"
PATTERN = f"^(?:(?=.*[^\\s{UNSEEN}])(?!.*[{UNSEEN}]{{{IN_A_ROW}}}){SOUND})?$"
"""The whole rule, for JSON Schema; without any text it holds as well."""

_SOUND, _WRONG = re.compile(SOUND), re.compile(f"[{BREAKING}{HIDDEN}]")
_BREAKING = re.compile(f"[{BREAKING}]")
_SEEN, _ROW = re.compile(f"[^\\s{UNSEEN}]"), re.compile(f"[{UNSEEN}]{{{IN_A_ROW}}}")


@dataclass(frozen=True, eq=False)
class Described:
    """What JSON Schema is told of a type besides its constraints."""

    keywords: Mapping[str, Any]

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The schema with the keywords."""
        return {**handler(core), **self.keywords}


def check_text(value: str) -> str:
    """The text, if people can read all of it; the refusal counts characters, and repeats none."""
    if value.isascii() and value.isprintable() and not value.isspace():
        return value
    if _WRONG.search(value) and (rest := _SOUND.sub("", value, count=1)):
        raise _refusal(value, len(value) - len(rest))
    if value and not _SEEN.search(value):
        raise PydanticCustomError("blank", "there is nothing to be seen in this")
    if row := _ROW.search(value):
        raise _invisible(row.start())
    return value


def fold_name(text: str | None) -> str:
    """What two names have to share to be the same: organisations, addresses, values of a label."""
    return (text or "").strip().casefold()


def plain_text(text: str) -> str:
    """Spell a text in one way: what differs only in case, width or spaces is the same text."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _refusal(value: str, at: int) -> PydanticCustomError:
    if _BREAKING.match(value, at):
        message = (
            "control characters and direction overrides are not allowed: see character {place}"
        )
        return PydanticCustomError("control_character", message, {"place": at + 1})
    return _invisible(at)


def _invisible(at: int) -> PydanticCustomError:
    message = "from character {place} on there is something that nobody can see: leave it out"
    return PydanticCustomError("invisible_character", message, {"place": at + 1})
