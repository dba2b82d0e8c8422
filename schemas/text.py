"""Texts that people read: nothing in them breaks a line, hides, or is no character at all.

Emoji with their joiners and selectors, marks, and the joiners, spaces and fillers that scripts are
written with stay; they only may not come in rows, or with nothing to be seen beside them. What
forms and spreadsheets add is taken off: line breaks and tabs become spaces, and marks of direction
around a text go, for whoever shows it sets it apart.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError

BREAKS = "\\u0009-\\u000d\\u0085\\u2028\\u2029"
"""Line breaks and tabs, which become spaces."""

ISOLATES = "\\u202a-\\u202c\\u2066-\\u2069"
"""Marks that set the direction of what stands between two of them; they go."""

AROUND = "\\s\\u0085\\u200e\\u200f\\u061c"
"""Blanks and marks of direction that go where a text begins and ends, and stay within."""

CONTROLS = "\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u202d\\u202e"
"""Control characters and direction overrides: they break logs, rows and screens."""

BREAKING = BREAKS + ISOLATES + CONTROLS
"""What no text has once it was read."""

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

SOUND = f"(?:{FLAG}|[^{CONTROLS}{HIDDEN}])*"
SEEN = f"[^\\s\\u0085{UNSEEN}{ISOLATES}]"
ROW = f"[{UNSEEN}{ISOLATES}]{{{IN_A_ROW}}}"
SHOWN = f"(?=[\\s\\S]*{SEEN})(?![\\s\\S]*{ROW}){SOUND}"
PATTERN = f"^(?:{SHOWN})?$"
"""The whole rule, for JSON Schema; without any text it holds as well."""
BLANK_OR_SHOWN = f"^(?:[\\s\\u0085]*|{SHOWN})$"
"""The same where blanks are as good as no text."""

_SOUND, _WRONG = re.compile(SOUND), re.compile(f"[{CONTROLS}{HIDDEN}]")
_CONTROL, _SEEN, _ROW = re.compile(f"[{CONTROLS}]"), re.compile(SEEN), re.compile(ROW)
_BREAK, _ISOLATE = re.compile(f" *[{BREAKS}][ {BREAKS}]*"), re.compile(f"[{ISOLATES}]")
_EDGES = re.compile(f"^[{AROUND}]+|[{AROUND}]+$")


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
    """The text as it is kept, if people can read all of it.

    The refusal counts characters, and repeats none.
    """
    if value.isascii() and value.isprintable() and not value.isspace():
        return value
    if _WRONG.search(value) and (rest := _SOUND.sub("", value, count=1)):
        raise _refusal(value, len(value) - len(rest))
    if value and not _SEEN.search(value):
        raise PydanticCustomError("blank", "there is nothing to be seen in this")
    if row := _ROW.search(value):
        raise _invisible(row.start())
    return tidy_text(value)


def tidy_text(value: str) -> str:
    """The text in one line, without marks of direction and blanks around it."""
    return _EDGES.sub("", _ISOLATE.sub("", _BREAK.sub(" ", value)))


def fold_name(text: str | None) -> str:
    """What two names have to share to be the same: organisations, addresses, values of a label."""
    return (text or "").strip().casefold()


def plain_text(text: str) -> str:
    """Spell a text in one way: what differs only in case, width or spaces is the same text."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def list_some(told: Sequence[str], count: int) -> str:
    """The first of ``count`` things, and how many more there are."""
    return ", ".join(told) + (f" and {count - len(told)} more" if count > len(told) else "")


def _refusal(value: str, at: int) -> PydanticCustomError:
    if _CONTROL.match(value, at):
        message = (
            "control characters and direction overrides are not allowed: see character {place}"
        )
        return PydanticCustomError("control_character", message, {"place": at + 1})
    return _invisible(at)


def _invisible(at: int) -> PydanticCustomError:
    message = "from character {place} on there is something that nobody can see: leave it out"
    return PydanticCustomError("invisible_character", message, {"place": at + 1})
