"""How values of an event stand in cells: written as people would write them, and read back exactly.

A kind need not know every value: what would not be read back as it is, is written as JSON after
``json:``. So whatever an event holds can be in a cell, and most of it can be edited by hand.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, get_args

from app.imports import cells
from app.imports.person_columns import GOALS
from schemas import limits
from schemas.event import Intent

EXACT = "json:"
"""What stands before a value that is written as JSON."""
ESCAPES = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
"""Two in a row of what stands for a control character in a workbook: programs disagree on them."""
LONGEST_PIECE = 16_000
"""Characters: each may count for two, and a cell holds ``limits.CELL``."""
NUMBER_FORM = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")
SPAN = re.compile(r"(\d{1,9})(?:\s*[-\u2013]\s*(\d{1,9}))?")


class CellKind(NamedTuple):
    """Values of one kind as text; ``read`` raises ValueError, in words, for what is none.

    ``write`` may give a text that is not read back the same. Numbers are kept as such.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    is_number: bool = False


def cell_of(kind: CellKind, value: Any) -> str:
    """The text of a value; there is one for any."""
    with suppress(ValueError, TypeError, LookupError, AttributeError):
        text = kind.write(value)
        if stands(text) and to_text(kind.read(text)) == to_text(value):
            return text
    return EXACT + to_text(value).replace("_", "\\u005f")


def stands(text: str) -> bool:
    """Whether a text may stand in a cell as it is."""
    return text != "" and not text.startswith(EXACT) and not ESCAPES.search(text)


def value_of(kind: CellKind, text: str) -> Any:
    """The value of a text that is not empty; ValueError, in words, if it is none."""
    if not text.startswith(EXACT):
        return kind.read(text)
    try:
        return _json(text.removeprefix(EXACT))
    except (ValueError, RecursionError):
        raise ValueError("what stands after json: is no JSON") from None


def to_text(value: Any) -> str:
    """A value as JSON that people can read; ValueError for a number that is none."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def pieces_of(text: str) -> list[str]:
    """A text in as many parts as cells are needed to hold it."""
    return [text[k : k + LONGEST_PIECE] for k in range(0, len(text), LONGEST_PIECE)]


def _number(text: str) -> Any:
    if not NUMBER_FORM.fullmatch(text.strip()):
        raise ValueError("a number is needed")
    return json.loads(text)


def _json(text: str) -> Any:
    """The value of a text in JSON; ValueError for any other, and for what no event could hold."""
    value = json.loads(text)
    to_text(value).encode()  # half a character, or an infinite number
    return value


def _loose(text: str) -> Any:
    """JSON, or a text that is none."""
    try:
        return _json(text)
    except (ValueError, RecursionError):
        return text.strip()


def _object(text: str) -> dict[str, Any]:
    value = _loose(text)
    if not isinstance(value, dict):
        raise ValueError("an object in JSON is needed")
    return value


def _loose_text(value: Any) -> str:
    return value if isinstance(value, str) and _loose(value) == value else to_text(value)


class ListItems(NamedTuple):
    """How the values of a list are written, one after the other.

    ``main`` is the field of a value that is an object and says nothing else: then it is written as
    its text. A text alone is such an object where ``wraps``. ``mark`` is a field that may be true:
    then its name stands after the text.
    """

    between: str
    also: str = ""
    """Characters that may stand between them as well."""
    main: str = ""
    mark: str = ""
    wraps: bool = False

    def write(self, values: Sequence[Any]) -> str:
        """All of the list, with what nobody would write as JSON."""
        return self.between.join(self._item(value) for value in values)

    def _item(self, value: Any) -> str:
        plain = self._plain(value)
        tries = (plain, to_text(plain))
        return next((text for text in tries if self.read(text) == [value]), to_text(value))

    def _plain(self, value: Any) -> str:
        if not isinstance(value, dict):
            return str(value)
        return f"{value[self.main]} {self.mark}" if value.get(self.mark) else str(value[self.main])

    def read(self, text: str) -> list[Any]:
        """The list; a line that is a text or an object in JSON is one value, whatever it holds."""
        return [value for line in text.split("\n") for value in self._values(line.strip())]

    def _values(self, line: str) -> list[Any]:
        if line.startswith(('"', "{")):
            with suppress(ValueError, RecursionError):
                return [self._wrapped(_json(line))]
        parts = re.split(f"[;{self.also}]", line)
        return [self._marked(part.strip()) for part in parts if part.strip()]

    def _marked(self, text: str) -> Any:
        plain = text.removesuffix(f" {self.mark}") if self.mark else text
        return {self.main: plain, self.mark: True} if plain != text else self._wrapped(text)

    def _wrapped(self, value: Any) -> Any:
        return {self.main: value} if self.wraps and isinstance(value, str) else value


def list_kind(items: ListItems) -> CellKind:
    """Lists whose values are written so."""
    return CellKind(items.write, items.read)


def _spans(text: str) -> list[tuple[int, int]]:
    """Numbers, and pairs of them, as they stand; ValueError for anything else."""
    parts = [part.strip() for part in re.split("[,;\n]", text) if part.strip()]
    found = [SPAN.fullmatch(part) for part in parts]
    if not all(found):
        raise ValueError("numbers are needed, such as 1, 3-5")
    return [(int(m[1]), int(m[2] or m[1])) for m in found if m]


def _numbers(text: str) -> list[int]:
    spans = _spans(text)
    if sum(max(0, last - first) for first, last in spans) > limits.FILE_ROWS:
        raise ValueError("these are too many numbers")
    return [number for first, last in spans for number in range(first, last + 1)]


def _tables(text: str) -> int | list[int]:
    numbers = _numbers(text)
    return numbers[0] if len(numbers) == 1 else numbers


def _written_numbers(value: int | list[int]) -> str:
    return ", ".join(map(str, [value] if isinstance(value, int) else value))


def _windows(text: str) -> list[dict[str, int]]:
    return [{"from": first, "to": last} for first, last in _spans(text)]


def _written_windows(value: Sequence[Mapping[str, int]]) -> str:
    return ", ".join(f"{window['from']}-{window['to']}" for window in value)


def _pitches(text: str) -> Any:
    return cells.is_yes(text) or (not cells.is_no(text) and _TOPIC_ITEMS.read(text))


def _written_pitches(value: Any) -> str:
    return _TOPIC_ITEMS.write(value) if isinstance(value, list) else ("yes" if value else "no")


def _flag(text: str) -> bool:
    if not (cells.is_yes(text) or cells.is_no(text)):
        raise ValueError("yes or no is needed")
    return cells.is_yes(text)


def _goals(text: str) -> list[Intent]:
    found = [intent for part in _SHORT_ITEMS.read(text) for intent in cells.intents_of(part)]
    if None in found:
        raise ValueError(f"goals are: {', '.join(GOALS)}")
    return [intent for intent in found if intent]


def _written_goals(value: Sequence[str]) -> str:
    words = dict(zip(get_args(Intent), GOALS, strict=True))
    return "; ".join(words[intent] for intent in value)


def _choice(words: Sequence[str], text: str) -> str:
    plain = text.strip().casefold()
    if plain not in words:
        raise ValueError(f"one of these is needed: {', '.join(words)}")
    return plain


def choice_kind(words: Sequence[str]) -> CellKind:
    """One of some words."""
    return CellKind(str, partial(_choice, words))


_TOPIC_ITEMS, _SHORT_ITEMS = ListItems("\n"), ListItems("; ", ",")
TEXT = CellKind(str, str.strip)
NUMBER = CellKind(to_text, _number, is_number=True)
FLAG = CellKind(lambda value: "yes" if value else "no", _flag)
LOOSE = CellKind(_loose_text, _loose)
OBJECT = CellKind(to_text, _object)
TOPICS = list_kind(_TOPIC_ITEMS)
SHORT = list_kind(_SHORT_ITEMS)
TEXTS = list_kind(ListItems("\n", main="text", wraps=True))
WISHES = list_kind(ListItems("; ", ",", main="id", mark="must", wraps=True))
AVOIDED = list_kind(ListItems("; ", ",", main="id", mark="soft"))
GOALS_KIND = CellKind(_written_goals, _goals)
NUMBERS = CellKind(_written_numbers, _numbers)
PLACES = CellKind(_written_numbers, _tables)
WINDOWS = CellKind(_written_windows, _windows)
PITCHES = CellKind(_written_pitches, _pitches)
